"""What a visitor meets before any entry: names, load balancers, pods."""

from __future__ import annotations

from controlplane.fake_cluster import CLUSTER, running, service

from .town import ADDRESS, HOST, NGINX, Town


def test_a_name_without_record_leads_nowhere(town: Town) -> None:
    [answer] = town.asks(host="gone.example.com")
    assert "no such host gone.example.com" in answer.problem
    assert answer.address == ""


def test_an_address_of_somebody_else(town: Town) -> None:
    assert town.answer().problem == f"{ADDRESS} is no load balancer of this cluster"


def test_a_load_balancer_without_a_ready_pod(town: Town) -> None:
    town.entry(NGINX)
    town.cluster.get("v1", "Pod", "entry", "edge")["status"] = {}
    assert town.answer().problem == "no pod is ready behind load balancer entry"


def test_a_port_that_the_load_balancer_has_not(town: Town) -> None:
    town.entry(NGINX)
    town.cluster.put(**service("entry", "edge", NGINX, p80=80))
    assert town.answer().problem == "load balancer entry does not lead port 443 to its pods"


def test_every_address_of_a_name_is_asked(town: Town) -> None:
    town.entry(NGINX)
    town.record(HOST, "203.0.113.2")
    assert [(each.address, each.entry) for each in town.asks()] == [(ADDRESS, "ingress-nginx"), ("203.0.113.2", "")]


def test_a_service_of_its_own(town: Town) -> None:
    town.cluster.put(**service("web", "shop", {"app": "web"}, p80=8080))
    town.cluster.put(**running("web", "shop", {"app": "web"}))
    town.store.create("digitalocean", "loadBalancers", {"name": "web", "ip": ADDRESS, "_clusterId": CLUSTER, "_service": "shop/web"})
    answer = town.answer(scheme="http")
    assert (answer.entry, answer.route, answer.services, answer.problem) == ("direct", "Service shop/web", {"shop/web": 100.0}, "")
