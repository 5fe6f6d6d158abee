"""A service's traffic policies, as they are registered with it."""

from typing import Any

import pulumi
import pytest

from quayside.settings.problems import InvalidSettings
from quayside.workloads.service import Service
from unit.recorder import Recorded, Registration, record, value_of
from unit.workloads.specs import shop

HOSTS = {"shop.example.com": {}}
GATEWAY = {"entry": "gateway-api", "namespace": "gateway-api", "issuer": "letsencrypt-prod"}
NGINX = {"entry": "ingress-nginx"}


def shaped(traffic: dict[str, Any], mode: str = "off", **args: Any) -> Recorded:
    return shop(traffic=traffic, mesh={"mode": mode}, **args)


def addresses(made: Recorded) -> list[Registration]:
    """The Services in the cluster."""
    return [each for each in made.of("Service") if each.type.startswith("kubernetes:core")]


def test_a_destination_rule_comes_after_the_pods() -> None:
    rule = shaped({"profile": "base"}, "sidecar").one("DestinationRule", "shop")
    assert rule.inputs["spec"]["host"] == "shop.shop.svc.cluster.local"
    assert any(":Deployment::shop" in urn for urn in rule.request.dependencies)
    # in its own namespace it wins over changes by hand
    assert rule.inputs["metadata"]["annotations"] == {"pulumi.com/patchForce": "true"}


def test_a_route_at_the_gateway_has_its_envoy_filter() -> None:
    made = shaped({"retries": {}}, hosts=HOSTS, route=GATEWAY)
    filter_ = made.one("EnvoyFilter")
    assert (filter_.name, filter_.inputs["metadata"]["namespace"]) == ("shop-shop-routes-gateway-api", "gateway-api")
    (route,) = made.of("HTTPRoute")
    assert [each["name"] for each in route.inputs["spec"]["rules"]] == ["shop.shop.0", "shop.shop.1"]


def test_a_waypoint_stands_on_the_way_to_every_version() -> None:
    canary = {"image": "acme/shop:2", "weight": 10}
    made = shaped({"outlier_detection": {}}, "ambient", canary=canary)
    assert made.one("Gateway").name == "shop-waypoint"
    for service in addresses(made):
        assert service.inputs["metadata"]["labels"]["istio.io/use-waypoint"] == "shop-waypoint"
        assert any(":Gateway::shop-waypoint" in urn for urn in service.request.dependencies)
    assert {each.name for each in made.of("DestinationRule")} == {"shop", "shop-canary"}


def test_without_a_policy_there_is_no_waypoint() -> None:
    made = shaped({}, "ambient")
    assert not made.of("Gateway")
    (service,) = addresses(made)
    assert "istio.io/use-waypoint" not in service.inputs["metadata"]["labels"]


def test_kong_is_told_by_the_service() -> None:
    route = {"entry": "kong", "namespace": "kong", "ingress_class": "kong"}
    made = shaped({"timeout": {"request": "7s"}, "load_balancing": {}, "rate_limit": {"requests": 5}}, hosts=HOSTS, route=route)
    (service,) = addresses(made)
    told = service.inputs["metadata"]["annotations"]
    assert (told["konghq.com/read-timeout"], told["konghq.com/retries"]) == ("7000", "0")  # the clock is for a try
    assert told["konghq.com/upstream-policy"] == made.one("KongUpstreamPolicy").inputs["metadata"]["name"]
    assert made.one("Ingress", "shop-kong").inputs["metadata"]["annotations"]["konghq.com/plugins"] == made.one("KongPlugin").name


def test_kong_finds_what_is_said_beside_the_service_alone() -> None:
    """It looks for a KongPlugin in the Ingress' namespace, and at annotations of the Service that the Ingress names."""
    route = {"entry": "kong", "namespace": "kong", "ingress_class": "kong"}
    with pytest.raises(InvalidSettings, match=r"routeNamespace is another namespace .* traffic.rateLimit"):
        shaped({"rate_limit": {"requests": 5}}, hosts=HOSTS, route=route, route_namespace="gate")
    assert shaped({"rate_limit": {"requests": 5}}, hosts=HOSTS, route=route, route_namespace="apps", namespace="apps").of("KongPlugin")
    assert shaped({}, hosts=HOSTS, route=route, route_namespace="gate").of("Ingress")


def test_nginx_is_told_by_the_ingress() -> None:
    made = shaped({"load_balancing": {"algorithm": "round-robin"}}, hosts=HOSTS, route=NGINX)
    assert made.one("Ingress").inputs["metadata"]["annotations"]["nginx.ingress.kubernetes.io/load-balance"] == "round_robin"


def test_what_is_left_out_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(pulumi.log, "info", lambda message, *_: told.append(message))
    shaped({"profile": "base"}, hosts=HOSTS, route=NGINX)
    (line,) = told
    assert line.endswith("outlier detection (ingress-nginx), connection pool (ingress-nginx), retries (ingress-nginx)")


