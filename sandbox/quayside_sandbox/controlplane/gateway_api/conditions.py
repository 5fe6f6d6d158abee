"""Conditions with the times that they began."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from ...kube.client import Object

State = tuple[bool, str, str]
"""Whether it is true, reason, message."""


def told(before: Sequence[Object], generation: int, wanted: Mapping[str, State]) -> list[Object]:
    """The conditions that were there before with these in them; one whose state stays keeps the time since when."""
    found = [each for each in before if each["type"] not in wanted]
    known = {each["type"]: each for each in before}
    for kind, (state, reason, message) in wanted.items():
        old, status = known.get(kind, {}), "True" if state else "False"
        since = old.get("lastTransitionTime") if old.get("status") == status else None
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        about = {"status": status, "reason": reason, "message": message, "observedGeneration": generation}
        found.append({"type": kind, **about, "lastTransitionTime": since or now})
    return sorted(found, key=lambda each: str(each["type"]))


def holds(thing: Object, kind: str) -> bool:
    """Whether an object's status says so."""
    return any(each["type"] == kind and each["status"] == "True" for each in (thing.get("status") or {}).get("conditions") or [])
