"""Names that are made up, kept, and told from names that people gave."""

from __future__ import annotations

import re
from typing import Any

import pytest

from quayside_sandbox.plugins.kubernetes import naming
from quayside_sandbox.plugins.kubernetes.annotations import deletion_propagation
from quayside_sandbox.plugins.kubernetes.handler import Problem
from quayside_sandbox.plugins.kubernetes.kinds import Scopes, group_version_kind, is_list, is_patch, token
from quayside_sandbox.plugins.values import UNKNOWN

URN = "urn:pulumi:dev::shop::my:comp:Thing$kubernetes:core/v1:ConfigMap::settings"


def named(metadata: Any, seed: bytes = b"seed", autonaming: naming.Autonaming | None = None) -> dict[str, Any]:
    thing: dict[str, Any] = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata}
    naming.assign(thing, URN, seed, autonaming)
    return thing


def test_an_unnamed_object_gets_a_name_that_its_seed_decides() -> None:
    thing = named({})
    assert re.fullmatch(r"settings-[0-9a-f]{8}", naming.name(thing))
    assert naming.is_autonamed(thing)
    assert naming.name(named({})) == naming.name(thing) != naming.name(named({}, b"other"))


@pytest.mark.parametrize("metadata", [{"name": "given"}, {"name": UNKNOWN}, {"generateName": "g-"}, UNKNOWN])
def test_given_and_unknown_names_are_left_alone(metadata: Any) -> None:
    assert named(metadata)["metadata"] == metadata


def test_the_stacks_autonaming_decides() -> None:
    assert naming.name(named({}, autonaming=naming.Autonaming("shop-settings", "propose"))) == "shop-settings"
    with pytest.raises(Problem, match=r"set \.metadata\.name"):
        named({}, autonaming=naming.Autonaming("", "disable"))


def test_a_made_up_name_is_kept_until_somebody_names_the_object() -> None:
    old = named({})
    unnamed: dict[str, Any] = {"metadata": {}}
    naming.adopt(unnamed, old)
    assert naming.name(unnamed) == naming.name(old)
    assert naming.is_autonamed(unnamed)
    other: dict[str, Any] = {"metadata": {"name": "mine"}}
    naming.adopt(other, old)
    assert not naming.is_autonamed(other)
    free: dict[str, Any] = {"metadata": {}}
    naming.adopt(free, {"metadata": {"name": "given"}})
    assert not naming.is_named(free)


def test_identifiers() -> None:
    assert naming.identifier({"metadata": {"name": "a", "namespace": "n"}}) == "n/a"
    assert naming.split_identifier("n/a") == ("n", "a")
    assert naming.split_identifier("system:masters") == ("", "system:masters")


def test_tokens() -> None:
    assert token(URN) == "kubernetes:core/v1:ConfigMap"
    assert group_version_kind(URN, {}) == ("v1", "ConfigMap")
    patch = URN.replace("ConfigMap", "ConfigMapPatch")
    assert group_version_kind(patch, {}) == ("v1", "ConfigMap")
    assert is_patch(patch, {"kind": "ConfigMap"})
    assert not is_patch(patch.replace("ConfigMapPatch", "EnvoyPatch"), {"kind": "EnvoyPatch"})
    assert is_list(URN.replace("ConfigMap", "ConfigMapList"))
    assert not is_list(URN.replace("core/v1:ConfigMap", "example.com/v1:AllowList"))


def test_scopes_without_a_server_come_from_the_table_and_from_the_programs_crds() -> None:
    scopes = Scopes(None)
    assert scopes.namespaced("v1", "ConfigMap")
    assert not scopes.namespaced("v1", "Namespace")
    assert scopes.namespaced("example.com/v1", "Widget")
    crd = {"kind": "CustomResourceDefinition", "spec": {"group": "example.com", "scope": "Cluster", "names": {"kind": "Widget"}}}
    scopes.learn(crd)
    assert not scopes.namespaced("example.com/v1", "Widget")


@pytest.mark.parametrize(
    ("said", "policy"), [("", "Foreground"), ("orphan", "Orphan"), ("Background", "Background"), ("nonsense", "Foreground")]
)
def test_deletion_propagation(said: str, policy: str) -> None:
    assert deletion_propagation({"metadata": {"annotations": {"pulumi.com/deletionPropagationPolicy": said}}}) == policy