def test_what_guards_pods_is_there_before_them() -> None:
    """And is taken away after them, in the reverse order: the pods come after their NetworkPolicy, and that after all guards."""
    tokens = {"issuer": "https://login.example.com", "jwks_uri": "https://login.example.com/keys"}
    made = shaped({"jwt": tokens, "authorization": {}, "egress": {}, "filter": {"wasm": "acme/filter:1"}}, "sidecar")
    assert any(urn.endswith(":NetworkPolicy::shop") for urn in made.one("Deployment").request.dependencies)
    needed = made.one("NetworkPolicy").request.dependencies
    for kind, name in (
        ("RequestAuthentication", "shop-jwt"),
        ("AuthorizationPolicy", "shop-jwt"),
        ("AuthorizationPolicy", "shop-callers"),
        ("Sidecar", "shop"),
        ("WasmPlugin", "shop-filter"),
    ):
        assert any(urn.endswith(f":{kind}::{name}") for urn in needed), (kind, name)


def test_a_shared_namespace_stays_the_services_namespace_beside_a_waypoint() -> None:
    args: Any = {"image": "acme/shop:1", "namespace": "shared", "mesh": {"mode": "ambient"}, "traffic": {"outlier_detection": {}}}
    made: list[Service] = []
    assert record(lambda: made.append(Service("shop", args))).one("Gateway").inputs["metadata"]["namespace"] == "shared"
    assert value_of(made[0].namespace) == "shared"


def test_who_leads_tcp_to_it_may_call_it() -> None:
    made = shaped({"authorization": {}}, "sidecar", protocol="tcp", tcp={"db": 5432}, route=GATEWAY)
    (rule,) = made.one("AuthorizationPolicy").inputs["spec"]["rules"]
    assert rule == {"from": [{"source": {"namespaces": ["shop", "gateway-api"]}}]}


def test_callers_are_held_to_a_waypoint_once_it_answers() -> None:
    """Before, whoever calls a service that runs already would be refused: the way by the waypoint is not there yet."""
    jwt = {"issuer": "https://issuer.example.com", "jwks_uri": "https://issuer.example.com/keys"}
    made = shaped({"jwt": jwt}, "ambient")
    (held,) = (each for each in made.of("AuthorizationPolicy") if each.name == "shop-by-waypoint")
    assert any(":Gateway::shop-waypoint" in urn for urn in held.request.dependencies)
    assert made.one("Gateway").inputs["metadata"]["annotations"]["pulumi.com/waitFor"] == "condition=Programmed"
    # and nobody else comes in through it meanwhile
    assert any(":NetworkPolicy::shop-waypoint" in urn for urn in made.one("Gateway").request.dependencies)


def test_a_waypoint_goes_before_requests_stop_going_by_it() -> None:
    """What is deleted is deleted at the end of a run: until then the pods refuse all who do not come by the waypoint."""
    used, by_entry = (f'metadata.labels["{each}"]' for each in ("istio.io/use-waypoint", "istio.io/ingress-use-waypoint"))
    canary = {"image": "acme/shop:2"}
    for service in addresses(shaped({}, "ambient", blue_green=canary)):
        assert service.request.ignoreChanges == [used, by_entry]
    for made in (shaped({"outlier_detection": {}}, "ambient"), shaped({}, "sidecar"), shaped({}, "off")):
        assert [each.request.ignoreChanges for each in addresses(made)] == [[]]
    # what somebody writes there counts
    patch = {"Service": {"metadata": {"labels": {"istio.io/use-waypoint": "ours"}}}}
    (service,) = addresses(shaped({}, "ambient", patches=patch))
    assert service.request.ignoreChanges == [by_entry]


def test_patches_are_for_the_service_and_not_for_what_counts_its_requests() -> None:
    limit = {"requests": 5, "scope": "global", "redis": {"host": "redis.cache.svc.cluster.local"}}
    made = shaped({"rate_limit": limit}, "sidecar", patches={"Deployment": {"spec": {"minReadySeconds": 7}}})
    waits = {each.name: each.inputs["spec"].get("minReadySeconds") for each in made.of("Deployment")}
    assert waits == {"shop": 7, "shop-rate-limit": None}


def test_prometheus_reads_what_a_waypoint_tells() -> None:
    policies = shaped({"outlier_detection": {}}, "ambient", monitoring={"namespace": "watch"}).of("NetworkPolicy")
    (made,) = (each for each in policies if each.name == "shop-waypoint")
    (read,) = made.inputs["spec"]["ingress"][1:]
    assert read["ports"] == [{"protocol": "TCP", "port": 15020}]
    assert read["from"] == [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "watch"}}}]


def test_a_replaced_prefix_has_a_rule_for_each_method_that_is_not_tried_again() -> None:
    """An API server refuses a rule with two matches there (the definition's validation in CEL)."""
    made = shaped({"retries": {}, "rewrite": {"prefix": "/v2"}}, hosts=HOSTS, route=GATEWAY)
    (route,) = made.of("HTTPRoute")
    rules = route.inputs["spec"]["rules"]
    assert [[match.get("method") for match in rule["matches"]] for rule in rules] == [["PATCH"], ["POST"], [None]]
    assert len({rule["name"] for rule in rules}) == 3
