"""The weights come into VirtualServices and canary Ingresses too, and a route that does not fit is refused."""

from __future__ import annotations

from typing import Any

import pytest

from quayside_sandbox.controlplane.controllers.argo_rollouts.look import API

from .fake_cluster import FakeCluster
from .rollouts import World

GOOD = [{"pattern": "success-rate", "values": ["99.5"]}]


def destination(name: str, weight: int) -> Any:
    return {"destination": {"host": name, "port": {"number": 80}}, "weight": weight}


def virtual_service(cluster: FakeCluster, *names: str) -> None:
    rules = [{"name": name, "route": [destination("shop-stable", 100), destination("shop-canary", 0)]} for name in names]
    rules.append({"name": "other", "route": [destination("else", 100)]})
    cluster.put("VirtualService", "shop", "shop", "networking.istio.io/v1", spec={"http": rules})


def test_named_rules_of_a_virtual_service(cluster: FakeCluster, monkeypatch: pytest.MonkeyPatch) -> None:
    virtual_service(cluster, "http", "http-unsafe")
    world = World(cluster, monkeypatch, {"istio": {"virtualServices": [{"name": "shop", "routes": ["http", "http-unsafe"]}]}})
    world.rules = GOOD
    world.settle()
    world.deploy("shop:2")
    world.settle()

    def weights() -> list[list[int]]:
        rules = cluster.get("", "VirtualService", "shop", "shop")["spec"]["http"]
        return [[each["weight"] for each in rule["route"]] for rule in rules]

    assert weights() == [[80, 20], [80, 20], [100]]
    assert "verified" not in world.status["canary"]["weights"]
    assert "VirtualService" in {each.kind for each in world.controller.watches}
    world.settle(6)
    assert (world.phase, weights()) == (("Healthy", ""), [[100, 0], [100, 0], [100]])


@pytest.mark.parametrize(
    ("routing", "why"),
    [
        ({"istio": {"virtualServices": [{"name": "none"}]}}, 'virtualservices.networking.istio.io "none" not found'),
        ({"istio": {"virtualServices": [{"name": "shop"}]}}, "it must have exactly one route when omitting"),
        ({"istio": {"virtualServices": [{"name": "shop", "routes": ["no"]}]}}, "HTTP Route 'no' is not found"),
        ({"istio": {"virtualServices": [{"name": "shop", "routes": ["other"]}]}}, "Canary Service 'shop-canary' not found in route"),
        ({"nginx": {"stableIngress": "shop"}}, 'ingress.networking.k8s.io "shop" not found'),
        ({"alb": {"ingress": "shop"}}, "the sandbox's simulated controller does not know it"),
    ],
)
def test_a_route_that_does_not_fit_is_refused(cluster: FakeCluster, monkeypatch: pytest.MonkeyPatch, routing: Any, why: str) -> None:
    virtual_service(cluster, "http")
    world = World(cluster, monkeypatch, routing)
    world.settle()
    assert world.phase[0] == "Degraded"
    assert why in world.phase[1]
    assert not world.pods


def test_ingress_nginx_gets_an_ingress_of_the_canarys_own(cluster: FakeCluster, monkeypatch: pytest.MonkeyPatch) -> None:
    backend = {"service": {"name": "shop-stable", "port": {"number": 80}}}
    rule = {"host": "shop.example.com", "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}}
    other = {"host": "else.example.com", "http": {"paths": [{"path": "/", "backend": {"service": {"name": "else"}}}]}}
    spec = {"ingressClassName": "nginx", "rules": [rule, other], "tls": [{"hosts": ["shop.example.com"], "secretName": "tls"}]}
    cluster.put("Ingress", "shop", "shop", "networking.k8s.io/v1", spec=spec)
    world = World(cluster, monkeypatch, {"nginx": {"stableIngresses": ["shop"]}})
    world.rules = GOOD
    world.settle()
    world.deploy("shop:2")
    world.settle()
    made = cluster.get("", "Ingress", "shop-shop-canary", "shop")
    notes = made["metadata"]["annotations"]
    assert notes == {"nginx.ingress.kubernetes.io/canary": "true", "nginx.ingress.kubernetes.io/canary-weight": "20"}
    assert (made["spec"]["ingressClassName"], made["spec"]["tls"]) == ("nginx", spec["tls"])
    [copied] = made["spec"]["rules"]
    assert copied["http"]["paths"][0]["backend"]["service"]["name"] == "shop-canary"
    assert made["metadata"]["ownerReferences"][0]["kind"] == "Rollout"
    assert backend["service"]["name"] == "shop-stable", "the one of the stable version stays as it is"
    world.cluster.patch(API, "Rollout", "shop", {"status": {"abort": True}}, "shop")
    world.settle(2)
    assert (
        cluster.get("", "Ingress", "shop-shop-canary", "shop")["metadata"]["annotations"]["nginx.ingress.kubernetes.io/canary-weight"]
        == "0"
    )
