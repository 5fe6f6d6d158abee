"""Outlier detection, said to Istio's proxies and to Kong."""

from quayside.edge.contract import Parts
from quayside.settings.traffic.outlier_detection import OutlierDetectionSettings
from quayside.traffic.contract import Subject

EXAMPLES = {"the reference numbers": OutlierDetectionSettings()}
"""What the table in the docs shows, and tests render on every plane."""


def render(spec: OutlierDetectionSettings, plane: str, subject: Subject) -> Parts:
    """See contract.Render."""
    if plane == "kong":
        raise NotImplementedError  # E1: KongUpstreamPolicy healthchecks.passive
    return Parts(
        destination={
            "outlierDetection": {
                "consecutive5xxErrors": spec.errors,
                "interval": f"{spec.interval.seconds}s",
                "baseEjectionTime": f"{spec.ejection.seconds}s",
                "maxEjectionPercent": spec.most,
            }
        }
    )
