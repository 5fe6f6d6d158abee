"""`quayside-sandbox load …`."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from quayside_sandbox.folder import FOLDER_VARIABLE
from quayside_sandbox.load_command import app


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))


def load(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def test_a_load_is_set_shown_and_taken_back() -> None:
    assert load("set", "shop/web-*", "--cpu", "90").exit_code == 0
    assert load("list").output == "shop/web-*  cpu 90%  memory 50%\n"
    assert load("clear").exit_code == 0
    assert load("list").output == ""


def test_a_mistake_is_explained() -> None:
    answer = load("set", "web-*")
    assert answer.exit_code == 2
    assert "needs a namespace" in answer.output
