"""Manifests as objects, and the order in which the objects of a group come."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from quayside_sandbox.plugins.kubernetes.configuration import Configuration
from quayside_sandbox.plugins.kubernetes.groups_manifest import load, normal, read
from quayside_sandbox.plugins.kubernetes.groups_order import key, ordered
from quayside_sandbox.plugins.kubernetes.handler import Problem
from quayside_sandbox.plugins.kubernetes.invokes import invoke
from quayside_sandbox.plugins.kubernetes.kinds import Scopes


def thing(kind: str, name: str, namespace: str = "", version: str = "v1", **more: Any) -> dict[str, Any]:
    place = {"namespace": namespace} if namespace else {}
    annotations = {"annotations": {"config.kubernetes.io/depends-on": more.pop("after")}} if "after" in more else {}
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name, **place, **annotations}, **more}


def names(objects: list[dict[str, Any]]) -> list[str]:
    return [entry["metadata"]["name"] for entry, _ in ordered(objects)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2024-01-01", "2024-01-01"),
        ("12:30", "12:30"),
        ("=", "="),
        ("1.5", 1.5),
        ("17", 17),
        ("-3", -3),
        ("1e3", 1000.0),
        ("true", True),
        ("~", None),
        ("v1.2.3", "v1.2.3"),
        ("1.2.3", "1.2.3"),
        ("0644", 420),
        ("0x1f", 31),
        ("1_000", 1000),
        ("10.0.0.1", "10.0.0.1"),
        ("+", "+"),
        (".5", 0.5),
        ("100m", "100m"),
    ],
)
def test_values_are_read_as_kubernetes_tools_read_them(text: str, value: Any) -> None:
    assert load(f"a: {text}") == [{"a": value}]


def test_empty_documents_are_left_out_and_broken_ones_named() -> None:
    assert load("---\n---\n# nothing\n---\na: 1\n") == [{"a": 1}]
    assert load("") == []
    with pytest.raises(Problem, match=r"web\.yaml is not valid YAML"):
        load("a: [", "web.yaml")


def test_files_patterns_and_what_is_not_there(tmp_path: Path) -> None:
    for number in (2, 1):
        (tmp_path / f"m{number}.yaml").write_text(f"n: {number}")
    assert read(str(tmp_path / "m*.yaml"), patterns=True) == [{"n": 1}, {"n": 2}]
    assert read(str(tmp_path / "x*.yaml"), patterns=True) == []
    assert read(str(tmp_path / "m1.yaml"), patterns=False) == [{"n": 1}]
    with pytest.raises(Problem, match=r"reading YAML file from disk: .*m\*\.yaml"):
        read(str(tmp_path / "m*.yaml"), patterns=False)


def test_lists_are_opened_and_namespaces_filled_in() -> None:
    listed = {"apiVersion": "v1", "kind": "List", "items": [thing("ConfigMap", "a"), thing("ConfigMap", "b", "there")]}
    definition = thing("CustomResourceDefinition", "widgets.acme.com", version="apiextensions.k8s.io/v1")
    definition["spec"] = {"group": "acme.com", "scope": "Cluster", "names": {"kind": "Widget"}}
    objects = [listed, thing("Namespace", "there", version="core/v1"), thing("Widget", "w", version="acme.com/v1"), definition]
    found = normal(objects, "home", Scopes(None))
    assert [(entry["metadata"]["name"], entry["metadata"].get("namespace")) for entry in found] == [
        ("a", "home"),
        ("b", "there"),
        ("there", None),
        ("w", None),
        ("widgets.acme.com", None),
    ]
    assert found[2]["apiVersion"] == "v1"


def test_a_custom_resource_that_ends_in_list_is_not_one() -> None:
    assert normal([thing("AllowList", "a", version="acme.com/v1", spec={"items": [1]})], "home", Scopes(None))[0]["kind"] == "AllowList"


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"kind": "ConfigMap", "metadata": {"name": "a"}}, "require a kind and apiVersion"),
        ({"apiVersion": "v1", "kind": "ConfigMap"}, r"require a \.metadata\.name"),
        ("text", "a manifest holds objects"),
    ],
)
def test_what_is_no_object_is_said(entry: Any, message: str) -> None:
    with pytest.raises(Problem, match=message):
        normal([entry], "home", Scopes(None))


def test_an_error_shows_nothing_of_the_content() -> None:
    with pytest.raises(Problem) as failure:
        normal([{"kind": "Secret", "stringData": {"p": "hidden"}}], "home", Scopes(None))
    assert "hidden" not in str(failure.value)


def test_namespaces_and_definitions_come_first() -> None:
    definition = thing("CustomResourceDefinition", "d", spec={"group": "acme.com", "names": {"kind": "Widget"}})
    objects = [
        thing("Widget", "w", "ns", "acme.com/v1"),
        thing("ConfigMap", "c", "ns"),
        thing("Namespace", "ns"),
        definition,
        thing("ConfigMap", "x"),
    ]
    assert names(objects) == ["ns", "d", "x", "w", "c"]
    needs = {entry["metadata"]["name"]: needed for entry, needed in ordered(objects)}
    assert needs["w"] == [key(objects[2]), key(objects[3])]
    assert needs["x"] == []


def test_annotations_say_what_else_comes_first() -> None:
    objects = [thing("ConfigMap", "b", "ns", after="/namespaces/ns/ConfigMap/a, rbac/ClusterRole/r, /namespaces/ns/ConfigMap/elsewhere")]
    objects += [thing("ConfigMap", "a", "ns"), thing("ClusterRole", "r", version="rbac/v1")]
    assert names(objects) == ["a", "r", "b"]


def test_a_circle_is_said() -> None:
    with pytest.raises(Problem, match=r"in a circle .*: ConfigMap a, ConfigMap b"):
        ordered([thing("ConfigMap", "a", after="/ConfigMap/b"), thing("ConfigMap", "b", after="/ConfigMap/a")])


def test_a_reference_that_cannot_be_read_is_said() -> None:
    with pytest.raises(Problem, match="'ConfigMap/a' should be <group>/<kind>/<name>"):
        ordered([thing("ConfigMap", "b", after="ConfigMap/a")])


def test_decode() -> None:
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n---\nnot: an object\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: n}\n"
    found = invoke("kubernetes:yaml:decode", {"text": text, "defaultNamespace": "home"}, Configuration())["result"]
    assert [entry["metadata"] for entry in found] == [{"name": "a", "namespace": "home"}, {"name": "n"}]
    assert invoke("kubernetes:yaml:decode", {"text": text}, Configuration())["result"][0]["metadata"] == {"name": "a"}


@pytest.mark.parametrize(
    ("token", "message"), [("kubernetes:kustomize:directory", "has no kustomize"), ("kubernetes:x:y", 'no function "kubernetes:x:y"')]
)
def test_what_is_not_served_is_said(token: str, message: str) -> None:
    with pytest.raises(Problem, match=message):
        invoke(token, {}, Configuration())
