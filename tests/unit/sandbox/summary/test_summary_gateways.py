"""The summary's gateways: what listens, and whether it is well."""

from typing import Any

import pytest

from quayside_sandbox.summary import gateways

from .rendered import rendered, rows


def condition(kind: str, status: str = "True", message: str = "") -> dict[str, Any]:
    return {"type": kind, "status": status, "message": message}


def gateway(*conditions: dict[str, Any], listener: dict[str, Any] | None = None) -> dict[str, Any]:
    listeners = [{"name": "http", "attachedRoutes": 2, "conditions": [listener] if listener else []}]
    return {
        "kind": "Gateway",
        "metadata": {"namespace": "gateway-api", "name": "gateway"},
        "spec": {"gatewayClassName": "istio", "listeners": [{"name": "http"}, {"name": "https"}]},
        "status": {"conditions": list(conditions), "listeners": listeners},
    }


def listener_set() -> dict[str, Any]:
    spec = {"parentRef": {"name": "gateway"}, "listeners": [{"name": "web"}]}
    return {"kind": "ListenerSet", "metadata": {"namespace": "shop", "name": "web"}, "spec": spec}


def test_gateways_and_what_is_added_to_them() -> None:
    table = gateways.table([gateway(condition("Programmed"))], [listener_set()])
    assert rows(table) == [
        ["gateway-api/gateway [dim](istio)[/dim]", "http, https", "2", "[green]ready[/green]"],
        ["shop/web [dim](adds to gateway)[/dim]", "web", "0", "[red]not ready[/red]: no controller has looked at it yet"],
    ]
    assert "gateway-api/gateway" in rendered(table)


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (gateway(condition("Programmed", "False", "no instances found")), "no instances found"),
        (gateway(condition("Programmed"), listener=condition("ResolvedRefs", "False", "secret not found")), "http: secret not found"),
        (gateway(condition("Programmed"), listener=condition("Conflicted", "False")), ""),
    ],
)
def test_the_first_thing_that_is_not_well(found: dict[str, Any], said: str) -> None:
    assert gateways.state(found) == (f"[red]not ready[/red]: {said}" if said else "[green]ready[/green]")


def test_without_gateways_there_is_no_table() -> None:
    assert gateways.table([], []) is None
