"""What each phase takes for a failure, and how the phases hang together."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from quayside_sandbox.rehearsal import Outcome
from quayside_sandbox.rehearse import phases
from quayside_sandbox.rehearse.origin import NotStarted, StackIsNew
from quayside_sandbox.rehearse.report import Report, Verdict

from .world import URN, World

PHASES = ["fresh sandbox", "up", "second preview", "refresh", "own checks", "destroy is refused", "destroy", "nothing left"]
LOCKED = "'quayside:disposable': false"
DISPOSABLE = "'quayside:disposable': true"


def verdicts(report: Report) -> dict[str, str]:
    return {phase.name: phase.verdict for phase in report.phases}


def problems(report: Report) -> dict[str, list[str]]:
    return {phase.name: phase.problems for phase in report.phases if phase.problems}


class Old:
    """An origin that ends as it is told."""

    title = "ref v1"

    def __init__(self, ends: Exception | None = None) -> None:
        self.ends = ends

    def bring_up(self, *_: Any) -> None:
        if self.ends:
            raise self.ends


def test_all_is_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report = World(tmp_path, protect=True).rehearse(monkeypatch, settings=LOCKED)
    assert verdicts(report) == {**dict.fromkeys(PHASES, "passed"), "own checks": "skipped"}  # no command was given
    assert (report.verdict, report.resources, report.left) == ("passed", {"digitalocean:index/vpc:Vpc": 1}, [])


def test_an_up_that_fails_is_destroyed_and_looked_after_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report = World(tmp_path, up="422 region is invalid").rehearse(monkeypatch)
    assert problems(report) == {"up": ["digitalocean:index/vpc:Vpc::net: 422 region is invalid"]}
    run = {"fresh sandbox": "passed", "up": "failed", "nothing left": "passed"}  # there was nothing to destroy
    assert verdicts(report) == {**dict.fromkeys(PHASES, "skipped"), **run}


def test_a_second_preview_that_is_not_empty_names_the_property(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(tmp_path)
    world.restless = True
    report = world.rehearse(monkeypatch)
    assert problems(report) == {"second preview": ["a second preview would update digitalocean:index/vpc:Vpc::net (description)"]}
    assert report.exit_status == 1


def test_a_stack_that_is_not_disposable_must_refuse_its_destroy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report = World(tmp_path, protect=False).rehearse(monkeypatch, settings=LOCKED)
    (not_refused, *gone) = problems(report)["destroy is refused"]
    assert "was not refused" in not_refused
    assert gone == [
        "gone after a destroy that was to be refused: at digitalocean: vpcs net",
        "gone after a destroy that was to be refused: in the state: digitalocean:index/vpc:Vpc::net",
    ]


def test_a_destroy_that_fails_for_another_reason_was_not_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report = World(tmp_path, protect=True, refused="the API server is away").rehearse(monkeypatch, settings=LOCKED)
    assert "not because something is protected" in problems(report)["destroy is refused"][0]


def test_that_the_engine_calls_resources_protected_is_no_refusal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(tmp_path, protect=True)
    event = '{"resourcePreEvent":{"metadata":{"old":{"protect":true}}}}'
    world.destroy = lambda: Outcome("destroy", 255, [], [], event)  # type: ignore[method-assign]
    assert "not because something is protected" in problems(world.rehearse(monkeypatch, settings=LOCKED))["destroy is refused"][0]


def test_an_engine_that_tells_nothing_is_not_taken_for_a_quiet_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(tmp_path)
    world.told = []
    assert list(problems(world.rehearse(monkeypatch))) == ["second preview", "refresh"]


def test_what_ends_between_two_phases_has_not_passed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reports: list[Report] = []

    class Interrupted(phases.Course):
        def run(self, name: str, *words: Any, **more: Any) -> Verdict:
            reports.append(self.report)
            if name == "refresh":
                raise KeyboardInterrupt
            return super().run(name, *words, **more)

    monkeypatch.setattr(phases, "Course", Interrupted)
    with pytest.raises(KeyboardInterrupt):
        World(tmp_path).rehearse(monkeypatch)
    assert verdicts(reports[0])["second preview"] == "passed"
    assert reports[0].verdict == "failed"


@pytest.mark.parametrize(
    ("protect", "settings", "verdict"),
    [(True, "", "passed"), (False, "", "skipped"), (False, DISPOSABLE, "skipped")],
    ids=["protected, nothing said", "not protected, nothing said", "disposable"],
)
def test_without_a_setting_the_state_decides(
    protect: bool, settings: str, verdict: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = World(tmp_path, protect).rehearse(monkeypatch, settings=settings)
    assert (verdicts(report)["destroy is refused"], report.verdict) == (verdict, "passed")


def test_a_disposable_stack_must_go_without_being_unprotected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report = World(tmp_path, protect=True).rehearse(monkeypatch, settings=DISPOSABLE)
    assert "protected" in problems(report)["destroy"][0]


def test_what_is_left_and_what_was_taken_away_fail_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(tmp_path)
    world.forgetful = True
    report = world.rehearse(monkeypatch)
    assert (report.left, problems(report)) == (["at digitalocean: vpcs net"], {"nothing left": ["left at digitalocean: vpcs net"]})

    thief = World(tmp_path / "other")
    thief.destroy = lambda destroy=thief.destroy: thief.store.delete("digitalocean", "vpcs", "default") or destroy()  # type: ignore[method-assign]
    assert problems(thief.rehearse(monkeypatch))["nothing left"] == [
        "taken away, although it was there before the stack: at digitalocean: vpcs default"
    ]


def test_from_an_old_state_the_change_is_previewed_before_it_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report = World(tmp_path).rehearse(monkeypatch, Old())
    assert list(verdicts(report))[:4] == ["fresh sandbox", "old state", "preview of the change", "up"]
    assert (report.origin, report.verdict) == ("ref v1", "passed")


def test_a_change_that_is_refused_is_not_made_but_the_old_is_destroyed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(tmp_path, preview=f'unable to replace resource "{URN}"')
    world.up()
    report = world.rehearse(monkeypatch, Old())
    assert (verdicts(report)["preview of the change"], verdicts(report)["up"], verdicts(report)["destroy"]) == (
        "failed",
        "skipped",
        "passed",
    )


def test_a_new_stack_goes_on_from_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report = World(tmp_path).rehearse(monkeypatch, Old(StackIsNew("v1 has no Pulumi.dev.yaml")))
    assert (report.verdict, report.exit_status, verdicts(report)["up"]) == (Verdict.NEW, 0, "passed")


def test_an_old_state_that_does_not_come_up_says_nothing_of_the_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report = World(tmp_path).rehearse(monkeypatch, Old(NotStarted("pip cannot install v1")))
    assert (report.verdict, report.exit_status) == (Verdict.NOT_STARTED, 1)
    assert problems(report) == {"old state": ["pip cannot install v1"]}
    assert {verdict for name, verdict in verdicts(report).items() if name not in ("fresh sandbox", "old state")} == {"skipped"}
