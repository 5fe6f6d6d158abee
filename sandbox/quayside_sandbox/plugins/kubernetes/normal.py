"""Inputs in the spelling that the API server answers with, so that what means the same shows no difference.

The official plugin sends built-in kinds through Go's types for that: unknown fields fall away, quantities become canonical, a Secret's
stringData becomes data. Here the server's own OpenAPI documents say which fields there are.
"""

from __future__ import annotations

import base64
import binascii
import threading
from collections.abc import Callable
from typing import Any

import httpx

from ...kube import Api, ApiError
from ...kube.client import Object
from ...kube.quantity import canonical
from ..values import known
from .kinds import is_built_in

_READ_ONLY = {
    *("creationTimestamp", "deletionGracePeriodSeconds", "deletionTimestamp", "generation"),
    *("managedFields", "resourceVersion", "uid"),
}
_QUANTITY = "io.k8s.apimachinery.pkg.api.resource.Quantity"
_PREFIX = "#/components/schemas/"

Schema = dict[str, Any]


class _Document:
    """The schemas of one API version, by name and by kind."""

    def __init__(self, schemas: dict[str, Schema]) -> None:
        self.schemas = schemas
        self.kinds = {
            (names.get("group"), names.get("version"), names.get("kind")): schema
            for schema in schemas.values()
            for names in schema.get("x-kubernetes-group-version-kind", ())
        }


class Schemas:
    """The schemas of one API server's built-in kinds, each API version fetched when first needed."""

    def __init__(self, api: Api | None) -> None:
        self._api = api
        self._documents: dict[str, _Document] = {}
        self._lock = threading.Lock()

    def normal(self, inputs: Object, unknown_field: Callable[[str], None] = lambda path: None) -> Object:
        """The inputs, normalized; `unknown_field` hears of each field that the kind does not have and that is left out."""
        result = dict(inputs)
        if known(inputs):
            kind = inputs.get("kind")
            if kind == "Secret" and inputs.get("apiVersion") == "v1":
                result = _normal_secret(result)
            elif kind == "CustomResourceDefinition":
                result = _normal_crd(result)
            else:
                result = self._typed(result, unknown_field)
        metadata = result.get("metadata")
        if isinstance(metadata, dict):
            result["metadata"] = {key: value for key, value in metadata.items() if key not in _READ_ONLY}
        return result

    def _typed(self, inputs: Object, unknown_field: Callable[[str], None]) -> Object:
        api_version, kind = str(inputs.get("apiVersion")), str(inputs.get("kind"))
        group, _, version = api_version.rpartition("/")
        if not is_built_in(api_version):
            return inputs
        document = self._document(api_version)
        schema = document.kinds.get((group, version, kind))
        if schema is None:
            return inputs
        result: Object = _normal(inputs, schema, document.schemas, "", unknown_field)
        return result

    def _document(self, api_version: str) -> _Document:
        with self._lock:
            if api_version not in self._documents:
                self._documents[api_version] = _Document(self._fetch(api_version))
            return self._documents[api_version]

    def _fetch(self, api_version: str) -> dict[str, Schema]:
        if self._api is None:
            return {}
        root = "api" if "/" not in api_version else "apis"
        try:
            document = self._api.request("GET", f"/openapi/v3/{root}/{api_version}")
        except (ApiError, httpx.HTTPError):
            return {}  # no such group version here, or no right to read it: inputs stay as they are
        schemas: dict[str, Schema] = (document.get("components") or {}).get("schemas") or {}
        return schemas


def _normal(value: Any, schema: Schema, schemas: dict[str, Schema], path: str, unknown_field: Callable[[str], None]) -> Any:
    reference = schema.get("$ref") or next((part["$ref"] for part in schema.get("allOf", ()) if "$ref" in part), "")
    if reference:
        name = reference.removeprefix(_PREFIX)
        if name == _QUANTITY:
            return canonical(value)
        return _normal(value, schemas.get(name, {}), schemas, path, unknown_field)
    if isinstance(value, list) and "items" in schema:
        return [_normal(item, schema["items"], schemas, f"{path}[{index}]", unknown_field) for index, item in enumerate(value)]
    if not isinstance(value, dict):
        return value
    fields, others = schema.get("properties"), schema.get("additionalProperties")
    if isinstance(others, dict):
        return {key: _normal(item, others, schemas, f"{path}.{key}", unknown_field) for key, item in value.items()}
    if not fields:
        return value
    result = {}
    for key, item in value.items():
        inner = f"{path}.{key}".lstrip(".")
        if key in fields:
            result[key] = _normal(item, fields[key], schemas, inner, unknown_field)
        else:
            unknown_field(inner)
    return result


def _normal_secret(inputs: Object) -> Object:
    """stringData wins over data and becomes part of it, as on the server."""
    texts = inputs.get("stringData")
    if isinstance(texts, dict) and texts:
        encoded = {key: base64.b64encode(str(text).encode()).decode() for key, text in texts.items()}
        rest = {key: value for key, value in inputs.items() if key != "stringData"}
        return {**rest, "data": {**(inputs.get("data") or {}), **encoded}}
    data = inputs.get("data")
    return {**inputs, "data": {key: _recoded(value) for key, value in data.items()}} if isinstance(data, dict) and data else inputs


def _recoded(value: Any) -> Any:
    """base64 without line breaks; what is not base64 is left for the server to refuse."""
    try:
        return base64.b64encode(base64.b64decode("".join(value.split()), validate=True)).decode()
    except (binascii.Error, ValueError, AttributeError):
        return value


def _normal_crd(inputs: Object) -> Object:
    result = {key: value for key, value in inputs.items() if key != "status"}
    spec = result.get("spec")
    if isinstance(spec, dict) and spec.get("preserveUnknownFields") is False:
        result["spec"] = {key: value for key, value in spec.items() if key != "preserveUnknownFields"}
    return result
