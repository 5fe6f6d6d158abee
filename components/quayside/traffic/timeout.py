"""Timeout, said to each data plane."""

from typing import Any

from quayside.edge.contract import Parts
from quayside.settings.hosts import HostPath
from quayside.settings.traffic.timeout import TimeoutSettings
from quayside.settings.types import ShortDuration
from quayside.traffic.contract import Subject
from quayside.traffic.load_balancing import NGINX

EXAMPLES = {
    "10s": TimeoutSettings(request=ShortDuration("10s")),
    "1500ms": TimeoutSettings(request=ShortDuration("1500ms")),
    "60s for uploads": TimeoutSettings(request=ShortDuration("10s"), paths={HostPath("/upload"): ShortDuration("60s")}),
}
"""See outlier_detection."""


def render(spec: TimeoutSettings, plane: str, subject: Subject) -> Parts:
    """See contract.Render.

    Kong's clock is for a try, and of itself it tries five times more after a silence: then an answer may take six times as long
    (developer.konghq.com, 'x-kong-proxy-latency header exceeds the timeout limit'). So it tries once.
    """
    if plane == "ingress-nginx":
        seconds = str(spec.request.milliseconds // 1000)
        return Parts(
            annotations={f"{NGINX}{key}": seconds for key in ("proxy-read-timeout", "proxy-send-timeout", "proxy-next-upstream-timeout")}
        )
    if plane == "kong":
        milliseconds = str(spec.request.milliseconds)
        clocks = {f"konghq.com/{key}-timeout": milliseconds for key in ("read", "write")}
        return Parts(service_annotations={**clocks, "konghq.com/retries": "0"})
    say = _http_route if plane in ("gateway-api", "ambient") else _virtual_service
    return Parts(rule=say(spec.request), by_path={str(path): say(request) for path, request in spec.paths.items()})


def _http_route(request: str) -> dict[str, Any]:
    return {"timeouts": {"request": str(request)}}


def _virtual_service(request: str) -> dict[str, Any]:
    return {"timeout": str(request)}
