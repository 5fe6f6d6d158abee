"""What the platform's own pods ask for: the charts' values are made from it, and the check of capacity adds it up."""

from dataclasses import dataclass, replace
from decimal import Decimal

from quayside.settings.types import Cpu, Memory


@dataclass(frozen=True)
class Pods:
    """Pods of one kind, `replicas` where the settings do not say how many."""

    name: str
    cpu: str
    memory: str
    replicas: int = 1

    @property
    def cores(self) -> Decimal:
        """CPU of one pod in cores."""
        return Cpu(self.cpu).amount

    @property
    def bytes(self) -> Decimal:
        """Memory of one pod in bytes."""
        return Memory(self.memory).amount

    @property
    def requests(self) -> dict[str, str]:
        """As a container's resources have it."""
        return {"cpu": self.cpu, "memory": self.memory}


CERT_MANAGER = (
    Pods("cert-manager", "10m", "64Mi"),
    Pods("cert-manager-webhook", "10m", "64Mi"),
    Pods("cert-manager-cainjector", "10m", "64Mi"),
)
"""Enough for some dozens of certificates."""

INGRESS_NGINX = Pods("ingress-nginx-controller", "100m", "90Mi")
"""The chart's own default; its replicas are entry.replicas."""

ISTIOD = Pods("istiod", "50m", "192Mi")
"""For small meshes: a tenth of what one of 1000 services and 2000 pods takes (istio.io, 'Performance and Scalability': 1 vCPU and 1.5 GB),
which is more memory than CPU when nothing changes. Its replicas are mesh.replicas."""

SIDECAR = Pods("istio-proxy", "10m", "40Mi")
"""In each pod of a sidecar mesh: as Istio's own demo profile has it (manifests/helm-profiles/demo.yaml), for proxies that wait more than
they work."""

WAYPOINT = Pods("waypoint", "10m", "40Mi")
"""The proxy before a service whose policies look into requests, in mode ambient. As a sidecar."""

RATE_LIMIT = Pods("rate-limit", "20m", "64Mi")
"""What counts the requests to one service with a global limit. It keeps nothing: each request is one of its own to Redis."""

PROXY_LIMITS = {"cpu": "1000m", "memory": "256Mi"}
"""What a sidecar or waypoint may have at most: enough for some 4000 requests a second (istio.io, 'Performance and Scalability': 0.20 vCPU
and 60 MB for 1000). Of Envoy's threads there are as many as whole CPUs."""

TRAFFIC_REDIRECTION = Pods("istio-cni", "10m", "40Mi")
"""On each node, where there is a mesh. As Istio's demo profile has it: it has work when pods come and go."""

NODE_PROXY = Pods("ztunnel", "10m", "40Mi")
"""On each node, in mode ambient. As Istio's demo profile has it; for 1000 requests a second it takes 0.06 vCPU and 12 MB (istio.io,
'Performance and Scalability')."""

GATEWAY = Pods("gateway", "50m", "64Mi")
"""The entry's proxy where it is one of Istio's: half of the chart's default, which suits machines of 4 GB; it has no limit of CPU. Its
replicas are entry.replicas."""

METRICS_SERVER = Pods("metrics-server", "100m", "200Mi")
"""The chart's own default, which its project says is enough for 100 nodes."""


KONG = Pods("kong", "150m", "384Mi")
"""The proxy (100m, 256Mi: two workers, each with its own copy of Lua) and the controller beside it (50m, 128Mi). The chart asks for
nothing. Its replicas are entry.replicas."""

PROMETHEUS = Pods("prometheus", "100m", "512Mi")
"""For some 100000 series: 4 to 5 KiB of memory for each, as Prometheus itself tells it by process_resident_memory_bytes over
prometheus_tsdb_head_series."""

METRICS = (
    PROMETHEUS,
    Pods("config-reloader", "10m", "32Mi"),
    Pods("prometheus-operator", "20m", "64Mi"),
    Pods("kube-state-metrics", "10m", "64Mi"),
)
"""What comes with Prometheus, once. The reloader is a container beside Prometheus."""

ALERTMANAGER = (Pods("alertmanager", "10m", "48Mi"), Pods("config-reloader", "10m", "32Mi"))
"""Alertmanager, and the reloader beside it."""

GRAFANA = (Pods("grafana", "50m", "192Mi"), Pods("grafana-sidecar", "10m", "96Mi", replicas=2))
"""Grafana, and beside it the two containers that look for dashboards and data sources (Python programs)."""

NODE_EXPORTER = Pods("node-exporter", "10m", "32Mi")
"""On each node, where there is Prometheus."""

KIALI = Pods("kiali", "10m", "64Mi")
"""The chart's own default."""

COLLECTOR = Pods("opentelemetry-collector", "20m", "64Mi")
"""It passes on what comes in and keeps nothing."""

TRACES = {"jaeger": Pods("jaeger", "20m", "192Mi"), "tempo": Pods("tempo", "50m", "256Mi")}
"""What keeps traces → its pod. Jaeger has them in memory: 10000 of some 10 KiB."""

ARGO_ROLLOUTS = Pods("argo-rollouts", "20m", "128Mi")
"""It has work while a version takes over. Memory as the chart's example has it (64Mi), and as much again for the plugin beside it."""

ENTRIES = {"gateway-api": GATEWAY, "istio": GATEWAY, "ingress-nginx": INGRESS_NGINX, "kong": KONG}
"""Kind of entry → its pods."""


def platform_pods(
    *, certificates: bool, entry: str, entry_replicas: int, scaling: bool, istiods: int, waypoints: int = 0, rate_limiters: int = 0
) -> list[Pods]:
    """All pods that the platform itself runs, but for those on each node.

    certificates, entry, entry_replicas: what settings call certificates.enabled, entry.kind and entry.replicas.
    scaling: whether any service has `scale`. istiods: pods of all control planes. waypoints, rate_limiters: pods of all of them.
    """
    return [
        *(CERT_MANAGER if certificates else ()),
        *([replace(ISTIOD, replicas=istiods)] if istiods else ()),
        *entry_pods(entry, entry_replicas),
        *([METRICS_SERVER] if scaling else ()),
        *([replace(WAYPOINT, replicas=waypoints)] if waypoints else ()),
        *([replace(RATE_LIMIT, replicas=rate_limiters)] if rate_limiters else ()),
    ]


def entry_pods(kind: str, replicas: int) -> list[Pods]:
    """The pods of an entry. None where it has none of its own."""
    return [replace(ENTRIES[kind], replicas=replicas)] if kind in ENTRIES else []


def observability_pods(*, metrics: bool, alertmanager: bool, dashboards: bool, mesh: bool, traces: str | None) -> list[Pods]:
    """What the platform runs so that a team sees its cluster, but for those on each node. traces: what keeps them, None for no tracing."""
    return [
        *(METRICS if metrics else ()),
        *(ALERTMANAGER if metrics and alertmanager else ()),
        *(GRAFANA if metrics and dashboards else ()),
        *([KIALI] if mesh else ()),
        *([COLLECTOR, TRACES[traces]] if traces in TRACES else ()),
    ]


def node_pods(mesh: str, *, metrics: bool = False) -> list[Pods]:
    """What the platform runs on each node. mesh: what settings call mesh.mode; metrics: what they call observability.metrics.enabled."""
    found = {"sidecar": [TRAFFIC_REDIRECTION], "ambient": [TRAFFIC_REDIRECTION, NODE_PROXY]}.get(mesh, [])
    return [*found, *([NODE_EXPORTER] if metrics else [])]
