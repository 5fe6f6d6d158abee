"""TCP ports of a service, led through the proxies of Istio.

In Istio's own words also where the entry is the Gateway API's: Istio 1.30 reads TCPRoute as v1alpha2 alone, which the standard channel does
not serve since 1.6 (istio#61540, #60744; Istio 1.31 reads v1).
"""

from collections.abc import Mapping
from typing import Any

import pulumi

from quayside.edge.contract import Exposure, Manifest

API = "networking.istio.io/v1"


def tcp_routes(name: str, exposure: Exposure, pods: Mapping[str, str]) -> list[Manifest]:
    """The listeners of a service's TCP ports and where they lead. Nothing where it has none.

    name: of both objects, which are the service's own, so that it can be in another stack than the entry.
    pods: labels of the entry's pods, whose load balancer listens on these ports as well.
    """
    if not exposure.tcp:
        return []
    about = {"name": name, "namespace": exposure.namespace, "labels": dict(exposure.labels)}
    servers = [
        # ./ lets in routes of this namespace alone
        {"port": {"number": number, "name": f"tcp-{key}", "protocol": "TCP"}, "hosts": ["./*"]}
        for key, number in sorted(exposure.tcp.items())
    ]
    routes = [
        {"match": [{"port": number}], "route": [{"destination": {"host": _host(exposure), "port": {"number": number}}}]}
        for _, number in sorted(exposure.tcp.items())
    ]
    return [
        {"apiVersion": API, "kind": "Gateway", "metadata": about, "spec": {"selector": dict(pods), "servers": servers}},
        {"apiVersion": API, "kind": "VirtualService", "metadata": about, "spec": {"hosts": ["*"], "gateways": [name], "tcp": routes}},
    ]


def _host(exposure: Exposure) -> Any:
    """The Service's name; a short one is looked for in the namespace of the route."""
    if exposure.service_namespace is None:
        return exposure.service
    return pulumi.Output.concat(exposure.service, ".", exposure.service_namespace, ".svc.cluster.local")
