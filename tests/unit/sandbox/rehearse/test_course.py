"""Phase after phase: what a failure is held to be, what is skipped for it, and what an interrupt leaves in the report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from quayside_sandbox.rehearsal import Outcome, RehearsalFailed, Step
from quayside_sandbox.rehearse.course import Course, Skip, take
from quayside_sandbox.rehearse.report import Phase, Report, Verdict
from quayside_sandbox.steps import Steps

PASSED, FAILED, SKIPPED = Verdict.PASSED, Verdict.FAILED, Verdict.SKIPPED
NET = "urn:pulumi:dev::shop::digitalocean:index/vpc:Vpc::net"
STACK = "urn:pulumi:dev::shop::pulumi:pulumi:Stack::shop-dev"


def course(**options: Any) -> Course:
    return Course(Report("dev", ""), Steps(Console(file=StringIO())), **options)


def well(phase: Phase) -> None:
    pass


def raises(problem: BaseException) -> Callable[[Phase], None]:
    def body(phase: Phase) -> None:
        raise problem

    return body


def finds(phase: Phase) -> None:
    phase.problems.append("not empty")


def test_what_needs_a_failed_phase_is_skipped_and_the_rest_goes_on() -> None:
    one = course()
    assert one.run("up", raises(RehearsalFailed("no room"))) is FAILED
    assert one.run("refresh", well, needs=["up"]) is SKIPPED
    assert one.run("look", well, needs=["refresh"]) is SKIPPED
    assert one.run("destroy", well) is PASSED
    assert [(phase.name, phase.problems, phase.notes) for phase in one.report.phases] == [
        ("up", ["no room"], []),
        ("refresh", [], ["'up' failed"]),
        ("look", [], ["'refresh' was skipped"]),
        ("destroy", [], []),
    ]


def test_a_phase_fails_by_the_problems_it_notes_and_may_skip_itself() -> None:
    one = course()
    assert one.run("second preview", finds) is FAILED
    assert one.run("own checks", raises(Skip("none was given"))) is SKIPPED
    assert one.report.phases[1].notes == ["none was given"]


def test_one_that_is_kept_for_a_look_stops_at_the_first_failure() -> None:
    one = course(stop_at_failure=True)
    one.run("up", well)
    one.run("second preview", finds, needs=["up"])
    assert one.run("destroy", well) is SKIPPED
    assert one.report.phases[-1].notes == ["the sandbox is kept as 'second preview' left it"]


@pytest.mark.parametrize(("problem", "said"), [(KeyboardInterrupt(), "interrupted"), (KeyError("a mistake"), "KeyError: 'a mistake'")])
def test_an_interrupt_and_a_mistake_of_ours_go_on_but_stand_in_the_report(problem: BaseException, said: str) -> None:
    one = course()
    with pytest.raises(type(problem)):
        one.run("up", raises(problem))
    assert (one.report.verdict, one.report.phases[0].problems) == (FAILED, [said])


def outcome(code: int, *diagnostics: tuple[str, str, str]) -> Outcome:
    steps = [Step(op, "type", op, f"urn-{op}") for op in ("create", "replace", "create-replacement", "delete-replaced")]
    return Outcome("up", code, steps, [{"severity": a, "urn": b, "message": c} for a, b, c in diagnostics], "the last lines")


def test_an_engines_run_is_noted_with_its_errors_and_its_warnings_once_each() -> None:
    error, warning = ("error", NET, " 422 region is invalid \n"), ("warning", STACK, "retired\n")
    phase = Phase("up")
    take(phase, outcome(255, error, error, warning, warning, ("error", STACK, "update failed")))
    assert phase.problems == ["digitalocean:index/vpc:Vpc::net: 422 region is invalid"]
    assert phase.warnings == ["retired"]
    assert Counter(phase.changes) == {"create": 1, "replace": 1}


def test_an_engine_that_fails_without_a_word_is_quoted() -> None:
    phase = Phase("up")
    take(phase, outcome(1))
    assert phase.problems == ["'pulumi up' ended with 1: the last lines"]
