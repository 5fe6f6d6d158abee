"""Routes by the Gateway API: listeners, a certificate and routes for each service, all in the namespace of its routes."""

from typing import Any

from quayside.edge.certificates import certificate, covers, signed_hosts
from quayside.edge.contract import Exposure, Manifest, Route
from quayside.edge.http_route_rules import backends, grpc_rules, http_rules, speaks_grpc_only
from quayside.edge.tcp_routes import tcp_routes

GROUP = "gateway.networking.k8s.io"
API = f"{GROUP}/v1"

GATEWAY = "gateway"
"""Name of the entry's Gateway, in the entry's namespace."""

PODS = {f"{GROUP}/gateway-name": GATEWAY}
"""Label by which Istio knows the pods of a Gateway that it runs itself."""

HTTP, WILDCARD, APEX = "http", "wildcard", "apex"
"""Names of the Gateway's own listeners: for all hosts in clear, and by TLS for the names right below a domain and for the domain itself."""

YEAR = 31536000
"""Seconds for which browsers keep to https, on the host alone: below the domain may be hosts that others serve."""


def routes(route: Route, exposure: Exposure) -> list[Manifest]:
    """The objects of a service. See contract.Routes.

    A route for each host: a host that is added or taken away leaves the others' routes as they are. It is another one for a host that the
    wildcard's listener serves than for one with a listener of its own: a stack that goes from one to the other has both until the end of the
    run, where Pulumi deletes, and so whichever listener is asked leads to the service.
    Listeners: hosts that the wildcard's certificate does not cover have them in a ListenerSet of the service's own, because a Gateway has
    room for 64 and belongs to the platform. A host without any certificate is served in clear, by the Gateway's own listener.
    """
    signed = signed_hosts(route, exposure)
    listened = sorted({*signed, *exposure.passthrough})
    return [
        *([_listeners(route, exposure, listened)] if listened else []),
        *([_certificate(route, exposure, signed)] if signed else []),
        *(_route(route, exposure, host, listened) for host in sorted(exposure.hosts)),
        *tcp_routes(f"{exposure.service}-gateway-api-tcp", exposure, PODS),
        *([_grant(exposure)] if exposure.service_namespace is not None and exposure.hosts else []),
    ]


def filters(*, secure: bool) -> list[dict[str, Any]]:
    """What all requests and answers have in common, as with ingress-nginx.

    X-Real-IP: the client's address as the proxy knows it (see GatewayEntry), in place of what a client wrote.
    secure: whether by https. HSTS takes the place of what a service says; what stands behind the entry tells no name or version.
    """
    hsts = [{"name": "Strict-Transport-Security", "value": f"max-age={YEAR}"}] if secure else []
    return [
        {
            "type": "RequestHeaderModifier",
            "requestHeaderModifier": {"set": [{"name": "X-Real-IP", "value": "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%"}]},
        },
        {
            "type": "ResponseHeaderModifier",
            "responseHeaderModifier": {
                "set": [{"name": "X-Content-Type-Options", "value": "nosniff"}, *hsts],
                "remove": ["Server", "X-Powered-By"],
            },
        },
    ]


def listener_name(host: str) -> str:
    """Name of a host's listener. Without dots, by which Istio parts a listener's name from others (ParseGatewayRDSRouteName), so that patches
    of Envoy's routes find theirs; hyphens of the host are doubled, so that no two hosts have one name."""
    return host.replace("-", "--").replace(".", "-")


def secret(service: str) -> str:
    """Name of a service's certificate here, and of its Secret. Another entry's has another, so that two can serve a host side by side."""
    return f"{service}-gateway-api-tls"


def _listeners(route: Route, exposure: Exposure, hosts: list[str]) -> Manifest:
    """The service's own listeners, each named after its host. Only routes of the same namespace are let in, which is the default.

    Neither they nor the routes say which control plane is theirs (istio.io/rev): while the Gateway moves from one to another, pods of both
    answer, and each sees only what has its own name or none (istio#60388, #58840; pilot/pkg/config/kube/gateway/controller.go, buildClient).
    """
    ended = {"mode": "Terminate", "certificateRefs": [{"name": secret(exposure.service)}]}
    listeners = [
        {"name": listener_name(host), "hostname": host, "port": 443, "protocol": "TLS", "tls": {"mode": "Passthrough"}}
        if host in exposure.passthrough
        else {"name": listener_name(host), "hostname": host, "port": 443, "protocol": "HTTPS", "tls": ended}
        for host in hosts
    ]
    parent = {"name": GATEWAY, "namespace": route.namespace}
    return _object("ListenerSet", exposure.service, exposure, {"parentRef": parent, "listeners": listeners})


def _certificate(route: Route, exposure: Exposure, hosts: list[str]) -> Manifest:
    name = secret(exposure.service)
    return certificate(name, exposure.namespace, name, hosts, route.issuer, exposure.labels)


def _route(route: Route, exposure: Exposure, host: str, listened: list[str]) -> Manifest:
    """The route of one host, for the listener that has it."""
    shared = host not in listened and covers(route.wildcard, host)
    name = f"{exposure.service}-{host}{'-wildcard' if shared else ''}"
    parents = [_parent(route, exposure, host, listened)]
    if host == route.leaving_wildcard:  # of two listeners for a host the Gateway's own counts, as long as it is there
        parents.append({"name": GATEWAY, "namespace": route.namespace, "sectionName": APEX})
    about = {"parentRefs": parents, "hostnames": [host]}
    if host in exposure.passthrough:
        return _object("TLSRoute", name, exposure, {**about, "rules": [{"backendRefs": backends(exposure)}]})
    common = filters(secure=host in listened or shared)
    if speaks_grpc_only(exposure, exposure.hosts[host]):
        return _object("GRPCRoute", name, exposure, {**about, "rules": grpc_rules(exposure, common)})
    return _object("HTTPRoute", name, exposure, {**about, "rules": http_rules(exposure, exposure.hosts[host], common)})


def _parent(route: Route, exposure: Exposure, host: str, listened: list[str]) -> dict[str, Any]:
    if host in listened:
        return {"group": GROUP, "kind": "ListenerSet", "name": exposure.service, "sectionName": listener_name(host)}
    section = HTTP
    if covers(route.wildcard, host):
        section = APEX if host == route.wildcard else WILDCARD
    return {"name": GATEWAY, "namespace": route.namespace, "sectionName": section}


def _grant(exposure: Exposure) -> Manifest:
    """What lets routes of another namespace lead to the Services, and to nothing else in theirs."""
    services = [exposure.service, *(version.service for version in exposure.versions)]
    made = _object(
        "ReferenceGrant",
        f"{exposure.service}-routes",
        exposure,
        {
            "from": [{"group": GROUP, "kind": kind, "namespace": exposure.namespace} for kind in ("GRPCRoute", "HTTPRoute", "TLSRoute")],
            "to": [{"group": "", "kind": "Service", "name": name} for name in services],
        },
    )
    return {**made, "metadata": {**made["metadata"], "namespace": exposure.service_namespace}}


def _object(kind: str, name: str, exposure: Exposure, spec: dict[str, Any]) -> Manifest:
    about = {"name": name[:253].rstrip("-."), "namespace": exposure.namespace, "labels": dict(exposure.labels)}
    return {"apiVersion": API, "kind": kind, "metadata": about, "spec": spec}
