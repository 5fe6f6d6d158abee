"""Websockets: connections that stay open, and may be silent for long."""

from collections.abc import Iterator

from quayside.settings.base import Model
from quayside.settings.types import Duration


class WebsocketsSettings(Model):
    """Connections that stay open after a request to upgrade them, and may be silent for long.

    Istio's proxies let them through at all times, have no limit on silence, and must speak HTTP/1.1 with the pods for it: that is all they
    are told. The cloud's load balancer ends what is silent for about a minute: let one of the two sides ping.
    """

    idle: Duration = Duration("1h")
    """How long a connection may be silent, where the entry limits it (ingress-nginx and Kong: one minute by themselves). Default: 1h."""


def refused(spec: WebsocketsSettings, plane: str) -> Iterator[tuple[str, str]]:
    """What a data plane cannot do of it (see outlier_detection)."""
    if plane == "direct":
        yield "", "is nothing that a load balancer before pods has to be told, which passes all connections on; remove it"
