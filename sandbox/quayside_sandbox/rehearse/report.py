"""What a rehearsal came to, phase by phase: plain data that the terminal shows and one JSON file holds."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any


class Verdict(StrEnum):
    """How a phase, or the whole rehearsal, ended."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"  # an earlier phase made it pointless, or there was nothing for it to do; its notes say which
    NEW = "new"  # of the whole: the old ref has no such stack, so nothing can be compared
    NOT_STARTED = "not started"  # of the whole: the old ref did not come up, which says nothing of the new


@dataclass
class Phase:
    """One step of a rehearsal: 'up', 'second preview', 'refresh' …"""

    name: str
    seconds: float = 0.0
    verdict: Verdict = Verdict.PASSED
    problems: list[str] = field(default_factory=list)
    """Why it failed, each in words that can be acted on."""
    changes: dict[str, int] = field(default_factory=dict)
    """Operation → how many resources (create, update, replace, delete, same)."""
    warnings: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What a reader should see although it is no problem, the most important first: replaced and deleted resources of a move."""


@dataclass
class Report:
    """The whole rehearsal of one stack."""

    stack: str
    started: str
    """When, ISO 8601 with UTC."""
    origin: str | None = None
    """What it started from: 'ref v1.2 (commit …)', 'state prod.json'; None for nothing."""
    phases: list[Phase] = field(default_factory=list)
    resources: dict[str, int] = field(default_factory=dict)
    """Type token → how many, when all was up."""
    estimate: dict[str, Any] | None = None
    """The stack's output `estimate`, its price lines."""
    substitutions: list[dict[str, str]] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    """What was still in the state, in a cluster or at a cloud at the end."""
    overall: Verdict | None = None
    """Set where the phases do not say it: NEW, NOT_STARTED."""

    @property
    def verdict(self) -> Verdict:
        """Of the whole. What was skipped is held against nobody: where a failure made it pointless, that failure counts."""
        if self.overall is Verdict.NOT_STARTED:
            return self.overall
        verdicts = {phase.verdict for phase in self.phases}
        if Verdict.FAILED in verdicts or Verdict.PASSED not in verdicts or self.left:
            return Verdict.FAILED
        return self.overall or Verdict.PASSED

    @property
    def exit_status(self) -> int:
        """0 where a pipeline may go on: 'new' is no fault of the change."""
        return 0 if self.verdict in (Verdict.PASSED, Verdict.NEW) else 1

    def as_json(self) -> dict[str, Any]:
        """The report's file; `version` grows where a field changes its meaning."""
        return {"version": 1, "verdict": self.verdict, **{key: value for key, value in asdict(self).items() if key != "overall"}}
