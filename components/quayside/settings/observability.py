"""Settings of observability: what a team sees of its cluster, and what that costs. All of it is off unless it is switched on."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from quayside.settings.base import Model, Rule, empty
from quayside.settings.claims import entry_kind, has_entry, part
from quayside.settings.footprint import Pods, observability_pods
from quayside.settings.hosts import HostKey
from quayside.settings.mesh import istio_runs
from quayside.settings.text import Text
from quayside.settings.types import Memory, SecretName

PASSWORD = "grafanaPassword"
"""Name of the secret with Grafana's password, unless the settings name another."""

PROM_DEFAULTS = {"prod": ("15d", "20Gi"), "": ("7d", "10Gi")}
"""Environment → how long metrics are kept, and the volume for them.

The room follows from the time: seconds × samples a second × 2 bytes (prometheus.io/docs, 'Storage', 1 to 2 bytes a sample). A small cluster
with all exporters has some 100000 series, asked every 30 seconds: 3300 samples a second, 0.6 GB a day."""

TEMPO_DEFAULTS = ("72h", "10Gi")
"""How long traces are kept by tempo, and the volume for them."""


class Retention(Text):
    """How long something is kept."""

    pattern = r"[1-9][0-9]{0,3}[hdw]"
    wrong = "is not a time for which data are kept"
    write = "write hours, days or weeks with the unit, such as 12h, 15d or 4w"
    examples = ("15d", "12h")

    @property
    def hours(self) -> int:
        """The time in hours."""
        return int(self[:-1]) * {"h": 1, "d": 24, "w": 168}[self[-1]]


class VolumeSize(Memory):
    """Room on a volume of the cloud's, which come in whole GiB."""

    pattern = r"[1-9][0-9]{0,4}Gi"
    wrong = "is not the size of a volume"
    write = "write whole GiB, such as 20Gi"
    examples = ("10Gi", "20Gi")


class MetricsSettings(Model):
    """Prometheus with its operator, what it asks of nodes and objects, and its alerts."""

    known: ClassVar[frozenset[str]] = frozenset({"enabled", "alertmanager", "values", "storage"})

    enabled: bool = False
    """Whether there is one. Default: false."""
    retention: Retention | None = None
    """How long metrics are kept, if the volume has room for them. Default: 7d, in prod 15d."""
    storage: VolumeSize | None = None
    """Size of the volume for them. It is gone with metrics.enabled. Default: 10Gi, in prod 20Gi."""
    alertmanager: bool = False
    """Whether there is an Alertmanager to send alerts on. Whom it tells is said in values, or by objects AlertmanagerConfig.
    Default: false, alerts are seen in Prometheus and Grafana."""
    values: dict[str, Any] = empty()
    """Values for chart kube-prometheus-stack, merged over ours: for every field that has no key here."""


class DashboardSettings(Model):
    """Grafana."""

    known: ClassVar[frozenset[str]] = frozenset({"enabled", "host"})

    enabled: bool = False
    """Whether there is one. It needs metrics. Default: false."""
    password: SecretName = SecretName(PASSWORD)
    """Name of the secret with the password of its user admin. Default: grafanaPassword."""
    host: HostKey | None = None
    """Host name at which it is reached, behind its own login. A single label is completed by the stack's domain.
    Default: none, by port-forward alone."""


class KialiSettings(Model):
    """Kiali: the mesh as a graph."""

    known: ClassVar[frozenset[str]] = frozenset({"enabled", "host", "values"})

    enabled: bool = False
    """Whether there is one. It needs metrics, and Istio. Default: false."""
    host: HostKey | None = None
    """Host name at which it is reached, behind its login by token (`kubectl create token`). A single label is completed by the stack's
    domain. Default: none, by port-forward alone."""
    values: dict[str, Any] = empty()
    """Values for chart kiali-server, merged over ours: for every field that has no key here."""


class TracingValues(Model):
    """Values for the charts, merged over ours: for every field that has no key here."""

    known: ClassVar[frozenset[str]] = frozenset({"collector", "backend"})

    collector: dict[str, Any] = empty()
    """For chart opentelemetry-collector."""
    backend: dict[str, Any] = empty()
    """For chart jaeger or tempo."""


