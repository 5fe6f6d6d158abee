"""The reference numbers, field by field, on what a cluster is told."""

from typing import Any

import pytest

from quayside.settings.traffic.index import TrafficSettings
from quayside.settings.traffic.profiles import effective
from quayside.traffic.index import shape
from unit.traffic.carried import of_kind, subject


def traffic(**said: Any) -> TrafficSettings:
    return TrafficSettings.model_validate(said)


def policy(plane: str, **said: Any) -> Any:
    (rule,) = of_kind("DestinationRule", shape(subject(plane), traffic(**said)).objects)
    return rule["spec"]["trafficPolicy"]


@pytest.mark.parametrize("plane", ["gateway-api", "istio", "sidecar", "ambient"])
@pytest.mark.parametrize("profile", ["base", "business"])
def test_numbers_of_both(profile: str, plane: str) -> None:
    told = policy(plane, profile=profile)
    assert told["outlierDetection"] == {
        "consecutive5xxErrors": 3,
        "interval": "10s",
        "baseEjectionTime": "30s",
        "maxEjectionPercent": 50,
    }
    assert told["connectionPool"] == {
        "tcp": {"connectTimeout": "500ms"},
        "http": {"http1MaxPendingRequests": 10, "http2MaxRequests": 10, "maxRequestsPerConnection": 2, "maxRetries": 3},
    }


@pytest.mark.parametrize("plane", ["gateway-api", "istio", "sidecar", "ambient"])
def test_balancing_is_what_sets_them_apart(plane: str) -> None:
    assert policy(plane, profile="base")["loadBalancer"] == {"simple": "LEAST_REQUEST"}
    cookie = {"name": "quayside-affinity", "path": "/", "ttl": "3600s"}
    assert policy(plane, profile="business")["loadBalancer"] == {"consistentHash": {"httpCookie": cookie}}


def test_retries_in_a_virtual_service() -> None:
    (route,) = of_kind("VirtualService", shape(subject("sidecar"), traffic(profile="base")).objects)
    unsafe, others = route["spec"]["http"]
    assert others["retries"] == {"attempts": 3, "perTryTimeout": "2s", "retryOn": "connect-failure,refused-stream,503,reset"}
    assert unsafe["match"] == [{"uri": {"prefix": "/"}, "method": {"regex": "PATCH|POST"}}]
    assert unsafe["retries"] == {"attempts": 0}
    assert unsafe["route"] == others["route"]


def test_what_a_plane_cannot_do_is_left_out_and_told() -> None:
    shaped = shape(subject("ambient"), traffic(profile="base"))
    assert shaped.left_out == ("retries (ambient)",)
    assert shape(subject("sidecar"), traffic(profile="base")).left_out == ()
    assert not of_kind("HTTPRoute", shaped.objects)


def test_what_is_stated_stands_over_the_profile_field_by_field() -> None:
    found = effective(traffic(profile="base", retries={"attempts": 1}, outlierDetection={"errors": 7}))
    assert (found.policies["retries"].attempts, found.policies["retries"].per_try) == (1, "2s")
    assert (found.policies["outlier_detection"].errors, found.policies["outlier_detection"].most) == (7, 50)
    assert found.stated == {"retries", "outlier_detection"}


def test_a_hash_stands_over_the_profiles_own() -> None:
    assert policy("sidecar", profile="business", loadBalancing={"hash": {"header": "X-User"}})["loadBalancer"] == {
        "consistentHash": {"httpHeaderName": "X-User"}
    }
    assert policy("sidecar", profile="base", loadBalancing={"hash": {"query": "user"}})["loadBalancer"] == {
        "consistentHash": {"httpQueryParameterName": "user"}
    }
    assert policy("sidecar", profile="business", loadBalancing={"algorithm": "round-robin"})["loadBalancer"] == {"simple": "ROUND_ROBIN"}


def test_null_takes_a_policy_away() -> None:
    said = traffic(profile="base", retries=None, connectionPool=None)
    assert set(effective(said).policies) == {"load_balancing", "outlier_detection"}
    # also after the way from a stack's settings to a service's arguments
    again = TrafficSettings.model_validate(said.model_dump(exclude_none=True), by_name=True)
    assert effective(again) == effective(said)


def test_without_policies_nothing_is_said() -> None:
    assert effective(None).policies == {}
    shaped = shape(subject("sidecar"), None)
    assert (shaped.objects, shaped.needs_waypoint) == ([], False)
