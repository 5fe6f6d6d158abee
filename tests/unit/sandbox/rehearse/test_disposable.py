"""Whether a stack may be lost by a plain destroy, read from its settings as they stand in the files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from quayside_sandbox.rehearse.disposable import decide, disposable

ROOT = Path(__file__).resolve().parents[4]


@pytest.mark.parametrize(("stack", "said"), [("dev", True), ("test", True), ("staging", False), ("prod", False)])
def test_the_committed_stacks(stack: str, said: bool) -> None:
    assert disposable(ROOT, stack) is said


@pytest.mark.parametrize(
    ("config", "defaults", "known", "said"),
    [
        ({"quayside:disposable": True}, None, True, True),
        ({"quayside:disposable": "true"}, None, True, True),  # as `pulumi config set` writes it
        ({"quayside:disposable": False}, {"value": {"disposable": True}}, True, False),
        ({"quayside:disposable": None}, {"value": {"disposable": True}}, True, False),  # null removes
        ({}, {"value": {"disposable": True}}, True, True),
        ({}, {"disposable": True}, True, True),
        ({}, {"value": {"cluster": {}}}, True, False),
        ({}, None, True, False),
        ({"other:disposable": True}, None, False, None),  # nobody promised anything
    ],
)
def test_the_stacks_own_word_then_the_defaults_then_the_schema(
    config: dict[str, Any], defaults: Any, known: bool, said: bool | None
) -> None:
    assert decide(config, defaults, known) is said


def test_a_project_without_the_setting_or_without_a_readable_file_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: other\nruntime: python\n")
    assert disposable(tmp_path, "dev") is None
    (tmp_path / "Pulumi.dev.yaml").write_text("config: [")
    assert disposable(tmp_path, "dev") is None
    (tmp_path / "Pulumi.dev.yaml").write_text(f"config: {'[' * 5000}")
    assert disposable(tmp_path, "dev") is None
    (tmp_path / "schema.json").write_text(json.dumps({"properties": {"config": {"properties": {"quayside:disposable": {}}}}}))
    (tmp_path / "Pulumi.dev.yaml").write_text("# yaml-language-server: $schema=schema.json\nconfig: {}\n")
    assert disposable(tmp_path, "dev") is False
