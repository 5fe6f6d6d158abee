"""What the keys of the entry mean for the kind that it is."""

from typing import Any

import pytest

from quayside.settings.entry_rules import KIND_RULES, one_load_balancer


def found(**entry: Any) -> list[str]:
    return [key for rule in KIND_RULES for key, _ in rule(entry)]


@pytest.mark.parametrize(
    ("kind", "kept"), [("ingress-nginx", True), ("kong", True), ("gateway-api", False), ("istio", False), ("direct", False)]
)
def test_a_limit_of_bodies_is_for_those_who_keep_one(kind: str, kept: bool) -> None:
    assert found(kind=kind, maxBody="1Gi", **({"service": "hello"} if kind == "direct" else {})) == ([] if kept else ["maxBody"])


@pytest.mark.parametrize(
    ("kind", "values", "key"),
    [
        ("ingress-nginx", {"controller": {"service": {"type": "LoadBalancer"}}}, "values.controller.service"),
        ("istio", {"service": {"type": "LoadBalancer"}}, "values.service"),
        ("kong", {"proxy": {"type": "LoadBalancer"}}, "values.proxy.type"),
    ],
)
def test_there_is_one_load_balancer(kind: str, values: dict[str, Any], key: str) -> None:
    assert [each for each, _ in one_load_balancer({"kind": kind, "values": values})] == [key]


def test_other_values_of_the_same_part_are_free() -> None:
    assert found(kind="kong", values={"proxy": {"http": {"servicePort": 81}}}) == []
