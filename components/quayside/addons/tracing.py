"""Tracing: the way of a request through the services."""

from typing import Any, NotRequired, TypedDict

import pulumi

from quayside.addons import tracing_values
from quayside.addons.tracing_values import COLLECTOR_NAME, NAMESPACE, OTLP, TracingSpec
from quayside.arguments import checked
from quayside.labels import OWNER, owner_labels
from quayside.namespaces import manifest
from quayside.objects import register
from quayside.releases import release
from quayside.settings.charts import ChartSettings
from quayside.versions import CHARTS
from quayside.webhooks import patient


class TracingValuesArgs(TypedDict, total=False):
    """Values for the charts, merged over ours: for every field that has no key here."""

    collector: dict[str, Any]
    """For chart opentelemetry-collector."""
    backend: dict[str, Any]
    """For chart jaeger or tempo."""


class TracingArgs(TypedDict):
    """The way of a request through the services: an OpenTelemetry collector, and what keeps and shows traces."""

    backend: NotRequired[str]
    """What keeps traces: jaeger (the latest 10000, in memory, with pages of its own) or tempo (on a volume, shown by Grafana).
    Default: jaeger."""
    sampling: NotRequired[float]
    """Share of the requests, in percent, of which Istio's proxies begin a trace. Default: 1."""
    retention: NotRequired[str]
    """How long tempo keeps traces. Default: 72h."""
    storage: NotRequired[str]
    """Size of tempo's volume. Default: 10Gi."""
    istio: NotRequired[bool]
    """Whether Istio's proxies send traces; its mesh_config then needs the collector among its extensionProviders. Default: false."""
    values: NotRequired[TracingValuesArgs]
    """Values for the charts, merged over ours: for every field that has no key here."""
    mirror: NotRequired[str]
    """A directory, HTTP repository or OCI registry that holds every chart, for clusters without access to the internet.
    Default: the chart's own repository."""


class Tracing(pulumi.ComponentResource):
    """An OpenTelemetry collector, which takes traces by OTLP from Istio's proxies and from services, and Jaeger or Tempo behind it.

    The collector asks for 20m CPU and 64Mi memory, Jaeger for 20m and 192Mi, Tempo for 50m and 256Mi.
    """

    endpoint: pulumi.Output[str]
    """Where services send traces, by OTLP over gRPC (OTEL_EXPORTER_OTLP_ENDPOINT)."""

    def __init__(self, name: str, args: TracingArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """name: in Pulumi. Raises InvalidSettings."""
        super().__init__("quayside:index:Tracing", name, None, opts)
        given: dict[str, Any] = dict(args)
        charts = checked(ChartSettings, {"mirror": given.pop("mirror", None)}, f"tracing {name}")
        spec = checked(TracingSpec, given, f"tracing {name}")
        labels = owner_labels()
        mark = {OWNER: labels[OWNER]}

        home = register(NAMESPACE, manifest(NAMESPACE, labels), pulumi.ResourceOptions(parent=self))
        kept = tracing_values.jaeger(spec, mark) if spec.backend == "jaeger" else tracing_values.tempo(spec, mark)
        last: list[Any] = [home]
        for chart, told in ((spec.backend, kept), (COLLECTOR_NAME, tracing_values.collector(spec, mark))):
            opts_of_release = pulumi.ResourceOptions(parent=self, depends_on=last)
            last = [release(chart, CHARTS[chart], told, namespace=NAMESPACE, mirror=charts.mirror, opts=opts_of_release)]
        if spec.istio:
            sampled = tracing_values.telemetry(spec, labels)
            register("mesh-tracing", sampled, patient(pulumi.ResourceOptions(parent=self, depends_on=last)))

        self.endpoint = pulumi.Output.from_input(f"http://{COLLECTOR_NAME}.{NAMESPACE}.svc.cluster.local:{OTLP}")
        self.register_outputs({"endpoint": self.endpoint})
