"""ingress-nginx: the classic entry, behind a load balancer of its own."""

from typing import Any, NotRequired, TypedDict

import pulumi

from quayside.arguments import checked
from quayside.clusters.contract import Cluster
from quayside.edge.contract import Route
from quayside.edge.fronted import load_balancer_arguments
from quayside.edge.ingress_nginx_values import CLASS, CONTROLLER, NAME, PODS, IngressNginxSpec, values
from quayside.edge.load_balancer import LoadBalancer
from quayside.edge.load_balancer_arguments import EntryLoadBalancerArgs
from quayside.labels import OWNER, owner_labels
from quayside.namespaces import manifest
from quayside.objects import register
from quayside.releases import release
from quayside.settings.charts import ChartSettings
from quayside.settings.claims import every_name_proxied, load_balancer_name, proxy_protocol
from quayside.settings.merge import merge
from quayside.settings.stack import Settings
from quayside.versions import CHARTS

RETIRED = (
    "ingress-nginx is retired upstream: since March 2026 it gets no fixes, not even for security holes "
    "(https://kubernetes.io/blog/2025/11/11/ingress-nginx-retirement). Plan to leave it for an entry by the Gateway API; until then keep "
    "who may make Ingress objects to those you trust, and Cloudflare's proxy before public names (names.proxied)."
)


class IngressNginxArgs(TypedDict):
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


class IngressNginx(pulumi.ComponentResource):
    """ingress-nginx behind a load balancer of the cloud, in a namespace of its own. Retired upstream: see RETIRED, which it says at each run.

    How services get to know their clients (the header X-Real-IP, and X-Forwarded-For, which holds nothing that a client wrote):
    - Behind Cloudflare (`behind_cloudflare`) only Cloudflare's addresses pass the load balancer, and its header CF-Connecting-IP is
      believed. It cannot be forged from outside: nobody else gets in, and Cloudflare sets it itself. That other customers of Cloudflare
      could point a zone of theirs at the address stays possible; Cloudflare's Authenticated Origin Pulls are the remedy.
    - Otherwise the load balancer tells the address by proxy protocol, if it has a host name (`load_balancer.host_name`) through which pods
      pass it as well: without one Kubernetes leads them past it, and nginx would refuse what comes without the protocol. Where only some names are proxied, requests for those come with
      Cloudflare's address: nginx takes one source or the other. A service may then read CF-Connecting-IP itself, but only where X-Real-IP
      is one of Cloudflare's (edge/cloudflare_addresses.py); anybody else can write that header.
    - Without either they see the load balancer's address.
    Nobody but the load balancer is believed, not pods that call the controller directly either.

    Costs: a load balancer. Its pods ask for 100m CPU and 90Mi memory each.
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
        args: IngressNginxArgs,
        opts: pulumi.ResourceOptions | None = None,
        *,
        cluster: Cluster | None = None,
    ) -> None:
        """name: in Pulumi.

        cluster: what it runs in: its root `billed` is the load balancer's parent, and it is asked for the load balancer's address. Without
            one the load balancer is a child of this component, which then must not be deleted with a cluster.
        Raises InvalidSettings.
        """
        super().__init__("quayside:index:IngressNginx", name, None, opts)
        subject = f"ingress-nginx {name}"
        given: dict[str, Any] = dict(args)
        charts = checked(ChartSettings, {"mirror": given.pop("mirror", None)}, subject)
        spec = checked(IngressNginxSpec, given, subject)
        pulumi.log.warn(RETIRED, self)
        labels = owner_labels()
        network: Any = spec.load_balancer_network or (cluster.load_balancer_network if cluster else None)
        # behind the namespace's own label, pods must be restricted: the chart's are, with NET_BIND_SERVICE as the one capability
        home = register(NAME, manifest(NAME, labels), pulumi.ResourceOptions(parent=self))
        self.namespace = home.metadata["name"]
        front = LoadBalancer(
            CONTROLLER,
            load_balancer_arguments(spec, self.namespace, PODS, {"http": {"port": 80}, "https": {"port": 443}}),
            pulumi.ResourceOptions(parent=cluster.billed if cluster else self),
            cluster=cluster,
        )
        self.release = release(
            NAME,
            CHARTS[NAME],
            values(spec, {OWNER: labels[OWNER]}, network),
            namespace=NAME,
            mirror=charts.mirror,
            # after the load balancer's Service: the controller ends at once where the one that it shall publish is missing
            opts=pulumi.ResourceOptions(parent=self, depends_on=[home, front]),
        )
        self.address = front.address
        self.ingress_class = pulumi.Output.from_input(CLASS)
        self.route = Route(entry=NAME, ingress_class=CLASS, namespace=NAME, issuer=spec.issuer, wildcard=spec.wildcard)
        self.register_outputs({"address": self.address, "namespace": self.namespace, "ingressClass": self.ingress_class})


def from_settings(name: str, settings: Settings, cluster: Cluster, opts: pulumi.ResourceOptions) -> IngressNginx:
    """The entry of a stack (see edge.index)."""
    return IngressNginx(name, arguments(settings), opts, cluster=cluster)


def arguments(settings: Settings) -> IngressNginxArgs:
    """What a stack's settings say of it, with the defaults that depend on the stack's names and certificates."""
    spec = settings.model_dump(by_alias=True, exclude={"secrets"})
    certificates, given = settings.certificates, settings.entry.model_dump(exclude={"kind", "service", "install_crds"}, exclude_none=True)
    given["load_balancer"] |= {"proxy_protocol": proxy_protocol(spec), "host_name": load_balancer_name(spec)}
    if settings.observability.metrics.enabled:
        # read at the pods themselves, so without the chart's Service
        told = {"controller": {"metrics": {"enabled": True, "service": {"enabled": False}}}}
        given["values"] = merge(told, given["values"])
    signed = certificates.enabled and settings.domain is not None
    args: Any = {
        **given,
        "behind_cloudflare": every_name_proxied(spec),
        "issuer": certificates.issuer if signed else None,
        "wildcard": settings.domain if signed and certificates.wildcard else None,
        "mirror": settings.charts.mirror,
    }
    return args  # type: ignore[no-any-return]
