"""How a service is looked at: what is asked, and the objects for it, held against the operator's real definitions."""

import json
import re
from typing import Any

import pytest

from quayside.arguments import checked
from quayside.workloads import monitoring, network, version_specs
from quayside.workloads.network_policy import network_policy
from quayside.workloads.placement import PlacedService
from quayside.workloads.service import Service
from unit.crd_schemas import problems
from unit.recorder import Recorded, record

ENTRIES = ("gateway-api", "istio", "ingress-nginx", "kong", "direct")


def placed(**more: Any) -> PlacedService:
    given = {"image": "ghcr.io/acme/shop:1.4.2", "monitoring": {"dashboards": True}, **more}
    return checked(PlacedService, given, "service shop")


def objects(spec: PlacedService) -> dict[str, dict[str, Any]]:
    made = monitoring.objects("shop", "home", {"quayside/owner": "quayside.dev"}, spec, version_specs.all_pods("shop", spec))
    return {f"{each['kind']} {each['metadata']['name']}": each for each in made}


def led(entry: str, **more: Any) -> PlacedService:
    return placed(hosts={"shop.example.com": {}}, route={"entry": entry, "issuer": "letsencrypt-prod"}, **more)


def rules(spec: PlacedService) -> dict[str, dict[str, Any]]:
    (group,) = objects(spec)["PrometheusRule shop"]["spec"]["groups"]
    return {each["alert"]: each for each in group["rules"]}


SPECS = [
    *(led(entry, metrics={"port": 9090}) for entry in ENTRIES),
    *(led("gateway-api", mesh={"mode": mode}, metrics={"port": 9090}) for mode in ("sidecar", "ambient")),
    led("gateway-api", protocol="grpc", canary={"image": "ghcr.io/acme/shop:1.5.0", "weight": 10}),
    placed(blue_green={"image": "ghcr.io/acme/shop:1.5.0"}, metrics={}),
    placed(tcp={"mqtt": 1883}, metrics={"port": 1883}),
]


@pytest.mark.parametrize("spec", SPECS)
def test_the_operators_definitions_take_them(spec: PlacedService) -> None:
    assert {name: found for name, each in objects(spec).items() if (found := problems(each))} == {}


@pytest.mark.parametrize("spec", SPECS)
def test_what_is_asked_is_well_formed(spec: PlacedService) -> None:
    shown = json.loads(objects(spec)["ConfigMap shop-dashboard"]["data"]["shop.json"])["panels"]
    asked = [each["expr"] for each in rules(spec).values()] + [target["expr"] for each in shown for target in each["targets"]]
    for expression in asked:
        assert balanced(expression), expression
        assert not re.search(r"(?<![\w.])e-\d", expression), expression
    assert len(asked) >= 6


def balanced(expression: str) -> bool:
    """Whether brackets of all kinds close in order, outside of text in quotes."""
    open_ones: list[str] = []
    for each in re.sub(r'"[^"]*"', '""', expression):
        if each in "([{":
            open_ones.append(each)
        elif each in ")]}" and (not open_ones or f"{open_ones.pop()}{each}" not in ("()", "[]", "{}")):
            return False
    return not open_ones and expression.count('"') % 2 == 0


def test_a_bracket_too_few_is_noticed() -> None:
    assert balanced('sum(rate(a{b=~"(c"}[5m]))')
    assert not balanced("sum(rate(a[5m])")
    assert not balanced("sum(rate(a[5m)])")


def test_the_alerts_that_count_with_their_numbers() -> None:
    found = rules(led("gateway-api", alerts={"availability": 99.5, "latency": "800ms"}))
    assert set(found) == {
        "ServiceErrors",
        "ServiceLatency",
        "ServiceThrottled",
        "ServiceMemoryShort",
        "ServiceRestarting",
        "ServiceCertificateEnds",
    }
    assert found["ServiceErrors"]["expr"].count("> 0.07200") == 2  # 14.4 × 0.5 %
    assert "> 800 and" in found["ServiceLatency"]["expr"]
    assert found["ServiceCertificateEnds"]["expr"] == (
        'max by (name, namespace) (certmanager_certificate_expiration_timestamp_seconds{name="shop-gateway-api-tls"}) - time() < 1814400'
    )
    assert found["ServiceErrors"]["labels"] == {"severity": "critical", "service": "shop", "namespace": "home"}


@pytest.mark.parametrize(
    ("entry", "mode", "words"),
    [
        ("gateway-api", "off", ['istio_requests_total{reporter=~"source|waypoint", destination_service_namespace="home"']),
        ("kong", "sidecar", ['istio_requests_total{reporter="destination"']),
        ("ingress-nginx", "off", ['nginx_ingress_controller_requests{namespace="home", service=~"shop"']),
    ],
)
def test_requests_are_counted_by_what_carries_them(entry: str, mode: str, words: list[str]) -> None:
    expression = rules(led(entry, mesh={"mode": mode}))["ServiceErrors"]["expr"]
    assert [each for each in words if each not in expression] == []


