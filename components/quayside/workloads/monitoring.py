"""How a service is looked at: a ServiceMonitor, a dashboard and its alerts, as objects of Prometheus' operator. Pure functions.

Requests are counted by what carries them: Istio's proxies, or ingress-nginx. Kong and a load balancer alone tell nothing of single
services, so those have no alerts on errors and latency; saturation and certificates are looked at everywhere.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi

from quayside.edge.certificates import covers
from quayside.settings.mesh import ISTIO_ENTRIES
from quayside.settings.monitoring import AlertSettings, MonitoringSettings
from quayside.settings.service import ServiceSettings
from quayside.workloads import network
from quayside.workloads.metadata import Manifest, metadata
from quayside.workloads.network_policy import NAMESPACE_NAME
from quayside.workloads.placement import PlacedService, RouteSettings
from quayside.workloads.version_specs import Pods

API = "monitoring.coreos.com/v1"

NAME_LABEL = "app.kubernetes.io/name"

PROXY_METRICS = 15020
"""Port of a sidecar that tells its metrics; Istio leaves it out of mTLS (istio.io, 'Application Requirements')."""

BURN = 14.4
"""An alert's share of errors, as a multiple of what the availability allows: it uses 2 % of a month's allowance in an hour (Google's SRE
Workbook, 'Alerting on SLOs', table 5-2; with its short window of 5 minutes, so that it ends when the errors end)."""

LEAST_REQUESTS = 100
"""Requests in an hour below which shares say nothing: a single error would be more than 1 %."""

THROTTLED = 0.25
"""Share of the CPU's periods that are cut short (kubernetes-mixin, CPUThrottlingHigh: 25 %, for 15 minutes)."""

MEMORY = 0.9
"""Share of the memory limit. At all of it the container is ended; a tenth is what a pod that grows slowly has left to be looked at."""

EXPIRY_DAYS = 21
"""cert-manager renews 30 days before the end (docs, Certificate, renewBefore: after two thirds of 90 days), so at 21 it has failed for
nine days. The number is that of cert-manager-mixin, CertManagerCertExpirySoon."""

CERTIFICATES = {
    "gateway-api": "{service}-gateway-api-tls",
    "ingress-nginx": "{service}-tls",
    "istio": "{namespace}-{service}-tls",
    "kong": "{service}-kong-tls",
}
"""Kind of entry → name of the Certificate with a service's hosts."""

GRPC_ERRORS = "2|4|12|13|14|15"
"""Statuses of gRPC that are the server's fault (OpenTelemetry's semantic conventions for RPC: UNKNOWN, DEADLINE_EXCEEDED, UNIMPLEMENTED,
INTERNAL, UNAVAILABLE, DATA_LOSS)."""


@dataclass(frozen=True)
class Requests:
    """How requests are counted: PromQL for those of a service, without a window."""

    all: str
    errors: str
    seconds: str
    """Histogram of how long they take."""
    factor: int
    """How many of its units a second has."""


@dataclass(frozen=True)
class Watched:
    """A service, as it is looked at."""

    name: str
    namespace: str
    versions: Sequence[str]
    """Names of the pods of its versions, and so of their containers."""
    addresses: Sequence[str]
    """Names of all Services that lead to them."""
    entries: Sequence[str]
    """Kinds of the entries by which its hosts are reached: one, two while a stack moves to another, or none."""
    mode: str
    """What carries the requests between services."""
    certificates: Sequence[str]
    """Names of those for its hosts."""
    protocol: str = "http"


def requests(service: Watched) -> list[Requests]:
    """Those who count its requests: none, one, or two while a stack moves from one entry to another."""
    if service.protocol == "tcp":
        return []
    found = []
    if service.mode == "sidecar" or any(each in ISTIO_ENTRIES for each in service.entries):
        found.append(_by_istio(service))
    if "ingress-nginx" in service.entries and service.mode != "sidecar":
        found.append(_by_ingress_nginx(service))
    return found


