"""The `pulumi.com/*` annotations that steer single objects, and how to read and write annotations of half-known objects."""

from __future__ import annotations

from ...kube.client import Object
from ..values import UNKNOWN

AUTONAMED = "pulumi.com/autonamed"
SKIP_AWAIT = "pulumi.com/skipAwait"
PATCH_FORCE = "pulumi.com/patchForce"
PATCH_FIELD_MANAGER = "pulumi.com/patchFieldManager"
REPLACE_UNREADY = "pulumi.com/replaceUnready"
DELETION_PROPAGATION = "pulumi.com/deletionPropagationPolicy"
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
HELM_HOOK = "helm.sh/hook"


def annotations_of(thing: Object) -> dict[str, object]:
    """The annotations that are known; empty where there are none."""
    metadata = thing.get("metadata")
    found = metadata.get("annotations") if isinstance(metadata, dict) else None
    return found if isinstance(found, dict) else {}


def annotation(thing: Object, key: str) -> str:
    value = annotations_of(thing).get(key)
    return value if isinstance(value, str) else ""


def is_true(thing: Object, key: str) -> bool:
    return annotation(thing, key) == "true"


def annotate(thing: Object, key: str, value: str) -> None:
    """Sets an annotation; leaves metadata alone of which nothing is known yet."""
    metadata = thing.setdefault("metadata", {})
    if metadata is UNKNOWN or metadata.get("annotations") is UNKNOWN:
        return
    metadata["annotations"] = {**(metadata.get("annotations") or {}), key: value}


def deletion_propagation(inputs: Object) -> str:
    """Foreground: the object stays until what it owns is gone, so that a finished delete is a true one."""
    return {"orphan": "Orphan", "background": "Background"}.get(annotation(inputs, DELETION_PROPAGATION).lower(), "Foreground")
