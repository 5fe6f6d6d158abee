"""The smallest entry: the cloud's load balancer, straight to the pods of one service."""

from typing import Any, NotRequired, TypedDict

import pulumi

from quayside.arguments import checked
from quayside.clusters.contract import Cluster
from quayside.edge.cloudflare_addresses import CLOUDFLARE_ADDRESSES
from quayside.edge.contract import Route
from quayside.edge.direct_values import DirectEntrySpec, labels_of, ports
from quayside.edge.entry_arguments import load_balancer_cloud_name
from quayside.edge.load_balancer import LoadBalancer
from quayside.edge.load_balancer_arguments import EntryLoadBalancerArgs
from quayside.settings.claims import every_name_proxied
from quayside.settings.direct_rules import LOAD_BALANCER
from quayside.settings.stack import Settings

KIND = "direct"


class DirectEntryArgs(TypedDict):
    """The cloud's load balancer straight before the pods of one service."""

    service: str
    """Name of the service."""
    namespace: pulumi.Input[str]
    """Namespace of the service."""
    pods: NotRequired[str]
    """Name of the pods that it leads to, where they are those of another version. Default: the service's."""
    port: NotRequired[int]
    """Port on which its container listens. Default: 8080."""
    tls: NotRequired[bool]
    """Whether the service ends TLS itself: then the load balancer listens on 443, else on 80. Default: false."""
    tcp: NotRequired[dict[str, int]]
    """Further TCP ports, of the load balancer and the container alike: name → number. Default: none."""
    load_balancer: NotRequired[EntryLoadBalancerArgs]
    """The cloud's load balancer before it."""
    behind_cloudflare: NotRequired[bool]
    """Whether Cloudflare stands before every name that leads here. Then nobody else is let in. Default: false."""
    cloud: NotRequired[str]
    """Where the cluster runs, if it is not handed over: doks. Default: doks."""


class DirectEntry(pulumi.ComponentResource):
    """A load balancer of the cloud that leads straight to the pods of one service, for the smallest set-up: one domain, one service.

    It passes connections on and looks at nothing in them: no host names, no paths, no certificates, no redirect to https. Who wants TLS has
    Cloudflare end it (names.proxied, with zoneSettings.tls: flexible: from there to the cluster it is http), or the service itself.
    The service sees the load balancer's address, unless it understands proxy protocol; behind Cloudflare the header CF-Connecting-IP tells
    the client's, and nobody else gets in.

    Costs: a load balancer.
    """

    address: pulumi.Output[str]
    """The IP address of the load balancer, which the service's hosts' records lead to."""
    namespace: pulumi.Output[str]
    """The namespace of the service."""

    def __init__(
        self,
        name: str,
        args: DirectEntryArgs,
        opts: pulumi.ResourceOptions | None = None,
        *,
        cluster: Cluster | None = None,
    ) -> None:
        """name: in Pulumi. cluster: what it runs in (see IngressNginx). Raises InvalidSettings."""
        super().__init__("quayside:index:DirectEntry", name, None, opts)
        spec = checked(DirectEntrySpec, args, f"direct entry {name}")
        arguments: Any = {
            **spec.load_balancer.model_dump(exclude_none=True, warnings=False),
            "proxy_protocol": bool(spec.load_balancer.proxy_protocol),
            "namespace": spec.namespace,
            "selector": labels_of(spec.pods or spec.service),
            "ports": ports(spec),
            "allow_from": list(CLOUDFLARE_ADDRESSES) if spec.behind_cloudflare else None,
            "cloud": spec.cloud,
        }
        front = LoadBalancer(
            f"{spec.service}{LOAD_BALANCER}",
            arguments,
            pulumi.ResourceOptions(parent=cluster.billed if cluster else self),
            cluster=cluster,
        )
        self.address = front.address
        self.namespace = pulumi.Output.from_input(spec.namespace)
        self.route = Route(entry=KIND)
        self.register_outputs({"address": self.address, "namespace": self.namespace})


def before(
    name: str, settings: Settings, cluster: Cluster, opts: pulumi.ResourceOptions, pods: str, namespace: pulumi.Output[str]
) -> DirectEntry:
    """The entry of a stack, before its service.

    pods, namespace: of the service, the one by name and the other known as soon as there is one.
    """
    service = str(settings.entry.service)
    told, front = settings.services[service], settings.entry.load_balancer.model_dump(exclude_none=True)
    args: Any = {
        "service": service,
        "namespace": namespace,
        "pods": pods,
        "port": told.port,
        "tls": any(host.tls == "passthrough" for host in told.hosts.values()),
        "tcp": dict(told.tcp),
        "load_balancer": {"name": load_balancer_cloud_name(KIND), **front},
        "behind_cloudflare": every_name_proxied(settings.model_dump(by_alias=True, exclude={"secrets"})),
    }
    return DirectEntry(name, args, opts, cluster=cluster)
