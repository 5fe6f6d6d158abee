"""Conditions in the status of cert-manager's objects."""

from __future__ import annotations

import datetime
from typing import Any

from ....kube.client import Object
from .issuing import stamp


def condition(thing: Object, kind: str) -> Object:
    """The one of this type; empty where there is none."""
    return next((each for each in (thing.get("status") or {}).get("conditions") or [] if each["type"] == kind), {})


def conditions(thing: Object, **wanted: tuple[bool, str, str] | None) -> list[Object]:
    """The object's conditions with these set (state, reason, message) or, where None is given, taken away."""
    kept = [each for each in (thing.get("status") or {}).get("conditions") or [] if each["type"] not in wanted]
    return kept + [_new(thing, kind, *given) for kind, given in wanted.items() if given]


def _new(thing: Object, kind: str, state: bool, reason: str, message: str) -> dict[str, Any]:
    before = condition(thing, kind)
    status = "True" if state else "False"
    since = before.get("lastTransitionTime") if before.get("status") == status else None
    return {
        "type": kind,
        "status": status,
        "reason": reason,
        "message": message,
        "lastTransitionTime": since or stamp(datetime.datetime.now(datetime.UTC)),
        "observedGeneration": thing["metadata"].get("generation", 1),
    }
