"""Custom resources held against the real CustomResourceDefinitions: the check that an API server makes, without one.

The definitions are test data beside the checkout; QUAYSIDE_SHARED_DATA says where else they are. Rules in CEL (x-kubernetes-validations)
are left out: rehearsals with real definitions (`--crds`) have them judged by a real API server.
"""

import os
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml

DATA = Path(os.environ.get("QUAYSIDE_SHARED_DATA") or Path(__file__).parents[3] / "shared" / "data") / "crds"

_SUBDOMAIN = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*"
_LABEL_VALUE = r"([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?"
_TYPES: dict[str, Any] = {"string": str, "integer": int, "number": (int, float), "boolean": bool, "object": Mapping, "array": (list, tuple)}
_BUILT_IN = re.compile(r"[a-z]*|[a-z.]*(?<!gateway\.)(networking|rbac\.authorization|storage|admissionregistration|apiextensions)\.k8s\.io")
"""Groups that the API server has without definitions: those without a dot, and Kubernetes' own."""


def problems(manifest: Mapping[str, Any]) -> list[str]:
    """What an API server with the real definition would refuse in an object; nothing for kinds that it has built in.

    Outputs pass: they are not known before a run. Skips the test without the definitions, and fails it in CI.
    """
    _demand_data()
    group, _, version = str(manifest.get("apiVersion")).rpartition("/")
    if _BUILT_IN.fullmatch(group):
        return []
    kind = str(manifest.get("kind"))
    definition = _definition(group, kind)
    if definition is None:
        return [f"kind: no definition of {kind} in group {group}"]
    served = {each["name"]: each for each in definition["spec"]["versions"] if each["served"]}
    if version not in served:
        return [f"apiVersion: {version} of {kind} is not served; {', '.join(served)} is"]
    schema = served[version]["schema"]["openAPIV3Schema"]
    about = {"apiVersion": {"type": "string"}, "kind": {"type": "string"}, "metadata": {"x-kubernetes-preserve-unknown-fields": True}}
    whole = {**schema, "properties": {**schema.get("properties", {}), **about}}
    return [*_metadata(manifest, definition["spec"]["scope"]), *_wrong(whole, manifest, "")]


def _demand_data() -> None:
    if not DATA.is_dir():
        message = "no definitions: set QUAYSIDE_SHARED_DATA to the folder that holds crds/"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)


class _Loader(yaml.CSafeLoader):
    """One value in prometheus-operator.yaml is a bare `=`, for which PyYAML has no constructor."""


_Loader.add_constructor("tag:yaml.org,2002:value", lambda loader, node: loader.construct_scalar(node))


@cache
def _index() -> dict[tuple[str, str], str]:
    """Group and kind → file with the definition."""
    index = yaml.load((DATA / "index.yaml").read_text(encoding="utf-8"), _Loader)
    return {(each["group"], each["kind"]): file for file, kinds in index.items() for each in kinds or []}


@cache
def _documents(file: str) -> list[str]:
    return re.split(r"^---.*$", (DATA / file).read_text(encoding="utf-8"), flags=re.MULTILINE)


@cache
def _definition(group: str, kind: str) -> Any:
    """The definition of a kind. Only its own document is parsed: whole files take seconds."""
    file = _index().get((group, kind))
    for document in _documents(file) if file else []:
        if f"group: {group}\n" in document and re.search(rf"^ +kind: {kind}$", document, re.MULTILINE):
            found = yaml.load(document, _Loader)
            if found["spec"]["group"] == group and found["spec"]["names"]["kind"] == kind:
                return found
    return None


def _metadata(manifest: Mapping[str, Any], scope: str) -> Iterator[str]:
    about = manifest.get("metadata") or {}
    name = about.get("name")
    if not isinstance(name, pulumi.Output) and not (isinstance(name, str) and len(name) <= 253 and re.fullmatch(_SUBDOMAIN, name)):
        yield f"metadata.name: {name!r} is not a name"
    if (about.get("namespace") is not None) != (scope == "Namespaced"):
        yield f"metadata.namespace: is {about.get('namespace')!r}, and the kind is {scope}"
    for key, value in (about.get("labels") or {}).items():
        if not isinstance(value, pulumi.Output) and not (isinstance(value, str) and re.fullmatch(_LABEL_VALUE, value)):
            yield f"metadata.labels.{key}: {value!r} is not the value of a label"
    for key, value in (about.get("annotations") or {}).items():
        if not isinstance(value, str | pulumi.Output):
            yield f"metadata.annotations.{key}: {value!r} is not text"


