"""Istio: the mesh, and the control plane of the entries that it drives."""

from typing import Any, NotRequired, TypedDict

import pulumi

from quayside.arguments import checked
from quayside.labels import OWNER, owner_labels
from quayside.namespaces import manifest, privileged
from quayside.objects import register
from quayside.planes import istio_values
from quayside.planes.istio_values import NAMESPACE, IstioSpec
from quayside.releases import release
from quayside.settings.charts import ChartSettings
from quayside.settings.mesh import DEFAULT_REVISION, ControlPlaneSettings
from quayside.versions import CHARTS
from quayside.webhooks import patient


class ControlPlaneArgs(TypedDict, total=False):
    """One istiod beside others, while the mesh moves from one to the next."""

    version: str
    """Version of Istio. A directory as mirror of the charts holds only one, and that is taken. Default: the one that quayside installs."""


class MeshValuesArgs(TypedDict, total=False):
    """Values for Istio's charts, merged over ours: for every field that has no key here."""

    base: dict[str, Any]
    """For chart base: the custom resource definitions."""
    istiod: dict[str, Any]
    """For chart istiod: the control plane, and what it puts into pods."""
    cni: dict[str, Any]
    """For chart cni: what leads the pods' requests to their proxies, on each node."""
    ztunnel: dict[str, Any]
    """For chart ztunnel: the proxy on each node, in mode ambient."""


class IstioArgs(TypedDict):
    """Istio: the mesh between the services, and the control plane of the entries gateway-api and istio."""

    mode: NotRequired[str]
    """What carries the requests between services: sidecar (a proxy in each pod, every feature), ambient (a proxy on each node, and
    another where a policy looks into requests) or off. Into and out of sidecar all pods are replaced. Default: off."""
    mtls: NotRequired[str]
    """Whether pods of the mesh talk to each other alone, encrypted and by identity (strict), or also to those that are not in it yet
    (permissive): the step on the way in, and on the way out. Default: permissive."""
    egress: NotRequired[str]
    """Where pods of the mesh may send requests outside of the cluster: any, or registry (the hosts that services name). It needs
    sidecars. Default: any."""
    replicas: NotRequired[int]
    """Number of istiod's pods, and of each waypoint's. Two or more stay available while a node goes. Default: 1."""
    revision: NotRequired[str]
    """Name of the control plane that namespaces and entries follow. Default: default, which has no name and is upgraded in place."""
    control_planes: NotRequired[dict[str, ControlPlaneArgs]]
    """All control planes that run, old and new side by side while the mesh moves: name → its version. Default: the one that revision
    names."""
    access_logs: NotRequired[bool]
    """Whether proxies write a line for each request, as JSON. Default: false."""
    values: NotRequired[MeshValuesArgs]
    """Values for Istio's charts, merged over ours: for every field that has no key here."""
    mesh_config: NotRequired[dict[str, Any]]
    """Further fields of Istio's MeshConfig, such as extensionProviders for traces, merged over ours. Default: none."""
    mirror: NotRequired[str]
    """A directory, HTTP repository or OCI registry that holds every chart, for clusters without access to the internet.
    Default: the chart's own repository."""


class Istio(pulumi.ComponentResource):
    """Istio by its Helm charts, in the order that it asks for: base, istiod, and where there is a mesh cni and (ambient) ztunnel.

    Control planes are told apart by plain revisions, not by revision tags: a namespace's label is ours and one edit in the settings moves
    it, visibly in the preview and with its pods, while a tag is moved in the cluster behind the backs of both.

    cni and ztunnel are one for each node and follow the control plane of `revision`, in its version; base is of the version that quayside
    installs, because newer definitions serve older control planes.

    istiod asks for 50m CPU and 192Mi memory, cni and ztunnel for 10m and 40Mi on each node, a sidecar for 10m and 40Mi in each pod.
    """

    namespace: pulumi.Output[str]
    """The namespace of the control plane. What is made by this name is made after the namespace."""
    revision: pulumi.Output[str]
    """The control plane that namespaces and entries follow. What takes it from here is made after that runs."""

    def __init__(self, name: str, args: IstioArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """name: in Pulumi. Raises InvalidSettings."""
        super().__init__("quayside:index:Istio", name, None, opts)
        given: dict[str, Any] = dict(args)
        charts = checked(ChartSettings, {"mirror": given.pop("mirror", None)}, f"istio {name}")
        spec = checked(IstioSpec, given, f"istio {name}")
        labels = owner_labels()
        mark = {OWNER: labels[OWNER]}
        self._mirror = charts.mirror
        planes = spec.control_planes or {spec.revision: ControlPlaneSettings()}

        # istiod alone meets the restricted security profile; cni and ztunnel change the nodes' network
        make = manifest if spec.mode == "off" else privileged
        home = register(NAMESPACE, make(NAMESPACE, labels), pulumi.ResourceOptions(parent=self))
        base = self._release("istio-base", "istio-base", istio_values.base(spec), [home])
        istiods = {
            revision: self._release(
                "istiod" if revision == DEFAULT_REVISION else f"istiod-{revision}",
                "istiod",
                istio_values.istiod(spec, mark, revision),
                [base],
                plane.version,
            )
            for revision, plane in planes.items()
        }
        last: list[Any] = list(istiods.values())
        if spec.revision != DEFAULT_REVISION:
            tag = istio_values.default_tag(spec, labels)
            register("mesh-default", tag, pulumi.ResourceOptions(parent=self, depends_on=[istiods[spec.revision]]))
        if spec.mode != "off":
            last = [self._release("istio-cni", "istio-cni", istio_values.cni(spec, mark), last, spec.version)]
        if spec.mode == "ambient":
            last = [self._release("ztunnel", "ztunnel", istio_values.ztunnel(spec, mark), last, spec.version)]
        if spec.mode != "off":
            peers = istio_values.peer_authentication(spec, labels)
            register("mesh-mtls", peers, patient(pulumi.ResourceOptions(parent=self, depends_on=last)))

        self.namespace = home.metadata["name"]
        self.revision = istiods[spec.revision].status.apply(lambda _: str(spec.revision))
        self.register_outputs({"namespace": self.namespace, "revision": self.revision})

    def _release(self, name: str, chart: str, values: dict[str, Any], after: list[Any], version: str | None = None) -> Any:
        opts = pulumi.ResourceOptions(parent=self, depends_on=after)
        return release(name, CHARTS[chart].at(version), values, namespace=NAMESPACE, mirror=self._mirror, opts=opts)
