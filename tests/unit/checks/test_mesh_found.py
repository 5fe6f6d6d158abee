"""What the definitions of Istio's and the Gateway API's objects let through, and is wrong all the same, is found by one check."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from unit.checks.cluster import Cluster, Object, pods_of, ready, thing, workload
from unit.checks.meshed import ACCEPTED, ALL, CANARY, cluster

Change = Callable[[Cluster], Any]

ISTIO = "networking.istio.io/v1"
GATEWAY_API = "gateway.networking.k8s.io/v1"
SECURITY = "security.istio.io/v1"
SHOP = "shop.shop.svc.cluster.local"


def add(api: str, kind: str, name: str, spec: Object, namespace: str = "shop", **more: Any) -> Change:
    return lambda found: found.add({"apiVersion": api, **thing(kind, name, namespace, spec=spec, **more)})


def route_to(destination: Object, *, host: str = "other.example.com", shares: list[int] | None = None) -> Change:
    """A VirtualService beside the service's own, at the same gateway."""
    rule = {"route": [{"destination": destination, "weight": share} for share in shares or [100]]}
    return add(ISTIO, "VirtualService", "other", {"hosts": [host], "gateways": ["shop"], "http": [rule]})


def set_to(kind: str, name: str, **fields: Any) -> Change:
    return lambda found: found.get(kind, name)["spec"].update(fields)


def unnamed(name: str | None, app_protocol: str | None = None) -> Change:
    said = {"name": name, "appProtocol": app_protocol}
    return lambda found: found.get("Service", "shop")["spec"]["ports"][0].update(said)


def credential_elsewhere(found: Cluster) -> None:
    found.get("Certificate", "shop-shop-tls")["metadata"]["namespace"] = "shop"
    found.add(thing("Secret", "shop-shop-tls", "shop"))


def second_gateway(found: Cluster) -> None:
    twin = copy.deepcopy(next(each for each in found.objects if each["kind"] == "Gateway"))
    twin["metadata"]["name"] = "twin"
    found.add(twin)


def second_mesh_route(found: Cluster) -> None:
    twin = copy.deepcopy(found.get("VirtualService", "shop-mesh"))
    twin["metadata"]["name"] = "twin"
    found.add(twin)


def second_http_route(found: Cluster) -> None:
    twin = copy.deepcopy(found.get("HTTPRoute", "shop-shop.example.com"))
    twin["metadata"]["name"] = "twin"
    found.add(twin)


def second_virtual_service(found: Cluster) -> None:
    twin = copy.deepcopy(found.get("VirtualService", "shop"))
    twin["metadata"]["name"] = "twin"
    found.add(twin)


