"""What a service is told besides its settings: where it stands in its cluster. A component's arguments are checked against this."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, model_validator

from quayside.edge.contract import PLACES, Route
from quayside.edge.index import ENTRIES
from quayside.settings import progressive_rules, versions_rules
from quayside.settings.base import Model, Rule, empty
from quayside.settings.hosts import Domain, Host
from quayside.settings.mesh import DEFAULT_REVISION, Revision
from quayside.settings.monitoring import MonitoringSettings
from quayside.settings.problems import did_you_mean
from quayside.settings.protocol_rules import entry_leads
from quayside.settings.registries import RegistryUser, Server
from quayside.settings.secrets import SecretText
from quayside.settings.service import HostSettings, ServiceSettings
from quayside.settings.traffic.index import refused
from quayside.settings.traffic.profiles import effective
from quayside.settings.traffic.rules import KEYS, placed_policies_can_be_done, traffic_of
from quayside.settings.types import Name
from quayside.workloads.network_policy import OUTSIDE


class WholeHost(Host):
    """A host name that no domain completes."""

    wrong = "is not a whole host name"
    write = "write all of it, such as shop.example.com (only a stack's settings complete short ones, by their domain)"


def entry_is_known(route: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each kind of entry renders its own routes."""
    entry = route.get("entry")
    if isinstance(entry, str) and entry not in ENTRIES:
        yield "entry", f"is none of its choices; {did_you_mean(entry, ENTRIES)}"


class RouteSettings(Model):
    """How routes are made in a cluster."""

    rules: ClassVar[tuple[Rule, ...]] = (entry_is_known,)
    known: ClassVar[frozenset[str]] = frozenset({"entry", "wildcard", "leaving_wildcard"})

    entry: str = Route.entry
    """Kind of the entry: gateway-api, istio, ingress-nginx, kong or direct. Default: gateway-api."""
    ingress_class: Name = Name(Route.ingress_class)
    """Class that the entry serves. Each kind of entry has its own. Default: istio."""
    namespace: Name = Name(Route.namespace)
    """Where the entry's pods are: network policies let them in. Each kind of entry has its own. Default: gateway-api."""
    issuer: Name | None = None
    """ClusterIssuer that signs a certificate for the service's hosts. Default: none, and no certificates but the wildcard's."""
    wildcard: Domain | None = None
    """Domain whose certificate the entry has already, with all names right below it. Default: none."""
    leaving_wildcard: Domain | None = None
    """Domain of whose certificate that holds until hosts have their own: those are signed before anything listens with them.
    Default: none."""

    @model_validator(mode="before")
    @classmethod
    def _at_its_entry(cls, data: Any) -> Any:
        """Who says the kind alone means the entry as quayside makes it."""
        if not isinstance(data, Mapping) or not isinstance(data.get("entry"), str):
            return data
        return {**PLACES.get(data["entry"], {}), **data}

    @property
    def calls_from(self) -> str:
        """Namespace from which the entry calls services, or OUTSIDE where it is the load balancer alone."""
        return OUTSIDE if self.entry == "direct" else self.namespace


class MembershipSettings(Model):
    """How a service is part of the mesh."""

    known: ClassVar[frozenset[str]] = frozenset({"mode", "revision"})

    mode: Literal["off", "sidecar", "ambient"] = "off"
    """What carries the requests between services: sidecar, ambient or off. Default: off."""
    revision: Revision = Revision(DEFAULT_REVISION)
    """Name of the control plane that its namespace follows. Default: default, the one without a name."""


class LoginSettings(Model):
    """A login to a container registry."""

    username: RegistryUser
    """Who pulls."""
    password: SecretText = Field(repr=False)
    """Password or token that may read from it. Secret."""


