"""What policies come to on all planes of a service together: DestinationRules, routes of the mesh, waypoints."""

from typing import Any

import pulumi
import pytest

from quayside.edge.contract import Parts, Version
from quayside.settings.traffic.index import TrafficSettings
from quayside.traffic.contract import Planes
from quayside.traffic.index import shape, together
from unit.crd_schemas import problems
from unit.traffic.carried import CANARY, of_kind, subject


def traffic(**said: Any) -> TrafficSettings:
    return TrafficSettings.model_validate(said)


BASE = traffic(profile="base")


def test_each_version_has_its_destination_rule() -> None:
    rules = of_kind("DestinationRule", shape(subject("gateway-api", versions=(CANARY,)), BASE).objects)
    hosts = {each["metadata"]["name"]: each["spec"]["host"] for each in rules}
    assert hosts == {"shop": "shop.shop.svc.cluster.local", "shop-canary": "shop-canary.shop.svc.cluster.local"}
    assert rules[0]["spec"]["trafficPolicy"] == rules[1]["spec"]["trafficPolicy"]


def test_an_entry_that_does_not_listen_to_istio_makes_none() -> None:
    assert not of_kind("DestinationRule", shape(subject("kong"), BASE).objects)
    assert of_kind("DestinationRule", shape(subject("kong", planes=Planes("kong", "sidecar")), BASE).objects)


def test_versions_are_led_to_inside_the_mesh_as_well() -> None:
    (route,) = of_kind("VirtualService", shape(subject("sidecar", versions=(CANARY,)), None).objects)
    assert (route["metadata"]["name"], route["spec"]["gateways"]) == ("shop-mesh", ["mesh"])
    assert route["spec"]["hosts"] == ["shop.shop.svc.cluster.local"]
    (rule,) = route["spec"]["http"]
    assert [(each["destination"]["host"], each["weight"]) for each in rule["route"]] == [("shop", 90), ("shop-canary", 10)]


def test_versions_in_ambient_are_led_to_by_a_waypoint() -> None:
    shaped = shape(subject("ambient", versions=(CANARY,)), None)
    (route,) = of_kind("HTTPRoute", shaped.objects)
    assert route["spec"]["parentRefs"] == [{"group": "", "kind": "Service", "name": "shop", "port": 80}]
    assert [each["name"] for each in route["spec"]["rules"][0]["backendRefs"]] == ["shop", "shop-canary"]
    assert problems(route) == []
    assert shaped.needs_waypoint


@pytest.mark.parametrize(("said", "needed"), [({}, False), ({"outlierDetection": {}}, True), ({"timeout": {"request": "7s"}}, True)])
def test_a_waypoint_only_where_a_policy_needs_it(said: dict[str, Any], needed: bool) -> None:
    assert shape(subject("ambient"), traffic(**said)).needs_waypoint is needed
    assert not shape(subject("sidecar"), traffic(**said)).needs_waypoint


def test_who_is_held_to_a_waypoint_can_be_let_go_of() -> None:
    """Of a service that keeps its waypoint: the policies are changed in their turn, not deleted at the end of a run."""
    tokens = {"issuer": "https://login.example.com", "jwksUri": "https://login.example.com/keys"}
    waypoint = ["cluster.local/ns/shop/sa/shop-waypoint"]

    def held(**said: Any) -> dict[str, Any]:
        objects = shape(subject("ambient", versions=(CANARY,)), traffic(**said)).objects
        found = {each["metadata"]["name"]: each["spec"]["rules"] for each in objects if each["metadata"]["name"].endswith("-by-waypoint")}
        assert set(found) == {"shop-by-waypoint", "shop-canary-by-waypoint"}
        return found["shop-by-waypoint"][0]["from"][0]["source"]

    assert held(jwt=tokens) == {"notPrincipals": waypoint}
    assert held() == {"principals": waypoint, "notPrincipals": waypoint}  # which nobody is


def test_tcp_has_no_policies_about_requests() -> None:
    shaped = shape(subject("sidecar", protocol="tcp", versions=(CANARY,)), BASE)
    assert {each["kind"] for each in shaped.objects} == {"DestinationRule"}
    assert shaped.left_out == ("retries (sidecar)",)


def test_a_namespace_that_is_known_only_later() -> None:
    home = pulumi.Output.from_input("shared")
    (rule,) = of_kind("DestinationRule", shape(subject("sidecar", namespace=home), BASE).objects)
    assert isinstance(rule["spec"]["host"], pulumi.Output)
    assert problems(rule) == []


def test_kong_hears_of_it_by_the_service() -> None:
    shaped = shape(subject("kong"), traffic(loadBalancing={}, outlierDetection={"most": 100}))
    (policy,) = of_kind("KongUpstreamPolicy", shaped.objects)
    assert shaped.entry.service_annotations == {"konghq.com/upstream-policy": policy["metadata"]["name"]}
    assert policy["spec"]["algorithm"] == "least-connections"
    health = policy["spec"]["healthchecks"]
    assert health["passive"]["unhealthy"]["httpFailures"] == 3
    assert health["active"]["unhealthy"]["interval"] == 30


def test_the_later_policy_counts() -> None:
    one, other = Parts(annotations={"a": "1", "b": "1"}, plugins=["x"]), Parts(annotations={"b": "2"}, plugins=["y"])
    both = together(one, other)
    assert (both.annotations, both.plugins) == ({"a": "1", "b": "2"}, ["x", "y"])


def test_retries_set_nginx_clock_after_a_timeout() -> None:
    said = traffic(timeout={"request": "30s"}, retries={"idempotentOnly": False})
    told = shape(subject("ingress-nginx"), said).entry.annotations
    assert told["nginx.ingress.kubernetes.io/proxy-read-timeout"] == "2"
    assert told["nginx.ingress.kubernetes.io/proxy-next-upstream-timeout"] == "30"
    assert told["nginx.ingress.kubernetes.io/proxy-next-upstream-tries"] == "4"


def test_a_version_without_requests_has_its_destination_rule_too() -> None:
    assert len(of_kind("DestinationRule", shape(subject("istio", versions=(Version("canary", "shop-canary"),)), BASE).objects)) == 2
