"""`quayside recover`: what it prints, asks and hands to pulumi."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from quayside.operations.command import main
from unit.operations.recovery.states import VPC, document, resource

PULUMI = """#!/bin/sh
echo "$@" >> {log}
case "$1 $2" in
  "stack export") [ -f {later} ] && [ -f {asked} ] && cat {later} && exit; case "$*" in *secrets*) touch {asked};; esac; cat {state};;
  "stack import") [ ! -f {locked} ] || {{ echo 'error: the stack is currently locked by 1 lock(s)' >&2; exit 255; }}; cat > {imported};;
esac
"""


class Stack:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        names = ("log", "later", "asked", "state", "locked", "imported")
        (folder / "pulumi").write_text(PULUMI.format(**{name: folder / name for name in names}))
        (folder / "pulumi").chmod(0o755)

    def holds(self, state: dict[str, Any], name: str = "state") -> None:
        (self.folder / name).write_text(json.dumps(state))

    @property
    def commands(self) -> list[str]:
        return [line for line in (self.folder / "log").read_text().splitlines() if not line.startswith("stack export")]


PROJECT = "digitalocean:index/projectResources:ProjectResources"


@pytest.fixture
def stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stack:
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    made = Stack(tmp_path)
    update = resource(VPC, id="v-1")
    made.holds(document(update, pending=[("updating", update), ("creating", resource(PROJECT))]))
    return made


def test_it_says_what_becomes_of_each_and_does_it(stack: Stack, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["recover", "dev", "--yes"]) == 0
    said = capsys.readouterr().out
    assert "stack dev: 2 operations begun and not ended" in said
    assert f"looked at again {VPC}  it" in said
    assert f"cleared         {PROJECT}  it" in said
    urn = resource(VPC)["urn"]
    assert stack.commands == [
        "stack import -s dev --non-interactive",
        f"refresh --yes --skip-preview -s dev --target {urn} --non-interactive",
    ]
    assert json.loads((stack.folder / "imported").read_text())["deployment"]["pending_operations"] == []


def test_it_changes_nothing_unasked(stack: Stack, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["recover", "dev"]) == 1
    assert "nothing was changed" in capsys.readouterr().err
    assert stack.commands == []


def test_a_lock_is_a_living_run_until_somebody_says_otherwise(stack: Stack, capsys: pytest.CaptureFixture[str]) -> None:
    (stack.folder / "locked").touch()
    assert main(["recover", "dev", "--yes"]) == 1
    assert "say --cancel" in capsys.readouterr().err
    assert len(stack.commands) == 1
    (stack.folder / "locked").unlink()
    assert main(["recover", "dev", "--yes", "--cancel"]) == 0
    assert stack.commands[1] == "cancel --yes -s dev --non-interactive"


def test_a_state_that_changes_meanwhile_is_left_alone(stack: Stack, capsys: pytest.CaptureFixture[str]) -> None:
    stack.holds(document(), "later")
    assert main(["recover", "dev", "--yes"]) == 1
    assert "a run is alive" in capsys.readouterr().err
    assert stack.commands == []


def test_where_nothing_was_begun_nothing_is_done(stack: Stack, capsys: pytest.CaptureFixture[str]) -> None:
    stack.holds(document(resource(VPC, id="v-1")))
    assert main(["recover", "dev"]) == 0
    assert capsys.readouterr().out == "stack dev: no operations begun and not ended\n"
    assert stack.commands == []


def test_what_was_taken_up_and_never_read_is_read(stack: Stack, capsys: pytest.CaptureFixture[str]) -> None:
    """A refresh that failed, repeated."""
    half = {**resource(VPC, region="sgp1"), "id": "v-1"}
    stack.holds(document(half))
    assert main(["recover", "dev", "--yes"]) == 0
    assert "not read since: digitalocean:index/vpc:Vpc it" in capsys.readouterr().out
    assert stack.commands[-1].startswith("refresh ")


def test_what_is_left_is_not_forgotten_unasked(stack: Stack, capsys: pytest.CaptureFixture[str]) -> None:
    """The engine's import drops each operation that was begun."""
    stack.holds(document(pending=[("creating", resource("random:index/randomId:RandomId"))]))
    assert main(["recover", "dev", "--yes"]) == 1
    assert "say --forget-left" in capsys.readouterr().err
    assert stack.commands == []
    assert main(["recover", "dev", "--yes", "--forget-left"]) == 1
    assert stack.commands == ["stack import -s dev --non-interactive"]


def test_a_stack_without_a_state_is_no_trouble(stack: Stack, capsys: pytest.CaptureFixture[str]) -> None:
    stack.holds({"version": 3, "deployment": None})
    assert main(["recover", "dev"]) == 1
    assert "has no state yet" in capsys.readouterr().err
