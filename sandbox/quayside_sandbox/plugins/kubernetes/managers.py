"""Field managers: who wrote which field of an object (`metadata.managedFields`), as server-side apply keeps it."""

from __future__ import annotations

import copy
import json
from typing import Any

from ...kube.client import Object
from .annotations import PATCH_FIELD_MANAGER, annotation
from .checkpoint import FIELD_MANAGER
from .configuration import Configuration
from .handler import Properties
from .immutable import Path
from .naming import unique

# The manager of everything that is not applied on the server: client-side creates, patches and replacements of CRDs.
CLIENT_SIDE = "pulumi-kubernetes"

# Whose fields an update takes over, by the beginning of their names: `kubectl apply` in both modes, and our own client-side writes.
_TAKEN_OVER = (
    ("kubectl", "Apply"),
    ("kubectl", "Update"),
    ("before-first-apply", "Update"),
    (CLIENT_SIDE, "Update"),
    ("pulumi-resource-kubernetes", "Update"),
)


def field_manager(configuration: Configuration, inputs: Object, state: Properties) -> str:
    """The resource's own manager: from its annotation, its state, or a new one (pulumi-kubernetes issue 2218)."""
    if not configuration.enable_server_side_apply:
        return CLIENT_SIDE
    return annotation(inputs, PATCH_FIELD_MANAGER) or str(state.get(FIELD_MANAGER) or "") or unique(f"{CLIENT_SIDE}-")


def written_client_side(live: Object) -> bool:
    """Whether fields still belong to our client-side create: an update moves them first, a preview can only force its way."""
    names = (CLIENT_SIDE, "pulumi-resource-kubernetes", "pulumi-kubernetes.exe")
    return any(entry.get("operation") == "Update" and entry.get("manager") in names for entry in _entries(live))


def take_over(live: Object, manager: str) -> list[Object]:
    """The JSON patch that gives the manager all fields that client-side writes left behind; empty where there are none."""
    kept: list[Object] = []
    mine: Object | None = None
    taken: dict[str, Any] = {}
    found = False
    for entry in _entries(live):
        if entry.get("manager") == manager and entry.get("operation") == "Apply":
            mine = entry
        elif not entry.get("subresource") and any(
            str(entry.get("manager", "")).startswith(name) and entry.get("operation") == operation for name, operation in _TAKEN_OVER
        ):
            found, taken = True, _union(taken, entry.get("fieldsV1") or {})
        else:
            kept.append(entry)
    if not found:
        return []
    base = mine or {"manager": manager, "operation": "Apply", "apiVersion": live["apiVersion"], "fieldsType": "FieldsV1"}
    entry = {**base, "fieldsV1": _union(base.get("fieldsV1") or {}, taken)}
    return [
        {"op": "replace", "path": "/metadata/managedFields", "value": [*kept, entry]},
        {"op": "replace", "path": "/metadata/resourceVersion", "value": live["metadata"]["resourceVersion"]},
    ]


def leave_to_others(inputs: Object, live: Object, paths: list[Path], manager: str) -> Object:
    """The inputs without what `ignoreChanges` leaves to other managers.

    A field that only others own is dropped, so that applying neither conflicts nor shares it; one of ours keeps its live value, since
    leaving it out would unset it.
    """
    result = copy.deepcopy(inputs)
    ours = [entry.get("fieldsV1") or {} for entry in _entries(live) if entry.get("manager") == manager]
    theirs = [entry.get("fieldsV1") or {} for entry in _entries(live) if entry.get("manager") != manager]
    for pattern in paths:
        for path in _expand(result, pattern):
            owned = any(_owns(fields, live, path) for fields in ours)
            if not owned and any(_owns(fields, live, path) for fields in theirs):
                _remove(result, path)
            else:
                _copy(live, result, path)
    return result


def keep_live(inputs: Object, live: Object, paths: list[Path]) -> Object:
    """The inputs with the live values of what `ignoreChanges` names (client-side apply knows no owners)."""
    result = copy.deepcopy(inputs)
    for pattern in paths:
        for path in _expand(result, pattern):
            _copy(live, result, path)
    return result


def _entries(live: Object) -> list[Object]:
    return (live.get("metadata") or {}).get("managedFields") or []


def _union(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Field sets are trees of keys: their union is the merged tree."""
    return {key: _union(one.get(key) or {}, other.get(key) or {}) for key in {**one, **other}}


def _owns(fields: dict[str, Any], live: Any, path: Path) -> bool:
    for step in path:
        if isinstance(step, str):
            key: str | None = f"f:{step}"
            live = live.get(step) if isinstance(live, dict) else None
        else:
            live = live[step] if isinstance(live, list) and step < len(live) else None
            key = _item_key(fields, live)
        if key is None or key not in fields:
            return False
        if not fields[key]:  # owned as a whole, e.g. an atomic list
            return True
        fields = fields[key]
    return True


def _item_key(fields: dict[str, Any], item: Any) -> str | None:
    """The key under which a list's item stands in a field set: k:{its identifying fields} or v:its value."""
    for key in fields:
        if key.startswith("k:") and isinstance(item, dict):
            if all(item.get(name) == value for name, value in json.loads(key[2:]).items()):
                return key
        elif key.startswith("v:") and json.loads(key[2:]) == item:
            return key
    return None


def _expand(value: Any, pattern: Path, done: Path | None = None) -> list[Path]:
    """The paths that a pattern with `*` stands for."""
    done = done or []
    if not pattern:
        return [done]
    step, rest = pattern[0], pattern[1:]
    if step == "*":
        steps: list[Any] = list(value) if isinstance(value, dict) else list(range(len(value))) if isinstance(value, list) else []
        return [path for each in steps for path in _expand(value[each], rest, [*done, each])]
    inner = value.get(step) if isinstance(value, dict) else None
    if isinstance(value, list) and isinstance(step, int) and step < len(value):
        inner = value[step]
    return _expand(inner, rest, [*done, step])


def _parent(value: Any, path: Path) -> Any:
    for step in path[:-1]:
        if isinstance(value, dict) and isinstance(step, str):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return value


def _remove(value: Object, path: Path) -> None:
    parent, last = _parent(value, path), path[-1]
    if isinstance(parent, dict):
        parent.pop(last, None)
    elif isinstance(parent, list) and isinstance(last, int) and last < len(parent):
        del parent[last]


def _copy(live: Object, value: Object, path: Path) -> None:
    source, target, last = _parent(live, path), _parent(value, path), path[-1]
    if _has(source, last) and (_has(target, last) or isinstance(target, dict)):
        target[last] = copy.deepcopy(source[last])


def _has(container: Any, step: str | int) -> bool:
    if isinstance(step, int):
        return isinstance(container, list) and step < len(container)
    return isinstance(container, dict) and step in container
