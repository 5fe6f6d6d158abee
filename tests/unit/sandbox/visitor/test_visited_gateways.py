"""What a Gateway of the Gateway API answers."""

from __future__ import annotations

from typing import Any

import pytest
from controlplane.fake_cluster import running
from controlplane.gateway_objects import API, gateway, listener, listener_set, route, secret

from .town import GATEWAY, HOST, Town

ALL = {"namespaces": {"from": "All"}}
PARENT = {"kind": "ListenerSet", "name": "web"}


@pytest.fixture
def edge(town: Town) -> Town:
    """A Gateway with a listener for http, and a service's listener set for https."""
    town.entry(GATEWAY)
    town.cluster.get("v1", "Pod", "entry", "edge")["spec"]["containers"][0]["name"] = "istio-proxy"
    town.cluster.put(**gateway("gateway", listener("http", allowedRoutes=ALL), allowedListeners=ALL))
    town.cluster.put(**listener_set("web", listener("https", 443, "HTTPS", HOST, "web-tls")))
    town.cluster.put(**secret("web-tls", HOST))
    return town


def test_a_route_on_a_listener_set(edge: Town) -> None:
    edge.cluster.put(**route("web", HOST, parent=PARENT))
    answer = edge.answer()
    assert (answer.entry, answer.load_balancer, answer.route) == ("gateway-api", "entry", "HTTPRoute shop/web")
    assert (answer.services, answer.problem) == ({"shop/web": 100.0}, "")
    assert answer.certificate is not None
    assert answer.certificate.secret == "shop/web-tls"


def test_a_listener_without_its_certificate_ends_no_tls(edge: Town) -> None:
    edge.cluster.put(**route("web", HOST, parent=PARENT))
    edge.cluster.delete("v1", "Secret", "web-tls", "shop")
    assert "secret shop/web-tls not found" in edge.answer().problem


def test_a_refused_route_serves_nobody(edge: Town) -> None:
    edge.cluster.put(**route("web", "other.example.com", parent=PARENT))
    assert edge.answer().problem == f"404: no route of listener https has {HOST}/"


def test_a_route_from_a_namespace_that_the_listener_does_not_take(edge: Town) -> None:
    edge.cluster.put(**route("web", HOST, parent={**PARENT, "namespace": "shop"}, namespace="other"))
    assert edge.answer().problem == f"404: no route of listener https has {HOST}/"


def test_a_listener_on_another_port_of_the_pods_is_not_met(edge: Town) -> None:
    edge.cluster.put(**route("web", HOST, parent=PARENT))
    edge.cluster.get("v1", "Service", "entry", "edge")["spec"]["ports"][1]["targetPort"] = 8443
    assert edge.answer().problem == f"no listener of Gateway gateway takes {HOST} on port 443"


def test_http_is_sent_to_https(edge: Town) -> None:
    away = {"type": "RequestRedirect", "requestRedirect": {"scheme": "https", "statusCode": 301}}
    edge.cluster.put(**route("away", backendRefs=[], filters=[away]))
    assert edge.answer("/cart", scheme="http").redirect == f"https://{HOST}/cart"


def test_the_listener_with_the_closest_name_is_met(edge: Town) -> None:
    wild = listener("wild", 443, "HTTPS", "*.example.com", "wild-tls", allowedRoutes=ALL)
    edge.cluster.put(**gateway("gateway", wild, allowedListeners=ALL))
    edge.cluster.put(**secret("wild-tls", "*.example.com", namespace="edge"))
    edge.cluster.put(**route("everybody", to="everybody"))
    edge.cluster.put(**route("web", HOST, parent=PARENT))
    assert edge.answer().route == "HTTPRoute shop/web"
    edge.record("b.example.com", "203.0.113.1")
    assert edge.answer(host="b.example.com").route == "HTTPRoute shop/everybody"


