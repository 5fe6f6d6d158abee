"""What can be asked of a service's Prometheus: its requests, errors and times, its CPU and memory, in PromQL. Pure functions.

Requests are counted by what carries them: Istio's proxies, or ingress-nginx. Kong and a load balancer alone tell nothing of single
services, so those have no alerts on errors and latency; saturation and certificates are looked at everywhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from quayside.settings.mesh import ISTIO_ENTRIES

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


def at_entry(service: Watched, version: str, port: int) -> Requests:
    """Those that its entry sends to one version alone, by a Service that nobody else calls.

    Who sends a request knows by which Service it goes; the sidecar that takes it does not, where several lead to its pod. ingress-nginx knows
    a version beside the main one as namespace-service-port (its controller.go, upstreamName; lua/monitor.lua, canary).
    port: of the Service.
    """
    if "ingress-nginx" in service.entries:
        return _counted_by_ingress_nginx(f'namespace="{service.namespace}", canary="{service.namespace}-{version}-{port}"')
    return _by_istio(replace(service, mode="off", addresses=[version]))


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
    return _counted_by_ingress_nginx(f'namespace="{service.namespace}", service=~"{"|".join(service.addresses)}"')


def _counted_by_ingress_nginx(chosen: str) -> Requests:
    return Requests(
        f"nginx_ingress_controller_requests{{{chosen}}}",
        f'nginx_ingress_controller_requests{{{chosen}, status=~"5.."}}',
        f"nginx_ingress_controller_request_duration_seconds_bucket{{{chosen}}}",
        1,
    )


def share(counted: Requests, window: str) -> str:
    """Share of the requests that failed."""
    return f"sum(rate({counted.errors}[{window}])) / sum(rate({counted.all}[{window}]))"


def success(counted: Requests, window: str) -> str:
    """Share of the requests that did not fail, in percent. Where none has ever failed, nobody has counted failures."""
    failed = f"(sum(rate({counted.errors}[{window}])) or vector(0))"
    return f"100 * (1 - {failed} / sum(rate({counted.all}[{window}])))"


def quantile(counted: Requests, of: float, window: str = "5m") -> str:
    """Time in which that many requests were answered."""
    return f"histogram_quantile({of}, sum by (le) (rate({counted.seconds}[{window}])))"


def throttled(service: Watched) -> str:
    """Share of the CPU's periods in which a container had to wait."""
    chosen = containers(service)
    by = "sum by (pod, container)"
    periods = f"{by} (increase(container_cpu_cfs_periods_total{{{chosen}}}[5m]))"
    return f"{by} (increase(container_cpu_cfs_throttled_periods_total{{{chosen}}}[5m])) / {periods}"


def memory(service: Watched) -> str:
    """Share of its limit that a container has taken."""
    chosen, by = containers(service), "max by (pod, container)"
    limit = f'{by} (kube_pod_container_resource_limits{{{chosen}, resource="memory"}})'
    return f"{by} (container_memory_working_set_bytes{{{chosen}}}) / {limit}"


def containers(service: Watched) -> str:
    return f'namespace="{service.namespace}", container=~"{"|".join(service.versions)}"'
