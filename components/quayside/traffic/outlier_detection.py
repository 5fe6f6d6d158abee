"""Outlier detection, said to Istio's proxies and to Kong."""

from quayside.edge.contract import Parts
from quayside.settings.traffic.outlier_detection import OutlierDetectionSettings
from quayside.traffic.contract import Subject

EXAMPLES = {"the reference numbers": OutlierDetectionSettings(), "all may be out": OutlierDetectionSettings(most=100)}
"""What the table in the docs shows, and tests render on every plane."""


def render(spec: OutlierDetectionSettings, plane: str, subject: Subject) -> Parts:
    """See contract.Render.

    Kong's passive checks put a pod out and never bring it back by themselves, so active ones do: a TCP connection to pods that are out, as
    often as the ejection lasts. Pods that are in are not asked.
    """
    if plane == "kong":
        failures = {"httpFailures": spec.errors, "tcpFailures": spec.errors, "timeouts": spec.errors}
        return Parts(
            upstream={
                "healthchecks": {
                    "passive": {"type": "http", "unhealthy": {**failures, "httpStatuses": [500, 501, 502, 503, 504, 505]}},
                    "active": {
                        "type": "tcp",
                        "healthy": {"interval": 0, "successes": 1},
                        "unhealthy": {"interval": spec.ejection.milliseconds // 1000, "tcpFailures": 1},
                    },
                }
            }
        )
    return Parts(
        destination={
            "outlierDetection": {
                "consecutive5xxErrors": spec.errors,
                "interval": str(spec.interval),
                "baseEjectionTime": str(spec.ejection),
                "maxEjectionPercent": spec.most,
            }
        }
    )
