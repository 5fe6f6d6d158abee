"""Inputs held against the SDK's types and a resource's table: what is wrong with them, all at once, and the defaults that are missing."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..plugins.values import UNKNOWN, Secret
from .paths import Path, plain, written
from .resource import Resource
from .sdk import Properties, Sdk, Type
from .store import Record

DEFAULTS = "__defaults"  # where the Terraform bridge notes which inputs it filled in itself


@dataclass(frozen=True)
class Naming:
    """How the engine wants a missing name made: autonaming settings of the project, and the seed that keeps preview and up alike."""

    resource: str
    seed: bytes = b""
    proposed: str = ""
    disabled: bool = False

    def name(self) -> str:
        return self.proposed or f"{self.resource}-{hashlib.sha256(self.seed + self.resource.encode()).hexdigest()[:7]}"


def check(resource: Resource, news: Record, olds: Record, naming: Naming) -> tuple[Record, list[str]]:
    """The inputs with defaults filled in, and every reason why they cannot be. Secrets and unknowns stay what they are."""
    table, sdk = resource.table, resource.cloud.sdk
    types = sdk.resource(table.token).inputs
    inputs: Record = _without_defaults(news)
    reasons = list(_mistyped(sdk, types, inputs, ()))
    failures: list[tuple[Path, str]] = [*reasons]
    filled = _fill(resource, inputs, olds, naming, failures)
    failures += [((name,), _missing(name)) for name in sorted(table.required - inputs.keys())]
    for path, value in leaves(inputs):
        rule = table.rules.get(plain(path))
        reason = rule(_snake(str(path[-1])), value) if rule and not isinstance(value, dict | list) else None
        if reason:
            failures.append((path, reason))
    for group in table.conflicts:
        given = sorted(group & inputs.keys())
        for name in given[1:]:
            failures.append(((name,), f'Conflicting configuration arguments. "{_snake(given[0])}": conflicts with {_snake(name)}'))
    if not reasons:
        failures += [((text,), reason) for text, reason in resource.problems(_open(inputs))]
    for prefix, names in filled.items():
        _at(inputs, prefix)[DEFAULTS] = sorted(names)
    return inputs, [f"{reason}. Examine values at '{naming.resource}.{written(path)}'." for path, reason in failures]


def check_settings(sdk: Sdk, news: Record) -> list[tuple[str, str]]:
    """(name, reason) of each setting of the provider that cannot be."""
    given = {key: value for key, value in news.items() if key not in ("version", "pluginDownloadURL", "__internal")}
    return [(written(path), reason) for path, reason in _mistyped(sdk, sdk.provider(), given, ()) if "Missing required" not in reason]


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every known value of a tree with its place, secrets opened; containers come before what is in them."""
    value = value.value if isinstance(value, Secret) else value
    if value is UNKNOWN or value is None:
        return
    if path:
        yield path, value
    items: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        if key != DEFAULTS:
            yield from leaves(item, (*path, key))


def _mistyped(sdk: Sdk, types: Properties, given: Record, path: Path) -> Iterator[tuple[Path, str]]:
    for name in given.keys() - types.keys():
        yield (*path, name), "Invalid or unknown key"
    for name, property in types.items():
        if given.get(name) is None:
            if property.required:
                yield (*path, name), _missing(name)
        else:
            yield from _mistyped_value(sdk, property.type, given[name], (*path, name))


def _mistyped_value(sdk: Sdk, type: Type, value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    value = value.value if isinstance(value, Secret) else value
    if value is UNKNOWN or value is None or type.kind == "any":
        return
    if type.kind == "object":
        if isinstance(value, dict):
            yield from _mistyped(sdk, sdk.nested(type.name), value, path)
            return
    elif type.kind in ("list", "map"):
        items = enumerate(value) if isinstance(value, list) else value.items() if isinstance(value, dict) else None
        if items is not None and isinstance(value, list) == (type.kind == "list"):
            for key, item in items:
                yield from _mistyped_value(sdk, type.element or Type("any"), item, (*path, key))
            return
    elif _fits(type.kind, value):
        return
    yield path, f"expected {type.kind} type, got {_kind(value)} type"


def _fits(kind: str, value: Any) -> bool:
    """Scalars are converted into each other, as the Terraform bridge does ("80" is a port, 80 is a label's value)."""
    if isinstance(value, dict | list):
        return False
    if kind == "string":
        return True
    if kind == "boolean":
        return isinstance(value, bool) or value in ("true", "false")
    if isinstance(value, bool):
        return False
    return bool(re.fullmatch(r"-?\d+" if kind == "integer" else r"-?\d+(\.\d+)?([eE][+-]?\d+)?", str(value)))


def _kind(value: Any) -> str:
    if isinstance(value, dict | list):
        return "object" if isinstance(value, dict) else "array"
    return "boolean" if isinstance(value, bool) else "number" if isinstance(value, int | float) else "string"


def _missing(name: str) -> str:
    return f'Missing required argument. The argument "{_snake(name)}" is required, but no definition was found.'


def _fill(resource: Resource, inputs: Record, olds: Record, naming: Naming, failures: list[tuple[Path, str]]) -> dict[Path, list[str]]:
    """Fills defaults in; returns which, for each object that can have some: its place → names."""
    table = resource.table
    filled: dict[Path, list[str]] = {(): []} if table.autoname or table.defaults else {}
    for text, value in table.defaults.items():
        *prefix, name = text.split(".")
        holder = _at(inputs, tuple(prefix))
        if isinstance(holder, dict):
            filled.setdefault(tuple(prefix), [])
            if holder.get(name) is None:
                holder[name] = value
                filled[tuple(prefix)].append(name)
    if table.autoname and inputs.get("name") is None:
        kept = olds.get("name") if "name" in olds.get(DEFAULTS, []) else None
        if kept is None and naming.disabled:
            failures.append((("name",), "automatic naming is disabled, but no explicit name was given"))
        else:
            inputs["name"] = kept or naming.name()
            filled[()].append("name")
    return filled


def _at(tree: Any, path: Path) -> Any:
    for part in path:
        tree = tree.get(part) if isinstance(tree, dict) else None
        tree = tree.value if isinstance(tree, Secret) else tree
    return tree


def _without_defaults(value: Any) -> Any:
    """A copy without the bridge's notes and without nulls, which mean nothing to it."""
    if isinstance(value, dict):
        return {key: _without_defaults(item) for key, item in value.items() if key != DEFAULTS and item is not None}
    if isinstance(value, list):
        return [_without_defaults(item) for item in value]
    return Secret(_without_defaults(value.value)) if isinstance(value, Secret) else value


def _open(value: Any) -> Any:
    """The value with secrets opened; never shown."""
    if isinstance(value, dict):
        return {key: _open(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_open(item) for item in value]
    return _open(value.value) if isinstance(value, Secret) else value


def _snake(name: str) -> str:
    """A wire name as the vendor's Terraform provider spells it."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
