"""The largest body of a request."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from quayside.settings.base import Model, Rule
from quayside.settings.traffic.words import DIRECT
from quayside.settings.types import Memory

ONE_IS_ENOUGH = True
"""A request that is too large for one proxy does not get to the next."""

MOST = 2**32 - 1
"""Envoy's buffer filter counts in 32 bits (max_request_bytes)."""


def size_in_range(body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """nginx takes zero for no limit at all."""
    size = body.get("size")
    if isinstance(size, Memory) and not 0 < size.amount <= MOST:
        yield "size", "is nothing, or more than 4Gi; write a size such as 20Mi"


class MaxBodySettings(Model):
    """The largest body of a request, such as an upload; a larger one is answered with 413.

    Istio's proxies keep each body in memory until they have it whole: they must have room for it, and what streams is no longer a stream.
    ingress-nginx and Kong only count.
    """

    rules: ClassVar[tuple[Rule, ...]] = (size_in_range,)

    size: Memory
    """Its size."""


def refused(spec: MaxBodySettings, plane: str) -> Iterator[tuple[str, str]]:
    """What a data plane cannot do of it (see outlier_detection)."""
    if plane == "ambient":
        yield "", "is not to be had in ambient mode: waypoints take no EnvoyFilter, and nothing else says it; write mesh.mode: sidecar"
    if plane == "direct":
        yield "", DIRECT
