"""Outlier detection: pods that fail are left out for a while."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from quayside.settings.base import Model
from quayside.settings.types import ShortDuration


class OutlierDetectionSettings(Model):
    """Pods that fail are left out for a while, so that others answer."""

    errors: Annotated[int, Field(ge=1, le=1000)] = 3
    """How many errors in a row (5xx, or no answer at all) put a pod out. Default: 3."""
    interval: ShortDuration = ShortDuration("10s")
    """How often pods are looked at. Kong looks at each answer. Default: 10s."""
    ejection: ShortDuration = ShortDuration("30s")
    """How long a pod is out, in Istio times the number of its ejections; in Kong until a connection to it, tried as often, is taken.
    Default: 30s."""
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
    if plane == "kong":
        if spec.most < 100:
            yield "most", "is not to be had from Kong, which leaves out each pod that fails; write 100, or entry.kind: gateway-api"
        if spec.ejection.milliseconds % 1000:
            yield "ejection", "is not to be had from Kong, which counts whole seconds; write some, such as 30s"
