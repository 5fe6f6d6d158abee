"""Settings of where charts come from."""

from quayside.settings.base import Model
from quayside.settings.types import Mirror


class ChartSettings(Model):
    """Where Helm charts come from."""

    mirror: Mirror | None = None
    """A directory, HTTP repository or OCI registry that holds every chart, for clusters without access to the internet.
    Default: the environment variable QUAYSIDE_CHART_MIRROR, else each project's own repository."""
