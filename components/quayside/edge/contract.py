"""What every entry offers to services, and what a service tells it. A service does not know which entry serves it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

import pulumi

Manifest = dict[str, Any]

WILDCARD_SECRET = "wildcard-tls"
"""Secret in an entry's namespace from which it takes the wildcard's certificate, as soon as there is one."""


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


@dataclass(frozen=True)
class Route:
    """How routes are made in a cluster: plain values, so that they also reach services in other stacks and languages."""

    entry: str = "ingress-nginx"
    """Kind of the entry (see edge.index)."""
    ingress_class: str = "nginx"
    """Class that the entry serves."""
    namespace: str = "ingress-nginx"
    """Where the entry's pods are: network policies let them in."""
    issuer: str | None = None
    """ClusterIssuer that signs a certificate for each service's hosts. None: no certificates but the wildcard's."""
    wildcard: str | None = None
    """Domain whose certificate the entry has already, with all names right below it."""

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
