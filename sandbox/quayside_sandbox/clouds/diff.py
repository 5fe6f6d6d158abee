"""What an update would change, by the Terraform bridge's rules: the wanted inputs against the state that was last seen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from ..plugins.values import UNKNOWN, Secret, plain
from . import paths
from .check import DEFAULTS
from .paths import Path
from .resource import Resource
from .store import Record

ADD, DELETE, UPDATE = 0, 2, 4  # the engine's PropertyDiff.Kind; + 1 where it replaces


@dataclass(frozen=True)
class Differences:
    """Written path → kind; the paths that need a new object; whether the old one has to go first."""

    kinds: dict[str, int] = field(default_factory=dict)
    replaces: list[str] = field(default_factory=list)
    delete_before_replace: bool = False


def diff(resource: Resource, state: Record, inputs: Record, ignored: Iterable[str]) -> Differences:
    """`state` are the last outputs, `inputs` the checked inputs, secrets and unknowns and all."""
    table = resource.table
    state, given = plain(state), plain(inputs)
    ignored = list(ignored)
    kinds, replaces = {}, []
    for path, old, new in _changes(resource, state, given):
        if paths.covered(path, ignored) or resource.unchanged(path, old, new, state, given):
            continue
        kind = DELETE if new is None else ADD if old is None or old in ("", [], {}) else UPDATE
        prefixes = {paths.plain(path[:end]) for end in range(1, len(path) + 1)}
        if prefixes & table.immutable or resource.replaces(path, old, new, state):
            kind += 1
            replaces.append(paths.written(path))
        kinds[paths.written(path)] = kind
    # The bridge deletes first where the same given name would be taken twice (tfbridge, nameRequiresDeleteBeforeReplace).
    same_name = table.autoname and "name" not in given.get(DEFAULTS, []) and given.get("name") == state.get("name")
    return Differences(kinds, replaces, bool(replaces) and same_name)


def _changes(resource: Resource, state: Record, inputs: Record) -> Iterator[tuple[Path, Any, Any]]:
    types = resource.cloud.sdk.resource(resource.table.token)
    for name in types.inputs:
        old, new = state.get(name), inputs.get(name)
        if new is None:
            # What the server fills in where nothing is given stays; what only a user sets is taken away again.
            kept = name in types.outputs and types.outputs[name].required
            if not kept and not _empty(old):
                yield (name,), old, None
        else:
            yield from _below(resource, (name,), old, new)


def _below(resource: Resource, path: Path, old: Any, new: Any) -> Iterator[tuple[Path, Any, Any]]:
    if new is UNKNOWN:
        yield path, old, new
    elif isinstance(new, dict) and isinstance(old, dict):
        computed = resource.table.computed
        for key in sorted({*old, *new} - {DEFAULTS}):
            if key in new:
                yield from _below(resource, (*path, key), old.get(key), new[key])
            elif paths.plain((*path, key)) not in computed and not _empty(old[key]):
                yield (*path, key), old[key], None
    elif isinstance(new, list) and isinstance(old, list):
        if paths.plain(path) in resource.table.unordered:
            old = _aligned(resource, path, old, new)
        for index in range(max(len(old), len(new))):
            if index >= len(new):
                yield (*path, index), old[index], None
            else:
                yield from _below(resource, (*path, index), old[index] if index < len(old) else None, new[index])
    elif not _same(old, new):
        yield path, old, new


def _same(old: Any, new: Any) -> bool:
    """Scalars are equal as text, as Terraform's flat state has it; nothing and the empty value are the same."""
    if _empty(old) and _empty(new):
        return True
    if isinstance(old, dict | list) or isinstance(new, dict | list):
        return bool(old == new)
    return _text(old) == _text(new)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _empty(value: Any) -> bool:
    return value is None or (not isinstance(value, Secret) and value in ("", 0, False, [], {}) and value is not UNKNOWN)


def _aligned(resource: Resource, path: Path, old: list[Any], new: list[Any]) -> list[Any]:
    """The old elements of an unordered list, each at the place of the new one that equals it; what is left fills the gaps."""
    rest = list(old)
    found: list[Any] = []
    for index, item in enumerate(new):
        equal = next((place for place, other in enumerate(rest) if not any(_below(resource, (*path, index), other, item))), None)
        found.append(None if equal is None else rest.pop(equal))
    return [item if item is not None or not rest else rest.pop(0) for item in found] + rest
