"""Egress: what a service may call outside of the cluster."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from quayside.settings.base import Model, Rule, empty
from quayside.settings.hosts import Domain
from quayside.settings.text import Text

ONE_IS_ENOUGH = True
"""What a service calls is no business of its entry's."""


class OuterHost(Text):
    """A host outside of the cluster, or all below a domain."""

    pattern = rf"(\*\.)?{Domain.pattern}"
    wrong = "is not a host name"
    write = "write it in small letters and without a protocol, such as api.stripe.com, or *.example.com for all below a domain"
    examples = ("api.stripe.com", "*.example.com")


class EgressHostSettings(Model):
    """A host outside of the cluster that a service calls."""

    port: Annotated[int, Field(ge=1, le=65535)] = 443
    """Its port. Default: 443."""
    protocol: Literal["tls", "http", "tcp"] = "tls"
    """What is spoken: tls (https among it), http in the clear, or tcp for all else, such as a database. Default: tls."""


def tcp_ports_once(egress: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Plain TCP names no host: a proxy tells two of them apart by port alone."""
    hosts = egress.get("hosts")
    seen: dict[Any, str] = {}
    for name, host in (hosts if isinstance(hosts, Mapping) else {}).items():
        if not isinstance(host, Mapping) or host.get("protocol") != "tcp":
            continue
        if str(name).startswith("*."):
            yield f"hosts.{name}.protocol", "is tcp, which does not say which of many hosts is meant; write whole host names, or tls"
        port = host.get("port")
        if port in seen:
            yield f"hosts.{name}.port", f"is that of {seen[port]}, and plain TCP does not say which host is meant; keep one, or write tls"
        seen.setdefault(port, str(name))


class EgressSettings(Model):
    """What the service may call outside of the cluster: these hosts and, as ever, what the mesh knows. All else its proxy refuses.

    With mesh.egress: registry that holds for all services, and one without this key calls nothing outside. It keeps honest programs to what is
    written; one that wants out can go around its proxy, against which only a NetworkPolicy helps (Istio's docs, Security Model).
    """

    rules: ClassVar[tuple[Rule, ...]] = (tcp_ports_once,)

    hosts: dict[Annotated[str, OuterHost], EgressHostSettings] = empty()
    """Host → how it is called."""


def refused(spec: EgressSettings, plane: str) -> Iterator[tuple[str, str]]:
    """What a data plane cannot do of it (see outlier_detection)."""
    if plane == "ambient":
        wrong = (
            "is not to be had in ambient mode: ztunnel lets all out, and only calls through an egress gateway of your own can be held back"
        )
        yield "", f"{wrong}; write mesh.mode: sidecar, or a NetworkPolicy"
    elif plane != "sidecar":
        yield "", "is told to the proxies beside the service's pods, and an entry is none of them; write mesh.mode: sidecar"
