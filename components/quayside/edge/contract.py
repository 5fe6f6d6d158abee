"""What every entry offers to services, and what a service tells it. A service does not know which entry serves it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

import pulumi

from quayside.settings.claims import DEFAULT_ENTRY

Manifest = dict[str, Any]

WILDCARD_SECRET = "wildcard-tls"
"""Secret in an entry's namespace from which it takes the wildcard's certificate, as soon as there is one."""


@dataclass(frozen=True)
class Match:
    """Which requests are led to a version of a service: those that have all of these."""

    headers: Mapping[str, str] = field(default_factory=dict)
    """Header → its exact value."""
    cookies: Mapping[str, str] = field(default_factory=dict)
    """Cookie → its exact value."""
    query: Mapping[str, str] = field(default_factory=dict)
    """Parameter of the query → its exact value."""


@dataclass(frozen=True)
class Version:
    """A version of a service beside its main one: pods and a Service of their own."""

    name: str
    """What it is called, such as canary."""
    service: str
    """Name of its Service, in the namespace of the main one's."""
    weight: int = 0
    """Share of the requests that no match decides, in percent; the main version has the rest."""
    matches: tuple[Match, ...] = ()
    """Requests that any of these fits are led to it, before weights are asked."""
    sticky: bool = False
    """Whether who was led to a version once stays with it."""
    steered: bool = False
    """Whether somebody else moves its share while it runs: it stands in the rules whatever share it starts with."""


@dataclass
class Parts:
    """What traffic policies add to the objects of one data plane for one service. Each plane has its own words for them."""

    destination: dict[str, Any] = field(default_factory=dict)
    """Fields of `trafficPolicy` in the service's DestinationRule (Istio)."""
    rule: dict[str, Any] = field(default_factory=dict)
    """Fields of each rule of its route: of an HTTPRoute's rules, or of a VirtualService's http."""
    by_path: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Fields of each rule of its route for requests to a path and all below it, in place of those in `rule`: path → fields."""
    rules: list[dict[str, Any]] = field(default_factory=list)
    """Whole rules that are asked before those of its route, as its HTTPRoute or VirtualService has them."""
    unsafe: dict[str, Any] = field(default_factory=dict)
    """Fields of each rule of its VirtualService for requests that may not be sent twice (POST, PATCH): with them, a rule stands there twice."""
    patch: dict[str, Any] = field(default_factory=dict)
    """Fields of each Envoy route that its entry's proxies make of a rule (Istio): for what neither an HTTPRoute nor a VirtualService can say."""
    unsafe_patch: dict[str, Any] = field(default_factory=dict)
    """The same for requests that may not be sent twice; with it, a rule of an HTTPRoute stands there twice."""
    patches: list[dict[str, Any]] = field(default_factory=list)
    """Patches of its entry's proxies (Istio), as an EnvoyFilter has them in configPatches."""
    filters: list[dict[str, Any]] = field(default_factory=list)
    """Filters of each rule of its HTTPRoute."""
    annotations: dict[str, str] = field(default_factory=dict)
    """Annotations of its Ingress."""
    service_annotations: dict[str, str] = field(default_factory=dict)
    """Annotations of its Service."""
    upstream: dict[str, Any] = field(default_factory=dict)
    """Fields of `spec` in the service's KongUpstreamPolicy."""
    plugins: list[str] = field(default_factory=list)
    """Names of the KongPlugins among `objects` that its Ingress or Service asks for."""
    objects: list[Manifest] = field(default_factory=list)
    """Objects of their own, beside the route."""
    waypoint: bool = False
    """Whether all requests have to pass a waypoint, also those that come from the entry (ambient mode)."""


@dataclass(frozen=True)
class Exposure:
    """What a service wants to be reached by from outside."""

    service: str
    """Its name, also that of its Service in the cluster."""
    namespace: Any
    """Namespace of the routes."""
    port: int
    """Port of the Service."""
    hosts: Mapping[str, Mapping[str, str]]
    """Whole host name → path → Prefix or Exact."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """Labels of all objects."""
    protocol: str = "http"
    """What it speaks: http, http2, grpc or tcp."""
    passthrough: frozenset[str] = frozenset()
    """Hosts whose TLS the service ends itself."""
    tcp: Mapping[str, int] = field(default_factory=dict)
    """Further TCP ports, of the entry and of the Service alike: name → number."""
    versions: tuple[Version, ...] = ()
    """Its versions beside the main one."""
    parts: Parts = field(default_factory=Parts)
    """What its traffic policies add on this entry's plane."""
    service_namespace: Any = None
    """Namespace of the Service, where its routes stand in another one."""
    stable: str | None = None
    """Name of another Service of its own that the requests from outside are led to. None: to the one named after it."""

    @property
    def main(self) -> str:
        """Name of the Service that leads to its main version."""
        return self.stable or self.service


PLACES = {
    "gateway-api": {"namespace": "gateway-api", "ingress_class": "istio"},
    "ingress-nginx": {"namespace": "ingress-nginx", "ingress_class": "nginx"},
    "istio": {"namespace": "istio-ingress", "ingress_class": "istio"},
    "kong": {"namespace": "kong", "ingress_class": "kong"},
}
"""Kind of entry → what a Route says where its stack says nothing else. The entry straight before a service's pods has no place."""


@dataclass(frozen=True)
class Route:
    """How routes are made in a cluster: plain values, so that they also reach services in other stacks and languages."""

    entry: str = DEFAULT_ENTRY
    """Kind of the entry (see edge.index)."""
    ingress_class: str = PLACES[DEFAULT_ENTRY]["ingress_class"]
    """Class that the entry serves."""
    namespace: str = PLACES[DEFAULT_ENTRY]["namespace"]
    """Where the entry's pods are: network policies let them in."""
    issuer: str | None = None
    """ClusterIssuer that signs a certificate for each service's hosts. None: no certificates but the wildcard's."""
    wildcard: str | None = None
    """Domain whose certificate the entry has already, with all names right below it."""
    leaving_wildcard: str | None = None
    """Domain of whose certificate that holds until hosts have their own: those are signed before anything listens with them."""

    def told(self) -> dict[str, str]:
        """As a Service's argument `route` has it."""
        return {key: value for key, value in asdict(self).items() if value is not None}


class Entry(Protocol):
    """An entry, as a component that runs in the cluster."""

    address: pulumi.Output[str]
    """The IP address that its hosts' records lead to."""
    namespace: pulumi.Output[str]
    """Where its pods are. What is made there by this name is made after the namespace."""
    route: Route
    """What services are told, to be reached by it."""


class Routes(Protocol):
    """The function by which a kind of entry renders routes."""

    def __call__(self, route: Route, exposure: Exposure) -> list[Manifest]: ...
