"""What a gateway answers by Istio's own Gateway and VirtualService."""

from __future__ import annotations

from typing import Any

import pytest
from controlplane.gateway_objects import secret

from .town import HOST, ISTIO, Town

API = "networking.istio.io/v1"


@pytest.fixture
def edge(town: Town) -> Town:
    town.entry(ISTIO, name="entry")
    town.cluster.get("v1", "Pod", "entry", "edge")["spec"]["containers"][0]["name"] = "istio-proxy"
    away = {"port": {"number": 80, "name": "http", "protocol": "HTTP"}, "hosts": [HOST], "tls": {"httpsRedirect": True}}
    tls = {"mode": "SIMPLE", "credentialName": "web-tls"}
    secure = {"port": {"number": 443, "name": "https", "protocol": "HTTPS"}, "hosts": [f"shop/{HOST}"], "tls": tls}
    town.cluster.put("Gateway", "istio", "edge", API, spec={"selector": ISTIO, "servers": [away, secure]})
    town.cluster.put(**secret("web-tls", HOST, namespace="edge"))
    return town


def virtual_service(town: Town, *http: Any, gateways: tuple[str, ...] = ("edge/istio",)) -> None:
    town.cluster.put("VirtualService", "web", "shop", API, spec={"hosts": [HOST], "gateways": list(gateways), "http": list(http)})


def to(host: str, weight: int = 100, port: int = 80) -> Any:
    return {"destination": {"host": host, "port": {"number": port}}, "weight": weight}


def test_a_virtual_service_with_its_certificate(edge: Town) -> None:
    virtual_service(edge, {"route": [to("web")]})
    answer = edge.answer()
    assert (answer.entry, answer.route, answer.services) == ("istio", "VirtualService shop/web", {"shop/web": 100.0})
    assert answer.certificate is not None
    assert (answer.certificate.secret, answer.problem) == ("edge/web-tls", "")
    assert edge.answer(scheme="http").redirect == f"https://{HOST}/"


def test_the_secret_must_be_beside_the_pods(edge: Town) -> None:
    virtual_service(edge, {"route": [to("web")]})
    edge.cluster.delete("v1", "Secret", "web-tls", "edge")
    edge.cluster.put(**secret("web-tls", HOST))
    assert edge.answer().problem == "Secret edge/web-tls is not there"


@pytest.mark.parametrize("gateways", [("istio",), ("mesh",), ("edge/other",)])
def test_one_that_is_bound_elsewhere(edge: Town, gateways: tuple[str, ...]) -> None:
    virtual_service(edge, {"route": [to("web")]}, gateways=gateways)
    assert edge.answer().problem == f"404: no VirtualService of Gateway edge/istio has {HOST}/"


def test_pods_of_another_gateway(edge: Town) -> None:
    virtual_service(edge, {"route": [to("web")]})
    edge.cluster.get(API, "Gateway", "istio", "edge")["spec"]["selector"] = {"istio": "other"}
    assert edge.answer().problem == f"no Gateway of these pods takes {HOST} on port 443"


@pytest.mark.parametrize(
    ("match", "target", "headers", "fits"),
    [
        ({"uri": {"prefix": "/a"}}, "/a/b", {}, True),
        ({"uri": {"exact": "/a"}}, "/a/b", {}, False),
        ({"uri": {"regex": "/a/[a-z]"}}, "/a/b", {}, True),
        ({"headers": {"x-a": {"exact": "1"}}}, "/", {"X-A": "1"}, True),
        ({"headers": {"x-a": {}}}, "/", {"X-A": "anything"}, True),
        ({"headers": {"x-a": {}}}, "/", {}, False),
        ({"withoutHeaders": {"x-a": {}}}, "/", {"X-A": "anything"}, False),
        ({"queryParams": {"v": {"exact": "b"}}}, "/?v=b", {}, True),
        ({"port": 443}, "/", {}, True),
        ({"port": 80}, "/", {}, False),
    ],
)
def test_the_first_rule_that_fits(edge: Town, match: Any, target: str, headers: dict[str, str], fits: bool) -> None:
    edge.web("b", "other")
    virtual_service(edge, {"match": [match], "route": [to("b.other.svc.cluster.local")]}, {"route": [to("web")]})
    assert set(edge.answer(target, **headers).services) == ({"other/b"} if fits else {"shop/web"})


def test_weights(edge: Town) -> None:
    edge.web("canary")
    virtual_service(edge, {"route": [to("web", 90), to("canary", 10), to("gone", 0)]})
    assert (edge.answer().services, edge.answer().problem) == ({"shop/web": 90.0, "shop/canary": 10.0}, "")
