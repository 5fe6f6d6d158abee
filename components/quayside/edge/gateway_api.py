"""The entry by the Gateway API: one Gateway, whose pods Istio runs, behind a load balancer of its own."""

from typing import Any, NotRequired, TypedDict

import pulumi

from quayside.arguments import checked
from quayside.clusters.contract import Cluster
from quayside.edge.contract import Route
from quayside.edge.entry_arguments import common, first, tcp_ports
from quayside.edge.fronted import load_balancer_arguments
from quayside.edge.gateway_api_manifests import (
    CLASS,
    LOAD_BALANCER,
    NAME,
    GatewayEntrySpec,
    gateway,
    load_balancer_ports,
    options,
    options_map,
    redirect,
)
from quayside.edge.gateway_api_routes import PODS
from quayside.edge.load_balancer import LoadBalancer
from quayside.edge.load_balancer_arguments import EntryLoadBalancerArgs
from quayside.labels import owner_labels
from quayside.namespaces import manifest
from quayside.objects import register
from quayside.settings.stack import Settings


class GatewayEntryArgs(TypedDict):
    """What takes requests from outside and leads them to services, by the Gateway API."""

    replicas: NotRequired[int]
    """Number of its pods. Two or more stay available while a node goes. Default: 1."""
    load_balancer: NotRequired[EntryLoadBalancerArgs]
    """The cloud's load balancer before it."""
    values: NotRequired[dict[str, Any]]
    """Fields of the objects that Istio makes for the Gateway, merged over ours: object (deployment, horizontalPodAutoscaler,
    podDisruptionBudget, service or serviceAccount) → fields. For every field that has no key here."""
    behind_cloudflare: NotRequired[bool]
    """Whether Cloudflare stands before every name that leads here. Then nobody else is let in, and its header tells the client's address.
    Default: false."""
    issuer: NotRequired[str]
    """ClusterIssuer that signs a certificate for each service's hosts. Default: none."""
    wildcard: NotRequired[str]
    """Domain whose certificate, also for the names right below it, is in the Secret wildcard-tls of its namespace. Default: none."""
    tcp: NotRequired[dict[str, int]]
    """Further TCP ports on which the load balancer listens: name → number. Default: none."""
    revision: NotRequired[str]
    """Name of the control plane (Istio's revision) that it follows. Default: default."""
    cloud: NotRequired[str]
    """Where the cluster runs, if it is not handed over: doks. Default: doks."""


class GatewayEntry(pulumi.ComponentResource):
    """A Gateway of the Gateway API behind a load balancer of the cloud, in a namespace of its own. Istio's control plane runs its pods.

    It needs the definitions (component GatewayApi) and the control plane (component Istio), and is to be made after them (`depends_on`).

    Services bring what is theirs: listeners (ListenerSet), a certificate, and routes. They are let in from namespaces that quayside made
    (label app.kubernetes.io/managed-by: quayside); a namespace of other origin, to which a service is added, needs that label.

    How services get to know their clients: the header X-Real-IP, which the entry itself writes.
    - Behind Cloudflare (`behind_cloudflare`) only Cloudflare's addresses pass the load balancer, and the last address in X-Forwarded-For is
      believed: the one that Cloudflare adds there. That other customers of Cloudflare could point a zone of theirs at the address stays
      possible; Cloudflare's Authenticated Origin Pulls are the remedy.
    - Otherwise the load balancer tells the address by proxy protocol, if it has a host name (`load_balancer.host_name`) through which pods
      pass it as well (see IngressNginx). Where only some names are proxied, requests for those come with Cloudflare's address. A service may
      then read CF-Connecting-IP itself, but only where X-Real-IP is one of Cloudflare's (edge/cloudflare_addresses.py).
    - Without either they see the load balancer's address.
    X-Forwarded-For still holds what a client wrote into it, with the address that is known after that: Envoy takes nothing away from it.

    A host whose certificate is not there yet has no TLS: Envoy has no certificate of its own making to serve meanwhile.

    Costs: a load balancer. Its pods ask for 50m CPU and 64Mi memory each.
    """

    address: pulumi.Output[str]
    """The IP address of its load balancer, which its hosts' records lead to."""
    namespace: pulumi.Output[str]
    """The namespace it runs in. What is made there by this name is made after it."""

    def __init__(
        self,
        name: str,
        args: GatewayEntryArgs,
        opts: pulumi.ResourceOptions | None = None,
        *,
        cluster: Cluster | None = None,
    ) -> None:
        """name: in Pulumi. cluster: what it runs in (see IngressNginx). Raises InvalidSettings."""
        super().__init__("quayside:index:GatewayEntry", name, None, opts)
        spec = checked(GatewayEntrySpec, args, f"gateway entry {name}")
        labels = owner_labels()
        home = register(NAME, manifest(NAME, labels), pulumi.ResourceOptions(parent=self))
        self.namespace = home.metadata["name"]
        front = LoadBalancer(
            LOAD_BALANCER,
            load_balancer_arguments(spec, self.namespace, PODS, load_balancer_ports(spec)),
            pulumi.ResourceOptions(parent=cluster.billed if cluster else self),
            cluster=cluster,
        )
        said = {key: pulumi.Output.json_dumps(fields, sort_keys=True) for key, fields in options(spec).items()}
        added = register("gateway-options", options_map(self.namespace, labels, said), pulumi.ResourceOptions(parent=self))
        # without the definitions and the control plane nobody would know it, and a destroy would leave its pods to nobody
        after = pulumi.ResourceOptions(parent=self, depends_on=[home, added, *first(opts)])
        made = register("gateway", gateway(spec, self.namespace, labels), after)
        if spec.issuer or spec.wildcard:
            register("gateway-redirect", redirect(self.namespace, labels), pulumi.ResourceOptions(parent=self, depends_on=[made]))
        self.address = front.address
        self.route = Route(
            entry=NAME,
            ingress_class=CLASS,
            namespace=NAME,
            issuer=spec.issuer,
            wildcard=spec.wildcard,
        )
        self.register_outputs({"address": self.address, "namespace": self.namespace})


def from_settings(name: str, settings: Settings, cluster: Cluster, opts: pulumi.ResourceOptions) -> GatewayEntry:
    """The entry of a stack (see edge.index)."""
    said = common(settings, NAME)
    del said["mirror"]  # it has no chart
    args: Any = {**said, "tcp": tcp_ports(settings), "revision": settings.mesh.revision}
    return GatewayEntry(name, args, opts, cluster=cluster)
