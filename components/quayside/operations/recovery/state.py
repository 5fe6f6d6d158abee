"""The edit of a stack's state: pure functions over the exported document."""

import copy
from collections.abc import Iterable, Mapping
from typing import Any

from quayside.operations.recovery.verdicts import Found, Verdict

ONLY_OURS = {"__fieldManager"}
"""What `edited` gives a resource of outputs; the rest is read from its provider."""


def edited(document: Mapping[str, Any], verdicts: Iterable[Verdict]) -> dict[str, Any]:
    """The document in which what was taken up is a resource with an id, and only what was left is pending (which `pulumi stack import` drops).

    `pulumi refresh --import-pending-creates` would be the engine's own way, but in 3.259 it only renames the operation to `importing`, which
    nothing reads (pkg/cmd/pulumi/operations/refresh.go, pendingCreatesToImports); and it asks.
    """
    result = copy.deepcopy(dict(document))
    deployment = result["deployment"]
    by_key = {(each.pending.doing, each.pending.urn): each for each in verdicts}
    resources: list[dict[str, Any]] = list(deployment.get("resources") or [])
    kept, taken = [], set()
    for operation in deployment.get("pending_operations") or []:
        verdict = by_key.get((operation["type"], operation["resource"]["urn"]))
        if verdict is None or verdict.what == "left":
            kept.append(operation)
        elif verdict.what == "taken up" and verdict.found and verdict.pending.urn not in taken:
            taken.add(verdict.pending.urn)
            resources = with_taken_up(resources, operation["resource"], verdict.found)
    deployment["pending_operations"] = kept
    deployment["resources"] = resources
    return result


def with_taken_up(resources: list[dict[str, Any]], made: Mapping[str, Any], found: Found) -> list[dict[str, Any]]:
    """The resources with one that a killed run has made.

    One with its URN and its id is it already. One that it was to replace is what a run that had ended would have left to delete, unless it is
    gone already; the new one stands before it, and so before all that depends on both. Any other one with its URN a later run has made:
    nothing is changed, for what is marked to be deleted is deleted though it be protected (pkg/resource/deploy/step.go, DeleteStep.Apply).
    """
    # no outputs: so its provider reads it as it would an import, and finds what only it knows
    entry = {**made, "id": found.import_id or found.id}
    entry.pop("outputs", None)
    if found.outputs:
        entry["outputs"] = dict(found.outputs)
    place = next((number for number, each in enumerate(resources) if each["urn"] == made["urn"] and not each.get("delete")), None)
    if place is None:
        return [*resources, entry]
    there = resources[place]
    if there.get("pendingReplacement"):
        return [*resources[:place], entry, *resources[place + 1 :]]
    if there.get("id") == found.id or not replaces(str(made.get("created") or ""), there):
        return resources
    return [*resources[:place], entry, {**there, "delete": True}, *resources[place + 1 :]]


def replaces(replaced: str, there: Mapping[str, Any]) -> bool:
    """Whether a creation is the replacement of this resource: until it has ended, the engine keeps the time of the old one's making in it.

    pkg/resource/deploy/step_generator.go, `createdAt = old.Created`. replaced: that time.
    """
    return bool(replaced) and replaced == there.get("created")


def unread(document: Mapping[str, Any]) -> list[str]:
    """URNs of resources that were taken up but not read since: their outputs are missing."""
    return [
        each["urn"]
        for each in document["deployment"].get("resources") or []
        if each.get("custom") and each.get("id") and each.get("inputs") and set(each.get("outputs") or {}) <= ONLY_OURS
    ]
