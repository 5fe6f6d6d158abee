"""Timeout: how long an answer may take."""

from collections.abc import Iterator

from quayside.settings.base import Model
from quayside.settings.types import ShortDuration


class TimeoutSettings(Model):
    """How long an answer may take, all tries of it together. nginx and Kong, which have no such clock, end an answer that is silent for as
    long; nginx stops trying again after it, and Kong tries once."""

    request: ShortDuration
    """From the whole request to the whole answer. It is longer than attempts × perTry of the retries."""


def refused(spec: TimeoutSettings, plane: str) -> Iterator[tuple[str, str]]:
    """See outlier_detection.refused."""
    if plane == "direct":
        yield "", "is not to be had from a load balancer that leads straight to pods and sees no requests; write entry.kind: gateway-api"
    if plane == "ingress-nginx" and spec.request.milliseconds % 1000:
        yield "request", "is not to be had from ingress-nginx, which counts whole seconds; write some, such as 10s"
