"""What becomes of objects on their way: JSON merge patches, and the spelling of Go's types."""

from __future__ import annotations

from ....kube.client import Object
from ....kube.quantity import canonical


def merge_patch(before: Object, after: Object) -> Object:
    """What leads from one to the other."""
    change: Object = {key: None for key in before if key not in after}
    for key, value in after.items():
        if isinstance(value, dict) and isinstance(before.get(key), dict):
            if inner := merge_patch(before[key], value):
                change[key] = inner
        elif before.get(key) != value:
            change[key] = value
    return change


def respell(pod: Object) -> None:
    """The spec of a pod as a program writes it back that has read it into Go's types: quantities in their one spelling, and resources of
    every container, if only empty ones."""
    for each in [*(pod.get("containers") or []), *(pod.get("initContainers") or [])]:
        resources = each.setdefault("resources", {})
        for part in ("requests", "limits"):
            if part in resources:
                resources[part] = {name: canonical(amount) for name, amount in resources[part].items()}
    for empty in (volume["emptyDir"] for volume in pod.get("volumes") or [] if (volume.get("emptyDir") or {}).get("sizeLimit")):
        empty["sizeLimit"] = canonical(empty["sizeLimit"])
