"""What a rule of readiness is: the table in rules.py has one for each kind that is waited for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from .progress import Object
from .watch import Selection


@dataclass(frozen=True)
class Others:
    """The related objects of one selection, by name, and when the last event about them came (None: not listed yet)."""

    objects: Mapping[str, Object] = field(default_factory=dict)
    changed: float | None = None


@dataclass(frozen=True)
class View:
    """All that a rule may look at. Times are seconds of one clock."""

    live: Object
    others: Mapping[Selection, Others] = field(default_factory=dict)
    started: float = 0.0
    now: float = 0.0
    # The last look: nothing is left to settle.
    final: bool = False


@dataclass(frozen=True)
class Verdict:
    """What a rule says of a view."""

    ready: bool = False
    # The object will never be ready: the wait ends here.
    failed: bool = False
    status: str = ""
    # What is wrong, as the error lists it when time is up.
    reasons: list[str] = field(default_factory=list)
    # Something to tell even when the object is ready.
    warning: str = ""
    # When to look again although nothing happened.
    again: float | None = None


READY = Verdict(ready=True)


class Rule(Protocol):
    """When an object of some kind is ready."""

    # Seconds, where neither customTimeouts nor the annotation says another.
    timeout: float

    def selections(self, live: Object) -> list[Selection]:
        """Which other objects the rule needs to see."""

    def judge(self, view: View) -> Verdict: ...


class AloneRule:
    """A rule that looks at nothing but the object itself."""

    timeout = 600.0

    def selections(self, live: Object) -> list[Selection]:
        return []


def condition(live: Object, kind: str) -> Object:
    """The condition of that type, or an empty one."""
    for entry in dig(live, "status", "conditions") or []:
        if entry.get("type") == kind:
            return dict(entry)
    return {}


def dig(live: Any, *path: str) -> Any:
    """The value at the path, None where there is none."""
    for key in path:
        live = live.get(key) if isinstance(live, dict) else None
    return live


def number(live: Object, *path: str) -> int:
    """A count at the path; absent means none."""
    return int(dig(live, *path) or 0)


def observed(live: Object) -> bool:
    """Whether the kind's controller has seen the newest specification: until then the status speaks of an older one."""
    return number(live, "status", "observedGeneration") >= number(live, "metadata", "generation")


def bracketed(entry: Object) -> str:
    """A condition as '[Reason] message'."""
    return f"[{entry.get('reason') or entry.get('type')}] {entry.get('message') or ''}".strip()