def jaeger_keeps_nothing(tracing: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Jaeger has its traces in memory here."""
    if tracing.get("backend", "jaeger") == "jaeger":
        for key in ("retention", "storage"):
            if tracing.get(key) is not None:
                yield key, "is for tempo; jaeger keeps the latest traces in memory; remove it, or write backend: tempo"


class TracingSettings(Model):
    """The way of a request through the services: an OpenTelemetry collector, and what keeps and shows traces."""

    rules: ClassVar[tuple[Rule, ...]] = (jaeger_keeps_nothing,)
    known: ClassVar[frozenset[str]] = frozenset({"enabled", "backend", "sampling", "values", "storage"})

    enabled: bool = False
    """Whether there is one. Istio's proxies send to it; services may, by OTLP. Default: false."""
    backend: Literal["jaeger", "tempo"] = "jaeger"
    """What keeps traces: jaeger (the latest 10000, in memory, with pages of its own) or tempo (on a volume, shown by Grafana).
    Default: jaeger."""
    sampling: Annotated[float, Field(ge=0, le=100)] = 1.0
    """Share of the requests, in percent, of which Istio's proxies begin a trace. Default: 1."""
    retention: Retention | None = None
    """How long tempo keeps traces. Default: 72h."""
    storage: VolumeSize | None = None
    """Size of tempo's volume. It is gone with tracing.enabled. Default: 10Gi."""
    values: TracingValues = TracingValues()
    """Values for the charts, merged over ours: for every field that has no key here."""


class ObservabilitySettings(Model):
    """What a team sees of its cluster. All of it is off unless it is switched on."""

    metrics: MetricsSettings = MetricsSettings()
    """Prometheus, and a monitor and alerts for each service."""
    dashboards: DashboardSettings = DashboardSettings()
    """Grafana, with a dashboard for each service."""
    mesh: KialiSettings = KialiSettings()
    """Kiali."""
    tracing: TracingSettings = TracingSettings()
    """Traces, by OpenTelemetry."""


def enabled(spec: Mapping[str, Any], part_of: str) -> bool:
    """Whether a part of a stack's observability is switched on; of plain settings, in which any value may be wrong."""
    return part(spec, "observability", part_of).get("enabled") is True


def pods(spec: Mapping[str, Any]) -> list[Pods]:
    """What all of it runs, but for what is on each node."""
    tracing = part(spec, "observability", "tracing")
    return observability_pods(
        metrics=enabled(spec, "metrics"),
        alertmanager=part(spec, "observability", "metrics").get("alertmanager") is True,
        dashboards=enabled(spec, "dashboards"),
        mesh=enabled(spec, "mesh"),
        traces=str(tracing.get("backend", "jaeger")) if enabled(spec, "tracing") else None,
    )


def metrics_kept(environment: str, metrics: MetricsSettings) -> tuple[Retention, VolumeSize]:
    """How long metrics are kept, and the volume for them."""
    time, room = PROM_DEFAULTS.get(environment, PROM_DEFAULTS[""])
    return metrics.retention or Retention(time), metrics.storage or VolumeSize(room)


def traces_kept(tracing: TracingSettings) -> tuple[Retention, VolumeSize]:
    """How long tempo keeps traces, and the volume for them."""
    time, room = TEMPO_DEFAULTS
    return tracing.retention or Retention(time), tracing.storage or VolumeSize(room)


def gibibytes(size: VolumeSize) -> int:
    """A volume's size, as clouds ask money for it."""
    return int(size.amount / Decimal(2**30))


def password_in_use(spec: Mapping[str, Any]) -> Any:
    """The name of the secret with Grafana's password, None where there is no Grafana."""
    if not enabled(spec, "dashboards"):
        return None
    return part(spec, "observability", "dashboards").get("password") or PASSWORD


def parts_have_what_they_need(spec: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What shows something needs what finds it out."""
    metrics, istio = enabled(spec, "metrics"), istio_runs(spec)
    for key, what in (("dashboards", "Grafana shows"), ("mesh", "Kiali draws")):
        if enabled(spec, key) and not metrics:
            wrong = f"is true, and {what} what Prometheus knows"
            yield f"observability.{key}.enabled", f"{wrong}; write observability.metrics.enabled: true"
    if enabled(spec, "mesh") and not istio:
        yield (
            "observability.mesh.enabled",
            "is true, and there is no Istio to look at; write mesh.mode: sidecar (or ambient), or entry.kind: gateway-api",
        )
    tracing = part(spec, "observability", "tracing")
    if enabled(spec, "tracing") and tracing.get("backend") == "tempo" and not enabled(spec, "dashboards"):
        yield (
            "observability.tracing.backend",
            "is tempo, which has no pages of its own; write observability.dashboards.enabled: true, or backend: jaeger",
        )


def hosts_are_reached(spec: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """A host needs an entry that can tell it from others, and something that answers."""
    kind = entry_kind(spec)
    for key in ("dashboards", "mesh"):
        if part(spec, "observability", key).get("host") is None:
            continue
        where = f"observability.{key}.host"
        if not enabled(spec, key):
            yield where, f"has nobody behind it; write observability.{key}.enabled: true, or remove it"
        elif not has_entry(spec) or kind == "direct":
            yield where, f"cannot be led to by entry.kind {kind}; remove it (port-forward reaches it too), or write entry.kind: gateway-api"


def strict_lets_prometheus_in(spec: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Prometheus is not in the mesh. A port of metrics alone can be left open to it, the one for requests must not be."""
    if not enabled(spec, "metrics") or part(spec, "mesh").get("mtls") != "strict":
        return
    for name in part(spec, "services"):
        service = part(spec, "services", name)
        metrics = service.get("metrics")
        if isinstance(metrics, Mapping) and metrics.get("port") in (None, service.get("port", 8080)):
            wrong = "is where requests come in, which mesh.mtls strict closes to Prometheus"
            yield f"services.{name}.metrics.port", f"{wrong}; serve metrics on another port, or write mesh.mtls: permissive"


RULES = (parts_have_what_they_need, hosts_are_reached, strict_lets_prometheus_in)
"""Checks of a whole stack's settings."""
