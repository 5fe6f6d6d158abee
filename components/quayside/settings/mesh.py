"""Settings of the mesh: Istio between the services, and below the entries that it drives."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from quayside.settings.base import Model, Rule, empty
from quayside.settings.claims import LEAVING, entry_kind, part
from quayside.settings.problems import did_you_mean
from quayside.settings.text import Text
from quayside.settings.types import Name

DEFAULT_REVISION = "default"
"""What a control plane is called that has no name of its own: its istiod is just istiod."""

ISTIO_ENTRIES = ("gateway-api", "istio")
"""Entries whose proxies istiod tells what to do: it runs for them even without a mesh."""

PREFIX = "_internal_defaults_do_not_set"
"""Where Istio's charts keep their defaults; users write the same keys without it."""


class Revision(Text):
    """The name of a control plane. It ends up in names such as istio-validator-<revision>-istio-system, and in labels."""

    pattern = r"[a-z0-9]([-a-z0-9]{0,30}[a-z0-9])?"
    wrong = "is not a name for a control plane"
    write = "write at most 32 small letters, digits and hyphens (no dots), such as 1-30"
    examples = ("1-30",)


class IstioVersion(Text):
    """A version of Istio's charts."""

    pattern = r"1\.[0-9]{2}\.[0-9]{1,2}"
    wrong = "is not a version of Istio"
    write = 'write all three numbers, such as "1.30.3"'
    examples = ("1.30.3",)


class ControlPlaneSettings(Model):
    """One istiod beside others, while the mesh moves from one to the next."""

    known: ClassVar[frozenset[str]] = frozenset({"version"})

    version: IstioVersion | None = None
    """Version of Istio. A directory as mirror of the charts holds only one, and that is taken. Default: the one that quayside installs."""


