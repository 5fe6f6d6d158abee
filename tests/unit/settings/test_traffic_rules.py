"""Traffic policies that do not go together, or that a data plane in use cannot do."""

from typing import Any

import pulumi
import pytest

from quayside.arguments import checked
from quayside.settings.problems import InvalidSettings, spoken
from quayside.settings.stack import Settings
from quayside.workloads.placement import PlacedService
from unit.examples import topics


def problems(traffic: dict[str, Any], entry: str = "gateway-api", mesh: str = "off", **service: Any) -> dict[str, str]:
    """Key below traffic → what is wrong with it."""
    said = topics()
    hosts = {} if entry == "none" else {"shop": {}}
    said["services"] = {"shop": {"image": "acme/shop:1", "hosts": hosts, "traffic": traffic, **service}}
    said["entry"] = {"kind": entry, **({"service": "shop"} if entry == "direct" else {})}
    said["mesh"] = {"mode": mesh}
    start = "services.shop.traffic."
    found = {spoken(each.path): each.message for each in Settings.check(said)[1]}
    return {key.removeprefix(start): message for key, message in found.items() if key.startswith(start)}


@pytest.mark.parametrize(
    ("traffic", "right"),
    [
        ({"timeout": {"request": "6s"}, "retries": {}}, False),
        ({"timeout": {"request": "6001ms"}, "retries": {}}, True),
        ({"timeout": {"request": "2s"}, "profile": "base"}, False),
        ({"timeout": {"request": "2s"}, "profile": "base", "retries": None}, True),
        ({"timeout": {"request": "2s"}, "profile": "base", "retries": {"attempts": 1, "perTry": "1s"}}, True),
        ({"timeout": {"request": "2s"}}, True),
    ],
)
def test_a_timeout_has_room_for_the_retries(traffic: dict[str, Any], right: bool) -> None:
    found = problems(traffic)
    assert (found == {}) is right
    if not right:
        assert "3 attempts × 2s per try = 6s; write more than 6s" in found["timeout.request"]


def test_what_is_stated_and_a_plane_cannot_do_is_refused_at_its_key() -> None:
    assert problems({"retries": {}}, "kong").keys() == {"retries"}
    assert problems({"outlierDetection": {}}, "kong").keys() == {"outlierDetection.most"}
    assert problems({"rateLimit": {"requests": 5, "scope": "global"}}, "istio").keys() == {"rateLimit.redis"}
    assert problems({"profile": "base", "retries": {"attempts": 2}}, "kong").keys() == {"retries"}


def test_what_a_profile_brings_is_not() -> None:
    assert problems({"profile": "business"}, "kong") == {}
    assert problems({"profile": "base"}, "none") == {}


def test_both_planes_are_asked() -> None:
    assert problems({"retries": {}}, "gateway-api", "sidecar") == {}
    assert "ambient" in problems({"retries": {}}, "gateway-api", "ambient")["retries"]


def test_one_plane_is_enough_for_what_only_an_entry_can_do() -> None:
    cors = {"cors": {"origins": ["https://www.example.com"]}}
    assert problems(cors, "gateway-api", "sidecar") == {}
    assert problems(cors, "none", "sidecar").keys() == {"cors"}


def test_a_limit_counts_where_it_can() -> None:
    limit = {"rateLimit": {"requests": 5, "header": "X-User"}}
    assert problems(limit, "gateway-api", "ambient") == {}
    assert problems(limit, "ingress-nginx", "sidecar") == {}
    assert problems(limit, "ingress-nginx").keys() == {"rateLimit.client"}
    assert problems(limit, "none", "ambient").keys() == {"rateLimit"}


def test_two_planes_with_the_same_reason_are_one_problem() -> None:
    (message,) = problems({"rateLimit": {"requests": 5, "scope": "global"}}, "istio", "sidecar").values()
    assert message.startswith("is missing")


def test_nothing_carries_the_requests() -> None:
    assert "no data plane" in problems({"outlierDetection": {}}, "none")["outlierDetection"]
    assert problems({"outlierDetection": {}}, "none", "sidecar") == {}


def test_tcp_has_no_requests() -> None:
    found = problems(
        {"retries": {}, "outlierDetection": {}, "loadBalancing": {"hash": {"header": "X-User"}}}, "none", "sidecar", protocol="tcp"
    )
    assert found.keys() == {"retries", "loadBalancing.hash"}


def test_grpc_has_no_method_that_may_be_sent_twice() -> None:
    assert problems({"retries": {}}, protocol="grpc").keys() == {"retries.idempotentOnly"}
    assert problems({"retries": {"idempotentOnly": False}}, protocol="grpc") == {}
    assert problems({"profile": "base"}, protocol="grpc") == {}


def test_locality_needs_outlier_detection() -> None:
    assert problems({"loadBalancing": {"locality": True}}).keys() == {"loadBalancing.locality"}
    assert problems({"loadBalancing": {"failover": {"fra1": "ams3"}}}).keys() == {"loadBalancing.failover"}
    assert problems({"loadBalancing": {"locality": True}, "profile": "base"}) == {}


@pytest.mark.parametrize(
    ("traffic", "key"),
    [
        ({"loadBalancing": {"algorithm": "LEAST_CONN"}}, "loadBalancing.algorithm"),
        ({"loadBalancing": {"algorithm": "consistent-hash"}}, "loadBalancing.hash"),
        ({"loadBalancing": {"algorithm": "random", "hash": {"header": "X-User"}}}, "loadBalancing.hash"),
        ({"loadBalancing": {"hash": {}}}, "loadBalancing.hash.header"),
        ({"loadBalancing": {"hash": {"header": "X-User", "query": "user"}}}, "loadBalancing.hash.query"),
        ({"retries": {"conditions": []}}, "retries.conditions"),
        ({"retries": {"conditions": ["5xx"]}}, "retries.conditions.0"),
        ({"retries": {"perTry": "0s"}}, "retries.perTry"),
        ({"rateLimit": {"requests": 5, "header": "X-User", "client": True}}, "rateLimit.client"),
        ({"rateLimit": {"requests": 5, "redis": {"host": "redis.example.com"}}}, "rateLimit.redis"),
        ({"connectionPool": {"connectTimeout": "0ms"}}, "connectionPool.connectTimeout"),
    ],
)
def test_mistakes(traffic: dict[str, Any], key: str) -> None:
    assert key in problems(traffic)


def test_a_condition_may_be_a_number() -> None:
    assert problems({"retries": {"conditions": [503, "reset"]}}) == {}


def test_null_inside_of_a_policy_says_nothing() -> None:
    assert problems({"retries": {"attempts": None}}) == {}


def placed(**args: Any) -> list[str]:
    try:
        checked(PlacedService, {"image": "acme/shop:1", **args}, "service shop")
    except InvalidSettings as error:
        return error.lines
    return []


def test_a_service_that_stands_alone_is_held_to_the_same() -> None:
    retries = {"retries": {"idempotent_only": True}}
    (line,) = placed(traffic=retries)
    assert line.startswith("traffic.retries has nothing to work with")
    assert placed(traffic=retries, mesh={"mode": "sidecar"}) == []
    (line,) = placed(traffic=retries, mesh={"mode": "ambient"})
    assert line.startswith("traffic.retries are not to be had in ambient mode")
    assert placed(traffic={"profile": "base", "retries": None}) == []


def test_policies_are_known_while_the_program_runs() -> None:
    (line,) = placed(traffic={"retries": {"attempts": pulumi.Output.from_input(2)}}, mesh={"mode": "sidecar"})
    assert "known only later" in line
