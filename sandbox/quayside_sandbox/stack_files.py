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
from .yaml_files import InvalidYaml, nodes, pairs, parse, read_text

Path_ = tuple[str | int, ...]  # keys, and indexes of lists

_TIES = ("encryptionsalt", "secretsprovider", "encryptedkey")  # what ties a file to its user's secrets provider
_Dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
_TEXT, _MAP, _NULL = (f"tag:yaml.org,2002:{name}" for name in ("str", "map", "null"))


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


def substitute(
    text: str, schema: dict[str, Any] | None, *, name: str = "the stack's file", salt: str | None = None
) -> tuple[str, list[Substitution]]:
    """The file's text without secure values and without what ties it to the user's secrets provider, and what was left out.

    `salt` is the sandbox's own, to be written instead. All that stays is as it stood: the engine, not we, says what it means.
    """
    try:
        root = parse(text, name) or yaml.MappingNode(_MAP, [])
    except InvalidYaml as problem:
        raise InvalidStackFile(str(problem)) from None
    if not isinstance(root, yaml.MappingNode):
        raise InvalidStackFile(f"{name} is no map: write 'config:' and the settings below it, indented")
    config = pairs(root).get("config")
    if config is not None and not isinstance(config, yaml.MappingNode) and config.tag != _NULL:
        line = config.start_mark.line + 1
        raise InvalidStackFile(f"{name}, line {line}: 'config' is no map: write settings below it, indented, such as 'quayside:domain'")
    kept = [(key, value) for key, value in root.value if key.value not in _TIES]
    if salt:
        kept.append((yaml.ScalarNode(_TEXT, "encryptionsalt"), yaml.ScalarNode(_TEXT, salt)))
    found = [Substitution(path, _example(schema, path)) for path in _secure_paths(config, ())]
    left = yaml.MappingNode(root.tag, [(key, _without_secure(value) if key.value == "config" else value) for key, value in kept])
    for node in nodes(left):
        if isinstance(node, yaml.CollectionNode):
            node.flow_style = False  # inside of brackets 14:30 could not stay without quotes
    written: str = yaml.serialize(left, Dumper=_Dumper, allow_unicode=True)
    return written, found


def schema_of(file: Path, text: str | None = None) -> dict[str, Any] | None:
    """The JSON schema that a stack's file names in its first lines, where it is a file beside it."""
    try:
        head = "\n".join((read_text(file) if text is None else text).splitlines()[:5])
    except InvalidYaml as problem:
        raise InvalidStackFile(str(problem)) from None
    named = re.search(r"yaml-language-server:\s*\$schema=(\S+)", head)
    if not named or "://" in named.group(1):
        return None
    place = file.parent / named.group(1)
    try:
        found = json.loads(place.read_text()) if place.is_file() else None
    except (OSError, ValueError, RecursionError) as problem:
        raise InvalidStackFile(f"{file.name} names {named.group(1)} as its schema, which is no JSON: correct the name") from problem
    return found if isinstance(found, dict) else None


def write_copy(file: Path, copy: Path) -> list[Substitution]:
    """Writes the copy for a stack, keeping the sandbox's own salt in it; returns the secure values that are still to be set."""
    try:
        text = read_text(file) if file.exists() else ""
    except InvalidYaml as problem:
        raise InvalidStackFile(str(problem)) from None
    content, found = substitute(text, schema_of(file, text), name=file.name, salt=read_json(copy.with_suffix(".salt.json"), None))
    copy.parent.mkdir(parents=True, exist_ok=True)
    copy.write_text(content)
    return found


def _is_secure(node: yaml.Node) -> bool:
    within = pairs(node)
    return set(within) == {"secure"} and isinstance(within["secure"], yaml.ScalarNode)


def _secure_paths(node: yaml.Node | None, path: Path_) -> Iterator[Path_]:
    if node is not None and _is_secure(node):
        yield path
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _secure_paths(value, (*path, str(key.value)))
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from _secure_paths(item, (*path, index))


def _without_secure(node: yaml.Node) -> yaml.Node:
    if isinstance(node, yaml.MappingNode):
        kept = [(key, _without_secure(value)) for key, value in node.value if not _is_secure(value)]
        return yaml.MappingNode(node.tag, kept)
    if isinstance(node, yaml.SequenceNode):  # an item's place is kept, for the example that is set there
        empty = yaml.ScalarNode(_TEXT, "", style="'")
        return yaml.SequenceNode(node.tag, [empty if _is_secure(item) else _without_secure(item) for item in node.value])
    return node


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
    for _ in range(20):  # a reference may lead to the next, not round in a circle
        if not isinstance(node, dict) or "$ref" not in node:
            break
        target: Any = schema
        for part in str(node["$ref"]).removeprefix("#/").split("/"):
            target = target.get(part, {}) if isinstance(target, dict) else {}
        node = target
    return node if isinstance(node, dict) else {}
