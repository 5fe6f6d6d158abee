"""An export as a user has it: what cannot be taken is told whole, and no secret of it goes anywhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from quayside_sandbox.plugins.values import SECRET, SIGNATURE
from quayside_sandbox.rehearse.from_state import stand_ins
from quayside_sandbox.rehearse.origin import NotStarted, StackIsNew
from quayside_sandbox.rehearse.replay_export import is_default_provider, not_simulated, read_export

STACK = {"urn": "urn:pulumi:prod::shop::pulumi:pulumi:Stack::shop-prod", "type": "pulumi:pulumi:Stack"}


def resource(type: str, name: str, **fields: Any) -> dict[str, Any]:
    return {"urn": f"urn:pulumi:prod::shop::{type}::{name}", "type": type, "custom": True, **fields}


def export(tmp_path: Path, *resources: dict[str, Any], **fields: Any) -> Path:
    file = tmp_path / "prod.json"
    file.write_text(json.dumps({"version": 3, "deployment": {"resources": [STACK, *resources]}, **fields}))
    return file


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("\x00age-encryption.org", "is no JSON, so it is no export of a stack, or an encrypted one: decrypt it first"),
        ("[" * 100_000, "is no JSON"),
        ("[]", "is no export of a stack"),
        ('{"sops": {}, "deployment": "ENC[…]"}', "is encrypted: decrypt it first, or make one with 'pulumi stack export --stack prod"),
        ('{"version": 9, "deployment": {}}', "is no export of a stack that this engine's version can read"),
        ('{"version": 3, "deployment": {"resources": [{"type": "a:b:C"}]}}', "lists resources without urn or type"),
    ],
)
def test_a_file_that_is_no_export_is_told(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "prod.json"
    file.write_text(text)
    with pytest.raises(NotStarted) as problem:
        read_export(file, "shop", "prod")
    assert told in str(problem.value)


def test_bytes_that_are_no_text_are_told(tmp_path: Path) -> None:
    file = tmp_path / "prod.json.gpg"
    file.write_bytes(b"\x85\x02\x0c\x03\xff")
    with pytest.raises(NotStarted, match="encrypted one: decrypt it first"):
        read_export(file, "shop", "prod")


def test_another_project_s_and_another_stack_s_state_are_told(tmp_path: Path) -> None:
    file = export(tmp_path, resource("digitalocean:index/vpc:Vpc", "net"))
    with pytest.raises(NotStarted, match="is of the project 'shop', and this one is 'store'"):
        read_export(file, "store", "prod")
    with pytest.raises(NotStarted, match=r"is of the stack 'prod': rehearse that one \(STACK=prod\)"):
        read_export(file, "shop", "dev")


def test_a_state_without_resources_is_a_new_stacks(tmp_path: Path) -> None:
    with pytest.raises(StackIsNew):
        read_export(export(tmp_path), "shop", "prod")


def test_no_secret_comes_out_of_it_neither_encrypted_nor_plain(tmp_path: Path) -> None:
    """`pulumi stack export --show-secrets` writes them in plain text."""
    encrypted = {SIGNATURE: SECRET, "ciphertext": "v1:hidden-one"}
    shown = {SIGNATURE: SECRET, "plaintext": '"hidden-two"'}
    file = export(tmp_path, resource("k:Secret", "s", inputs={"data": {"a": [encrypted]}}, outputs={"data": shown}))
    read = read_export(file, "shop", "prod")
    assert "hidden" not in json.dumps(read)
    by_engine = resource("pulumi:providers:digitalocean", "default_4_84_1", inputs={"token": encrypted})
    assert stand_ins([by_engine]) == {}
    assert stand_ins(read) == {read[1]["urn"]: {"data"}}


def test_what_waits_for_its_deletion_is_not_made_again(tmp_path: Path) -> None:
    file = export(tmp_path, resource("k:Job", "a", delete=True), resource("k:Job", "a"))
    assert len(read_export(file, "shop", "prod")) == 2


def test_all_types_that_are_not_simulated_are_told_at_once() -> None:
    resources = [
        resource("random:index/randomId:RandomId", "a"),
        resource("random:index/randomId:RandomId", "b"),
        resource("digitalocean:index/droplet:Droplet", "machine"),
        resource("pulumi:providers:random", "default_4_1_0"),
        resource("pulumi:index:Stash", "fine"),
        resource("digitalocean:index/vpc:Vpc", "fine"),
        resource("kubernetes:example.com/v1:Anything", "fine"),
        resource("pulumi:providers:cloudflare", "fine"),
        {**resource("random:Component", "fine"), "custom": False},
    ]
    assert not_simulated(resources) == ["digitalocean:index/droplet:Droplet", "pulumi:providers:random", "random:index/randomId:RandomId"]


def test_the_engines_own_providers_are_left_to_it() -> None:
    assert is_default_provider(resource("pulumi:providers:digitalocean", "default_4_84_1"))
    assert not is_default_provider(resource("pulumi:providers:digitalocean", "cluster"))
    assert not is_default_provider(resource("kubernetes:core/v1:Namespace", "default"))