def _by_istio(service: Watched) -> Requests:
    # beside the service all callers are seen; without a sidecar there the entry's proxy, or a waypoint, tells what it sent
    reporter = 'reporter="destination"' if service.mode == "sidecar" else 'reporter=~"source|waypoint"'
    chosen = f'{reporter}, destination_service_namespace="{service.namespace}", destination_service_name=~"{"|".join(service.addresses)}"'
    wrong = f'grpc_response_status=~"{GRPC_ERRORS}"' if service.protocol == "grpc" else 'response_code=~"5..|0"'
    return Requests(
        f"istio_requests_total{{{chosen}}}",
        f"istio_requests_total{{{chosen}, {wrong}}}",
        f"istio_request_duration_milliseconds_bucket{{{chosen}}}",
        1000,
    )


def _by_ingress_nginx(service: Watched) -> Requests:
    chosen = f'namespace="{service.namespace}", service=~"{"|".join(service.addresses)}"'
    return Requests(
        f"nginx_ingress_controller_requests{{{chosen}}}",
        f'nginx_ingress_controller_requests{{{chosen}, status=~"5.."}}',
        f"nginx_ingress_controller_request_duration_seconds_bucket{{{chosen}}}",
        1,
    )


def alerts(service: Watched, spec: AlertSettings) -> list[dict[str, Any]]:
    """Groups of a PrometheusRule."""
    counted = [rule for each in requests(service) for rule in _requests(service, spec, each)]
    rules = [*counted, *_saturation(service), *(_certificate(service, each) for each in service.certificates)]
    return [{"name": f"quayside.{service.name}", "rules": rules}]


def _requests(service: Watched, spec: AlertSettings, counted: Requests) -> list[dict[str, Any]]:
    allowed = BURN * (100 - spec.availability) / 100
    enough = f"sum(increase({counted.all}[1h])) > {LEAST_REQUESTS}"
    errors = " and ".join(f"{share(counted, window)} > {allowed:.5f}" for window in ("1h", "5m"))
    bound = spec.latency.milliseconds * counted.factor / 1000
    latency = f"{quantile(counted, 0.99)} > {bound:g}"
    return [
        _alert(
            service,
            "Errors",
            f"({errors}) and {enough}",
            "2m",
            "critical",
            f"{service.name} fails {{{{ $value | humanizePercentage }}}} of its requests: {spec.availability:g} % are to succeed",
        ),
        _alert(
            service,
            "Latency",
            f"{latency} and {enough}",
            "10m",
            "warning",
            f"1 of 100 requests to {service.name} takes longer than {spec.latency}",
        ),
    ]


def share(counted: Requests, window: str) -> str:
    """Share of the requests that failed."""
    return f"sum(rate({counted.errors}[{window}])) / sum(rate({counted.all}[{window}]))"


def quantile(counted: Requests, of: float, window: str = "5m") -> str:
    """Time in which that many requests were answered."""
    return f"histogram_quantile({of}, sum by (le) (rate({counted.seconds}[{window}])))"


def throttled(service: Watched) -> str:
    """Share of the CPU's periods in which a container had to wait."""
    chosen = _containers(service)
    by = "sum by (pod, container)"
    periods = f"{by} (increase(container_cpu_cfs_periods_total{{{chosen}}}[5m]))"
    return f"{by} (increase(container_cpu_cfs_throttled_periods_total{{{chosen}}}[5m])) / {periods}"


def memory(service: Watched) -> str:
    """Share of its limit that a container has taken."""
    chosen, by = _containers(service), "max by (pod, container)"
    limit = f'{by} (kube_pod_container_resource_limits{{{chosen}, resource="memory"}})'
    return f"{by} (container_memory_working_set_bytes{{{chosen}}}) / {limit}"


def _containers(service: Watched) -> str:
    return f'namespace="{service.namespace}", container=~"{"|".join(service.versions)}"'


