"""Istio's own gateway: the entry of Gateway and VirtualService, behind a load balancer of its own."""

from typing import Any, NotRequired, TypedDict

import pulumi

from quayside.arguments import checked
from quayside.clusters.contract import Cluster
from quayside.edge.contract import Route
from quayside.edge.entry_arguments import common, first, tcp_ports
from quayside.edge.fronted import load_balancer_arguments
from quayside.edge.istio_routes import wildcard_gateway
from quayside.edge.istio_values import CLASS, LOAD_BALANCER, NAME, PODS, IstioIngressSpec, values
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

KIND = "istio"


class IstioIngressArgs(TypedDict):
    """What takes requests from outside and leads them to services."""

    replicas: NotRequired[int]
    """Number of its pods. Two or more stay available while a node goes. Default: 1."""
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
    tcp: NotRequired[dict[str, int]]
    """Further TCP ports on which the load balancer listens: name → number. Default: none."""
    revision: NotRequired[str]
    """Name of the control plane (Istio's revision) that it follows. Default: default."""
    version: NotRequired[str]
    """Version of Istio's chart, where its control plane is held at one. Default: the one that quayside installs."""
    cloud: NotRequired[str]
    """Where the cluster runs, if it is not handed over: doks. Default: doks."""
    mirror: NotRequired[str]
    """A directory, HTTP repository or OCI registry that holds every chart, for clusters without access to the internet.
    Default: the chart's own repository."""


class IstioIngress(pulumi.ComponentResource):
    """Istio's gateway pods behind a load balancer of the cloud, in a namespace of their own.

    They need the control plane (component Istio, with istio_values.MESH_CONFIG where challenges are answered by http-01): its webhook puts
    the proxy into the pods. What stands in `opts.depends_on` is made before the pods.

    How services get to know their clients (the header X-Real-IP):
    - Behind Cloudflare (`behind_cloudflare`) only Cloudflare's addresses pass the load balancer, and the last address that it wrote into
      X-Forwarded-For is believed.
    - Otherwise the load balancer tells the address by proxy protocol, if it has a host name (see IngressNginx).
    - Without either they see the load balancer's address.

    A wildcard's certificate that is not there yet means no TLS for its hosts: Envoy has none of its own making to serve.

    Costs: a load balancer. Its pods ask for 50m CPU and 64Mi memory each.
    """

    address: pulumi.Output[str]
    """The IP address of its load balancer, which its hosts' records lead to."""
    namespace: pulumi.Output[str]
    """The namespace it runs in. What is made there by this name is made after it."""
    ingress_class: pulumi.Output[str]
    """The class of the Ingresses by which cert-manager answers challenges."""

    def __init__(
        self,
        name: str,
        args: IstioIngressArgs,
        opts: pulumi.ResourceOptions | None = None,
        *,
        cluster: Cluster | None = None,
    ) -> None:
        """name: in Pulumi. cluster: what it runs in (see IngressNginx). Raises InvalidSettings."""
        super().__init__("quayside:index:IstioIngress", name, None, opts)
        subject = f"istio ingress {name}"
        given: dict[str, Any] = dict(args)
        charts = checked(ChartSettings, {"mirror": given.pop("mirror", None)}, subject)
        spec = checked(IstioIngressSpec, given, subject)
        labels = owner_labels()
        home = register(NAME, manifest(NAME, labels), pulumi.ResourceOptions(parent=self))
        self.namespace = home.metadata["name"]
        front = LoadBalancer(
            LOAD_BALANCER,
            load_balancer_arguments(spec, self.namespace, PODS, load_balancer_ports(spec)),
            pulumi.ResourceOptions(parent=cluster.billed if cluster else self),
            cluster=cluster,
        )
        self.release = release(
            NAME,
            CHARTS["istio-gateway"].at(spec.version),
            values(spec, {OWNER: labels[OWNER]}),
            namespace=NAME,
            mirror=charts.mirror,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[home, *first(opts)]),
        )
        served = register("istio", ingress_class(labels), pulumi.ResourceOptions(parent=self))
        if spec.wildcard is not None:
            gateway = wildcard_gateway(spec.wildcard, self.namespace, labels)
            register("istio-wildcard", gateway, patient(pulumi.ResourceOptions(parent=self, depends_on=[self.release])))
        self.address = front.address
        self.ingress_class = served.metadata["name"]
        self.route = Route(
            entry=KIND,
            ingress_class=CLASS,
            namespace=NAME,
            issuer=spec.issuer,
            wildcard=spec.wildcard,
        )
        self.register_outputs({"address": self.address, "namespace": self.namespace, "ingressClass": self.ingress_class})


def from_settings(name: str, settings: Settings, cluster: Cluster, opts: pulumi.ResourceOptions) -> IstioIngress:
    """The entry of a stack (see edge.index)."""
    mesh = settings.mesh
    args: Any = {**common(settings, KIND), "tcp": tcp_ports(settings), "revision": mesh.revision, "version": mesh.version}
    return IstioIngress(name, args, opts, cluster=cluster)


def ingress_class(labels: dict[str, str]) -> dict[str, Any]:
    """The class by which istiod takes up the Ingresses of challenges. The chart makes none."""
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "IngressClass",
        "metadata": {"name": CLASS, "labels": dict(labels)},
        "spec": {"controller": "istio.io/ingress-controller"},
    }


def load_balancer_ports(spec: IstioIngressSpec) -> dict[str, dict[str, Any]]:
    """The pods listen on the ports that Gateways name, which have no names of their own."""
    ports = {"http": 80, "https": 443, **{f"tcp-{number}": number for number in spec.tcp.values()}}
    return {name: {"port": number, "target_port": str(number)} for name, number in ports.items()}