def test_kong_counts_nothing_and_saturation_is_seen_all_the_same() -> None:
    assert set(rules(led("kong"))) == {"ServiceThrottled", "ServiceMemoryShort", "ServiceRestarting", "ServiceCertificateEnds"}


def test_while_a_stack_moves_both_entries_are_looked_at() -> None:
    spec = led("gateway-api", leaving_route={"entry": "ingress-nginx", "issuer": "letsencrypt-prod"})
    (group,) = objects(spec)["PrometheusRule shop"]["spec"]["groups"]
    assert [each["alert"] for each in group["rules"]].count("ServiceErrors") == 2
    assert [each["expr"].count("shop-tls") for each in group["rules"] if each["alert"] == "ServiceCertificateEnds"] == [0, 1]


def test_a_wildcard_has_an_alert_elsewhere() -> None:
    spec = placed(hosts={"shop.example.com": {}}, route={"entry": "gateway-api", "issuer": "x", "wildcard": "example.com"})
    assert "ServiceCertificateEnds" not in rules(spec)


def test_each_version_is_asked_once() -> None:
    spec = placed(blue_green={"image": "ghcr.io/acme/shop:1.5.0"}, metrics={"path": "/internal"})
    asked = objects(spec)["ServiceMonitor shop"]["spec"]
    assert asked["selector"]["matchExpressions"][0]["values"] == ["shop", "shop-green"]
    (endpoint,) = asked["endpoints"]
    assert (endpoint["port"], endpoint["path"]) == ("http", "/internal")
    assert endpoint["relabelings"][0]["regex"] == "shop-blue|shop-green"  # the service's own Service leads to one of them again


@pytest.mark.parametrize(
    ("metrics", "name", "further"),
    [({}, "http", []), ({"port": 8080}, "http", []), ({"port": 1883}, "tcp-mqtt", []), ({"port": 9090}, "http-metrics", [9090])],
)
def test_the_port_of_metrics(metrics: dict[str, Any], name: str, further: list[int]) -> None:
    spec = placed(tcp={"mqtt": 1883}, metrics=metrics)
    ports = {each["name"]: each["port"] for each in network.service_ports(spec)}
    assert network.metrics_port(spec) == name
    assert name in ports
    assert [port for each, port in ports.items() if each == "http-metrics"] == further
    assert [each["containerPort"] for each in network.container_ports(spec) if each["name"] == "http-metrics"] == further


@pytest.mark.parametrize(
    ("mode", "metrics", "ports"), [("off", None, []), ("off", {"port": 9090}, [9090]), ("off", {}, [8080]), ("sidecar", None, [15020])]
)
def test_prometheus_gets_in_where_it_asks_and_nowhere_else(mode: str, metrics: Any, ports: list[int]) -> None:
    spec = placed(access="namespace", mesh={"mode": mode}, metrics=metrics)
    callers = monitoring.let_in(spec.monitoring, spec, mode)
    found = [rule for rule in network_policy("shop", "home", {}, spec, (), mode, callers)["spec"]["ingress"] if "monitoring" in str(rule)]
    assert [port["port"] for rule in found for port in rule["ports"]] == ports


def test_in_a_mesh_the_port_of_metrics_alone_is_open() -> None:
    spec = placed(mesh={"mode": "sidecar"}, metrics={"port": 9090})
    assert objects(spec)["PeerAuthentication shop-metrics"]["spec"]["portLevelMtls"] == {"9090": {"mode": "PERMISSIVE"}}
    assert "PeerAuthentication shop-metrics" not in objects(placed(mesh={"mode": "sidecar"}, metrics={}))


def test_without_prometheus_there_is_nothing() -> None:
    assert objects(placed(monitoring=None, metrics={"port": 9090})) == {}


def service(**args: Any) -> Recorded:
    given: Any = {"image": "ghcr.io/acme/shop:1.4.2", **args}
    return record(lambda: Service("shop", given))


def test_the_component_registers_them() -> None:
    recorded = service(metrics={"port": 9090}, monitoring={"dashboards": True})
    assert recorded.one("ServiceMonitor").parent == "shop"
    assert recorded.one("PrometheusRule").inputs["spec"]["groups"][0]["rules"]
    assert recorded.one("ConfigMap").inputs["metadata"]["annotations"]["grafana_folder"] == "shop"
    assert not service(metrics={"port": 9090}).of("ServiceMonitor")


def test_alerts_can_be_left_out() -> None:
    assert not service(alerts={"enabled": False}, monitoring={}).of("PrometheusRule")