def _saturation(service: Watched) -> list[dict[str, Any]]:
    crashing = f'kube_pod_container_status_waiting_reason{{{_containers(service)}, reason="CrashLoopBackOff"}}'
    return [
        _alert(
            service,
            "Throttled",
            f"{throttled(service)} > {THROTTLED}",
            "15m",
            "warning",
            "{{ $labels.pod }} waits for CPU: raise resources.limits.cpu, or the number of pods",
        ),
        _alert(
            service,
            "MemoryShort",
            f"{memory(service)} > {MEMORY}",
            "15m",
            "warning",
            "{{ $labels.pod }} has nearly all the memory that it may have, and is ended beyond that: raise resources.limits.memory",
        ),
        _alert(
            service,
            "Restarting",
            f"max by (pod, container) (max_over_time({crashing}[5m])) >= 1",
            "15m",
            "critical",
            "{{ $labels.pod }} ends again and again: see `kubectl logs --previous`",
        ),
    ]


def _certificate(service: Watched, name: str) -> dict[str, Any]:
    left = f'max by (name, namespace) (certmanager_certificate_expiration_timestamp_seconds{{name="{name}"}}) - time()'
    text = "certificate {{ $labels.name }} ends in {{ $value | humanizeDuration }}, and was not renewed: see `kubectl describe certificate`"
    return _alert(service, "CertificateEnds", f"{left} < {EXPIRY_DAYS * 86400}", "1h", "warning", text)


def _alert(service: Watched, what: str, expression: str, lasting: str, severity: str, text: str) -> dict[str, Any]:
    return {
        "alert": f"Service{what}",
        "expr": expression,
        "for": lasting,
        "labels": {"severity": severity, "service": service.name, "namespace": service.namespace},
        "annotations": {"summary": text},
    }


def service_monitor(name: str, home: Any, labels: Mapping[str, str], spec: ServiceSettings, versions: Sequence[Pods]) -> Manifest:
    """Where Prometheus asks. versions: of two Services that lead to the same pods only the version's own is taken."""
    assert spec.metrics is not None
    only = "|".join(each.address for each in versions)
    return {
        "apiVersion": API,
        "kind": "ServiceMonitor",
        "metadata": metadata(name, home, labels),
        "spec": {
            "jobLabel": NAME_LABEL,
            "selector": {"matchExpressions": [{"key": NAME_LABEL, "operator": "In", "values": sorted({each.name for each in versions})}]},
            "endpoints": [
                {
                    "port": network.metrics_port(spec),
                    "path": spec.metrics.path,
                    "interval": spec.metrics.interval,
                    "relabelings": [{"action": "keep", "sourceLabels": ["__meta_kubernetes_service_name"], "regex": only}],
                }
            ],
        },
    }


def open_to_prometheus(name: str, home: Any, labels: Mapping[str, str], spec: ServiceSettings) -> Manifest:
    """In a mesh that is strict, what lets Prometheus ask without a certificate: on the port of metrics, which has nothing else."""
    assert spec.metrics is not None
    return {
        "apiVersion": "security.istio.io/v1",
        "kind": "PeerAuthentication",
        "metadata": metadata(f"{name}-metrics", home, labels),
        "spec": {
            "selector": {"matchLabels": {NAME_LABEL: name}},
            "mtls": {"mode": "UNSET"},
            "portLevelMtls": {str(spec.metrics.port): {"mode": "PERMISSIVE"}},
        },
    }


def prometheus_rule(name: str, home: Any, labels: Mapping[str, str], groups: Any) -> Manifest:
    """The service's alerts."""
    return {"apiVersion": API, "kind": "PrometheusRule", "metadata": metadata(name, home, labels), "spec": {"groups": groups}}


def dashboard(name: str, home: Any, labels: Mapping[str, str], text: Any) -> Manifest:
    """What Grafana shows of the service, in a folder of its own: Grafana's sidecar finds it by its label, in every namespace."""
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": metadata(f"{name}-dashboard", home, {**labels, "grafana_dashboard": "1"}, {"grafana_folder": name}),
        "data": {f"{name}.json": text},
    }


