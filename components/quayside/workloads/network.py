"""How a service is reached: its address in the cluster, a bridge to it from another namespace, its routes and public addresses."""

from collections.abc import Mapping
from typing import Any

import pulumi

from quayside.edge.contract import Exposure, Route
from quayside.settings.hosts import depth, within
from quayside.settings.service import HostSettings, ServiceSettings
from quayside.workloads.metadata import Manifest, metadata, selector

SERVICE_PORT = 80
"""The port on which every service answers inside the cluster, whatever its container listens on."""

PORT_NAME = "http"
"""Name of the container's port."""

NOT_AWAITED = {"pulumi.com/skipAwait": "true"}
"""Pulumi does not wait for it: that would take ten seconds and prove nothing, while the Deployment is waited for anyway."""


def service_port(spec: ServiceSettings) -> Any:
    """The port of the address in the cluster. A headless name leads straight to the pods, so it is the container's."""
    return spec.port if spec.headless else SERVICE_PORT


def service(name: str, home: Any, labels: Mapping[str, str], spec: ServiceSettings) -> Manifest:
    """The address inside the cluster."""
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": metadata(name, home, labels, NOT_AWAITED),
        "spec": {
            "type": "ClusterIP",
            **({"clusterIP": "None"} if spec.headless else {}),
            "selector": selector(name),
            "ports": [{"name": PORT_NAME, "port": service_port(spec), "targetPort": PORT_NAME, "protocol": "TCP"}],
        },
    }


def host_name(name: str, home: Any) -> Any:
    """A service's name in the cluster's DNS."""
    return (
        pulumi.Output.concat(name, ".", home, ".svc.cluster.local")
        if isinstance(home, pulumi.Output)
        else f"{name}.{home}.svc.cluster.local"
    )


def url(name: str, home: Any, spec: ServiceSettings) -> pulumi.Output[str]:
    """Where a service answers inside the cluster."""
    at = host_name(name, home)
    if spec.headless:
        at = pulumi.Output.concat(at, ":", pulumi.Output.from_input(service_port(spec)).apply(str))
    # a plain value is one Output, the same as the end of a chain are a dozen: with hundreds of services that can be seen
    return pulumi.Output.concat("http://", at) if isinstance(at, pulumi.Output) else pulumi.Output.from_input(f"http://{at}")


def bridge(name: str, where: str, labels: Mapping[str, str], home: Any) -> Manifest:
    """A name in another namespace that leads to the service: a route can only name services of its own namespace."""
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": metadata(name, where, labels, NOT_AWAITED),
        "spec": {"type": "ExternalName", "externalName": host_name(name, home)},
    }


def exposure(name: str, where: Any, labels: Mapping[str, str], spec: ServiceSettings) -> Exposure:
    """What the entry is asked for. where: namespace of the routes."""
    hosts = {host: _paths(each) for host, each in spec.hosts.items()}
    return Exposure(service=name, namespace=where, port=service_port(spec), hosts=hosts, labels=labels)


def public_urls(route: Route, hosts: Mapping[str, HostSettings]) -> list[str]:
    """Where a service is reached from outside: https wherever the entry has a certificate for the host."""
    return [
        f"{'https' if _has_certificate(route, host) else 'http'}://{host}{path if path != '/' else ''}"
        for host, each in hosts.items()
        for path in sorted(_paths(each))
    ]


def _paths(host: HostSettings) -> dict[str, str]:
    return {path: each.type for path, each in host.paths.items()} or {"/": "Prefix"}


def _has_certificate(route: Route, host: str) -> bool:
    covered = route.wildcard is not None and within(host, route.wildcard) and depth(host, route.wildcard) <= 1
    return route.issuer is not None or covered
