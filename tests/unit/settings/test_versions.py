"""Versions of a service: what settings may say of them, and what each data plane can carry."""

from typing import Any

import pytest

from quayside.settings.service import ServiceSettings
from quayside.settings.versions_rules import carried, refused, versions_have_names
from unit.examples import public, settings

IMAGE = "acme/shop:2"
HOSTS = {"shop": {}}
CANARY = {"image": IMAGE, "weight": 10}


def problems(service: dict[str, Any], entry: str = "gateway-api", mesh: str = "off") -> list[str]:
    return [f"{key} {message.partition(';')[0]}" for key, message in carried({"hosts": HOSTS, **service}, entry, mesh)]


@pytest.mark.parametrize(
    "given",
    [
        {"canary": {"image": IMAGE}},
        {"canary": {"image": IMAGE, "weight": 100, "sticky": True, "verdict": "promote", "replicas": 3}},
        {"canary": {"image": IMAGE, "match": {"headers": {"x-group": "beta"}, "cookies": {"group": 1}, "query": {"group": "b"}}}},
        {"canary": {"image": IMAGE, "match": {"users": ["ada", "grace@example.com"], "userHeader": "x-user"}}},
        {"blueGreen": {"image": IMAGE}},
        {"blueGreen": {"image": IMAGE, "live": "green"}, "replicas": 0},
        {"variants": {"b": {"weight": 50, "env": {"COLOUR": "red"}}, "c": {"weight": 50}}},
        {"canary": {"image": IMAGE, "env": {"A": "2"}, "config": {"B": "2"}}, "env": {"A": "1"}, "config": {"B": "1"}},
    ],
)
def test_versions_that_are_right(given: dict[str, Any]) -> None:
    assert ServiceSettings.model_validate({"image": "acme/shop:1", **given})


@pytest.mark.parametrize("entry", ["gateway-api", "istio"])
@pytest.mark.parametrize("mesh", ["off", "sidecar", "ambient"])
def test_istio_can_do_all(entry: str, mesh: str) -> None:
    match = {"headers": {"a": "1"}, "cookies": {"b": "2"}, "query": {"c": "3"}}
    service = {"variants": {"b": {"weight": 10, "match": match, "sticky": True}, "c": {"weight": 20}}}
    assert problems(service, entry, mesh) == []


@pytest.mark.parametrize(
    ("version", "at"),
    [
        ({"weight": 10}, []),
        ({"weight": 10, "sticky": True}, []),
        ({"match": {"headers": {"x-group": "beta"}}}, []),
        ({"match": {"cookies": {"canary": "always"}}}, []),
        ({"match": {"users": ["ada", "grace"], "userHeader": "x-user"}}, []),
        ({"match": {"query": {"group": "b"}}}, ["match.query"]),
        ({"match": {"cookies": {"canary": "beta"}}}, ["match.cookies.canary"]),
        ({"match": {"headers": {"a": "1", "b": "2"}}}, ["match"]),
        ({"match": {"headers": {"a": "1"}, "users": ["ada"], "userHeader": "x-user"}}, ["match"]),
        ({"match": {"headers": {"x-group": "b & c"}}}, ["match.headers.x-group"]),
        ({"match": {"users": ["ada@example.com"], "userHeader": "x-user"}}, ["match.users"]),
        ({"weight": 10, "sticky": True, "match": {"headers": {"a": "1"}}}, ["sticky"]),
    ],
)
def test_what_ingress_nginx_can_do(version: dict[str, Any], at: list[str]) -> None:
    assert [key for key, _ in refused(version, "ingress-nginx")] == at


@pytest.mark.parametrize(
    ("version", "at"),
    [
        ({"match": {"headers": {"a": "1", "b": "2"}}}, []),
        ({"match": {"users": ["ada"], "userHeader": "x-user"}}, []),
        ({"weight": 10, "sticky": True}, ["weight", "sticky"]),
        ({"match": {"cookies": {"a": "1"}, "query": {"b": "2"}}}, ["match.cookies", "match.query"]),
    ],
)
def test_what_kong_can_do(version: dict[str, Any], at: list[str]) -> None:
    assert [key for key, _ in refused(version, "kong")] == at


