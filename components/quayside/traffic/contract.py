"""What every traffic policy is told, and what it answers: the one model that all data planes are served from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from quayside.edge.contract import Parts, Version
from quayside.settings.mesh import DEFAULT_REVISION

ISTIO_ENTRIES = ("gateway-api", "istio")
"""Entries whose proxies istiod tells what to do: DestinationRules count there."""


@dataclass(frozen=True)
class Planes:
    """The data planes that carry the requests to one service."""

    entry: str | None = None
    """Kind of the entry through which requests come from outside; None for a service without hosts."""
    mesh: str = "off"
    """What carries the requests between services: sidecar, ambient or off."""

    @property
    def all(self) -> tuple[str, ...]:
        """Each plane that does something, the entry first."""
        return tuple(each for each in (self.entry, None if self.mesh == "off" else self.mesh) if each)

    @property
    def istio(self) -> bool:
        """Whether any of them listens to istiod."""
        return self.mesh != "off" or self.entry in ISTIO_ENTRIES


@dataclass(frozen=True)
class Subject:
    """The service whose traffic is shaped."""

    service: str
    """Its name, also that of its Service and ServiceAccount."""
    namespace: Any
    """Its namespace."""
    port: int
    """Port of its Service."""
    container_port: int
    """Port on which its pods listen."""
    planes: Planes
    protocol: str = "http"
    hosts: tuple[str, ...] = ()
    """Whole host names from outside."""
    tcp: bool = False
    """Whether the entry also leads TCP ports to it."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """Labels of all objects."""
    selector: Mapping[str, str] = field(default_factory=dict)
    """Labels that find the pods of its main version."""
    versions: tuple[Version, ...] = ()
    further_services: tuple[str, ...] = ()
    """Services of it that no route names: those by which blue and green are looked at."""
    further_pods: tuple[str, ...] = ()
    """Names of pods that its own Service may be switched to: green's."""
    entry_namespace: str | None = None
    """Where the entry's pods are."""
    further_entries: tuple[str, ...] = ()
    """Where the pods of another entry are, through which requests come as well: while a stack moves to another."""
    ingress_class: str | None = None
    """Class of the Ingresses that the entry serves."""
    revision: str = DEFAULT_REVISION
    """Control plane that pods of its namespace have their sidecars from."""


class Render(Protocol):
    """How a policy is said to a plane: the `render` of a module in quayside.traffic. It is only asked for planes that can do it
    (`refused` of the module with the same name in quayside.settings.traffic says which cannot)."""

    def __call__(self, spec: Any, plane: str, subject: Subject) -> Parts: ...
