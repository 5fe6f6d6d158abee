"""The edit of a stack's state: pure functions over the exported document."""

import copy
from collections.abc import Iterable, Mapping
from typing import Any

from quayside.operations.recovery.verdicts import Found, Verdict

ONLY_OURS = {"__fieldManager"}
"""What `edited` gives a resource of outputs; the rest is read from its provider."""


def edited(document: Mapping[str, Any], verdicts: Iterable[Verdict]) -> dict[str, Any]:
    """The document in which what was taken up is a resource with an id, and only what was left is pending.

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

    One with its URN and its id is it already. Another one with its URN was being replaced: it is what a run that had ended would have left
    to delete, unless it is gone already.
    """
    result = []
    for each in resources:
        if each["urn"] != made["urn"] or each.get("delete"):
            result.append(each)
        elif each.get("id") == found.id:
            return resources
        elif not each.get("pendingReplacement"):
            result.append({**each, "delete": True})
    # no outputs: so its provider reads it as it would an import, and finds what only it knows
    entry = {**made, "id": found.import_id or found.id}
    entry.pop("outputs", None)
    return [*result, {**entry, **({"outputs": dict(found.outputs)} if found.outputs else {})}]


def unread(document: Mapping[str, Any]) -> list[str]:
    """URNs of resources that were taken up but not read since: their outputs are missing."""
    return [
        each["urn"]
        for each in document["deployment"].get("resources") or []
        if each.get("custom") and each.get("id") and each.get("inputs") and set(each.get("outputs") or {}) <= ONLY_OURS
    ]