def ingress_of_istio(found: Cluster) -> None:
    """Of another kind, and answered by the same pods."""
    backend = {"service": {"name": "shop", "port": {"number": 80}}}
    rules = [{"host": "shop.example.com", "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}}]
    taken = {"loadBalancer": {"ingress": [{"ip": "203.0.113.1"}]}}
    found.add(thing("Ingress", "twin", "shop", spec={"ingressClassName": "istio", "rules": rules}, status=taken))
    found.add(thing("IngressClass", "istio", spec={"controller": "istio.io/ingress-controller"}))
    # the route's first rule leads http to https, so that it is met only where that is not so
    found.get("VirtualService", "shop")["spec"]["http"].pop(0)


def stranger(found: Cluster) -> None:
    """The entry's pods are in no mesh."""
    found.get("Pod", "proxy-1")["spec"].pop("initContainers")


def secret_of_another_namespace(found: Cluster) -> None:
    reference = found.get("ListenerSet", "shop")["spec"]["listeners"][0]["tls"]["certificateRefs"][0]
    reference["namespace"] = "gateway-api"
    found.get("Certificate", "shop-gateway-api-tls")["metadata"]["namespace"] = "gateway-api"


def to_another_namespace(found: Cluster) -> None:
    for each in workload("other", "elsewhere", {"app": "other"}, pods_of("other:1", 80)):
        found.add(each)
    route = found.get("HTTPRoute", "shop-shop.example.com")
    route["spec"]["rules"].append(
        {"matches": [{"path": {"value": "/x"}}], "backendRefs": [{"name": "other", "namespace": "elsewhere", "port": 80}]}
    )


def mirrored_to_nobody(found: Cluster) -> None:
    filter_ = {"type": "RequestMirror", "requestMirror": {"backendRef": {"name": "nobody", "port": 80}}}
    found.get("HTTPRoute", "shop-shop.example.com")["spec"]["rules"][0]["filters"].append(filter_)


def grpc_route(found: Cluster) -> None:
    parent = found.get("HTTPRoute", "shop-shop.example.com")["spec"]["parentRefs"][0]
    spec = {
        "parentRefs": [parent],
        "hostnames": ["shop.example.com"],
        "rules": [{"matches": [{"method": {"service": "a.B"}}], "backendRefs": [{"name": "shop", "port": 80}]}],
    }
    found.add(
        {
            "apiVersion": GATEWAY_API,
            **thing("GRPCRoute", "rpc", "shop", spec=spec, status={"parents": [{"parentRef": parent, "conditions": ACCEPTED}]}),
        }
    )


def no_waypoint_asked(found: Cluster) -> None:
    for name in ("shop", "shop-canary"):
        found.get("Service", name)["metadata"]["labels"].pop("istio.io/use-waypoint")


def refused_inside(found: Cluster) -> None:
    parent = found.get("HTTPRoute", "shop-mesh")["status"]["parents"][0]
    parent["conditions"] = ready("Accepted", "False", reason="NoMatchingParent")["conditions"]


POD = {"matchLabels": {"app.kubernetes.io/name": "shop"}}
NOBODY = {"matchLabels": {"app": "nobody"}}
LEAST_CONN = {"loadBalancer": {"simple": "LEAST_CONN"}}
L7 = [{"to": [{"operation": {"methods": ["GET"]}}]}]
TOKENS = [{"when": [{"key": "request.auth.claims[groups]", "values": ["staff"]}]}]

AT_ISTIO: list[tuple[Change, str]] = [
    (route_to({"host": "shop", "subset": "v2"}), "VirtualService shop/other leads to subset v2 of shop, which no DestinationRule has"),
    (route_to({"host": "nobody"}), "leads to nobody.shop.svc.cluster.local, which no Service and no ServiceEntry has"),
    (route_to({"host": "shop.other.svc.cluster.local"}), "leads to shop.other.svc.cluster.local, which no Service"),
    (route_to({"host": "shop", "port": {"number": 81}}), "leads to port 81 of shop, which does not have it"),
    (route_to({"host": "shop"}, shares=[50, 40]), "has shares that come to 90 (50 + 40)"),
    (set_to("VirtualService", "shop", gateways=["shop", "away/gone"]), "VirtualService shop/shop is for Gateway away/gone, which does not exist"),
    (second_virtual_service, "VirtualService shop/shop and VirtualService shop/twin both claim shop.example.com/"),
    (ingress_of_istio, "Ingress shop/twin and VirtualService shop/shop both claim shop.example.com/"),
    (second_gateway, "Gateway shop/shop and Gateway shop/twin both take shop.example.com by TLS on port 443"),
    (set_to("Gateway", "shop", selector={"istio": "away"}), "Gateway shop/shop is for pods with istio=away, and there are none"),
    (
        lambda found: found.remove("Certificate", "shop-shop-tls"),
        "Gateway shop/shop serves TLS from Secret shop-shop-tls, which the namespace of its pods (istio-ingress) does not have; have it made",
    ),
    (credential_elsewhere, "which the namespace of its pods (istio-ingress) does not have; it is in shop, where they do not look"),
    (unnamed(None), "Service shop/shop does not say what is spoken on port 80 (without a name), which VirtualService shop/shop leads to"),
    (unnamed("web"), "does not say what is spoken on port 80 (web)"),
    (unnamed("http", "example.com/own"), "does not say what is spoken on port 80 (http)"),
    (unnamed("tcp-web"), "says tcp of port 80 (tcp-web), and VirtualService shop/shop leads http to it"),
    (add(ISTIO, "DestinationRule", "gone", {"host": "gone"}), "DestinationRule shop/gone is for gone.shop.svc.cluster.local, which no Service"),
    (add(ISTIO, "DestinationRule", "old", {"host": "shop", "trafficPolicy": LEAST_CONN}), "says LEAST_CONN, which Istio has given up; write LEAST_REQUEST"),
    (
        add(ISTIO, "DestinationRule", "old", {"host": "shop", "trafficPolicy": {"portLevelSettings": [{"port": {"number": 80}, **LEAST_CONN}]}}),
        "says LEAST_CONN",
    ),
    (
        add(ISTIO, "DestinationRule", "v", {"host": "shop", "subsets": [{"name": "v2", "labels": {"version": "v2"}}]}),
        "has subset v2, which no pod of shop.shop.svc.cluster.local is in (version=v2)",
    ),
    (add("networking.istio.io/v1alpha3", "EnvoyFilter", "x", {"workloadSelector": {"labels": {"app": "nobody"}}}), "EnvoyFilter shop/x is for no pod"),
    (add("networking.istio.io/v1alpha3", "EnvoyFilter", "x", {"workloadSelector": {"labels": POD["matchLabels"]}}), "is for pods without a proxy (shop-1)"),
    (add(SECURITY, "AuthorizationPolicy", "x", {"selector": NOBODY}), "AuthorizationPolicy shop/x is for no pod"),
    (add(SECURITY, "AuthorizationPolicy", "x", {"targetRefs": [{"kind": "Service", "name": "gone"}]}), "is for Service shop/gone, which does not exist"),
]  # fmt: skip

AT_GATEWAY_API: list[tuple[Change, str]] = [
    (second_http_route, "HTTPRoute shop/shop-shop.example.com and HTTPRoute shop/twin both claim shop.example.com/"),
    (
        secret_of_another_namespace,
        "ListenerSet shop/shop takes Secret gateway-api/shop-gateway-api-tls, and no ReferenceGrant in gateway-api lets it",
    ),
    (to_another_namespace, "takes Service elsewhere/other, and no ReferenceGrant in elsewhere lets it"),
    (mirrored_to_nobody, "leads to Service shop/nobody, which does not exist"),
    (unnamed("web"), "does not say what is spoken on port 80 (web), which HTTPRoute shop/shop-shop.example.com leads to"),
    (grpc_route, "says http of port 80 (http), and GRPCRoute shop/rpc leads grpc to it"),
]

IN_SIDECARS: list[tuple[Change, str]] = [
    (second_mesh_route, f"VirtualService shop/shop-mesh and VirtualService shop/twin both lead {SHOP} inside the mesh"),
    (
        add(ISTIO, "DestinationRule", "twin", {"host": SHOP, "trafficPolicy": {"loadBalancer": {"simple": "RANDOM"}}}),
        f"DestinationRule shop/shop and DestinationRule shop/twin both say how {SHOP} is called",
    ),
    (stranger, "NetworkPolicy shop/shop lets in pods of gateway-api that are not in the mesh (proxy-1)"),
    (add("v1", "Service", "metrics", {"selector": POD["matchLabels"], "ports": [{"port": 9000, "targetPort": "http"}]}), "is in the mesh and does not say what is spoken on port 9000"),
]  # fmt: skip

IN_AMBIENT: list[tuple[Change, str]] = [
    (lambda found: found.remove("Gateway", "shop-waypoint"), "and Service shop/shop goes by waypoint shop/shop-waypoint, which does not exist"),
    (set_to("Gateway", "shop-waypoint", gatewayClassName="istio"), "Service shop/shop goes by Gateway shop/shop-waypoint, which is no waypoint"),
    (no_waypoint_asked, "HTTPRoute shop/shop-mesh is a route inside the mesh, and Service shop/shop has no waypoint"),
    (refused_inside, "HTTPRoute shop/shop-mesh is not heeded for Service shop/shop (NoMatchingParent)"),
    (lambda found: found.get("HTTPRoute", "shop-mesh")["spec"]["parentRefs"][0].update(port=81), "is for port 81, which Service shop/shop does not have"),
    (lambda found: found.get("HTTPRoute", "shop-mesh")["spec"]["parentRefs"][0].update(name="gone"), "is for Service shop/gone, which does not exist"),
    (add(SECURITY, "AuthorizationPolicy", "x", {"selector": POD, "rules": L7}), "AuthorizationPolicy shop/x is about requests, and selects pods without a proxy (shop-1)"),
    (add(SECURITY, "AuthorizationPolicy", "x", {"selector": POD, "rules": TOKENS}), "is about requests, and selects pods without a proxy"),
    (add(SECURITY, "AuthorizationPolicy", "x", {"selector": POD, "action": "CUSTOM", "rules": [{}]}), "is about requests, and selects pods"),
    (add(SECURITY, "RequestAuthentication", "x", {"selector": POD}), "RequestAuthentication shop/x is about requests, and selects pods"),
]  # fmt: skip


def check(entry: str, mode: str, change: Change, says: str) -> None:
    found = cluster(entry, mode, {**ALL} if mode != "off" else None, (CANARY,) if mode != "off" else ())
    change(found)
    findings = found.findings()
    mine = [each for each in findings if says in each]
    assert len(mine) == 1, findings
    assert "; " in mine[0]


@pytest.mark.parametrize(("change", "says"), AT_ISTIO)
def test_at_istios_own_gateway(change: Change, says: str) -> None:
    check("istio", "off", change, says)


@pytest.mark.parametrize(("change", "says"), AT_GATEWAY_API)
def test_at_the_gateway_api(change: Change, says: str) -> None:
    check("gateway-api", "off", change, says)


@pytest.mark.parametrize(("change", "says"), IN_SIDECARS)
def test_among_sidecars(change: Change, says: str) -> None:
    check("gateway-api", "sidecar", change, says)


@pytest.mark.parametrize(("change", "says"), IN_AMBIENT)
def test_in_ambient(change: Change, says: str) -> None:
    check("gateway-api", "ambient", change, says)


def test_a_route_that_nothing_leads_to_any_more() -> None:
    found = cluster("istio")
    found.remove("VirtualService", "shop")
    assert any("service shop is not reached at https://shop.example.com" in each for each in found.findings())


def test_an_entry_of_istios_without_tls() -> None:
    found = cluster("istio")
    found.get("Gateway", "shop")["spec"]["servers"].pop()
    assert any("VirtualService shop/shop has no TLS for shop.example.com" in each for each in found.findings())


@pytest.mark.parametrize(
    ("spec", "strict"),
    [
        ({"mtls": {"mode": "PERMISSIVE"}}, False),
        ({"selector": POD, "mtls": {"mode": "STRICT"}}, True),
        ({"selector": POD, "mtls": {"mode": "STRICT"}, "portLevelMtls": {"3000": {"mode": "PERMISSIVE"}}}, False),
    ],
)
def test_the_nearest_policy_counts(spec: Object, strict: bool) -> None:
    found = cluster("gateway-api", "sidecar")
    stranger(found)
    found.get("PeerAuthentication", "default")["spec"]["mtls"]["mode"] = "PERMISSIVE" if strict else "STRICT"
    add(SECURITY, "PeerAuthentication", "own", spec)(found)
    assert any("mTLS STRICT" in each for each in found.findings()) is strict
