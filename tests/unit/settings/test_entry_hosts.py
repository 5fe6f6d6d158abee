"""Hosts that Istio's own API cannot serve side by side."""

from typing import Any

import pytest

from quayside.settings.entry_hosts import RULES


def found(hosts: dict[str, dict[str, Any]], **more: Any) -> list[str]:
    spec = {
        "domain": "example.com",
        "entry": {"kind": "istio"},
        "services": {service: {"hosts": each} for service, each in hosts.items()},
        **more,
    }
    return [key for rule in RULES for key, _ in rule(spec)]


def paths(*each: str) -> dict[str, Any]:
    return {"paths": {path: {} for path in each}}


SHARED = {"a": {"shop": paths("/")}, "b": {"shop.example.com": paths("/api")}}


def test_two_services_cannot_have_certificates_for_one_host() -> None:
    assert found(SHARED) == ["services.b.hosts.shop.example.com"]


@pytest.mark.parametrize(
    "more", [{"certificates": {"wildcard": True}}, {"certificates": {"enabled": False}}, {"entry": {"kind": "ingress-nginx"}}]
)
def test_they_can_where_the_entry_has_it_or_nobody(more: dict[str, Any]) -> None:
    assert found(SHARED, **more) == []


def test_paths_within_each_other_would_be_asked_by_age() -> None:
    wildcard = {"certificates": {"wildcard": True}}
    assert found({"a": {"shop": paths("/api")}, "b": {"shop": paths("/api/v2")}}, **wildcard) == ["services.b.hosts.shop.paths./api/v2"]
    assert found({"a": {"shop": paths("/api/v2")}, "b": {"shop": paths("/api")}}, **wildcard) == ["services.b.hosts.shop.paths./api"]
    assert found({"a": {"shop": paths("/api")}, "b": {"shop": paths("/apix")}}, **wildcard) == []
    assert found({"a": {"shop": paths("/api", "/api/v2")}}, **wildcard) == []


def test_a_listener_set_has_room_for_64_hosts() -> None:
    gateway = {"entry": {"kind": "gateway-api"}}
    many: dict[str, Any] = {"a": {f"h{number}": {} for number in range(65)}}
    assert found(many, **gateway) == ["services.a.hosts"]
    assert found({"a": {f"h{number}": {} for number in range(64)}}, **gateway) == []
    assert found(many, **gateway, certificates={"wildcard": True}) == []
