"""A stack's file without its secure values."""

import json
from pathlib import Path

import pytest
import yaml

from quayside_sandbox.stack_files import InvalidStackFile, schema_of, substitute, write_copy

STACK = """
# yaml-language-server: $schema=./schema.json
encryptionsalt: v1:users:salt
config:
  quayside:environment: dev
  quayside:secrets:
    token: {secure: v1:abc}
    other: {secure: v1:def}
  shop:password: {secure: v1:ghi}
"""
SCHEMA = {
    "properties": {"config": {"properties": {"quayside:secrets": {"$ref": "#/$defs/Secrets"}}}},
    "$defs": {"Secrets": {"properties": {"token": {"examples": ["dop_v1_example"]}}}},
}


def test_secure_values_are_replaced_by_the_schemas_examples() -> None:
    content, found = substitute(STACK, SCHEMA)
    assert {one.path: one.example for one in found} == {
        ("quayside:secrets", "token"): "dop_v1_example",
        ("quayside:secrets", "other"): "example-of-other",
        ("shop:password",): "example-of-shop:password",
    }
    assert yaml.safe_load(content) == {"config": {"quayside:environment": "dev", "quayside:secrets": {}}}


def test_keys_are_written_as_pulumi_takes_them() -> None:
    _, found = substitute(STACK, None)
    assert [one.key for one in found] == ['quayside:secrets["token"]', 'quayside:secrets["other"]', "shop:password"]


def test_items_of_lists_keep_their_place() -> None:
    content, (found,) = substitute("config:\n  shop:tokens: [plain, {secure: v1:abc}]\n", None)
    assert yaml.safe_load(content) == {"config": {"shop:tokens": ["plain", ""]}}
    assert found.key == "shop:tokens[1]"


def test_the_copy_carries_the_sandboxs_salt_and_the_file_stays_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "Pulumi.dev.yaml"
    file.write_text(STACK)
    (tmp_path / "schema.json").write_text(json.dumps(SCHEMA))
    copy = tmp_path / "sandbox" / "Pulumi.dev.yaml"
    copy.parent.mkdir()
    copy.with_suffix(".salt.json").write_text('"v1:ours"')
    found = write_copy(file, copy)
    assert len(found) == 3
    assert yaml.safe_load(copy.read_text())["encryptionsalt"] == "v1:ours"
    assert "v1:abc" not in copy.read_text()
    assert file.read_text() == STACK


def test_a_schema_elsewhere_on_the_web_is_not_fetched(tmp_path: Path) -> None:
    file = tmp_path / "Pulumi.dev.yaml"
    file.write_text("# yaml-language-server: $schema=https://example.com/schema.json\nconfig: {}\n")
    assert schema_of(file) is None


@pytest.mark.parametrize("text", ["config: [", "- a list", "just text"])
def test_what_is_not_a_stacks_file_is_said(text: str) -> None:
    with pytest.raises(InvalidStackFile):
        substitute(text, None)
