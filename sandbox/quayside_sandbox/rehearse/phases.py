"""The phases of a rehearsal, in their order, and which of them still make sense after another has failed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from .. import clusters
from ..rehearsal import Outcome, Rehearsal
from ..sandbox import Choices, Sandbox
from ..steps import Steps
from ..summary import costs
from . import holdings, own_checks
from .course import Course, Skip, complaints, take
from .disposable import disposable
from .holdings import Holdings
from .origin import NotStarted, Origin, StackIsNew, StandIns
from .report import Phase, Report, Verdict
from .substitutions import substitutions

SANDBOX, OLD, CHANGE, UP, SECOND, REFRESH = "fresh sandbox", "old state", "preview of the change", "up", "second preview", "refresh"
CHECKS, REFUSED, DESTROY, NOTHING = "own checks", "destroy is refused", "destroy", "nothing left"

REFUSAL = "because it is protected"
"""In the engine's words (pulumi/pkg resource/deploy/step.go, deleteProtectedError); its events say of each resource whether it is."""


def rehearse(
    report: Report,
    sandbox: Sandbox,
    project: Path,
    *,
    steps: Steps,
    choices: Choices | None = None,
    check: str | None = None,
    origin: Origin | None = None,
    variables: Mapping[str, str] | None = None,
    stop_at_failure: bool = False,
) -> None:
    """Takes `report.stack` of a project through its life in a sandbox, which is started where it does not run.

    The report is filled as it goes, so that it holds what there was when somebody interrupts. `variables` are added to the program's
    environment; `stop_at_failure` leaves everything as the first failed phase left it.
    """
    course = Course(report, steps, stop_at_failure=stop_at_failure)
    life = _Life(report, Rehearsal(sandbox, project, report.stack, variables=dict(variables or {})))
    try:
        _phases(course, life, choices, check, origin)
    except BaseException:
        if report.verdict is not Verdict.FAILED:  # between two phases: what was done so far says nothing of the rest
            report.phases.append(Phase("end", verdict=Verdict.FAILED, problems=["ended before all was done"]))
        raise
    finally:
        report.substitutions = substitutions(sandbox, report.resources)


def _phases(course: Course, life: _Life, choices: Choices | None, check: str | None, origin: Origin | None) -> None:
    report, steps = course.report, course.steps
    course.run(SANDBOX, partial(life.begin, choices, steps), speaks=True)
    before_up = SANDBOX
    if origin:
        report.origin = origin.title
        course.run(OLD, partial(life.old_state, origin, steps), needs=[SANDBOX], speaks=True)
        course.run(CHANGE, life.preview_of_the_change, needs=[OLD])
        before_up = SANDBOX if report.overall is Verdict.NEW else CHANGE
    if report.overall is Verdict.NOT_STARTED:
        for name in (UP, SECOND, REFRESH, CHECKS, REFUSED, DESTROY, NOTHING):
            course.skip(name, "the old state did not come up")
        return
    course.run(UP, life.up, needs=[before_up])
    course.run(SECOND, life.second_preview, needs=[UP])
    course.run(REFRESH, life.refresh, needs=[UP])
    course.run(CHECKS, partial(life.own_checks, check), needs=[UP])
    course.run(REFUSED, life.destroy_is_refused, needs=[UP])
    course.run(DESTROY, life.destroy, needs=[SANDBOX])
    course.run(NOTHING, life.nothing_left, needs=[SANDBOX])


