"""The summary's costs: what the program says in its output."""

import json
from pathlib import Path
from typing import Any

import pytest

from quayside_sandbox.folder import Folder
from quayside_sandbox.summary import costs

from .rendered import rendered, rows

ESTIMATE: dict[str, Any] = {
    "monthly": 96,
    "atMost": 192.5,
    "currency": "USD",
    "pricesOf": "2026-11-20",
    "complete": True,
    "lines": [
        {"what": "nodes of pool main: s-4vcpu-8gb", "quantity": 2, "unitPrice": 48, "monthly": 96, "atMost": 192.5},
        {"what": "load balancer's nodes", "quantity": 1, "note": "not in the price table"},
    ],
}


def state(folder: Folder, stack: str, outputs: dict[str, Any]) -> None:
    """As the engine's file backend keeps it."""
    file = folder.state / ".pulumi" / "stacks" / "quayside" / f"{stack}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    resources = [{"type": "pulumi:pulumi:Stack", "urn": "urn", "outputs": outputs}, {"type": "other", "outputs": {"estimate": "no"}}]
    file.write_text(json.dumps({"version": 3, "checkpoint": {"latest": {"resources": resources}}}))


def test_it_is_read_from_the_stacks_state(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    assert costs.estimate(folder, "dev") == {}
    state(folder, "dev", {"estimate": ESTIMATE})
    state(folder, "prod", {"clusterName": "quayside-prod"})
    assert costs.estimate(folder, "dev") == ESTIMATE
    assert costs.estimate(folder, "prod") == {}


def test_a_state_without_resources_has_none(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    state(folder, "dev", {})
    (folder.state / ".pulumi" / "stacks" / "quayside" / "dev.json").write_text('{"checkpoint": {"latest": null}}')
    assert costs.estimate(folder, "dev") == {}


def test_lines_and_sum() -> None:
    table = costs.table(ESTIMATE)
    assert rows(table) == [
        ["nodes of pool main: s-4vcpu-8gb", "2", "$48", "$96 to $192.50"],
        ["load balancer's nodes [dim](not in the price table)[/dim]", "1", "?", "?"],
    ]
    text = rendered(table)
    assert text.count("$96 to $192.50") == 2, "the line and the sum"
    assert "prices of 2026-11-20" in text
    assert "it costs more" not in text


def test_an_incomplete_sum_says_so() -> None:
    assert "not every price is known: it costs more" in rendered(costs.table({**ESTIMATE, "complete": False}))


@pytest.mark.parametrize(("currency", "written"), [("USD", "$12"), ("EUR", "12 EUR")])
def test_money(currency: str, written: str) -> None:
    assert costs.money(12, currency) == written


def test_one_figure_where_nothing_scales() -> None:
    assert costs.span({"monthly": 24, "atMost": 24}, "USD") == "$24"


def test_a_stack_that_says_nothing_has_no_table() -> None:
    assert costs.table({}) is None
