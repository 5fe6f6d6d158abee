"""Each table agrees with the installed SDK, and every fact in it says where it stands."""

import importlib
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import pytest
from pulumi._types import input_type_py_to_pulumi_names

from quayside_sandbox.clouds.cloud import Cloud
from quayside_sandbox.clouds.index import CLOUDS, load
from quayside_sandbox.clouds.sdk import Sdk, Type
from quayside_sandbox.clouds.table import Table

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of types that the SDKs have renamed
PLAIN = {"token", "kind", "sources"}
TYPES = [(load(cloud), one) for cloud in CLOUDS for one in load(cloud).resources.values()]
EACH = pytest.mark.parametrize(("cloud", "one"), TYPES, ids=[one.table.token for _, one in TYPES])


@EACH
def test_every_fact_has_a_source(cloud: type[Cloud], one: Any) -> None:
    empty = Table("", "", {})
    given = {item.name for item in fields(Table) if item.name not in PLAIN and getattr(one.table, item.name) != getattr(empty, item.name)}
    assert given == set(one.table.sources)
    assert all(len(source) > 20 for source in one.table.sources.values())


@EACH
def test_every_path_is_one_of_the_sdks_types(cloud: type[Cloud], one: Any) -> None:
    table, sdk = one.table, Sdk(cloud.package)
    conflicts = {name for group in table.conflicts for name in group}
    named = {
        *table.defaults,
        *table.rules,
        *table.immutable,
        *table.unordered,
        *table.required,
        *table.references,
        *conflicts,
        *table.unique,
    }
    known = set(_paths(sdk, Type("object", name=""), sdk.resource(table.token).inputs))
    outputs = set(sdk.resource(table.token).outputs)
    assert named <= known
    assert {path.split(".")[0] for path in table.computed} <= known
    assert table.secret <= outputs


@pytest.mark.parametrize("cloud", CLOUDS)
def test_the_types_read_from_source_are_those_of_the_imported_package(cloud: str) -> None:
    sdk = Sdk(load(cloud).package)
    package = importlib.import_module(load(cloud).package)
    for token, one in load(cloud).resources.items():
        arguments = getattr(importlib.import_module(f"{package.__name__}.{_module(token)}"), f"{token.rpartition(':')[2]}Args")
        assert set(sdk.resource(token).inputs) == set(input_type_py_to_pulumi_names(arguments).values()), token
        assert "id" not in sdk.resource(token).outputs
        assert one.table.token == token


@EACH
def test_what_the_sdk_keeps_secret_is_secret(cloud: type[Cloud], one: Any) -> None:
    name = one.table.token.rpartition(":")[2]
    text = (Sdk(cloud.package).folder / f"{_module(one.table.token)}.py").read_text()
    body = text.partition(f"super({name}, __self__).__init__")[0].rpartition("additional_secret_outputs=[")[2]
    wanted = {part.strip("'\" ") for part in body.partition("]")[0].split(",")} if "additional_secret_outputs=[" in text else set()
    assert wanted <= one.table.secret


def _module(token: str) -> str:
    name = token.split("/")[-1].split(":")[0]
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


def _paths(sdk: Sdk, kind: Type, properties: Any, prefix: str = "", depth: int = 0) -> Iterator[str]:
    for name, item in properties.items():
        yield f"{prefix}{name}"
        inner = item.type.element if item.type.kind == "list" else item.type
        if inner and inner.kind == "object" and depth < 2:
            yield from _paths(sdk, inner, sdk.nested(inner.name), f"{prefix}{name}.", depth + 1)