def _wrong(schema: Mapping[str, Any], value: Any, path: str) -> Iterator[str]:
    """All that a schema refuses in a value."""
    if isinstance(value, pulumi.Output) or (value is None and schema.get("nullable")):
        return
    at = path or "the object"
    if schema.get("x-kubernetes-int-or-string"):
        if not isinstance(value, str | int) or isinstance(value, bool):
            yield f"{at}: {value!r} is neither text nor a whole number"
            return
    elif not _is(schema.get("type"), value):
        yield f"{at}: {value!r} is not of type {schema['type']}"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{at}: {value!r} is none of {schema['enum']}"
    yield from _choices(schema, value, path, at)
    if isinstance(value, str):
        yield from _text(schema, value, at)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield from _number(schema, value, at)
    elif isinstance(value, list | tuple):
        yield from _list(schema, value, path, at)
    elif isinstance(value, Mapping):
        yield from _map(schema, value, path, at)


def _is(kind: str | None, value: Any) -> bool:
    """Whether a value is of that type. A whole number may be written as a fraction: the engine hands all numbers over like that."""
    if kind is None or (kind == "integer" and isinstance(value, float) and value.is_integer()):
        return True
    return isinstance(value, _TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool))


def _choices(schema: Mapping[str, Any], value: Any, path: str, at: str) -> Iterator[str]:
    """allOf, anyOf, oneOf and not. In a structural schema they only restrict what is declared beside them."""
    for each in schema.get("allOf", ()):
        yield from _restricted(each, value, path)
    if "anyOf" in schema and all(any(_restricted(each, value, path)) for each in schema["anyOf"]):
        yield f"{at}: fits none of anyOf"
    if "oneOf" in schema and (fitting := sum(not any(_restricted(each, value, path)) for each in schema["oneOf"])) != 1:
        yield f"{at}: fits {fitting} of oneOf, and not exactly one"
    if "not" in schema and not any(_restricted(schema["not"], value, path)):
        yield f"{at}: fits what it must not"


def _restricted(schema: Mapping[str, Any], value: Any, path: str) -> Iterator[str]:
    return _wrong({**schema, "x-kubernetes-preserve-unknown-fields": True}, value, path)


def _text(schema: Mapping[str, Any], value: str, at: str) -> Iterator[str]:
    if len(value) < schema.get("minLength", 0):
        yield f"{at}: {value!r} is shorter than {schema['minLength']}"
    if len(value) > schema.get("maxLength", len(value)):
        yield f"{at}: {value!r} is longer than {schema['maxLength']}"
    if "pattern" in schema and not re.search(schema["pattern"], value):
        yield f"{at}: {value!r} does not match {schema['pattern']}"


def _number(schema: Mapping[str, Any], value: float, at: str) -> Iterator[str]:
    if value < schema.get("minimum", value) or (schema.get("exclusiveMinimum") and value == schema["minimum"]):
        yield f"{at}: {value} is less than {schema['minimum']}"
    if value > schema.get("maximum", value) or (schema.get("exclusiveMaximum") and value == schema["maximum"]):
        yield f"{at}: {value} is more than {schema['maximum']}"


def _list(schema: Mapping[str, Any], value: Any, path: str, at: str) -> Iterator[str]:
    if len(value) < schema.get("minItems", 0):
        yield f"{at}: has fewer than {schema['minItems']} items"
    if len(value) > schema.get("maxItems", len(value)):
        yield f"{at}: has more than {schema['maxItems']} items"
    for index, each in enumerate(value):
        yield from _wrong(schema.get("items", {}), each, f"{path}[{index}]")
    keys = schema.get("x-kubernetes-list-map-keys")
    if keys and all(isinstance(each, Mapping) for each in value):
        defaults = {key: schema["items"].get("properties", {}).get(key, {}).get("default") for key in keys}
        seen = [repr([each.get(key, defaults[key]) for key in keys]) for each in value]
        if len(set(seen)) < len(seen):
            yield f"{at}: has two items with the same {', '.join(keys)}"


def _map(schema: Mapping[str, Any], value: Mapping[str, Any], path: str, at: str) -> Iterator[str]:
    properties, additional = schema.get("properties", {}), schema.get("additionalProperties")
    if len(value) < schema.get("minProperties", 0):
        yield f"{at}: has fewer than {schema['minProperties']} fields"
    if len(value) > schema.get("maxProperties", len(value)):
        yield f"{at}: has more than {schema['maxProperties']} fields"
    for key in schema.get("required", ()):
        if key not in value:
            yield f"{at}: lacks {key}"
    free = schema.get("x-kubernetes-preserve-unknown-fields") or not schema.get("type") or additional is True
    for key, each in value.items():
        below = f"{path}.{key}" if path else str(key)
        if key in properties:
            yield from _wrong(_inherited(schema, properties[key]), each, below)
        elif isinstance(additional, Mapping):
            yield from _wrong(additional, each, below)
        elif not free:
            yield f"{below}: there is no such field"


def _inherited(schema: Mapping[str, Any], below: Mapping[str, Any]) -> Mapping[str, Any]:
    """A restriction says nothing of fields that it does not name, also further down."""
    return below if schema.get("type") else {**below, "x-kubernetes-preserve-unknown-fields": True}