@pytest.mark.parametrize(
    ("match", "target", "headers", "fits"),
    [
        ({"path": {"type": "Exact", "value": "/a"}}, "/a", {}, True),
        ({"path": {"type": "Exact", "value": "/a"}}, "/a/b", {}, False),
        ({"path": {"type": "PathPrefix", "value": "/a"}}, "/a/b", {}, True),
        ({"path": {"type": "PathPrefix", "value": "/a"}}, "/ab", {}, False),
        ({"path": {"type": "RegularExpression", "value": "/a[0-9]+"}}, "/a12", {}, False),  # Istio: any prefix first
        ({"headers": [{"name": "X-A", "value": "1"}]}, "/", {"x-a": "1"}, True),
        ({"headers": [{"name": "X-A", "value": "1"}]}, "/", {"x-a": "2"}, False),
        ({"headers": [{"name": "cookie", "type": "RegularExpression", "value": ".*v=b.*"}]}, "/", {"cookie": "u=1; v=b"}, True),
        ({"queryParams": [{"name": "v", "value": "b"}]}, "/?v=b", {}, True),
        ({"queryParams": [{"name": "v", "value": "b"}]}, "/?v=c", {}, False),
        ({"method": "POST"}, "/", {}, False),
    ],
)
def test_matches(edge: Town, match: Any, target: str, headers: dict[str, str], fits: bool) -> None:
    """Where it fits it comes before the route for everything."""
    edge.web("b")
    edge.cluster.put(**route("web", HOST, parent=PARENT))
    edge.cluster.put(**route("b", HOST, parent=PARENT, to="b", matches=[match]))
    expected = {"shop/b"} if fits else {"shop/web"}
    assert set(edge.answer(target, **headers).services) == expected


def test_weights(edge: Town) -> None:
    edge.web("canary")
    backends = [
        {"name": "web", "port": 80, "weight": 9},
        {"name": "canary", "port": 80, "weight": 1},
        {"name": "x", "port": 80, "weight": 0},
    ]
    edge.cluster.put(**route("web", HOST, parent=PARENT, backendRefs=backends))
    assert edge.answer().services == {"shop/web": 90.0, "shop/canary": 10.0}


def test_a_backend_in_another_namespace_needs_a_grant(edge: Town) -> None:
    edge.web("far", "other")
    edge.cluster.put(**route("web", HOST, parent=PARENT, backendRefs=[{"name": "far", "namespace": "other", "port": 80}]))
    assert edge.answer().problem == "no pod answers behind other/far"
    asks = {"group": "gateway.networking.k8s.io", "kind": "HTTPRoute", "namespace": "shop"}
    grant = {"from": [asks], "to": [{"group": "", "kind": "Service"}]}
    edge.cluster.put("ReferenceGrant", "grant", "other", "gateway.networking.k8s.io/v1beta1", spec=grant)
    assert edge.answer().problem == ""


def test_tls_that_passes_through(edge: Town) -> None:
    passing = {**listener("tls", 443, "TLS", HOST), "tls": {"mode": "Passthrough"}}
    edge.cluster.put(**listener_set("web", passing))
    edge.cluster.put(**route("web", HOST, parent=PARENT, kind="TLSRoute"))
    answer = edge.answer()
    assert (answer.route, answer.certificate, answer.problem) == ("TLSRoute shop/web", None, "")


def test_calls_of_grpc(edge: Town) -> None:
    edge.cluster.put(**route("web", HOST, parent=PARENT, kind="GRPCRoute", matches=[{"method": {"service": "shop.Cart"}}]))
    assert edge.answer("/shop.Cart/Add").route == "GRPCRoute shop/web"
    assert edge.answer("/shop.Order/Add").problem.startswith("404")


def test_pods_of_two_control_planes_know_what_names_theirs_or_none(edge: Town) -> None:
    edge.cluster.put(**route("web", HOST, parent=PARENT))
    edge.cluster.get("v1", "Pod", "entry", "edge")["metadata"]["annotations"] = {"istio.io/rev": "1-29"}
    assert edge.answer().problem == ""
    edge.cluster.get(API, "ListenerSet", "web", "shop")["metadata"]["labels"] = {"istio.io/rev": "1-29"}
    assert edge.answer().problem == ""
    newer = edge.cluster.put(**running("newer", "edge", GATEWAY))
    newer["metadata"]["annotations"] = {"istio.io/rev": "1-30"}
    newer["spec"]["containers"][0]["name"] = "istio-proxy"
    assert edge.answer().problem == f"no listener of Gateway gateway takes {HOST} on port 443"