def panels(service: Watched) -> str:
    """The dashboard, as Grafana has it."""
    chosen = _containers(service)
    shown: list[tuple[str, str, str]] = []
    for counted in requests(service):
        shown += [
            ("Requests a second", "reqps", f"sum(rate({counted.all}[5m]))"),
            ("Errors", "percentunit", share(counted, "5m")),
            ("Time of 99 of 100 requests", "ms" if counted.factor > 1 else "s", quantile(counted, 0.99)),
        ]
    shown += [
        ("CPU", "short", f"sum by (pod) (rate(container_cpu_usage_seconds_total{{{chosen}}}[5m]))"),
        ("CPU waited for", "percentunit", throttled(service)),
        ("Memory, of its limit", "percentunit", memory(service)),
    ]
    made = [
        {
            "id": number + 1,
            "type": "timeseries",
            "title": title,
            "datasource": {"type": "prometheus", "uid": "prometheus"},
            "gridPos": {"x": 8 * (number % 3), "y": 8 * (number // 3), "w": 8, "h": 8},
            "fieldConfig": {"defaults": {"unit": unit, "min": 0}, "overrides": []},
            "targets": [{"refId": "A", "expr": expression}],
        }
        for number, (title, unit, expression) in enumerate(shown)
    ]
    whole = {
        "uid": f"{service.namespace}-{service.name}"[:40],
        "title": service.name,
        "tags": ["quayside"],
        "schemaVersion": 39,
        "refresh": "30s",
        "time": {"from": "now-3h", "to": "now"},
        "panels": made,
    }
    return json.dumps(whole, sort_keys=True)


def let_in(monitoring: MonitoringSettings | None, spec: ServiceSettings, mode: str) -> list[Manifest]:
    """Rules of a NetworkPolicy that let Prometheus in."""
    ports = [spec.metrics.port or spec.port] if spec.metrics else []
    return let_in_on(monitoring, [*ports, PROXY_METRICS] if mode == "sidecar" else ports)


def let_in_on(monitoring: MonitoringSettings | None, ports: Sequence[Any]) -> list[Manifest]:
    """The same, on these ports: PROXY_METRICS alone at a waypoint."""
    if monitoring is None or not ports:
        return []
    where = [{"namespaceSelector": {"matchLabels": {NAMESPACE_NAME: monitoring.namespace}}}]
    return [{"from": where, "ports": [{"protocol": "TCP", "port": each} for each in ports]}]


def objects(
    name: str,
    home: Any,
    labels: Mapping[str, str],
    spec: PlacedService,
    versions: Sequence[Pods],
) -> list[Manifest]:
    """All objects by which a service is looked at; none where there is no Prometheus."""
    if spec.monitoring is None:
        return []

    def told(make: Callable[[Watched], Any]) -> Any:
        # what asks for a service names its namespace, which may be known only later
        return (
            home.apply(lambda known: make(watched(name, known, spec, versions)))
            if isinstance(home, pulumi.Output)
            else make(watched(name, home, spec, versions))
        )

    made = []
    if spec.metrics:
        made.append(service_monitor(name, home, labels, spec, versions))
    if spec.metrics and spec.mesh.mode != "off" and spec.metrics.port not in (None, spec.port):
        made += [open_to_prometheus(each.name, home, labels, spec) for each in versions]
    if spec.alerts.enabled:
        made.append(prometheus_rule(name, home, labels, told(lambda service: alerts(service, spec.alerts))))
    if spec.monitoring.dashboards:
        made.append(dashboard(name, home, labels, told(panels)))
    return made


def watched(name: str, home: str, spec: PlacedService, versions: Sequence[Pods]) -> Watched:
    """A service, as it is looked at. home: its namespace."""
    routes = spec.routes if spec.hosts else []
    names = [
        CERTIFICATES[each.entry].format(service=name, namespace=home)
        for each in routes
        if each.issuer and each.entry in CERTIFICATES and _signs(each, spec)
    ]
    return Watched(
        name=name,
        namespace=home,
        versions=sorted({each.name for each in versions}),
        addresses=sorted({name, *(each.address for each in versions)}),
        entries=[each.entry for each in routes],
        mode=spec.mesh.mode,
        certificates=names,
        protocol=spec.protocol,
    )


def _signs(route: RouteSettings, spec: PlacedService) -> bool:
    """Whether a service has a certificate of its own at an entry."""
    return any(each.tls == "terminate" and not covers(route.wildcard, host) for host, each in spec.hosts.items())
