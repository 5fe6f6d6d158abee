"""A Release's inputs as helm takes them: defaults, values merged from files and arguments, the objects that a manifest names."""

from __future__ import annotations

import copy
import hashlib
import urllib.request
from pathlib import Path
from typing import Any

from ..values import SIGNATURE, Secret, has_secret, keep_secrets, plain
from .groups_manifest import load
from .handler import Problem, Properties

DEFAULT_TIMEOUT = 300
_ASSET = "c44067f5952c0a294b673a41bacd8c17"


def merged_values(inputs: Properties) -> Any:
    """`valueYamlFiles` in their order, then `values` over them; nulls are left out unless allowNullValues says otherwise."""
    opened = plain(inputs)
    allow_null = bool(opened.get("allowNullValues"))
    result: dict[str, Any] = {}
    for file in opened.get("valueYamlFiles") or []:
        result = merge(result, _read_asset(file))
    result = merge(result, opened.get("values") or {})
    if not allow_null:
        result = without_nulls(result)
    if has_secret(inputs.get("valueYamlFiles")):
        return Secret(result)
    return keep_secrets(result, inputs.get("values"))


def merge(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """Maps are merged, everything else is taken from above."""
    result = copy.copy(below)
    for key, value in above.items():
        under = result.get(key)
        result[key] = merge(under, value) if isinstance(under, dict) and isinstance(value, dict) else value
    return result


def without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [without_nulls(item) for item in value if item is not None]
    return value


def secret_texts(value: Any, inside: bool = False) -> list[str]:
    """Every text inside a secret."""
    if isinstance(value, Secret):
        return secret_texts(value.value, inside=True)
    if isinstance(value, dict):
        return [text for item in value.values() for text in secret_texts(item, inside)]
    if isinstance(value, list):
        return [text for item in value for text in secret_texts(item, inside)]
    return [value] if inside and isinstance(value, str) else []


def documents(manifest: str) -> list[dict[str, Any]]:
    """The objects of a manifest; templates that rendered to nothing are left out."""
    return [document for document in load(manifest) if isinstance(document, dict) and document.get("kind")]


def resource_names(objects: list[dict[str, Any]]) -> dict[str, list[str]]:
    """Names by `Kind.group/apiVersion`, as the official plugin groups them."""
    names: dict[str, set[str]] = {}
    for entry in objects:
        api_version, metadata = str(entry.get("apiVersion") or ""), entry.get("metadata") or {}
        group = api_version.rpartition("/")[0]
        key = f"{entry['kind']}{'.' + group if group else ''}/{api_version}"
        namespace = metadata.get("namespace")
        names.setdefault(key, set()).add(f"{namespace}/{metadata.get('name')}" if namespace else str(metadata.get("name")))
    return {key: sorted(found) for key, found in sorted(names.items())}


def checksum(manifest: str) -> str:
    return hashlib.sha256(manifest.encode()).hexdigest()


def _read_asset(asset: Any) -> dict[str, Any]:
    if not isinstance(asset, dict) or asset.get(SIGNATURE) != _ASSET:
        raise Problem("valueYamlFiles takes assets only: write pulumi.FileAsset('values.yaml') or pulumi.StringAsset('…')")
    if asset.get("text"):
        text = str(asset["text"])
    elif asset.get("path"):
        path = Path(asset["path"])
        try:
            text = path.read_text()
        except OSError as problem:
            raise Problem(f"valueYamlFiles: cannot read {path}: {problem.strerror}") from problem
    elif str(asset.get("uri") or "").startswith(("https://", "http://", "file://")):
        with urllib.request.urlopen(asset["uri"], timeout=60) as answer:  # noqa: S310 - the scheme is checked
            text = answer.read().decode()
    else:
        text = ""
    loaded = (load(text, "a file of valueYamlFiles") or [{}])[0]
    if not isinstance(loaded, dict):
        raise Problem("valueYamlFiles: a values file must be a mapping")
    return loaded
