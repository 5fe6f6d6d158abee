"""What a service says of its metrics and alerts. It has an effect where there is a Prometheus (observability.metrics)."""

from typing import Annotated, ClassVar

from pydantic import Field

from quayside.settings.base import Model
from quayside.settings.hosts import HostPath
from quayside.settings.types import Duration, Name, ShortDuration, Value


class ScrapeSettings(Model):
    """Where a service tells its own metrics, in Prometheus' format."""

    known: ClassVar[frozenset[str]] = frozenset({"path", "port", "interval"})

    path: HostPath = HostPath("/metrics")
    """Path that answers with them. Default: /metrics."""
    port: Annotated[int, Field(ge=1, le=65535)] | None = None
    """Port of the container. Default: the service's."""
    interval: Duration = Duration("30s")
    """Time from one question to the next. Default: 30s."""


class AlertSettings(Model):
    """When somebody should look."""

    known: ClassVar[frozenset[str]] = frozenset({"enabled", "availability", "latency"})

    enabled: bool = True
    """Whether it has alerts at all. Default: true."""
    availability: Annotated[float, Field(ge=90, lt=100)] = 99.9
    """Share of the requests, in percent, that shall be answered without an error of the service's. It alerts where errors would use up
    what this allows for a month in two days (14.4 times too many, for an hour and still now). Default: 99.9."""
    latency: ShortDuration = ShortDuration("1s")
    """Time in which 99 of 100 requests shall be answered. It alerts after ten minutes beyond that. Default: 1s."""


class MonitoringSettings(Model):
    """The Prometheus that looks at a service."""

    known: ClassVar[frozenset[str]] = frozenset({"namespace", "dashboards", "address"})

    namespace: Name = Name("monitoring")
    """Where its pods are: network policies let them in. Default: monitoring."""
    dashboards: bool = False
    """Whether there is a Grafana to show a dashboard. Default: false."""
    address: Value | None = None
    """Where it answers, for a service with progressive, such as http://prometheus.monitoring.svc.cluster.local:9090. Default: not told."""