def entry_leads_to_it(service: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Its entry can do what it asks for."""
    route = service.get("route")
    if isinstance(route, Mapping):
        yield from entry_leads(route.get("entry", Route.entry), service)


def hosts_have_a_route(service: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """A host without a route would be a name that leads nowhere."""
    if service.get("hosts") and service.get("route") is None:
        yield "hosts", "need a route, which says how the cluster's entry leads there; write route (empty for the defaults), or remove hosts"


def versions_are_carried(service: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Its data planes can lead to its versions (see versions_rules)."""
    route, mesh = service.get("route"), service.get("mesh")
    entry = route.get("entry", Route.entry) if isinstance(route, Mapping) else "none"
    yield from versions_rules.carried(service, entry, mesh.get("mode", "off") if isinstance(mesh, Mapping) else "off")


def kong_finds_what_is_said(service: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Kong looks for plugins beside the Ingress that names them, and for all else at the Service that the Ingress leads to. From another
    namespace that is a bridge."""
    route, where = service.get("route"), service.get("routeNamespace")
    elsewhere = where is not None and where != service.get("namespace")
    if not (elsewhere and service.get("hosts") and isinstance(route, Mapping) and route.get("entry") == "kong"):
        return
    said = [KEYS[name] for name, spec in effective(traffic_of(service)).policies.items() if not refused(name, spec, "kong")]
    if said:
        wrong = f"is another namespace than the service's, in which Kong would find nothing of traffic.{said[0]}"
        yield "routeNamespace", f"{wrong}; remove it, or the policy (traffic.{said[0]}: null), or write route.entry: gateway-api"


def routes_differ(service: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """A stack moves from one entry to another."""
    route, leaving = service.get("route"), service.get("leavingRoute")
    if not isinstance(leaving, Mapping):
        return
    if not isinstance(route, Mapping):
        yield "leavingRoute", "is that of an entry beside the one of route, and there is none; write route"
    elif route.get("entry", Route.entry) == leaving.get("entry", Route.entry):
        yield "leavingRoute.entry", "is what route.entry is as well; write the entry that is being left, or remove leavingRoute"


def of_both_routes(rule: Rule) -> Rule:
    """A rule about a service's route, asked about that of the entry that is being left as well."""

    def asked(service: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        found = list(rule(service))
        yield from found
        leaving = service.get("leavingRoute")
        if isinstance(leaving, Mapping):
            further = rule({**service, "route": leaving})
            yield from ((key, f"{message} (asked of leavingRoute)") for key, message in further if (key, message) not in found)

    return asked


class PlacedService(ServiceSettings):
    """A service: one image that runs in a number of pods and answers on one port."""

    rules: ClassVar[tuple[Rule, ...]] = (
        *ServiceSettings.rules,
        hosts_have_a_route,
        routes_differ,
        of_both_routes(kong_finds_what_is_said),
        of_both_routes(entry_leads_to_it),
        of_both_routes(versions_are_carried),
        progressive_rules.placed,
        of_both_routes(placed_policies_can_be_done),
    )
    known: ClassVar[frozenset[str]] = ServiceSettings.known | {
        "namespace_suffix",
        "route",
        "leaving_route",
        "route_namespace",
        "registries",
        "mesh",
        "monitoring",
    }

    hosts: dict[Annotated[str, WholeHost], HostSettings] = empty()
    """Host names under which it is reached from outside: whole name → paths. They need a route."""
    namespace_suffix: Name | None = None
    """What its own namespace ends with, after a hyphen: for clusters that log to one place, where namespaces are told apart by name.
    Default: nothing."""
    route: RouteSettings | None = None
    """How the cluster's entry leads to its hosts. Default: none, it is not reached from outside."""
    leaving_route: RouteSettings | None = None
    """How the entry that is being left leads there, while a stack moves to another one. The certificates of the new one are then waited for.
    Default: none."""
    route_namespace: Name | None = None
    """An existing namespace in which its routes stand, with a bridge to the service: where certificates or the right to make routes are
    kept apart from the services. Default: its own."""
    mesh: MembershipSettings = MembershipSettings()
    """Whether and how Istio carries its requests. A namespace that it shares has to say the same by its labels. Default: not."""
    monitoring: MonitoringSettings | None = None
    """The Prometheus that looks at it. It needs Prometheus' operator in the cluster. Default: none, and it has no alerts."""
    registries: dict[Annotated[str, Server], LoginSettings] = empty()
    """Container registries that want a password: server → login. It gets a pull secret for the one that its image is from."""

    @property
    def routes(self) -> list[RouteSettings]:
        """How entries lead to it: its route, and that of an entry that is being left."""
        return [each for each in (self.route, self.leaving_route) if each is not None]

    @property
    def called_from(self) -> list[str]:
        """Whence entries call it."""
        return [each.calls_from for each in self.routes]
