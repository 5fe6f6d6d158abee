"""When the engine is killed: counted, matched, once, and the same for a seed."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from quayside_sandbox.folder import Folder
from quayside_sandbox.plugins import kill

VPC = "urn:pulumi:dev::shop::a:b:C$digitalocean:index/vpc:Vpc::net"
SERVICE = "urn:pulumi:dev::shop::kubernetes:core/v1:Service::web"


class Died(BaseException):
    """In place of the plugin's end."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    def die() -> None:
        raise Died

    monkeypatch.setenv("QUAYSIDE_SANDBOX", str(tmp_path))
    monkeypatch.setattr(kill, "end_group", die)
    monkeypatch.setattr(os, "kill", lambda pid, number: killed.append((pid, number)))
    killed.clear()
    return Folder(tmp_path)


killed: list[tuple[int, int]] = []


def call(operation: str, urn: str, preview: bool = False) -> list[str]:
    """What a call did, and whether it was its last."""
    done: list[str] = []
    try:
        with kill.moment(operation, urn, preview):
            done.append("worked")
    except Died:
        done.append("died")
    return done


def test_it_strikes_once_at_the_call_that_was_named(folder: Folder) -> None:
    kill.set(folder, kill.Moment(call=2))
    assert kill.planned(folder) == kill.Moment(call=2)
    assert [call("create", VPC), call("delete", SERVICE), call("create", VPC)] == [["worked"], ["worked", "died"], ["worked"]]
    assert kill.planned(folder) is None
    assert killed == [(os.getppid(), signal.SIGKILL)]
    assert kill.struck(folder) == {"operation": "delete", "urn": SERVICE, "when": "after"}


def test_before_means_that_nothing_was_done(folder: Folder) -> None:
    kill.set(folder, kill.Moment(when="before"))
    assert call("create", VPC) == ["died"]


def test_only_what_matches_counts_and_no_preview_does(folder: Folder) -> None:
    kill.set(folder, kill.Moment(operation="create", type="kubernetes:*"))
    assert call("create", VPC) == ["worked"]
    assert call("update", SERVICE) == ["worked"]
    assert call("create", SERVICE, preview=True) == ["worked"]
    assert kill.waiting(folder)
    assert call("create", SERVICE) == ["worked", "died"]
    assert not kill.waiting(folder)


def test_a_seed_always_means_the_same_moment() -> None:
    moments = [kill.seeded(seed, 30) for seed in range(40)]
    assert moments == [kill.seeded(seed, 30) for seed in range(40)]
    assert len(set(moments)) > 25
    assert {moment.when for moment in moments} == {"before", "after"}


def test_what_makes_no_sense_is_refused(folder: Folder) -> None:
    with pytest.raises(ValueError, match="before, during, after"):
        kill.set(folder, kill.Moment(when="later"))


def test_an_engine_that_has_ended_by_itself_has_no_one_killed_in_its_place(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    parents = iter([4711, 1])
    monkeypatch.setattr(os, "getppid", lambda: next(parents))
    kill.set(folder, kill.Moment())
    assert call("create", VPC) == ["worked", "died"]
    assert killed == []
