"""What a service is told besides its settings: where it stands in its cluster. A component's arguments are checked against this."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar

from pydantic import Field

from quayside.edge.contract import Route
from quayside.edge.index import ENTRIES
from quayside.settings.base import Model, Rule, empty
from quayside.settings.hosts import Domain, Host
from quayside.settings.problems import did_you_mean
from quayside.settings.registries import RegistryUser, Server
from quayside.settings.secrets import SecretText
from quayside.settings.service import HostSettings, ServiceSettings
from quayside.settings.types import Name


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
    known: ClassVar[frozenset[str]] = frozenset({"entry", "wildcard"})

    entry: str = Route.entry
    """Kind of the entry: ingress-nginx. Default: ingress-nginx."""
    ingress_class: Name = Name(Route.ingress_class)
    """Class that the entry serves. Default: nginx."""
    namespace: Name = Name(Route.namespace)
    """Where the entry's pods are: network policies let them in. Default: ingress-nginx."""
    issuer: Name | None = None
    """ClusterIssuer that signs a certificate for the service's hosts. Default: none, and no certificates but the wildcard's."""
    wildcard: Domain | None = None
    """Domain whose certificate the entry has already, with all names right below it. Default: none."""


class LoginSettings(Model):
    """A login to a container registry."""

    username: RegistryUser
    """Who pulls."""
    password: SecretText = Field(repr=False)
    """Password or token that may read from it. Secret."""


def hosts_have_a_route(service: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """A host without a route would be a name that leads nowhere."""
    if service.get("hosts") and service.get("route") is None:
        yield "hosts", "need a route, which says how the cluster's entry leads there; write route (empty for the defaults), or remove hosts"


class PlacedService(ServiceSettings):
    """A service: one image that runs in a number of pods and answers on one port."""

    rules: ClassVar[tuple[Rule, ...]] = (*ServiceSettings.rules, hosts_have_a_route)
    known: ClassVar[frozenset[str]] = ServiceSettings.known | {"namespace_suffix", "route", "route_namespace", "registries"}

    hosts: dict[Annotated[str, WholeHost], HostSettings] = empty()
    """Host names under which it is reached from outside: whole name → paths. They need a route."""
    namespace_suffix: Name | None = None
    """What its own namespace ends with, after a hyphen: for clusters that log to one place, where namespaces are told apart by name.
    Default: nothing."""
    route: RouteSettings | None = None
    """How the cluster's entry leads to its hosts. Default: none, it is not reached from outside."""
    route_namespace: Name | None = None
    """An existing namespace in which its routes stand, with a bridge to the service: where certificates or the right to make routes are
    kept apart from the services. Default: its own."""
    registries: dict[Annotated[str, Server], LoginSettings] = empty()
    """Container registries that want a password: server → login. It gets a pull secret for the one that its image is from."""
