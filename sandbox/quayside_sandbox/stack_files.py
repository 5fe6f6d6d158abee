"""A stack's file as the sandbox runs it: the user's own, with every secure value replaced by an example.

No passphrase or key of the user's is needed, and none of theirs is touched: the copy lies in the sandbox's folder.
The examples come from the JSON schema that the file names for editors (`# yaml-language-server: $schema=…`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from .folder import read_json

Path_ = tuple[str | int, ...]  # keys, and indexes of lists


@dataclass(frozen=True)
class Substitution:
    """One secure value that an example stands in for."""

    path: Path_
    example: str

    @property
    def key(self) -> str:
        """The path as `pulumi config set --path` takes it."""
        first, *rest = self.path
        return str(first) + "".join(f"[{part}]" if isinstance(part, int) else f'["{part}"]' for part in rest)


class InvalidStackFile(Exception):
    """The stack's file cannot be read; the message says what to mend."""


def stack_file(project: Path, stack: str) -> Path:
    return project / f"Pulumi.{stack}.yaml"


def substitute(text: str, schema: dict[str, Any] | None) -> tuple[dict[str, Any], list[Substitution]]:
    """The file's content without secure values and without what ties it to the user's secrets provider, and what was left out."""
    try:
        content = yaml.safe_load(text) or {}
    except yaml.YAMLError as problem:
        raise InvalidStackFile(f"not valid YAML: {problem}") from problem
    if not isinstance(content, dict):
        raise InvalidStackFile("a stack's file is a mapping with the key 'config'")
    found = [Substitution(path, _example(schema, path)) for path in _secure_paths(content.get("config") or {}, ())]
    stripped = {key: value for key, value in content.items() if key not in ("encryptionsalt", "secretsprovider", "encryptedkey")}
    if found:
        stripped["config"] = _without_secure(stripped["config"])
    return stripped, found


def schema_of(file: Path) -> dict[str, Any] | None:
    """The JSON schema that a stack's file names in its first lines, where it is a file beside it."""
    head = "\n".join(file.read_text(errors="replace").splitlines()[:5])
    named = re.search(r"yaml-language-server:\s*\$schema=(\S+)", head)
    if not named or "://" in named.group(1):
        return None
    place = file.parent / named.group(1)
    return json.loads(place.read_text()) if place.is_file() else None


def write_copy(file: Path, copy: Path) -> list[Substitution]:
    """Writes the copy for a stack, keeping the sandbox's own salt in it; returns the secure values that are still to be set."""
    content, found = substitute(file.read_text() if file.exists() else "", schema_of(file) if file.exists() else None)
    salt = read_json(copy.with_suffix(".salt.json"), None)
    if salt:
        content["encryptionsalt"] = salt
    copy.parent.mkdir(parents=True, exist_ok=True)
    copy.write_text(yaml.safe_dump(content, sort_keys=False))
    return found


def _secure_paths(value: Any, path: Path_) -> Iterator[Path_]:
    if isinstance(value, dict):
        if set(value) == {"secure"} and isinstance(value["secure"], str):
            yield path
            return
        for key, item in value.items():
            yield from _secure_paths(item, (*path, str(key)))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _secure_paths(item, (*path, index))


def _without_secure(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_secure(item) for key, item in value.items() if not (isinstance(item, dict) and set(item) == {"secure"})}
    if isinstance(value, list):  # an item's place is kept, for the example that is set there
        return ["" if isinstance(item, dict) and set(item) == {"secure"} else _without_secure(item) for item in value]
    return value


def _example(schema: dict[str, Any] | None, path: Path_) -> str:
    """The schema's first example at a path, else a placeholder that names the key."""
    node: Any = schema or {}
    for part in ("config", *path):
        node = _child(schema or {}, node, str(part))
    examples = _resolve(schema or {}, node).get("examples") if isinstance(node, dict) else None
    return str(examples[0]) if examples else f"example-of-{path[-1]}"


def _child(schema: dict[str, Any], node: Any, part: str) -> Any:
    node = _resolve(schema, node)
    for variant in (node, *(_resolve(schema, option) for option in node.get("anyOf", []))):
        if part in variant.get("properties", {}):
            return variant["properties"][part]
        extra = variant.get("additionalProperties")
        if isinstance(extra, dict):
            return extra
        if isinstance(variant.get("items"), dict):
            return variant["items"]
    return {}


def _resolve(schema: dict[str, Any], node: Any) -> dict[str, Any]:
    while isinstance(node, dict) and "$ref" in node:
        target: Any = schema
        for part in str(node["$ref"]).removeprefix("#/").split("/"):
            target = target.get(part, {}) if isinstance(target, dict) else {}
        node = target
    return node if isinstance(node, dict) else {}