def test_a_load_balancer_alone_sees_no_requests() -> None:
    assert [key for key, _ in refused({"weight": 1}, "direct")] == ["weight"]
    assert [key for key, _ in refused({"match": {"headers": {"a": "1"}}}, "direct")] == ["match"]


def test_what_nothing_carries_is_refused() -> None:
    """Without hosts and mesh; and so it is with tcp, and with TLS that only the service can open."""
    (alone,) = problems({"canary": CANARY, "hosts": {}})
    assert alone.startswith("canary.weight leads nobody")
    assert problems({"canary": CANARY, "hosts": {}}, mesh="sidecar") == []
    (tcp,) = problems({"canary": CANARY, "protocol": "tcp"})
    assert tcp.startswith("canary.weight is for requests, and a service of protocol tcp has none")
    (passed,) = problems({"canary": CANARY, "hosts": {"shop": {"tls": "passthrough"}}})
    assert "tls: passthrough" in passed


def test_a_version_that_nobody_is_led_to_needs_no_plane() -> None:
    assert problems({"canary": {"image": IMAGE, "weight": 0, "verdict": "promote"}, "hosts": {}}) == []


@pytest.mark.parametrize("entry", ["gateway-api", "ingress-nginx", "kong", "direct", "none"])
def test_blue_and_green_need_no_plane(entry: str) -> None:
    assert problems({"blueGreen": {"image": IMAGE, "live": "green"}}, entry) == []
    assert problems({"blueGreen": {"image": IMAGE, "live": "green"}, "protocol": "tcp", "hosts": {}}, entry) == []


def test_every_plane_has_to_be_able() -> None:
    assert problems({"canary": CANARY}, "kong", "sidecar") == ["canary.weight is nothing that an Ingress of Kong's can say"]


def test_callers_inside_keep_no_cookies() -> None:
    (wrong,) = problems({"canary": {**CANARY, "sticky": True}, "hosts": {}}, mesh="ambient")
    assert wrong.startswith("canary.sticky is by a cookie")
    assert problems({"canary": {**CANARY, "sticky": True}}, mesh="ambient") == []


def test_ingress_nginx_knows_one_other_version() -> None:
    service = {"variants": {"b": {"weight": 10}, "c": {"weight": 10}}}
    assert [each.split()[0] for each in problems(service, "ingress-nginx")] == ["variants"]
    assert problems({"variants": {"b": {"weight": 10}, "c": {}}}, "ingress-nginx") == []


def test_names_of_versions_are_nobody_elses() -> None:
    def found(**services: Any) -> list[str]:
        return [key for key, _ in versions_have_names({"services": services})]

    assert found(shop={"canary": CANARY}, other={}) == []
    assert found(**{"shop": {"canary": CANARY}, "shop-canary": {}}) == ["services.shop.canary"]
    assert found(**{"shop": {"blueGreen": {"image": IMAGE}}, "shop-blue": {}}) == ["services.shop.blueGreen"]
    assert found(**{"a": {"variants": {"b-c": {}}}, "a-b": {"variants": {"c": {}}}}) == ["services.a-b.variants.c"]
    assert found(**{"s" * 56: {"canary": CANARY}}) == []
    assert found(**{"s" * 57: {"canary": CANARY}}) == [f"services.{'s' * 57}.canary"]


def test_a_stack_asks_its_own_planes() -> None:
    stack = public()
    stack["entry"] = {"kind": "ingress-nginx"}
    stack["services"]["hello"]["canary"] = {"image": IMAGE, "match": {"headers": {"x-group": "beta"}}}
    assert settings(stack).services["hello"].canary is not None


def test_no_variant_is_called_like_a_waypoint() -> None:
    with pytest.raises(ValueError, match="waypoint"):
        ServiceSettings.model_validate({"image": "acme/shop:1", "variants": {"waypoint": {"weight": 1}}})
