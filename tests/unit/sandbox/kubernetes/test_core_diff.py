"""What the plugin calls a change, which changes replace, and how their paths are spelled."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quayside_sandbox.plugins.kubernetes.configuration import Configuration
from quayside_sandbox.plugins.kubernetes.diff import changes, contains, parse, prune, spell
from quayside_sandbox.plugins.kubernetes.handler import Change
from quayside_sandbox.plugins.kubernetes.immutable import immutable_fields
from quayside_sandbox.plugins.values import UNKNOWN


def diff(before: Any, after: Any, immutable: tuple[str, ...] = (), applied: Any = None) -> dict[str, str]:
    return {path: change.name for path, change in changes(before, after, list(immutable), before if applied is None else applied).items()}


def test_prune_keeps_what_the_inputs_speak_of() -> None:
    live = {"spec": {"ports": [{"port": 80, "nodePort": 30000}, {"port": 81}], "clusterIP": "10.0.0.1"}, "status": {}}
    assert prune(live, {"spec": {"ports": [{"port": 1}]}}) == {"spec": {"ports": [{"port": 80}]}}
    assert prune({"replicas": 1}, {"replicas": {"odd": "type"}}) == {"replicas": 1}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"a": 1}, {"a": 1.0}, {}),
        ({"a": 1}, {"a": True}, {"a": "UPDATE"}),
        ({"a": {"b": 1}}, {"a": {"b": 2}}, {"a.b": "UPDATE"}),
        ({"a": {"b": 1}}, {}, {"a": "DELETE"}),
        ({}, {"a": {"b": 1}}, {"a": "ADD"}),
        ({"a": [1]}, {"a": [1, 2]}, {"a[1]": "ADD"}),
        ({"a": [1, 2]}, {"a": [3]}, {"a[0]": "UPDATE", "a[1]": "DELETE"}),
        ({"a": [{"b": 1, "c": 1}]}, {"a": [{"b": 2}]}, {"a[0].b": "UPDATE", "a[0].c": "DELETE"}),
        ({"a": "x"}, {"a": UNKNOWN}, {"a": "UPDATE"}),
        ({}, {"a": UNKNOWN}, {"a": "ADD"}),
        ({"m": {"x/y.z": "1"}}, {"m": {"x/y.z": "2"}}, {'m["x/y.z"]': "UPDATE"}),
    ],
)
def test_changes(before: Any, after: Any, expected: dict[str, str]) -> None:
    assert diff(before, after) == expected


def test_an_empty_value_that_the_server_dropped_is_no_change() -> None:
    sent = {"spec": {"hostNetwork": False}}
    assert diff({"spec": {}}, sent, applied=sent) == {}
    assert diff({"spec": {}}, {"spec": {"hostNetwork": True}}, applied=sent) == {"spec.hostNetwork": "ADD"}
    assert diff({"spec": {}}, sent, applied={"spec": {}}) == {"spec.hostNetwork": "ADD"}


@pytest.mark.parametrize(
    ("before", "after", "path"),
    [
        ({"spec": {"selector": {"a": "1"}}}, {"spec": {"selector": {"a": "2"}}}, "spec.selector.a"),
        ({"spec": {"selector": {"a": "1"}}}, {"spec": {}}, "spec.selector"),
        ({}, {"spec": {"selector": {"a": "1"}}}, "spec"),
        ({"spec": {"containers": [{"image": "a"}]}}, {"spec": {"containers": [{"image": "b"}]}}, "spec.containers[0].image"),
    ],
)
def test_changes_of_immutable_fields_replace(before: Any, after: Any, path: str) -> None:
    found = diff(before, after, immutable=("spec.selector", "spec.containers.*.image"))
    assert found[path].endswith("_REPLACE")


def test_changes_beside_immutable_fields_do_not() -> None:
    assert diff({"spec": {"replicas": 1}}, {"spec": {"replicas": 2}}, immutable=("spec.selector",)) == {"spec.replicas": "UPDATE"}
    assert Change.DELETE.replacing() is Change.DELETE_REPLACE
    assert Change.UPDATE_REPLACE.replacing() is Change.UPDATE_REPLACE


@pytest.mark.parametrize(
    ("api_version", "kind", "field", "immutable"),
    [
        ("apps/v1", "Deployment", "spec.selector", True),
        ("apps/v1", "Deployment", "spec.template", False),
        ("apps/v1", "StatefulSet", "spec.volumeClaimTemplates", True),
        ("batch/v1", "Job", "spec.template", True),
        ("batch/v1", "CronJob", "spec.jobTemplate", False),
        ("v1", "Service", "spec.clusterIP", True),
        ("v1", "Service", "spec.type", False),
        ("v1", "Pod", "spec.containers.*.image", True),
        ("v1", "PersistentVolumeClaim", "spec.storageClassName", True),
        ("v1", "PersistentVolumeClaim", "spec.resources", False),
        ("rbac.authorization.k8s.io/v1", "RoleBinding", "roleRef", True),
        ("storage.k8s.io/v1", "StorageClass", "parameters", True),
        ("example.com/v1", "Service", "spec.clusterIP", False),
        ("example.com/v1", "Anything", "metadata.namespace", True),
    ],
)
def test_immutable_fields(api_version: str, kind: str, field: str, immutable: bool) -> None:
    assert (field in immutable_fields({"apiVersion": api_version, "kind": kind}, Configuration())) is immutable


def test_data_is_immutable_unless_the_provider_says_otherwise() -> None:
    for kind, mutable in (
        ("ConfigMap", Configuration(enable_config_map_mutable=True)),
        ("Secret", Configuration(enable_secret_mutable=True)),
    ):
        thing: dict[str, Any] = {"apiVersion": "v1", "kind": kind}
        assert "data" in immutable_fields(thing, Configuration())
        assert "data" not in immutable_fields(thing, mutable)
        assert "data" in immutable_fields({**thing, "immutable": True}, mutable)


keys = st.text(alphabet='ab.[]"/-', min_size=1, max_size=6).filter(lambda key: not key.endswith("\\"))


@given(st.lists(keys | st.integers(0, 99), min_size=1, max_size=5).filter(lambda path: isinstance(path[0], str)))
def test_parse_reverses_spell(path: list[str | int]) -> None:
    assert parse(spell(path)) == path


def test_ignored_paths_cover_what_is_below_them() -> None:
    assert contains(parse("spec"), parse("spec.replicas"))
    assert contains(parse("webhooks[*].failurePolicy"), parse("webhooks[3].failurePolicy"))
    assert not contains(parse("spec.replicas"), parse("spec"))
    assert not contains(parse("webhooks[0]"), parse("webhooks[1].failurePolicy"))
