"""What a preview would do to what is there, said in the order in which it could hurt: replaced and deleted resources first.

Judged by the old state and not by the new program: a resource that was protected stays worth protecting where the same change takes its
protection away, which the engine lets through (pulumi/pkg resource/deploy/step_generator.go, 'we don't look at old.Protect here').
"""

from __future__ import annotations

import re
from typing import Any

from ..rehearsal import Outcome, Step
from .origin import StandIns

# How the engine says that it will not touch a protected resource; the preview may then end before its step is shown
# (pulumi/pkg resource/deploy/step.go deleteProtectedError; step_generator.go, 'unable to replace resource').
_REFUSALS = re.compile(r'(?P<what>unable to replace) resource "(?P<replaced>[^"]+)"|resource "(?P<deleted>[^"]+)" cannot be deleted')
_DONE = {"replace": "replaced", "delete": "deleted"}


def judge(preview: Outcome, resources: list[dict[str, Any]], stand_ins: StandIns | None = None) -> tuple[list[str], list[str]]:
    """(notes, problems) of a preview against the old state's resources: each replacement and deletion, and those that must not be.

    What is replaced for the sake of `stand_ins` alone is no finding, and told last.
    """
    old = {resource["urn"]: resource for resource in resources if not resource.get("delete")}
    protected = {urn for urn, resource in old.items() if resource.get("protect")}
    done = {step.urn: step for step in preview.changes if step.op in _DONE}
    refused = _refused(preview)
    ordered = sorted(done.values(), key=lambda step: (step.urn not in protected, step.op != "replace"))
    alarms = {step.urn for step in ordered if not _only_for(step, (stand_ins or {}).get(step.urn, frozenset()))}
    notes = [_told(step, old.get(step.urn, {})) for step in ordered if step.urn in alarms]
    notes += [f"{_told(step, {})}; only there as its old value is a stand-in" for step in ordered if step.urn not in alarms]
    problems = [_must_not_be(step.op, step.urn, _why(step)) for step in ordered if step.urn in protected & alarms]
    problems += [_must_not_be(op, urn, "") for urn, op in refused.items() if urn not in done]
    return notes, problems


def _refused(preview: Outcome) -> dict[str, str]:
    """The resources that the engine itself would not replace or delete: urn → operation."""
    found = {}
    for match in _REFUSALS.finditer(preview.errors):
        found[match["replaced"] or match["deleted"]] = "replace" if match["what"] else "delete"
    return found


def _told(step: Step, before: dict[str, Any]) -> str:
    protection = " (protected)" if before.get("protect") else ""
    kept = "; it is let go of and stays there (retainOnDelete)" if before.get("retainOnDelete") else ""
    return f"{_DONE[step.op]}: {step.type}::{step.name}{protection}{_why(step)}{kept}"


def _only_for(step: Step, properties: frozenset[str]) -> bool:
    """Whether nothing but these properties makes it be replaced."""
    reasons = _reasons(step)
    return step.op == "replace" and bool(reasons) and all(re.split(r"[.\[]", reason)[0] in properties for reason in reasons)


def _reasons(step: Step) -> list[str]:
    """The properties that a replacement is made for, as far as the engine tells."""
    return list(step.replace_reasons) or sorted(path for path, kind in step.detailed_diff.items() if str(kind).endswith("-replace"))


def _why(step: Step) -> str:
    reasons = _reasons(step)
    return f", because of {', '.join(reasons)}" if step.op == "replace" and reasons else ""


def _must_not_be(op: str, urn: str, why: str) -> str:
    """Not what to type to have it done all the same: only its owner can say that it may be lost."""
    kind, name = urn.split("::")[2].rpartition("$")[2], urn.split("::", 3)[3]
    way = (
        "leave what it is made of as it was, or make the new one beside it and move over"
        if op == "replace"
        else "keep it in the program and the settings, or give it an alias where it was renamed"
    )
    return f"{kind}::{name} is protected and would be {_DONE[op]}{why}: {way}; if it may be lost, take its protection away in a change before this"
