"""Manifests: YAML or JSON text, files, patterns and addresses as Kubernetes objects."""

from __future__ import annotations

import glob
import re
from pathlib import Path
from typing import Any

import httpx
import yaml

from ...kube.client import Object
from .handler import Problem
from .kinds import Scopes
from .manifest_stand_in import stand_in


class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """YAML as Kubernetes' tools read it: dates, `12:30` and a bare `=` are texts, which PyYAML takes for something else."""


_PLAIN = {
    "tag:yaml.org,2002:int": re.compile(r"^[-+]?(0b[01_]+|0o?[0-7_]+|0|[1-9][\d_]*|0x[\da-fA-F_]+)$"),
    "tag:yaml.org,2002:float": re.compile(
        r"^([-+]?(\d[\d_]*)?\.?\d[\d_]*([eE][-+]?\d+)?|[-+]?\d[\d_]*\.|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$"
    ),
}
_LEFT_OUT = {"tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:value", *_PLAIN}
Loader.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in resolvers if tag not in _LEFT_OUT]
    for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
for _tag, _pattern in _PLAIN.items():
    Loader.add_implicit_resolver(_tag, _pattern, list("-+0123456789."))


def load(text: str, what: str = "the manifest") -> list[Any]:
    """The documents of a text, empty ones left out. Raises Problem."""
    try:
        return [document for document in yaml.load_all(text, Loader=Loader) if document]
    except (yaml.YAMLError, ValueError) as problem:
        raise Problem(f"{what} is not valid YAML: {problem}") from problem


def read(source: str, *, patterns: bool) -> list[Object]:
    """The objects of a file, of all files that a pattern names (in the order of their names), or of an address."""
    if re.match(r"https?://", source):
        found_here = stand_in(source)
        if found_here:
            found_here.note()
            return load(found_here.file.read_text(), source)
        try:
            answer = httpx.get(source, follow_redirects=True, timeout=60)
            answer.raise_for_status()
        except httpx.HTTPError as problem:
            raise Problem(f"fetching YAML over network: {source}: {problem}") from problem
        return load(answer.text, source)
    is_pattern = patterns and re.search(r"(?:^|[^\\])[*?\[]", source)
    paths = sorted(glob.glob(source)) if is_pattern else [source]  # noqa: PTH207 - a pattern may be absolute
    found: list[Object] = []
    for path in paths:
        try:
            found += load(Path(path).read_text(), path)
        except OSError as problem:
            raise Problem(f"reading YAML file from disk: {path}: {problem.strerror}") from problem
    return found


def normal(objects: list[Object], namespace: str, scopes: Scopes) -> list[Object]:
    """The objects with lists opened, checked for what each must have, and with the default namespace where one is missing."""
    found = _opened(objects)
    for entry in found:
        metadata = entry.get("metadata")
        if not entry.get("kind") or not entry.get("apiVersion"):
            raise Problem(f"Kubernetes resources require a kind and apiVersion: {_shown(entry)}")
        if not isinstance(metadata, dict) or not metadata.get("name"):
            raise Problem(f"Kubernetes resources require a .metadata.name: {_shown(entry)}")
        entry["apiVersion"] = str(entry["apiVersion"]).removeprefix("core/")
        scopes.learn(entry)
    for entry in found:
        if not entry["metadata"].get("namespace") and scopes.namespaced(entry["apiVersion"], entry["kind"]):
            entry["metadata"]["namespace"] = namespace
    return found


def _opened(objects: list[Object]) -> list[Object]:
    found: list[Object] = []
    for entry in objects:
        if not isinstance(entry, dict):
            raise Problem(f"a manifest holds objects, but this is {_shown(entry)}")
        if isinstance(entry.get("items"), list) and str(entry.get("kind", "")).endswith("List"):
            found += _opened(entry["items"])
        else:
            found.append(entry)
    return found


def _shown(entry: Any) -> str:
    """Enough of an object to find it, nothing of what may be secret in it."""
    if not isinstance(entry, dict):
        return type(entry).__name__
    known = {key: entry.get(key) for key in ("apiVersion", "kind")}
    metadata = entry.get("metadata")
    return str({**known, "name": metadata.get("name") if isinstance(metadata, dict) else None})
