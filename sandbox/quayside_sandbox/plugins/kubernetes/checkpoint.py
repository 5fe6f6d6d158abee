"""How an object is kept in the stack's state: the live object, its inputs below `__inputs`, and who manages its fields."""

from __future__ import annotations

import copy
from typing import Any

from ...kube.client import Object
from ..values import Secret, has_secret, plain
from .annotations import LAST_APPLIED
from .handler import Properties

INPUTS = "__inputs"
INITIAL_API_VERSION = "__initialApiVersion"
FIELD_MANAGER = "__fieldManager"

# Pulumi's SDKs have no property names with dashes, so these seven fields of a CRD's schema are spelled with underscores there.
_UNDERSCORED = {
    key.replace("-", "_"): key
    for key in (
        "x-kubernetes-embedded-resource",
        "x-kubernetes-int-or-string",
        "x-kubernetes-list-map-keys",
        "x-kubernetes-list-type",
        "x-kubernetes-map-type",
        "x-kubernetes-preserve-unknown-fields",
        "x-kubernetes-validations",
    )
}
_DASHED = {dashed: underscored for underscored, dashed in _UNDERSCORED.items()}


def to_object(properties: Properties) -> Object:
    """Properties as the API server wants them: secrets opened, no nulls. Unknown values stay UNKNOWN."""
    found: Object = _rename(plain(properties), _UNDERSCORED)
    return found


def to_outputs(inputs: Object, live: Object, like: Properties, api_version: str, manager: str) -> Properties:
    """The state of a resource; what is secret in `like` (the inputs) is secret in both copies."""
    outputs: Properties = mark_secrets(_rename(live, _DASHED), like)
    data, given = outputs.get("data"), like.get("stringData")
    if live.get("kind") == "Secret" and isinstance(data, dict) and given is not None:
        outputs["data"] = Secret(data) if isinstance(given, Secret) else mark_secrets(data, given)
    outputs[INPUTS] = mark_secrets(_rename(inputs, _DASHED), like)
    outputs[INITIAL_API_VERSION] = api_version
    outputs[FIELD_MANAGER] = manager
    return outputs


def from_outputs(outputs: Properties) -> tuple[Object, Object]:
    """The (last inputs, last live object) of a state."""
    live = to_object(outputs)
    inputs = live.pop(INPUTS, None) or {}
    live.pop(INITIAL_API_VERSION, None)
    live.pop(FIELD_MANAGER, None)
    return inputs, live


def mark_secrets(values: Properties, like: Properties) -> Properties:
    """A copy of the values in which is secret what is secret in `like`, and the data of every Secret.

    A list that holds any secret is secret as a whole: servers reorder lists.
    """
    marked = dict(values)
    for key, wanted in like.items():
        value = values.get(key)
        if key not in values or isinstance(value, Secret):
            continue
        if isinstance(value, dict) and isinstance(wanted, dict):
            marked[key] = mark_secrets(value, wanted)
        elif has_secret(wanted):
            marked[key] = Secret(value)
    return _hide_data(marked) if values.get("kind") == "Secret" else marked


def _hide_data(secret: Properties) -> Properties:
    """Also what `kubectl apply` wrote down of it in an annotation."""
    hidden: Properties = {key: Secret(plain(secret[key])) for key in ("data", "stringData") if key in secret}
    metadata = secret.get("metadata")
    annotations = metadata.get("annotations") if isinstance(metadata, dict) else None
    if isinstance(metadata, dict) and isinstance(annotations, dict) and LAST_APPLIED in annotations:
        hidden["metadata"] = {**metadata, "annotations": {**annotations, LAST_APPLIED: Secret(plain(annotations[LAST_APPLIED]))}}
    return {**secret, **hidden}


def _rename(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {names.get(key, key): _rename(item, names) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_rename(item, names) for item in value]
    return copy.copy(value)
