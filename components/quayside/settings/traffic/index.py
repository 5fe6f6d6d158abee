"""The index of traffic policies: a new one is a pair of files (here and in quayside/traffic) and one line in each index."""

from quayside.settings.base import Model
from quayside.settings.traffic.outlier_detection import OutlierDetectionSettings


class TrafficSettings(Model):
    """How requests to a service are spread, limited, retried and led. Every data plane says it in its own words."""

    outlier_detection: OutlierDetectionSettings | None = None
    """Pods that fail are left out for a while. Default: none."""
