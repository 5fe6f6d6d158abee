"""How a service is reached: its address in the cluster, a bridge to it from another namespace, its routes and public addresses."""

from collections.abc import Mapping
from typing import Any

import pulumi

from quayside.edge.certificates import covers
from quayside.edge.contract import Exposure, Route, Version
from quayside.settings.hosts import EVERYWHERE
from quayside.settings.protocol_rules import MAIN_PORT, METRICS_PORT
from quayside.settings.service import HostSettings, ServiceSettings
from quayside.workloads.metadata import Manifest, metadata, selector

SERVICE_PORT = 80
"""The port on which every service answers inside the cluster, whatever its container listens on."""

PORT_NAME = MAIN_PORT
"""Name of the container's port."""

SPOKEN = {"http2": "kubernetes.io/h2c", "grpc": "grpc", "tcp": "tcp"}
"""Protocol → what a Service's port says of it (appProtocol) where its name alone would be overlooked, as Gateways but Istio's do. http is what
everybody takes for granted."""

NOT_AWAITED = {"pulumi.com/skipAwait": "true"}
"""Pulumi does not wait for it: that would take ten seconds and prove nothing, while the Deployment is waited for anyway."""


def service_port(spec: ServiceSettings) -> Any:
    """The port of the address in the cluster. A headless name leads straight to the pods, so it is the container's."""
    return spec.port if spec.headless else SERVICE_PORT


def service(
    name: str,
    home: Any,
    labels: Mapping[str, str],
    spec: ServiceSettings,
    pods: str | None = None,
    annotations: Mapping[str, str] | None = None,
) -> Manifest:
    """The address inside the cluster.

    pods: name of those that it leads to, where it is not its own; annotations: what traffic policies tell the entry of it.
    """
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": metadata(name, home, labels, {**NOT_AWAITED, **(annotations or {})}),
        "spec": {
            "type": "ClusterIP",
            **({"clusterIP": "None"} if spec.headless else {}),
            "selector": selector(pods or name),
            "ports": service_ports(spec),
        },
    }


def service_ports(spec: ServiceSettings) -> list[dict[str, Any]]:
    """The ports of the address in the cluster. Their names say what is spoken there: Istio goes by that."""
    main = {"name": spec.protocol, "port": service_port(spec), "targetPort": PORT_NAME, "protocol": "TCP"}
    if spec.protocol in SPOKEN:
        main["appProtocol"] = SPOKEN[spec.protocol]
    further = [
        {"name": f"tcp-{name}", "port": number, "targetPort": name, "protocol": "TCP", "appProtocol": SPOKEN["tcp"]}
        for name, number in sorted(spec.tcp.items())
    ]
    metrics = [{"name": METRICS_PORT, "port": number, "targetPort": METRICS_PORT, "protocol": "TCP"} for number in _only_metrics(spec)]
    return [main, *further, *metrics]


def metrics_port(spec: ServiceSettings) -> str:
    """Name of the Service's port that has the metrics."""
    number = spec.metrics.port if spec.metrics else None
    if number in (None, spec.port):
        return spec.protocol
    return next((f"tcp-{name}" for name, each in sorted(spec.tcp.items()) if each == number), METRICS_PORT)


def _only_metrics(spec: ServiceSettings) -> list[int]:
    """The port that has metrics and nothing else, where there is one."""
    number = spec.metrics.port if spec.metrics else None
    return [] if number is None or number in (spec.port, *spec.tcp.values()) else [number]


def container_ports(spec: ServiceSettings) -> list[dict[str, Any]]:
    """The ports on which the container listens."""
    ports = [(PORT_NAME, spec.port), *sorted(spec.tcp.items()), *((METRICS_PORT, each) for each in _only_metrics(spec))]
    return [{"name": name, "containerPort": number, "protocol": "TCP"} for name, number in ports]


def host_name(name: str, home: Any) -> Any:
    """A service's name in the cluster's DNS."""
    return (
        pulumi.Output.concat(name, ".", home, ".svc.cluster.local")
        if isinstance(home, pulumi.Output)
        else f"{name}.{home}.svc.cluster.local"
    )


def url(name: str, home: Any, spec: ServiceSettings) -> pulumi.Output[str]:
    """Where a service answers inside the cluster."""
    at, scheme = host_name(name, home), "tcp" if spec.protocol == "tcp" else "http"
    if spec.headless or scheme == "tcp":
        at = pulumi.Output.concat(at, ":", pulumi.Output.from_input(service_port(spec)).apply(str))
    # a plain value is one Output, the same as the end of a chain are a dozen: with hundreds of services that can be seen
    return pulumi.Output.concat(scheme, "://", at) if isinstance(at, pulumi.Output) else pulumi.Output.from_input(f"{scheme}://{at}")


def bridge(name: str, where: str, labels: Mapping[str, str], home: Any) -> Manifest:
    """A name in another namespace that leads to the service: a route can only name services of its own namespace."""
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": metadata(name, where, labels, NOT_AWAITED),
        "spec": {"type": "ExternalName", "externalName": host_name(name, home)},
    }


def exposure(
    name: str, where: Any, labels: Mapping[str, str], spec: ServiceSettings, versions: tuple[Version, ...] = (), home: Any = None
) -> Exposure:
    """What the entry is asked for. where: namespace of the routes; home: the service's own, where that is another."""
    return Exposure(
        service=name,
        namespace=where,
        port=service_port(spec),
        hosts={host: _paths(each) for host, each in spec.hosts.items()},
        labels=labels,
        protocol=spec.protocol,
        passthrough=frozenset(host for host, each in spec.hosts.items() if each.tls == "passthrough"),
        tcp=dict(spec.tcp),
        versions=versions,
        service_namespace=home,
    )


def public_urls(route: Route, hosts: Mapping[str, HostSettings]) -> list[str]:
    """Where a service is reached from outside: https wherever the entry has a certificate for the host."""
    return [
        f"{'https' if each.tls == 'passthrough' or _has_certificate(route, host) else 'http'}://{host}{path if path != '/' else ''}"
        for host, each in hosts.items()
        for path in sorted(_paths(each))
    ]


def _paths(host: HostSettings) -> dict[str, str]:
    return {path: each.type for path, each in host.paths.items()} or dict(EVERYWHERE)


def _has_certificate(route: Route, host: str) -> bool:
    return route.issuer is not None or covers(route.wildcard, host)
