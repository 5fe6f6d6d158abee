"""What becomes of a request."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Backend:
    """A Service that gets requests."""

    service: str
    """Namespace/name."""
    port: int | str
    share: float = 100.0
    """Of the requests, in percent."""
    ready: int = 0
    """How many pods are behind it that answer; 0 too where there is no such Service or port."""


@dataclass(frozen=True)
class Shown:
    """The certificate that an entry shows."""

    secret: str
    """Namespace/name; empty where it is one that the entry made up for itself."""
    problem: str = ""
    """Why a browser does not take it; empty where it does."""
    issuer: str = ""
    """Who signed it."""


@dataclass(frozen=True)
class Route:
    """What an entry does with a request."""

    name: str = ""
    """Kind namespace/name of the object that says so."""
    backends: tuple[Backend, ...] = ()
    redirect: str = ""
    """Where the visitor is sent instead, as far as it is told: scheme, host, path."""
    certificate: Shown | None = None
    """None where no TLS ends at the entry."""
    problem: str = ""


@dataclass(frozen=True)
class Answer:
    """What one address of a host says."""

    host: str
    address: str = ""
    load_balancer: str = ""
    entry: str = ""
    """Which program answers: ingress-nginx, kong, gateway-api, istio, or direct for a Service of its own."""
    route: str = ""
    backends: tuple[Backend, ...] = ()
    redirect: str = ""
    certificate: Shown | None = None
    problem: str = ""
    """Why the visitor is not served; empty where all is well."""

    @property
    def services(self) -> dict[str, float]:
        """Service → its share of the requests."""
        return {each.service: each.share for each in self.backends}
