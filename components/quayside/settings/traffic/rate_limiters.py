"""Which services of a stack have a pod beside them that counts their requests: its name, and how many the nodes must have room for."""

from collections.abc import Iterator, Mapping
from typing import Any

from quayside.settings.claims import LEAVING, entry_kind, part
from quayside.settings.mesh import ISTIO_ENTRIES
from quayside.settings.traffic.index import refused
from quayside.settings.traffic.profiles import effective
from quayside.settings.traffic.rules import traffic_of

LONGEST = 63
"""Of a Service's name."""


def limiter(service: str) -> str:
    """What all objects of the rate limit service for a service are called."""
    return f"{service}-rate-limit"


def rate_limiters(settings: Mapping[str, Any]) -> list[str]:
    """The services with a global limit that proxies of Istio's keep."""
    entries = {entry_kind(settings), part(settings, LEAVING).get("kind")} & set(ISTIO_ENTRIES)
    sidecars = part(settings, "mesh").get("mode") == "sidecar"
    services = {str(name): part(settings, "services", name) for name in part(settings, "services")}
    return [name for name, each in services.items() if _global(each) and (sidecars or (each.get("hosts") and entries))]


def rate_limiters_have_names(settings: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """A rule of the whole stack: nothing else is called like them."""
    for name in rate_limiters(settings):
        whole, at = limiter(name), f"services.{name}.traffic.rateLimit.scope"
        if len(whole) > LONGEST:
            wrong = f"is global, which makes objects called {whole}, longer than {LONGEST} characters"
            yield at, f"{wrong}; write a name of the service that is shorter by {len(whole) - LONGEST}"
        elif whole in part(settings, "services"):
            yield at, f"is global, which makes objects called {whole}, as that service does; write another name for one of them"


def _global(service: Mapping[str, Any]) -> bool:
    spec = effective(traffic_of(service)).policies.get("rate_limit")
    asked = spec is not None and spec.scope == "global" and service.get("protocol") != "tcp"
    return asked and not refused("rate_limit", spec, ISTIO_ENTRIES[0])
