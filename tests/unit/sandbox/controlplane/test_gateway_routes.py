"""Routes of the Gateway API: to which listeners they are bound, what they lead to, and what istiod says of it."""

from __future__ import annotations

from typing import Any

import pytest

from quayside_sandbox.controlplane.controllers.istio import Istiod
from quayside_sandbox.kube.client import Object

from .fake_cluster import FakeCluster, service
from .gateway_objects import API, SELECTED, condition, gateway, listener, mesh, route


@pytest.fixture
def edge(cluster: FakeCluster) -> FakeCluster:
    """A Gateway with two listeners that take routes of the team's namespace."""
    mesh(cluster, shop={"team": "shop"}, other={})
    passing = {**listener("tls", 8443, "TLS", "*.example.com", allowedRoutes=SELECTED), "tls": {"mode": "Passthrough"}}
    cluster.put(**gateway("gateway", listener("http", host="*.example.com", allowedRoutes=SELECTED), passing))
    cluster.put(**service("web", "shop", {"app": "web"}, p80=80))
    return cluster


def parents(cluster: FakeCluster, kind: str = "HTTPRoute", namespace: str = "shop") -> list[Object]:
    Istiod(cluster.around).reconcile()
    found: list[Object] = (cluster.get(API, kind, "web", namespace).get("status") or {}).get("parents") or []
    return found


def attached(cluster: FakeCluster) -> dict[str, int]:
    return {each["name"]: each["attachedRoutes"] for each in cluster.get(API, "Gateway", "gateway", "edge")["status"]["listeners"]}


def test_a_route_is_bound_to_the_listener_that_takes_it(edge: FakeCluster) -> None:
    edge.put(**route("web", "a.example.com"))
    [parent] = parents(edge)
    assert parent["controllerName"] == "istio.io/gateway-controller"
    assert condition(parent, "Accepted") == ("True", "Accepted", "Route was valid")
    assert condition(parent, "ResolvedRefs") == ("True", "ResolvedRefs", "All references resolved")
    assert attached(edge) == {"http": 1, "tls": 0}


def test_passed_through_tls_is_for_routes_of_its_own_kind(edge: FakeCluster) -> None:
    edge.put(**route("web", "a.example.com", kind="TLSRoute"))
    [parent] = parents(edge, "TLSRoute")
    assert condition(parent, "Accepted")[0] == "True"
    assert attached(edge) == {"http": 0, "tls": 1}


@pytest.mark.parametrize(
    ("given", "namespace", "reason"),
    [
        ({"sectionName": "https"}, "shop", "NoMatchingParent"),
        ({"port": 81}, "shop", "NoMatchingParent"),
        ({"sectionName": "http"}, "other", "NotAllowedByListeners"),
        ({"sectionName": "tls"}, "shop", "NotAllowedByListeners"),
    ],
)
def test_refusals(edge: FakeCluster, given: Any, namespace: str, reason: str) -> None:
    edge.put(**route("web", "a.example.com", parent={"name": "gateway", "namespace": "edge", **given}, namespace=namespace))
    [parent] = parents(edge, namespace=namespace)
    assert condition(parent, "Accepted")[:2] == ("False", reason)
    assert attached(edge) == {"http": 0, "tls": 0}


def test_a_host_that_no_listener_has(edge: FakeCluster) -> None:
    edge.put(**route("web", "a.example.org"))
    [parent] = parents(edge)
    assert condition(parent, "Accepted")[1] == "NoMatchingListenerHostname"


def test_a_gateway_that_is_not_there_says_nothing(edge: FakeCluster) -> None:
    """As istiod: nobody else than the Gateway's own controller may speak for it."""
    edge.put(**route("web", "a.example.com", parent={"name": "nobody"}))
    assert parents(edge) == []


def test_a_service_as_parent_is_the_mesh(edge: FakeCluster) -> None:
    edge.put(**route("web", parent={"group": "", "kind": "Service", "name": "web"}))
    [parent] = parents(edge)
    assert condition(parent, "Accepted")[0] == "True"
    edge.put(**route("web", parent={"group": "", "kind": "Service", "name": "gone"}))
    [parent] = parents(edge)
    assert condition(parent, "Accepted") == ("False", "NoMatchingParent", 'parent service: "gone" not found')


@pytest.mark.parametrize(
    ("backend", "reason"),
    [
        ({"name": "gone", "port": 80}, "BackendNotFound"),
        ({"name": "web", "namespace": "other", "port": 80}, "RefNotPermitted"),
        ({"name": "web", "kind": "Deployment", "group": "apps", "port": 80}, "InvalidKind"),
        ({"name": "web"}, "InvalidDestination"),
    ],
)
def test_backends_that_cannot_be_reached(edge: FakeCluster, backend: Object, reason: str) -> None:
    edge.put(**route("web", "a.example.com", backendRefs=[{"name": "web", "port": 80}, backend]))
    [parent] = parents(edge)
    assert condition(parent, "ResolvedRefs")[:2] == ("False", reason)
    assert condition(parent, "Accepted")[0] == "True"


def test_a_backend_without_weight_is_not_looked_for(edge: FakeCluster) -> None:
    edge.put(**route("web", "a.example.com", backendRefs=[{"name": "web", "port": 80}, {"name": "gone", "port": 80, "weight": 0}]))
    [parent] = parents(edge)
    assert condition(parent, "ResolvedRefs")[0] == "True"


def test_what_others_said_of_a_route_stays(edge: FakeCluster) -> None:
    theirs = {"parentRef": {"name": "x"}, "controllerName": "example.com/other", "conditions": []}
    edge.put(**route("web", "a.example.com"), status={"parents": [theirs]})
    assert parents(edge)[0] == theirs
    assert len(parents(edge)) == 2
