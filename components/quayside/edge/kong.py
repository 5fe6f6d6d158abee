"""Kong: the entry with plugins, behind a load balancer of its own."""

from typing import Any, NotRequired, TypedDict

import pulumi

from quayside.arguments import checked
from quayside.clusters.contract import Cluster
from quayside.edge.contract import Route
from quayside.edge.entry_arguments import common, first
from quayside.edge.fronted import load_balancer_arguments
from quayside.edge.kong_routes import wildcard_ingress
from quayside.edge.kong_values import LOAD_BALANCER, NAME, PODS, KongSpec, headers_plugin, values
from quayside.edge.load_balancer import LoadBalancer
from quayside.edge.load_balancer_arguments import EntryLoadBalancerArgs
from quayside.labels import OWNER, owner_labels
from quayside.namespaces import manifest
from quayside.objects import register
from quayside.releases import release
from quayside.settings.charts import ChartSettings
from quayside.settings.stack import Settings
from quayside.versions import CHARTS
from quayside.webhooks import patient


class KongArgs(TypedDict):
    """What takes requests from outside and leads them to services."""

    replicas: NotRequired[int]
    """Number of its pods. Two or more stay available while a node goes. Default: 1."""
    max_body: NotRequired[str]
    """Largest request body, such as an upload, for ingress-nginx and kong. Cloudflare's proxy ends at 100 MB on its free and Pro plans.
    Default: 20Mi."""
    load_balancer: NotRequired[EntryLoadBalancerArgs]
    """The cloud's load balancer before it."""
    values: NotRequired[dict[str, Any]]
    """Values for its chart, merged over ours: for every field that has no key here."""
    behind_cloudflare: NotRequired[bool]
    """Whether Cloudflare stands before every name that leads here. Then nobody else is let in, and its header tells the client's address.
    Default: false."""
    issuer: NotRequired[str]
    """ClusterIssuer that signs a certificate for each service's hosts. Default: none."""
    wildcard: NotRequired[str]
    """Domain whose certificate, also for the names right below it, is in the Secret wildcard-tls of its namespace. Default: none."""
    load_balancer_network: NotRequired[pulumi.Input[str]]
    """Address range from which the load balancer reaches the nodes: only from there a client's address is believed. Default: the
    cluster's where it is handed over, else any."""
    cloud: NotRequired[str]
    """Where the cluster runs, if it is not handed over: doks. Default: doks."""
    mirror: NotRequired[str]
    """A directory, HTTP repository or OCI registry that holds every chart, for clusters without access to the internet.
    Default: the chart's own repository."""


class Kong(pulumi.ComponentResource):
    """Kong Gateway and its ingress controller in one pod, without a database, behind a load balancer of the cloud.

    It stays at 3.9: the open-source images end there, and from 3.10 on Kong publishes those of its Enterprise alone
    (Kong/docker-kong#738). Its controller goes on; what 3.9 itself gets are fixes for as long as Kong makes them.
    An Ingress leads each path to one Service, so shares by weight are nothing that it can say; headers are.

    How services get to know their clients (the header X-Real-IP): as with IngressNginx.

    Costs: a load balancer. Its pods ask for 150m CPU and 384Mi memory each.
    """

    address: pulumi.Output[str]
    """The IP address of its load balancer, which its hosts' records lead to."""
    namespace: pulumi.Output[str]
    """The namespace it runs in. What is made there by this name is made after it."""
    ingress_class: pulumi.Output[str]
    """The class that it serves."""

    def __init__(
        self,
        name: str,
        args: KongArgs,
        opts: pulumi.ResourceOptions | None = None,
        *,
        cluster: Cluster | None = None,
    ) -> None:
        """name: in Pulumi. cluster: what it runs in (see IngressNginx). Raises InvalidSettings."""
        super().__init__("quayside:index:Kong", name, None, opts)
        subject = f"kong {name}"
        given: dict[str, Any] = dict(args)
        charts = checked(ChartSettings, {"mirror": given.pop("mirror", None)}, subject)
        spec = checked(KongSpec, given, subject)
        labels = owner_labels()
        network: Any = spec.load_balancer_network or (cluster.load_balancer_network if cluster else None)
        home = register(NAME, manifest(NAME, labels), pulumi.ResourceOptions(parent=self))
        self.namespace = home.metadata["name"]
        front = LoadBalancer(
            LOAD_BALANCER,
            load_balancer_arguments(
                spec,
                self.namespace,
                PODS,
                {"http": {"port": 80, "target_port": "proxy"}, "https": {"port": 443, "target_port": "proxy-tls"}},
            ),
            pulumi.ResourceOptions(parent=cluster.billed if cluster else self),
            cluster=cluster,
        )
        self.release = release(
            NAME,
            CHARTS[NAME],
            values(spec, {OWNER: labels[OWNER]}, network),
            namespace=NAME,
            mirror=charts.mirror,
            # After the load balancer's Service, whose address the controller publishes. The chart makes a certificate for its webhook, a
            # new one each time that it is rendered without a cluster, as previews do; upgrades keep the one that there is. Pulumi would take
            # it for a change, each time (pulumi-kubernetes#2649). What is changed on purpose are values and the version, not the checksum.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[home, front, *first(opts)], ignore_changes=["checksum"]),
        )
        after = patient(pulumi.ResourceOptions(parent=self, depends_on=[self.release]))
        register("kong-response-headers", headers_plugin(spec, labels), after)
        if spec.wildcard is not None:
            register("kong-wildcard", wildcard_ingress(spec.wildcard, self.namespace, labels), after)
        self.address = front.address
        self.ingress_class = pulumi.Output.from_input(NAME)
        self.route = Route(entry=NAME, ingress_class=NAME, namespace=NAME, issuer=spec.issuer, wildcard=spec.wildcard)
        self.register_outputs({"address": self.address, "namespace": self.namespace, "ingressClass": self.ingress_class})


def from_settings(name: str, settings: Settings, cluster: Cluster, opts: pulumi.ResourceOptions) -> Kong:
    """The entry of a stack (see edge.index)."""
    args: Any = {**common(settings, NAME), "max_body": settings.entry.max_body}
    return Kong(name, args, opts, cluster=cluster)
