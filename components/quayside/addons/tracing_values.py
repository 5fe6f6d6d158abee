"""What the charts of tracing are told, and Istio's proxies: pure functions. `tracing.py` installs them."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from quayside.settings.base import Model
from quayside.settings.footprint import COLLECTOR, TRACES
from quayside.settings.merge import merge
from quayside.settings.observability import TEMPO_DEFAULTS, Retention, TracingValues, VolumeSize

NAMESPACE = "tracing"
"""Where all of it is."""

PROVIDER = "quayside-tracing"
"""What Istio's MeshConfig calls the collector."""

COLLECTOR_NAME = "opentelemetry-collector"
"""Of its release and Service."""

OTLP = 4317
"""Port of OTLP by gRPC."""

KEPT = 10000
"""Traces that Jaeger has in memory: of 20 spans with 500 bytes each that is 100 MB, within what its pod asks for."""

CLOSED = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
"""Of each container: what the restricted security profile asks for."""


class TracingSpec(Model):
    """The way of a request through the services: an OpenTelemetry collector, and what keeps and shows traces."""

    known: ClassVar[frozenset[str]] = frozenset({"backend", "sampling", "istio", "values", "retention", "storage"})

    backend: Literal["jaeger", "tempo"] = "jaeger"
    """What keeps traces: jaeger (the latest 10000, in memory, with pages of its own) or tempo (on a volume, shown by Grafana).
    Default: jaeger."""
    sampling: Annotated[float, Field(ge=0, le=100)] = 1.0
    """Share of the requests, in percent, of which Istio's proxies begin a trace. Default: 1."""
    retention: Retention = Retention(TEMPO_DEFAULTS[0])
    """How long tempo keeps traces. Default: 72h."""
    storage: VolumeSize = VolumeSize(TEMPO_DEFAULTS[1])
    """Size of tempo's volume. Default: 10Gi."""
    istio: bool = False
    """Whether Istio's proxies send traces; its mesh_config then needs the collector among its extensionProviders. Default: false."""
    values: TracingValues = TracingValues()
    """Values for the charts, merged over ours: for every field that has no key here."""


def collector(spec: TracingSpec, labels: Mapping[str, str]) -> dict[str, Any]:
    """Chart opentelemetry-collector: takes OTLP and passes it on in batches.

    alternateConfig is the whole configuration: the chart merges `config` with its own, whose other receivers nobody needs.
    """
    pipeline = {"receivers": ["otlp"], "processors": ["memory_limiter", "batch"], "exporters": ["otlp"]}
    own = "${env:MY_POD_IP}"
    ours = {
        "mode": "deployment",
        "image": {"repository": "otel/opentelemetry-collector-k8s"},
        "resources": {"requests": COLLECTOR.requests, "limits": {"memory": "256Mi"}},
        "additionalLabels": dict(labels),
        "podLabels": dict(labels),
        "podSecurityContext": {"runAsNonRoot": True, "runAsUser": 10001, "seccompProfile": {"type": "RuntimeDefault"}},
        "securityContext": CLOSED,
        "ports": {each: {"enabled": False} for each in ("jaeger-compact", "jaeger-thrift", "jaeger-grpc", "zipkin")},
        "alternateConfig": {
            "receivers": {"otlp": {"protocols": {"grpc": {"endpoint": f"{own}:{OTLP}"}, "http": {"endpoint": f"{own}:4318"}}}},
            # the shares are the chart's own
            "processors": {
                "memory_limiter": {"check_interval": "5s", "limit_percentage": 80, "spike_limit_percentage": 25},
                "batch": {},
            },
            "exporters": {"otlp": {"endpoint": f"{spec.backend}.{NAMESPACE}.svc.cluster.local:{OTLP}", "tls": {"insecure": True}}},
            "extensions": {"health_check": {"endpoint": f"{own}:13133"}},
            "service": {"extensions": ["health_check"], "pipelines": {"traces": pipeline}},
        },
    }
    return merge(ours, spec.values.collector)


def jaeger(spec: TracingSpec, labels: Mapping[str, str]) -> dict[str, Any]:
    """Chart jaeger: Jaeger v2 in one pod, with its latest traces in memory."""
    ours = {
        "commonLabels": dict(labels),
        "jaeger": {
            "resources": {"requests": TRACES["jaeger"].requests},
            "securityContext": {**CLOSED, "runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
        },
        "userconfig": {
            "service": {
                "extensions": ["jaeger_storage", "jaeger_query", "healthcheckv2"],
                "pipelines": {"traces": {"receivers": ["otlp"], "exporters": ["jaeger_storage_exporter"]}},
            },
            "extensions": {
                "healthcheckv2": {"use_v2": True, "http": {"endpoint": "0.0.0.0:13133"}},
                "jaeger_query": {
                    "storage": {"traces": "memory"},
                    "http": {"endpoint": "0.0.0.0:16686"},
                    "grpc": {"endpoint": "0.0.0.0:16685"},
                },
                "jaeger_storage": {"backends": {"memory": {"memory": {"max_traces": KEPT}}}},
            },
            "receivers": {
                "otlp": {"protocols": {"grpc": {"endpoint": f"0.0.0.0:{OTLP}"}, "http": {"endpoint": "0.0.0.0:4318"}}},
            },
            "exporters": {"jaeger_storage_exporter": {"trace_storage": "memory"}},
        },
    }
    return merge(ours, spec.values.backend)


def tempo(spec: TracingSpec, labels: Mapping[str, str]) -> dict[str, Any]:
    """Chart tempo: one pod with a volume. The ballast of the chart's default would be more memory than the pod asks for."""
    ours = {
        "global": {"commonLabels": dict(labels)},
        "tempo": {
            "resources": {"requests": TRACES["tempo"].requests},
            "retention": f"{spec.retention.hours}h",
            "memBallastSizeMbs": 0,
            "reportingEnabled": False,
            "securityContext": {**CLOSED, "seccompProfile": {"type": "RuntimeDefault"}},
        },
        "persistence": {"enabled": True, "size": spec.storage, "enableStatefulSetAutoDeletePVC": True},
    }
    return merge(ours, spec.values.backend)


def provider() -> dict[str, Any]:
    """The collector, as Istio's MeshConfig has it among its extensionProviders."""
    return {"name": PROVIDER, "opentelemetry": {"service": f"{COLLECTOR_NAME}.{NAMESPACE}.svc.cluster.local", "port": OTLP}}


def telemetry(spec: TracingSpec, labels: Mapping[str, str]) -> dict[str, Any]:
    """What share of the requests Istio's proxies trace. In the root namespace it counts for the whole mesh (istio.io, Telemetry API)."""
    return {
        "apiVersion": "telemetry.istio.io/v1",
        "kind": "Telemetry",
        "metadata": {"name": "quayside-tracing", "namespace": "istio-system", "labels": dict(labels)},
        "spec": {"tracing": [{"providers": [{"name": PROVIDER}], "randomSamplingPercentage": spec.sampling}]},
    }
