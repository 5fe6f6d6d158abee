"""That the programs which are compared register the same, and what the naive one does otherwise."""

import json
from pathlib import Path
from typing import Any

import pytest

from bench import objects
from bench.stacks import PROGRAMS


@pytest.fixture(scope="module")
def resources(tmp_path_factory: pytest.TempPathFactory) -> objects.Resources:
    return objects.recorded(_program(tmp_path_factory.mktemp("library"), "library", "services.json", objects.services(2)))


def _program(folder: Path, name: str, file: str, content: str) -> Path:
    (folder / "__main__.py").write_text((PROGRAMS / f"{name}.py").read_text())
    (folder / "usage.py").write_text((PROGRAMS / "usage.py").read_text())
    (folder / "kubeconfig").write_text("not read")
    (folder / file).write_text(content)
    return folder


def _known(resources: objects.Resources) -> list[Any]:
    return sorted(([each["type"], each["name"], each["inputs"], each["options"], len(each["after"])] for each in resources), key=json.dumps)


def test_the_bare_program_registers_what_the_library_does(resources: objects.Resources, tmp_path: Path) -> None:
    again = objects.recorded(_program(tmp_path, "bare", "resources.json", objects.for_bare(resources)))
    assert len(resources) == 18
    assert _known(again) == _known(resources)


def test_the_naive_program_waits_for_services(resources: objects.Resources) -> None:
    told = json.loads(objects.for_bare(resources, naive=True))["resources"]
    waits = [
        objects.SKIPPED_WAIT not in each["inputs"]["metadata"].get("annotations", {})
        for each in told
        if each["type"].endswith("v1:Service")
    ]
    assert waits == [True, True]


def test_kubectl_gets_secrets_in_clear_and_no_references_that_only_a_cluster_knows(resources: objects.Resources) -> None:
    text = objects.for_kubectl(resources)
    assert len(json.loads(text)["items"]) == 18
    assert "$" not in text
    assert "ownerReferences" not in text


def test_a_state_with_another_object_differs() -> None:
    def state(port: int, uid: str) -> list[dict[str, Any]]:
        inputs = {"metadata": {"uid": uid}, "spec": {"port": port}}
        return [{"type": "kubernetes:core/v1:Service", "urn": "urn:pulumi:a::b::kubernetes:core/v1:Service::shop", "inputs": inputs}]

    assert objects.differences(state(80, "one"), state(80, "other")) == []
    assert objects.differences(state(80, "one"), state(81, "one")) == ["kubernetes:core/v1:Service shop"]