class _Life:
    """What the phases do to one stack, and what they have to remember of each other."""

    def __init__(self, report: Report, rehearsal: Rehearsal) -> None:
        self.report, self.rehearsal, self.sandbox = report, rehearsal, rehearsal.sandbox
        self.before: Holdings = {}
        self.stand_ins: StandIns = {}
        self.elder: set[str] = set()
        """Clusters that were there before the stack."""
        self.kept: set[str] = set()
        """Objects that the program keeps when it is destroyed."""

    def begin(self, choices: Choices | None, steps: Steps, phase: Phase) -> None:
        self.sandbox.start(choices, steps)
        self.elder = {record["name"] for record in clusters.running(self.sandbox)}
        self.before = self._around()

    def old_state(self, origin: Origin, steps: Steps, phase: Phase) -> None:
        try:
            self.stand_ins = origin.bring_up(self.sandbox, self.rehearsal.project, self.report.stack, phase, steps)
        except StackIsNew as reason:
            self.report.overall = Verdict.NEW
            raise Skip(str(reason)) from reason
        except NotStarted as reason:
            self.report.overall = Verdict.NOT_STARTED
            phase.problems.append(str(reason))

    def preview_of_the_change(self, phase: Phase) -> None:
        from .change import judge

        resources: list[dict[str, Any]] = self.rehearsal.exported()["deployment"].get("resources") or []
        outcome = take(phase, self.rehearsal.preview())
        notes, problems = judge(outcome, resources, self.stand_ins)
        phase.notes += notes
        phase.problems += problems

    def up(self, phase: Phase) -> None:
        take(phase, self.rehearsal.up())
        resources = self.rehearsal.exported()["deployment"].get("resources") or []
        kinds = Counter(one["type"] for one in resources if one["type"] != "pulumi:pulumi:Stack")
        self.report.resources = dict(sorted(kinds.items()))
        self.report.estimate = costs.estimate(self.sandbox.folder, self.report.stack) or None

    def second_preview(self, phase: Phase) -> None:
        phase.problems += _unquiet(take(phase, self.rehearsal.preview()), "a second preview would")

    def refresh(self, phase: Phase) -> None:
        phase.problems += _unquiet(take(phase, self.rehearsal.refresh()), "refresh found drift right after 'up':")

    def own_checks(self, command: str | None, phase: Phase) -> None:
        if not command:
            raise Skip("no --check was given: what the cluster holds was not looked at")
        clusters.write_kubeconfig(self.sandbox)
        environment = self.sandbox.environment(KUBECONFIG=str(clusters.kubeconfig_file(self.sandbox)), **self.rehearsal.variables)
        outputs = self.rehearsal.outputs(show_secrets=True)
        problems, notes = own_checks.run(command, outputs, environment, self.rehearsal.project)
        phase.problems += problems
        phase.notes += notes

    def destroy_is_refused(self, phase: Phase) -> None:
        """Without the preview, which alone would stop it: nothing may be gone before the engine meets what is protected."""
        exported = self.rehearsal.exported()
        if reason := self._may_go(exported):
            raise Skip(reason)
        before = {**holdings.in_state(exported), **self._around()}
        outcome = self.rehearsal.destroy()
        phase.warnings = list(dict.fromkeys(text.strip() for text in outcome.warnings))
        if not outcome.code:
            phase.problems.append(
                "a plain 'pulumi destroy' was not refused: protect what the stack must not lose, or say 'disposable: true'"
            )
        elif REFUSAL not in outcome.errors + outcome.output:
            phase.problems += ["a plain 'pulumi destroy' failed, but not because something is protected:", *complaints(outcome)]
        phase.problems += [f"gone after a destroy that was to be refused: {lost}" for lost in holdings.beyond(before, self._everything())]

    def destroy(self, phase: Phase) -> None:
        if not self.rehearsal.has_resources():
            raise Skip("the state holds nothing")
        if disposable(self.rehearsal.project, self.report.stack) is not True:
            self.rehearsal.unprotect()
        self.kept = holdings.told_to_stay(self.rehearsal.exported())
        take(phase, self.rehearsal.destroy())

    def nothing_left(self, phase: Phase) -> None:
        # A cluster of the stack's own that is left says all: no list of what is in it.
        after = {key: title for key, title in self._everything().items() if key[0] != "cluster" or key[1] in self.elder}
        kept = holdings.kept(after, self.kept)
        left, lost = holdings.beyond(after, {**self.before, **kept}), holdings.beyond(self.before, after)
        self.report.left = left
        phase.problems += [f"left {one}" for one in left]
        phase.problems += [f"taken away, although it was there before the stack: {one}" for one in lost]
        phase.notes += [f"stays {one}" for one in holdings.staying(self.sandbox.store)]
        phase.notes += [f"stays {one} (the program keeps it: retainOnDelete)" for one in holdings.beyond(kept, self.before)]

    def _may_go(self, exported: dict[str, Any]) -> str | None:
        """Why a plain destroy need not be refused; None where it must be."""
        said = disposable(self.rehearsal.project, self.report.stack)
        if said:
            return "the stack is disposable"
        protected = any(one.get("protect") for one in exported["deployment"].get("resources") or [])
        return None if protected or said is False else "nothing in the stack is protected"

    def _everything(self) -> Holdings:
        return {**holdings.in_state(self.rehearsal.exported()), **self._around()}

    def _around(self) -> Holdings:
        """Clouds and clusters."""
        found = holdings.in_clouds(self.sandbox.store)
        for record in clusters.running(self.sandbox):
            api = clusters.api(record)
            try:
                found |= holdings.in_cluster(record["name"], api)
            finally:
                api.close()
        return found


def _unquiet(outcome: Outcome, what: str) -> list[str]:
    """One problem for each change that should not be, with the properties that differ; never their values."""
    found = [] if outcome.steps or outcome.code else ["the engine told of no resource, not even of the stack: nothing can be said"]
    for step in outcome.changes:
        where = ", ".join(sorted(step.detailed_diff))
        found.append(f"{what} {step.short}" + (f" ({where})" if where else ""))
    return found
