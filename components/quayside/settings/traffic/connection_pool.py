"""Connection pool: how much a service is asked at once."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from quayside.settings.base import Model
from quayside.settings.types import ShortDuration

Count = Annotated[int, Field(ge=1, le=100_000)]


class ConnectionPoolSettings(Model):
    """How much a service is asked at once; what is beyond is answered with 503 at once, before it piles up. Each instance of a proxy counts
    for itself: each pod of the gateway, of the waypoint, and of a caller with a sidecar."""

    connect_timeout: ShortDuration = ShortDuration("500ms")
    """How long a TCP connection to a pod may take. Default: 500ms."""
    pending: Count = 10
    """Most requests that wait for a connection. Default: 10."""
    concurrent: Count = 10
    """Most requests that are under way. Default: 10."""
    requests_per_connection: Count = 2
    """How many requests a connection serves before it is closed. Default: 2."""
    retries: Count = 3
    """Most retries that are under way. Default: 3."""


def refused(spec: ConnectionPoolSettings, plane: str) -> Iterator[tuple[str, str]]:
    """See outlier_detection.refused."""
    if plane in ("ingress-nginx", "kong"):
        yield (
            "",
            f"is not to be had from {plane}, which does not count the requests that wait or are under way; write entry.kind: gateway-api",
        )
    if plane == "direct":
        yield "", "is not to be had from a load balancer that leads straight to pods; write entry.kind: gateway-api"
