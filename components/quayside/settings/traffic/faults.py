"""Faults: requests that are held up or refused on purpose, to see what their callers do."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar

from pydantic import Field

from quayside.settings.base import Model, Rule
from quayside.settings.traffic.words import DIRECT
from quayside.settings.types import ShortDuration

ONE_IS_ENOUGH = True
"""Where the entry cannot do it, the calls between services have them all the same."""


class DelaySettings(Model):
    """Requests that are held up before they are passed on."""

    time: ShortDuration
    """For how long."""
    percent: Annotated[int, Field(ge=1, le=100)] = 100
    """Share of the requests, in percent. Default: 100."""


class AbortSettings(Model):
    """Requests that are answered with an error, without the service."""

    status: Annotated[int, Field(ge=400, le=599)] = 503
    """The error's HTTP status; clients of gRPC see the status that goes with it. Default: 503."""
    percent: Annotated[int, Field(ge=1, le=100)] = 100
    """Share of the requests, in percent. Default: 100."""


def some_fault(faults: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Nothing at all is no fault."""
    if faults.get("delay") is None and faults.get("abort") is None:
        yield "delay", "is missing, and so is abort; write one of them, or remove faults"


class FaultsSettings(Model):
    """Requests that are held up or refused on purpose, to see what their callers do. Stacks whose environment is prod refuse it.

    The caller's proxy does it, so it reaches those that are in the mesh, and those that come through an Istio entry.
    """

    rules: ClassVar[tuple[Rule, ...]] = (some_fault,)

    delay: DelaySettings | None = None
    """Requests that are held up. Default: none."""
    abort: AbortSettings | None = None
    """Requests that are answered with an error. Default: none."""
    force: bool = False
    """Whether it is meant for prod as well. Default: false."""


def refused(spec: FaultsSettings, plane: str) -> Iterator[tuple[str, str]]:
    """What a data plane cannot do of it (see outlier_detection)."""
    if plane == "ambient":
        wrong = "is not to be had in ambient mode: waypoints are told by HTTPRoutes, which have no word for it"
        yield "", f"{wrong}; write mesh.mode: sidecar"
    if plane in ("ingress-nginx", "kong"):
        yield "", f"is not to be had from {plane.replace('kong', 'Kong')}; write entry.kind: gateway-api, or mesh.mode: sidecar"
    if plane == "direct":
        yield "", DIRECT
