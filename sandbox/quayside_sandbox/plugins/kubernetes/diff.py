"""What an update would change: the live object, cut to the shape of the last inputs, compared with the new inputs."""

from __future__ import annotations

import re
from typing import Any

from ...kube.client import Object
from ..values import UNKNOWN
from .handler import Change
from .immutable import Path, replaces


def prune(live: Any, shape: Any) -> Any:
    """The live value without what the inputs do not speak of: defaults, status, fields of controllers."""
    if isinstance(live, dict) and isinstance(shape, dict):
        return {key: prune(value, shape[key]) for key, value in live.items() if key in shape}
    if isinstance(live, list) and isinstance(shape, list):
        return [prune(value, wanted) for value, wanted in zip(live, shape, strict=False)]
    return live


def changes(old: Object, new: Object, immutable: list[str], applied: Object) -> dict[str, Change]:
    """The changed paths from the pruned live object to the new inputs.

    `applied` are the last inputs: an empty value that was sent and that the server left out (`hostNetwork: false`) is no change.
    """
    found: dict[str, Change] = {}

    def add(path: Path, kind: Change, value: Any) -> None:
        found[spell(path)] = kind.replacing() if replaces(path, value, immutable) else kind

    def walk(path: Path, before: Any, after: Any, sent: Any) -> None:
        if isinstance(before, dict) and isinstance(after, dict):
            for key in {**before, **after}:
                step([*path, key], before, after, key, sent.get(key, _ABSENT) if isinstance(sent, dict) else _ABSENT)
        elif isinstance(before, list) and isinstance(after, list):
            befores, afters = dict(enumerate(before)), dict(enumerate(after))
            for index in {**befores, **afters}:
                known = isinstance(sent, list) and index < len(sent)
                step([*path, index], befores, afters, index, sent[index] if known else _ABSENT)
        elif not _same(before, after):
            add(path, Change.UPDATE, after)

    def step(path: Path, before: dict[Any, Any], after: dict[Any, Any], key: Any, sent: Any) -> None:
        if key not in after:
            add(path, Change.DELETE, None)
        elif key not in before:
            if not (_empty(after[key]) and _same(after[key], sent)):
                add(path, Change.ADD, after[key])
        else:
            walk(path, before[key], after[key], sent)

    walk([], old, new, applied)
    return found


def spell(path: Path) -> str:
    """A path as Pulumi writes it: spec.ports[0].port, metadata.annotations["pulumi.com/skipAwait"]."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif any(sign in step for sign in '."[]'):
            text += '["' + step.replace('"', '\\"') + '"]'
        else:
            text += f".{step}" if text else step
    return text


_STEP = re.compile(r'\["((?:[^"\\]|\\.)*)"\]|\[(\*|\d+)\]|\.?([^.\[]+)')


def parse(text: str) -> Path:
    """The reverse of spell; `*` stands for any key or item (ignoreChanges)."""
    path: Path = []
    for quoted, index, key in _STEP.findall(text):
        path.append(index if index == "*" else int(index) if index else key or quoted.replace('\\"', '"'))
    return path


def contains(outer: Path, inner: Path) -> bool:
    """Whether the inner path lies at or below the outer one."""
    return len(outer) <= len(inner) and all(wanted in ("*", step) for wanted, step in zip(outer, inner, strict=False))


_ABSENT = object()


def _empty(value: Any) -> bool:
    return value is False or value == "" or value == 0 or value == [] or value == {}


def _same(before: Any, after: Any) -> bool:
    if after is UNKNOWN or before is UNKNOWN:
        return False
    if isinstance(before, bool) != isinstance(after, bool):
        return False
    return bool(before == after)
