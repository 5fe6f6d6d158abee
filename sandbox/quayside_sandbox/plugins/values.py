"""Pulumi's property values as plain Python: dicts, lists, str, float, bool, None, plus `UNKNOWN` and `Secret`.

The wire is a protobuf Struct in which unknown values are magic strings and secrets, outputs, assets and resource references are
objects with a magic key (Pulumi's sdk/go/common/resource/plugin/rpc.go names them). Whole numbers arrive as int.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from google.protobuf import struct_pb2

SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"
OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
RESOURCE = "5cf8f73096256a8f31e491e813e4eb8e"
UNKNOWNS = {
    "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
    "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
    "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
    "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
    "030794c1-ac77-496b-92df-f27374a8bd58",
    "e48ece36-62e2-4504-bad9-02848725956a",
    "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
}
UNKNOWN_ON_WIRE = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


class Unknown:
    """A value that only `up` will know."""

    def __repr__(self) -> str:
        return "UNKNOWN"

    def __copy__(self) -> Unknown:
        return self

    def __deepcopy__(self, memo: Any) -> Unknown:
        return self


UNKNOWN = Unknown()


@dataclass(frozen=True)
class Secret:
    """A value that must never be seen in plain text; printing it shows nothing of it."""

    value: Any

    def __repr__(self) -> str:
        return "[secret]"


def decode(struct: struct_pb2.Struct) -> dict[str, Any]:
    """A Struct as Python values, secrets and unknowns kept."""
    return {key: _decode(value) for key, value in struct.fields.items()}


def encode(properties: dict[str, Any]) -> struct_pb2.Struct:
    """The reverse of decode."""
    struct = struct_pb2.Struct()
    for key, value in properties.items():
        _encode(value, struct.fields[key])
    return struct


def plain(value: Any) -> Any:
    """The value with secrets opened (unknowns stay). Never print the result."""
    return _walk(value, lambda leaf: plain(leaf.value) if isinstance(leaf, Secret) else leaf)


def known(value: Any) -> bool:
    """Whether nothing in the value is unknown."""
    return not contains(value, lambda leaf: leaf is UNKNOWN)


def has_secret(value: Any) -> bool:
    return contains(value, lambda leaf: isinstance(leaf, Secret))


def contains(value: Any, test: Callable[[Any], bool]) -> bool:
    """Whether any value in the tree, containers and opened secrets included, passes the test."""
    if test(value):
        return True
    if isinstance(value, dict):
        return any(contains(item, test) for item in value.values())
    if isinstance(value, list):
        return any(contains(item, test) for item in value)
    return isinstance(value, Secret) and contains(value.value, test)


def keep_secrets(value: Any, like: Any) -> Any:
    """Marks as secret in `value` what is secret at the same place in `like`."""
    if isinstance(like, Secret):
        return value if isinstance(value, Secret) else Secret(plain(value))
    if isinstance(value, dict) and isinstance(like, dict):
        return {key: keep_secrets(item, like[key]) if key in like else item for key, item in value.items()}
    if isinstance(value, list) and isinstance(like, list):
        return [keep_secrets(item, like[i]) if i < len(like) else item for i, item in enumerate(value)]
    return value


def _walk(value: Any, leaf: Callable[[Any], Any]) -> Any:
    if isinstance(value, dict):
        return {key: _walk(item, leaf) for key, item in value.items()}
    if isinstance(value, list):
        return [_walk(item, leaf) for item in value]
    return leaf(value)


def _decode(value: struct_pb2.Value) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "struct_value":
        return _decode_object(value.struct_value)
    if kind == "list_value":
        return [_decode(item) for item in value.list_value.values]
    if kind == "string_value":
        return UNKNOWN if value.string_value in UNKNOWNS else value.string_value
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() and abs(number) < 2**53 else number
    return value.bool_value if kind == "bool_value" else None


def _decode_object(struct: struct_pb2.Struct) -> Any:
    fields = struct.fields
    signature = fields[SIGNATURE].string_value if SIGNATURE in fields else ""
    if signature == SECRET:
        return Secret(_decode(fields["value"]))
    if signature == OUTPUT:
        inner = _decode(fields["value"]) if "value" in fields else UNKNOWN
        return Secret(inner) if "secret" in fields and fields["secret"].bool_value else inner
    if signature == RESOURCE and "id" in fields:
        return _decode(fields["id"]) or _decode(fields["urn"])
    return {key: _decode(item) for key, item in fields.items()}


def _encode(value: Any, into: struct_pb2.Value) -> None:
    if value is UNKNOWN:
        into.string_value = UNKNOWN_ON_WIRE
    elif isinstance(value, Secret):
        into.struct_value.fields[SIGNATURE].string_value = SECRET
        _encode(value.value, into.struct_value.fields["value"])
    elif isinstance(value, dict):
        into.struct_value.SetInParent()
        for key, item in value.items():
            _encode(item, into.struct_value.fields[key])
    elif isinstance(value, list | tuple):
        into.list_value.SetInParent()
        for item in value:
            _encode(item, into.list_value.values.add())
    elif isinstance(value, bool):
        into.bool_value = value
    elif isinstance(value, int | float):
        into.number_value = value
    elif value is None:
        into.null_value = struct_pb2.NULL_VALUE
    else:
        into.string_value = str(value)
