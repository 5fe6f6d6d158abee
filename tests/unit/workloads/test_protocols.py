"""What a service speaks, and its further ports, in all of its objects."""

from typing import Any

import pytest

from quayside.edge.contract import Route
from quayside.settings.problems import InvalidSettings
from quayside.workloads import deployment, network
from quayside.workloads.network_policy import network_policy
from unit.workloads.specs import resolved, shop, spec

GATEWAY = {"entry": "gateway-api", "ingress_class": "istio", "namespace": "gateway-api", "issuer": "self-signed"}
PASSED = {"db.example.com": {"tls": "passthrough"}}


@pytest.mark.parametrize(("protocol", "said"), [("http", None), ("http2", "kubernetes.io/h2c"), ("grpc", "grpc"), ("tcp", "tcp")])
def test_the_port_says_what_is_spoken(protocol: str, said: str | None) -> None:
    (port,) = network.service_ports(spec(protocol=protocol))
    assert (port["name"], port.get("appProtocol"), port["targetPort"]) == (protocol, said, "http")


def test_further_ports_are_the_same_everywhere() -> None:
    settings = spec(port=3000, tcp={"mqtt": 1883})
    _, further = network.service("shop", "home", {}, settings)["spec"]["ports"]
    assert further == {"name": "tcp-mqtt", "port": 1883, "targetPort": "mqtt", "protocol": "TCP", "appProtocol": "tcp"}
    (container,) = deployment.deployment("shop", "home", {}, settings)["spec"]["template"]["spec"]["containers"]
    assert [(each["name"], each["containerPort"]) for each in container["ports"]] == [("http", 3000), ("mqtt", 1883)]
    (rule, *_) = network_policy("shop", "home", {}, settings)["spec"]["ingress"]
    assert [each["port"] for each in rule["ports"]] == [3000, 1883]


def test_the_entry_gets_in_to_further_ports_without_a_host() -> None:
    (rule, *_) = network_policy("shop", "home", {}, spec(access="namespace", tcp={"mqtt": 1883}), ["gateway-api"])["spec"]["ingress"]
    assert {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "gateway-api"}}} in rule["from"]


def test_where_it_answers_who_speaks_no_http() -> None:
    assert resolved(lambda: network.url("db", "home", spec(protocol="tcp"))) == "tcp://db.home.svc.cluster.local:80"
    assert resolved(lambda: network.url("db", "home", spec(protocol="grpc"))) == "http://db.home.svc.cluster.local"


def test_what_the_entry_is_asked_for() -> None:
    settings = spec(protocol="tcp", tcp={"mqtt": 1883}, hosts={"db": {"tls": "passthrough"}})
    asked = network.exposure("db", "routes", {}, settings, home="home")
    assert (asked.protocol, asked.tcp, asked.passthrough, asked.service_namespace) == ("tcp", {"mqtt": 1883}, frozenset({"db"}), "home")
    assert network.public_urls(Route("gateway-api"), settings.hosts) == ["https://db"]


def test_ports_are_led_to_without_any_host() -> None:
    recorded = shop(tcp={"mqtt": 1883}, route=GATEWAY)
    assert recorded.one("VirtualService").inputs["spec"]["tcp"][0]["match"] == [{"port": 1883}]


@pytest.mark.parametrize(("entry", "bridged"), [("gateway-api", False), ("ingress-nginx", True)])
def test_only_entries_that_need_a_bridge_get_one(entry: str, bridged: bool) -> None:
    recorded = shop(hosts={"shop.example.com": {}}, route={**GATEWAY, "entry": entry}, route_namespace="routes")
    assert ("shop-bridge" in [each.name for each in recorded]) is bridged
    if not bridged:
        assert recorded.one("ReferenceGrant").inputs["metadata"]["namespace"] == "shop"
        (backend,) = recorded.one("HTTPRoute").inputs["spec"]["rules"][0]["backendRefs"]
        assert backend["namespace"] == "shop"


@pytest.mark.parametrize(
    "wrong", [{"tcp": {"mqtt": 1883}}, {"protocol": "tcp", "hosts": PASSED}, {"protocol": "http2", "hosts": {"a.b.c": {}}}]
)
def test_a_component_is_refused_what_its_entry_cannot_lead(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidSettings, match=r"entry\.kind: gateway-api"):
        shop(**wrong, route={"entry": "ingress-nginx"})
