"""Outlier detection: pods that fail are left out for a while."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from quayside.settings.base import Model
from quayside.settings.types import Duration


class OutlierDetectionSettings(Model):
    """Pods that fail are left out for a while, so that others answer."""

    errors: Annotated[int, Field(ge=1, le=1000)] = 3
    """How many errors in a row (5xx, or no answer at all) put a pod out. Default: 3."""
    interval: Duration = Duration("10s")
    """How often pods are looked at. Default: 10s."""
    ejection: Duration = Duration("30s")
    """How long a pod is out, times the number of its ejections. Default: 30s."""
    most: Annotated[int, Field(ge=1, le=100)] = 50
    """Greatest share of the pods that is out at once, in percent. Default: 50."""


def refused(spec: OutlierDetectionSettings, plane: str) -> Iterator[tuple[str, str]]:
    """What a data plane cannot do of it: (key below the policy, '' for all of it; the reason and what to write instead)."""
    if plane == "ingress-nginx":
        yield (
            "",
            "is not to be had from ingress-nginx, which only leaves out pods that fail their readiness probe; write probes.readiness, or entry.kind: gateway-api",
        )
    if plane == "direct":
        yield "", "is not to be had from a load balancer that leads straight to pods; write probes.readiness, or entry.kind: gateway-api"
