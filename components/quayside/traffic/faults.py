"""Faults, said to the proxies that VirtualServices tell what to do."""

from typing import Any

from quayside.edge.contract import Parts
from quayside.settings.traffic.faults import AbortSettings, DelaySettings, FaultsSettings
from quayside.settings.types import ShortDuration
from quayside.traffic.contract import Subject
from quayside.traffic.objects import seconds

EXAMPLES = {
    "5 s for 10 %": FaultsSettings(delay=DelaySettings(time=ShortDuration("5s"), percent=10)),
    "503 for 1 %": FaultsSettings(abort=AbortSettings(percent=1)),
}

FILTER = "envoy.filters.http.fault"
"""Istio's proxies have this filter at all times (xdsfilters.Fault in pilot/pkg/networking/core); routes tell it what to do."""


def render(spec: FaultsSettings, plane: str, subject: Subject) -> Parts:
    """See contract.Render."""
    if plane == "gateway-api":
        return Parts(patch={"typed_per_filter_config": {FILTER: _envoy(spec)}})
    fault: dict[str, Any] = {}
    if spec.delay:
        fault["delay"] = {"fixedDelay": seconds(spec.delay.time.milliseconds), "percentage": {"value": spec.delay.percent}}
    if spec.abort:
        fault["abort"] = {"httpStatus": spec.abort.status, "percentage": {"value": spec.abort.percent}}
    return Parts(rule={"fault": fault})


def _envoy(spec: FaultsSettings) -> dict[str, Any]:
    """For the Gateway API, which has no word for it: what Istio makes of a VirtualService's fault."""
    told: dict[str, Any] = {"@type": "type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault"}
    if spec.delay:
        told["delay"] = {"fixed_delay": seconds(spec.delay.time.milliseconds), "percentage": _percent(spec.delay.percent)}
    if spec.abort:
        told["abort"] = {"http_status": spec.abort.status, "percentage": _percent(spec.abort.percent)}
    return told


def _percent(percent: int) -> dict[str, Any]:
    return {"numerator": percent, "denominator": "HUNDRED"}
