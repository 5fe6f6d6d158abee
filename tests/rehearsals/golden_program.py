"""Runs the recorded program (shared data, golden/) and compares what our kubernetes plugin did with what the official one did."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from quayside_sandbox.kube import Api
from quayside_sandbox.rehearsal import Outcome

PHASES = ("0-create", "1-update", "2-replace", "3-failures")
PLANNED = {"create", "update", "replace", "delete"}
# What differs from run to run: the stack's name, hex ends of made-up names, line breaks, the engine's own words around an error.
NOISE = (
    (r"<\{%[^%]*%\}>", ""),
    (r"urn:pulumi:[^:]+::[^:]+::", "urn:pulumi:stack::project::"),
    (r"-[0-9a-f]{8}\b", "-########"),
    (r"\s+", " "),
    (r"^(error: )?(Preview failed: )?(\d+ errors? occurred: \* )?", ""),
)


class Runner(Protocol):
    """A Rehearsal, as far as it is needed here."""

    variables: dict[str, str]

    def preview(self, *arguments: str) -> Outcome: ...

    def up(self, *arguments: str) -> Outcome: ...


@dataclass(frozen=True)
class Difference:
    """One thing that is not as it was recorded."""

    phase: str
    part: str  # preview, up, errors, warnings, after
    resource: str
    recorded: Any
    ours: Any

    def __str__(self) -> str:
        return f"{self.phase} {self.part} {self.resource}:\n    recorded {self.recorded}\n    ours     {self.ours}"


def run_phase(runner: Runner, number: int, api: Api) -> dict[str, Any]:
    """Previews, carries out and previews again one phase, in the recording's shape."""
    if number == 3:
        stranger = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "taken", "namespace": "golden"}, "data": {"k": "theirs"}}
        api.create(stranger, field_manager="kubectl-create")
    runner.variables["PHASE"] = str(number)
    # The recording stopped at the first error; ours comes to all resources, so that what it does is not chance.
    preview, up, after = runner.preview(), runner.up("--continue-on-error"), runner.preview()
    return {
        "previewExit": int(preview.code != 0),
        "preview": _planned(preview),
        "previewErrors": _messages(preview, "error"),
        "exit": int(up.code != 0),
        "up": _done(up),
        "errors": _messages(up, "error"),
        "warnings": _messages(up, "warning"),
        "previewAfter": _planned(after),
        "afterExit": int(after.code != 0),
    }


def recorded(folder: Path, phase: str) -> dict[str, Any]:
    """A recording, in the same shape."""
    document = json.loads((folder / f"{phase}.json").read_text())
    up = document["up"]

    def planned(steps: list[dict[str, Any]]) -> dict[str, Any]:
        return {
            step["resource"]: (step["op"], sorted(step.get("replaceReasons", ())), step.get("detailedDiff", {}))
            for step in steps
            if step["op"] in PLANNED and not step["resource"].startswith("pulumi:")
        }

    def messages(severity: str) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for one in up["diagnostics"]:
            if one["severity"] == severity and one["resource"]:
                found.setdefault(one["resource"], set()).add(_clean(one["message"]))
        return found

    return {
        "previewExit": document["previewExit"],
        "preview": planned(document["preview"]),
        "previewErrors": {_clean(text) for text in document["previewErrors"]} - {"preview failed"},
        "exit": up["exit"],
        "up": {
            (step["resource"], step["op"]): bool(step.get("failed")) for step in up["steps"] if not step["resource"].startswith("pulumi:")
        },
        "errors": messages("error"),
        "warnings": messages("warning"),
        "previewAfter": planned(document["previewAfter"]),
        "afterExit": 0,  # not recorded
    }


def left_over(theirs: dict[str, Any], ours: dict[str, Any]) -> set[str]:
    """What a failed update did not come to, in either run, and leaves to the next phase: that is chance."""
    return {resource for run in (theirs, ours) if run["exit"] for resource in run["previewAfter"]}


def compare(phase: str, theirs: dict[str, Any], ours: dict[str, Any], carried: Set[str] = frozenset()) -> list[Difference]:
    """Every difference, but for two sorts of chance and one of taste.

    A preview or update that fails ends before it comes to all resources; what the phase before left over is `carried`. And official
    warnings on the way to success are our passing status lines.
    """
    found = []

    def note(part: str, resource: str, one: Any, other: Any) -> None:
        if one != other:
            found.append(Difference(phase, part, resource, one, other))

    def by_chance(ended_early: str, part: str, key: Any) -> bool:
        return any(run[ended_early] and key not in run[part] for run in (theirs, ours))

    note("preview", "exit", theirs["previewExit"], ours["previewExit"])
    note("up", "exit", theirs["exit"], ours["exit"])
    for resource in sorted({**theirs["preview"], **ours["preview"]}.keys() - carried):
        if not by_chance("previewExit", "preview", resource):
            note("preview", resource, theirs["preview"].get(resource), ours["preview"].get(resource))
    for resource, op in sorted({**theirs["up"], **ours["up"]}):
        if resource not in carried and not by_chance("exit", "up", (resource, op)):
            note("up", f"{op} {resource}", _outcome(theirs["up"], resource, op), _outcome(ours["up"], resource, op))
    both_failed = theirs["previewAfter"].keys() & ours["previewAfter"].keys()
    for resource in sorted({**theirs["previewAfter"], **ours["previewAfter"]}.keys() - (left_over(theirs, ours) - both_failed)):
        if not by_chance("afterExit", "previewAfter", resource):
            note("after", resource, theirs["previewAfter"].get(resource), ours["previewAfter"].get(resource))
    said = set().union(*ours["previewErrors"].values())
    found += [Difference(phase, "preview errors", "", text, sorted(said)) for text in sorted(theirs["previewErrors"] - said)]
    for resource in sorted({**theirs["errors"], **ours["errors"]}.keys() - carried):
        one, other = (_parts(texts.get(resource, ())) for texts in (theirs["errors"], ours["errors"]))
        # What our error says beyond the recorded (why pods do not come up) is no difference; a new error is.
        note("errors", resource, sorted(one), sorted(one & other if one else other))
    for resource in sorted(set(ours["warnings"]) - set(theirs["warnings"])):
        note("warnings", resource, [], sorted(ours["warnings"][resource]))
    return found


def _parts(texts: Iterable[str]) -> set[str]:
    """The single errors of bundled ones."""
    return {part for text in texts for part in text.split(" * ")}


def _outcome(steps: dict[tuple[str, str], bool], resource: str, op: str) -> str:
    return "not done" if (resource, op) not in steps else "failed" if steps[(resource, op)] else "done"


def _planned(outcome: Outcome) -> dict[str, Any]:
    return {
        f"{step.type}::{step.name}": (step.op, sorted(step.replace_reasons), step.detailed_diff)
        for step in outcome.steps
        if step.op in PLANNED and not step.type.startswith("pulumi:")
    }


def _done(outcome: Outcome) -> dict[tuple[str, str], bool]:
    return {(f"{step.type}::{step.name}", step.op): step.failed for step in outcome.steps if not step.type.startswith("pulumi:")}


def _messages(outcome: Outcome, severity: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for one in outcome.diagnostics:
        if one["severity"] == severity and one["urn"] and "pulumi:pulumi:Stack" not in one["urn"]:
            _, _, kind, name = one["urn"].split("::")
            found.setdefault(f"{kind}::{name}", set()).add(_clean(one["message"]))
    return found


def _clean(text: str) -> str:
    for pattern, stand_in in NOISE:
        text = re.sub(pattern, stand_in, text)
        text = text.strip()
    return text
