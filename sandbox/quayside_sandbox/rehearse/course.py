"""One phase after the other: each timed, judged, shown and noted in the report, whatever becomes of it."""

from __future__ import annotations

import contextlib
import re
import subprocess
import time
from collections.abc import Callable, Sequence

import httpx

from ..clouds.store import Missing
from ..engine import EngineRefused
from ..kube import ApiError
from ..rehearsal import PARTS, Outcome, RehearsalFailed
from ..sandbox import SandboxFailed
from ..shims import NotInstalled
from ..stack_files import InvalidStackFile
from ..steps import Steps
from ..tools import ToolFailed
from .holdings import short
from .report import Phase, Report, Verdict

# What a phase may meet that is a finding of the rehearsal, and no fault of ours.
EXPECTED = (
    RehearsalFailed,
    EngineRefused,
    InvalidStackFile,
    SandboxFailed,
    ToolFailed,
    NotInstalled,
    ApiError,
    Missing,
    httpx.TransportError,
    subprocess.TimeoutExpired,
    OSError,
)
# The engine's closing words, after it has said what failed (pulumi/pkg resource/deploy: 'update failed').
_CLOSING = re.compile(r"(update|preview|refresh|destroy) failed")


class PhaseFailed(Exception):
    """The phase has noted its problems."""


class Skip(Exception):
    """There is nothing to do for this phase; the message says why."""


class Course:
    """The phases of one rehearsal. With `stop_at_failure` the sandbox is left as the first failed phase left it."""

    def __init__(self, report: Report, steps: Steps, *, stop_at_failure: bool = False) -> None:
        self.report, self.steps, self.stop_at_failure = report, steps, stop_at_failure

    def run(self, name: str, body: Callable[[Phase], None], *, needs: Sequence[str] = (), speaks: bool = False) -> Verdict:
        """Runs a phase where those it needs have passed. `speaks`: it shows steps of its own."""
        if reason := self._hindrance(needs):
            return self.skip(name, reason)
        phase = Phase(name)
        self.report.phases.append(phase)
        began = time.monotonic()
        try:
            with contextlib.nullcontext() if speaks else self.steps.step(name):
                self._run(phase, body)
        except PhaseFailed:
            phase.verdict = Verdict.FAILED
        except BaseException as problem:  # whoever interrupted, or a mistake of ours: the report holds it, and it goes on its way
            phase.verdict = Verdict.FAILED
            phase.problems.append("interrupted" if isinstance(problem, KeyboardInterrupt) else f"{type(problem).__name__}: {problem}")
            raise
        finally:
            phase.seconds = round(time.monotonic() - began, 2)
        if phase.verdict is Verdict.SKIPPED:
            self.steps.note(f"{name}: skipped, {phase.notes[-1]}")
        return phase.verdict

    def skip(self, name: str, reason: str) -> Verdict:
        """Notes a phase that is not run."""
        self.report.phases.append(Phase(name, verdict=Verdict.SKIPPED, notes=[reason]))
        self.steps.note(f"{name}: skipped, {reason}")
        return Verdict.SKIPPED

    def _run(self, phase: Phase, body: Callable[[Phase], None]) -> None:
        try:
            body(phase)
        except Skip as reason:
            phase.verdict, phase.notes = Verdict.SKIPPED, [*phase.notes, str(reason)]
        except EXPECTED as problem:
            phase.problems.append(str(problem))
        if phase.problems:
            raise PhaseFailed(phase.name)

    def _hindrance(self, needs: Sequence[str]) -> str | None:
        verdicts = {phase.name: phase.verdict for phase in self.report.phases}
        failed = next((name for name, verdict in verdicts.items() if verdict is Verdict.FAILED), None)
        if self.stop_at_failure and failed:
            return f"the sandbox is kept as '{failed}' left it"
        missing = next((name for name in needs if verdicts.get(name) is not Verdict.PASSED), None)
        if missing is None:
            return None
        return f"'{missing}' {'failed' if verdicts.get(missing) is Verdict.FAILED else 'was skipped'}"


def take(phase: Phase, outcome: Outcome) -> Outcome:
    """Notes what a run of the engine did and warned of; where it failed, its own words are the problems."""
    phase.changes = {op: count for op, count in sorted(outcome.counts.items()) if op not in PARTS}
    phase.warnings = list(dict.fromkeys([*phase.warnings, *(text.strip() for text in outcome.warnings)]))
    if outcome.code:
        phase.problems += complaints(outcome)
    return outcome


def complaints(outcome: Outcome) -> list[str]:
    """The engine's errors, each once and with its resource; its last lines where it named none."""
    errors = [(one["message"].strip(), one["urn"]) for one in outcome.diagnostics if one["severity"] == "error"]
    named = dict.fromkeys(f"{_whose(urn)}{text}" for text, urn in errors if text and not _CLOSING.fullmatch(text))
    return list(named) or [f"'pulumi {outcome.command}' ended with {outcome.code}: {outcome.output.strip()[-2000:]}"]


def _whose(urn: str) -> str:
    return "" if not urn or "pulumi:pulumi:Stack::" in urn else f"{short(urn)}: "