def without_prefix(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Istio's charts take every key, and act on those alone that stand where they look for them."""
    for chart in values:
        if PREFIX in part(values, chart):
            yield f"{chart}.{PREFIX}", f"would be ignored without a word; write what is below it straight under {chart}"
    if "ztunnel" in part(values, "ztunnel"):
        yield "ztunnel.ztunnel", "would be ignored without a word; write what is below it straight under ztunnel"


class MeshValues(Model):
    """Values for Istio's charts, merged over ours: for every field that has no key here."""

    rules: ClassVar[tuple[Rule, ...]] = (without_prefix,)
    known: ClassVar[frozenset[str]] = frozenset({"base", "istiod", "cni", "ztunnel"})

    base: dict[str, Any] = empty()
    """For chart base: the custom resource definitions."""
    istiod: dict[str, Any] = empty()
    """For chart istiod: the control plane, and what it puts into pods."""
    cni: dict[str, Any] = empty()
    """For chart cni: what leads the pods' requests to their proxies, on each node."""
    ztunnel: dict[str, Any] = empty()
    """For chart ztunnel: the proxy on each node, in mode ambient."""


def strict_needs_a_mesh(mesh: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Without proxies nobody asks for certificates."""
    if mesh.get("mtls") == "strict" and mesh.get("mode", "off") == "off":
        yield "mtls", "is strict, and mesh.mode is off: nothing would enforce it; write mode: sidecar (or ambient), or remove mtls"


def registry_needs_sidecars(mesh: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Only sidecars hold back what is not registered: ztunnel does not look at outboundTrafficPolicy (istio#54281, ztunnel#369)."""
    if mesh.get("egress") != "registry":
        return
    if mesh.get("mode", "off") == "off":
        yield "egress", "is registry, and mesh.mode is off: nothing would hold requests back; write mode: sidecar, or egress: any"
    if mesh.get("mode") == "ambient":
        yield "egress", "is registry, which ztunnel does not know: it lets everything out; write mode: sidecar, or egress: any"


def revisions_exist(mesh: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What follows a control plane follows one that runs."""
    used = [("revision", mesh.get("revision", DEFAULT_REVISION))]
    used += [(f"namespaces.{name}", revision) for name, revision in part(mesh, "namespaces").items()]
    for key, revision in used:
        if isinstance(revision, str) and revision not in revisions(mesh):
            hint = did_you_mean(revision, part(mesh, "controlPlanes")) if part(mesh, "controlPlanes") else "write both there"
            yield key, f"names a control plane that does not run; add it to mesh.controlPlanes ({hint})"


def values_have_use(mesh: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Charts that are not installed in a mode."""
    mode = mesh.get("mode", "off")
    if part(mesh, "values", "ztunnel") and mode != "ambient":
        yield "values.ztunnel", "has no use: ztunnel runs in mode ambient alone; remove it, or write mode: ambient"
    if part(mesh, "values", "cni") and mode == "off":
        yield "values.cni", "has no use: cni runs where there is a mesh; remove it, or write mode: sidecar (or ambient)"


class MeshSettings(Model):
    """Istio: the mesh between the services, and the control plane of the entries gateway-api and istio."""

    rules: ClassVar[tuple[Rule, ...]] = (strict_needs_a_mesh, registry_needs_sidecars, revisions_exist, values_have_use)
    known: ClassVar[frozenset[str]] = frozenset(
        {"mode", "mtls", "egress", "replicas", "revision", "control_planes", "namespaces", "access_logs", "values"}
    )

    mode: Literal["off", "sidecar", "ambient"] = "off"
    """What carries the requests between services: sidecar (a proxy in each pod, every feature), ambient (a proxy on each node, and
    another where a policy looks into requests) or off. Into and out of sidecar all pods are replaced. Default: off."""
    mtls: Literal["permissive", "strict"] = "permissive"
    """Whether pods of the mesh talk to each other alone, encrypted and by identity (strict), or also to those that are not in it yet
    (permissive): the step on the way in, and on the way out. Default: permissive."""
    egress: Literal["any", "registry"] = "any"
    """Where pods of the mesh may send requests outside of the cluster: any, or registry (the hosts that services name). It needs
    sidecars. Default: any."""
    replicas: Annotated[int, Field(ge=1, le=10)] | None = None
    """Number of istiod's pods, and of each waypoint's. Two or more stay available while a node goes. Default: 1, in prod 2."""
    revision: Revision = Revision(DEFAULT_REVISION)
    """Name of the control plane that namespaces and entries follow. Default: default, which has no name and is upgraded in place."""
    control_planes: dict[Annotated[str, Revision], ControlPlaneSettings] = empty()
    """All control planes that run, old and new side by side while the mesh moves: name → its version. Default: the one that revision
    names."""
    namespaces: dict[Annotated[str, Name], Revision] = empty()
    """Namespaces that follow another control plane than revision, to try a new one with a few of them: service with a namespace of its
    own, or shared namespace → name of the control plane. Default: none."""
    access_logs: bool = False
    """Whether proxies write a line for each request, as JSON. Default: false."""
    values: MeshValues = MeshValues()
    """Values for Istio's charts, merged over ours: for every field that has no key here."""

    def of(self, namespace: str) -> str:
        """The control plane that a namespace follows."""
        return self.namespaces.get(namespace, self.revision)

    @property
    def version(self) -> str | None:
        """Version at which the control plane of `revision` is held, and with it what there is once for all: cni, ztunnel, the entries."""
        return self.control_planes.get(self.revision, ControlPlaneSettings()).version


def revisions(mesh: Mapping[str, Any]) -> list[str]:
    """All control planes that run, of plain settings in which any value may be wrong."""
    return [str(name) for name in part(mesh, "controlPlanes")] or [str(mesh.get("revision") or DEFAULT_REVISION)]


def istio_runs(spec: Mapping[str, Any]) -> bool:
    """Whether a stack has Istio's control plane: for a mesh, or for the entry that it has or is leaving."""
    entries = (entry_kind(spec), part(spec, LEAVING).get("kind"))
    return part(spec, "mesh").get("mode", "off") != "off" or any(each in ISTIO_ENTRIES for each in entries)


def istiod_replicas(spec: Mapping[str, Any]) -> int:
    """Pods of each control plane of a stack, and of each waypoint."""
    said = part(spec, "mesh").get("replicas")
    return said if isinstance(said, int) and not isinstance(said, bool) else 2 if spec.get("environment") == "prod" else 1
