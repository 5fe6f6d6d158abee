"""A strategic merge, as parametersRef's ConfigMap of a Gateway asks for it (k8s.io/apimachinery pkg/util/strategicpatch)."""

from __future__ import annotations

from typing import Any

# Lists whose items are merged by a key; every other list is replaced. By the field's name: those of pods, Services, HPAs and PDBs.
KEYS = {
    "containers": ("name",),
    "initContainers": ("name",),
    "env": ("name",),
    "volumes": ("name",),
    "imagePullSecrets": ("name",),
    "volumeMounts": ("mountPath",),
    "ports": ("containerPort", "port"),
    "topologySpreadConstraints": ("topologyKey",),
    "hostAliases": ("ip",),
}
DIRECTIVE = "$patch"


def merged(old: Any, new: Any, field: str = "") -> Any:
    """The first changed by the second; null takes away, and so does the directive `$patch: delete`."""
    if isinstance(old, dict) and isinstance(new, dict):
        if new.get(DIRECTIVE) == "replace":
            return {key: value for key, value in new.items() if key != DIRECTIVE}
        both = {**old, **{key: merged(old.get(key), value, key) for key, value in new.items()}}
        return {key: value for key, value in both.items() if value is not None}
    if isinstance(old, list) and isinstance(new, list) and (key := _key(field, new)):
        return _by_key(old, new, key)
    return new


def _key(field: str, items: list[Any]) -> str | None:
    return next((key for key in KEYS.get(field, ()) if all(isinstance(each, dict) and key in each for each in items)), None)


def _by_key(old: list[Any], new: list[Any], key: str) -> list[Any]:
    """Items that are new come first, as strategicpatch puts them."""
    changes = {each[key]: each for each in new}
    known = {each.get(key) for each in old}
    kept = [merged(each, changes[each.get(key)]) if each.get(key) in changes else each for each in old]
    gone = {name for name, each in changes.items() if each.get(DIRECTIVE) == "delete"}
    return [each for each in new if each[key] not in known | gone] + [each for each in kept if each.get(key) not in gone]
