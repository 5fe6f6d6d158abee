"""Manifests at public addresses in a sandbox with stand-in charts: what is read in their place, and what the cluster's real definitions change."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from quayside_sandbox.places import data_folder
from quayside_sandbox.plugins.kubernetes.groups_manifest import read
from quayside_sandbox.plugins.kubernetes.handler import Problem
from quayside_sandbox.plugins.kubernetes.manifest_stand_in import beside_real_ones, stand_in

ADDRESS = "https://github.com/kubernetes-sigs/gateway-api/releases/download/v1.6.1/standard-install.yaml"
ROOT = Path(__file__).resolve().parents[4]
REAL = Path(os.environ.get("QUAYSIDE_SHARED_DATA") or ROOT.parent / "shared" / "data") / "crds"
IN_A_SANDBOX = {"QUAYSIDE_SANDBOX_MANIFESTS": str(data_folder("manifests"))}


@pytest.fixture(autouse=True)
def _sandbox(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("QUAYSIDE_SANDBOX_MANIFESTS", IN_A_SANDBOX["QUAYSIDE_SANDBOX_MANIFESTS"])
    monkeypatch.setenv("QUAYSIDE_SANDBOX", str(tmp_path))


def shape(definition: dict[str, Any]) -> dict[str, Any]:
    """All of a definition but its fields."""
    spec = definition["spec"]
    annotations = {key: value for key, value in definition["metadata"]["annotations"].items() if key != "quayside/stand-in"}
    versions = [
        {key: version.get(key) or None for key in ("name", "served", "storage", "deprecated", "subresources")}
        for version in spec["versions"]
    ]
    metadata = {**definition["metadata"], "annotations": annotations}
    return {**definition, "metadata": metadata, "spec": {**{key: spec[key] for key in ("group", "scope", "names")}, "versions": versions}}


def test_the_gateway_api_has_the_real_ones_shape() -> None:
    ours = read(ADDRESS, patterns=False)
    assert Counter(entry["kind"] for entry in ours) == {
        "CustomResourceDefinition": 10,
        "ValidatingAdmissionPolicy": 1,
        "ValidatingAdmissionPolicyBinding": 1,
    }
    if not REAL.is_dir():
        assert not os.environ.get("CI"), f"no real definitions in {REAL}"
        pytest.skip(f"no real definitions in {REAL}: set QUAYSIDE_SHARED_DATA")
    real = [entry for entry in yaml.load_all((REAL / "gateway-api.yaml").read_text(), yaml.CSafeLoader) if entry]
    by_name = {entry["metadata"]["name"]: entry for entry in ours}
    assert [shape(by_name[entry["metadata"]["name"]]) for entry in real] == [shape(entry) for entry in real]
    policies = [entry for entry in yaml.safe_load_all((REAL / "gateway-api-safe-upgrades.yaml").read_text()) if entry]
    assert {(entry["kind"], entry["metadata"]["name"]) for entry in policies} <= {(e["kind"], e["metadata"]["name"]) for e in ours}


def test_it_is_listed_once(tmp_path: Path) -> None:
    for _ in range(2):
        read(ADDRESS, patterns=False)
    [line] = (tmp_path / "substitutions.jsonl").read_text().splitlines()
    assert json.loads(line) == {
        "kind": "manifest",
        "what": f"Gateway API v1.6.1, standard channel of {ADDRESS}",
        "by": "the sandbox's stand-in manifest",
    }


def test_a_mirrors_file_is_the_same_one() -> None:
    assert stand_in("https://mirror.example.com/charts/gateway-api/standard-install.yaml", IN_A_SANDBOX) is not None


def test_another_address_is_an_error_that_says_what_there_is() -> None:
    with pytest.raises(Problem, match=r"no stand-in manifest for https://example\.com/x\.yaml .*standard-install\.yaml.*--charts real"):
        read("https://example.com/x.yaml", patterns=False)
    assert stand_in("https://example.com/x.yaml", {}) is None, "with real charts everything is fetched"


class Cluster:
    """Has one definition."""

    def __init__(self, definition: dict[str, Any] | None) -> None:
        self.definition = definition

    def find(self, version: str, kind: str, name: str) -> dict[str, Any] | None:
        return self.definition if self.definition and self.definition["metadata"]["name"] == name else None


def test_a_real_definition_keeps_its_fields() -> None:
    ours = read(ADDRESS, patterns=False)
    name = "httproutes.gateway.networking.k8s.io"
    live = {"metadata": {"name": name}, "kind": "CustomResourceDefinition", "spec": {"versions": ["with fields"]}}
    found = {entry["metadata"]["name"]: entry for entry in beside_real_ones(ours, Cluster(live)) if entry["kind"] == live["kind"]}  # type: ignore[arg-type]
    assert found[name]["spec"] == live["spec"]
    assert "quayside/stand-in" not in found[name]["metadata"]["annotations"]
    assert found[name]["metadata"]["annotations"]["gateway.networking.k8s.io/channel"] == "standard"
    assert sum("quayside/stand-in" in entry["metadata"]["annotations"] for entry in found.values()) == 9
    own = {**live, "metadata": {"name": name, "annotations": {"quayside/stand-in": "true"}}}
    assert beside_real_ones(ours, Cluster(own)) == ours, "a stand-in's own definition is no real one"  # type: ignore[arg-type]
    assert beside_real_ones(ours, Cluster(None)) == ours  # type: ignore[arg-type]
