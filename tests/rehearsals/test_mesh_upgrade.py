"""Istio is upgraded by revision, as docs/mesh.md tells it: a quayside with a new version, both control planes side by side, one namespace to
try it, the rest with the entry, and the old one let go. All the while somebody asks for the stack's hosts, and looks whether every proxy's
control plane is there.

The tests tell one life of the stack, in this order.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from quayside_sandbox.controlplane.injectors.contract import available
from quayside_sandbox.plugins.kubernetes.release_chart import VERSIONS_VARIABLE
from quayside_sandbox.rehearsal import Rehearsal
from quayside_sandbox.sandbox import Sandbox
from quayside_sandbox.visitor import View

from .cluster_checks import eventually
from .conftest import Project
from .stack_life import Life, kinds, quiet
from .visitors import Visitors

HELLO, SHOP = "hello.dev.example.com", "shop.dev.example.com"
SMALL = {"image": "nginxinc/nginx-unprivileged:1.29-alpine", "resources": {"requests": {"cpu": "10m", "memory": "16Mi"}}}
REGISTRATION = "admissionregistration.k8s.io/v1"
OLD, NEW = "1.30.2", "1.30.3"
BEFORE = f'''
from quayside import versions

for name, chart in versions.CHARTS.items():
    if "istio-release" in chart.repository:
        versions.CHARTS[name] = chart.at("{OLD}")
'''
"""What makes this quayside the one of before, which installs another version of Istio."""


@pytest.fixture(scope="module")
def dev(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    project = Project(tmp_path_factory.mktemp("project"))
    program = project.folder / "__main__.py"
    program.write_text(BEFORE + program.read_text())
    project.edit("dev", "services.shop", {**SMALL, "hosts": {"shop": {}}})
    project.edit("dev", "mesh", {"mode": "sidecar", "revision": "1-30-2"})
    versions = {VERSIONS_VARIABLE: str(tmp_path_factory.mktemp("charts"))}
    yield Life(project, Rehearsal(sandbox, project.folder, "dev", variables=versions)).up()


@pytest.fixture(scope="module")
def visitors(dev: Life) -> Iterator[Visitors]:
    eventually(lambda: not [each for host in (HELLO, SHOP) for each in dev.rehearsal.asks(host) if each.problem], "the first certificates")
    with Visitors(dev.rehearsal, (HELLO, SHOP), forsaken) as found:
        yield found


def proxy(pod: dict[str, Any]) -> tuple[str, str] | None:
    """The control plane and the version of a pod's proxy."""
    for container in [*pod["spec"]["containers"], *pod["spec"].get("initContainers", [])]:
        if container["name"] == "istio-proxy":
            metadata = pod["metadata"]
            revision = metadata.get("annotations", {}).get("istio.io/rev") or metadata["labels"]["istio.io/rev"]
            return revision, container["image"].rpartition(":")[2].removesuffix("-distroless")
    return None


def planes(dev: Life) -> dict[str, str]:
    """Control planes that run → their version."""
    found = [each for each in dev.api.list("apps/v1", "Deployment", "istio-system") if each["metadata"]["labels"].get("app") == "istiod"]
    return {
        each["metadata"]["labels"]["istio.io/rev"]: each["spec"]["template"]["spec"]["containers"][0]["image"].rpartition(":")[2]
        for each in found
        if available(each)
    }


def forsaken(view: View) -> list[str]:
    """Pods whose proxy has no control plane that would tell it what to do."""
    running = [each for each in view.api.list("apps/v1", "Deployment", "istio-system") if available(each)]
    known = {each["metadata"]["labels"].get("istio.io/rev") for each in running}
    live = [each for each in view.pods if "deletionTimestamp" not in each["metadata"]]
    return [f"{each['metadata']['name']} follows {found[0]}" for each in live if (found := proxy(each)) and found[0] not in known]


def proxies(dev: Life) -> dict[str, set[tuple[str, str]]]:
    """Namespace → control planes and versions of the proxies there."""
    found: dict[str, set[tuple[str, str]]] = {}
    for pod in dev.api.list("v1", "Pod"):
        if (one := proxy(pod)) and "deletionTimestamp" not in pod["metadata"]:
            found.setdefault(pod["metadata"]["namespace"], set()).add(one)
    return found


def step(dev: Life, visitors: Visitors, **changes: Any) -> list[str]:
    """What an edit of the stack's file changes, without anybody noticing. What it left undone would be among the changes of the next."""
    with visitors.unserved() as problems:
        done = dev.edit(**changes)
    assert problems == []
    return done


def webhooks(dev: Life) -> dict[str, str]:
    """Istio's webhook configurations → the Service that they lead to; the tag has none."""
    every = [each for kind in ("Mutating", "Validating") for each in dev.api.list(REGISTRATION, f"{kind}WebhookConfiguration")]
    return {
        each["metadata"]["name"]: next((hook["clientConfig"]["service"]["name"] for hook in each.get("webhooks") or []), "")
        for each in every
        if each["metadata"]["name"].startswith("isti")
    }


def test_the_old_version_runs_under_its_name(dev: Life, visitors: Visitors) -> None:
    assert planes(dev) == {"1-30-2": OLD}
    assert proxies(dev) == {each: {("1-30-2", OLD)} for each in ("hello", "shop", "gateway-api")}
    routes = dev.api.list("gateway.networking.k8s.io/v1", "HTTPRoute")
    assert [each["metadata"]["name"] for each in routes if not each.get("status", {}).get("parents")] == []  # also where nothing is named


def test_a_new_quayside_brings_the_new_version_beside_it_and_nothing_moves(dev: Life, visitors: Visitors) -> None:
    program = dev.project.folder / "__main__.py"
    program.write_text(program.read_text().removeprefix(BEFORE))
    before = {each["metadata"]["uid"] for each in dev.api.list("v1", "Pod") if proxy(each)}
    assert step(dev, visitors, mesh__controlPlanes={"1-30-2": {"version": OLD}, "1-30-3": {}}) == [
        "create kubernetes:helm.sh/v3:Release::istiod-1-30-3",
        "update kubernetes:helm.sh/v3:Release::istio-base",
    ]
    assert planes(dev) == {"1-30-2": OLD, "1-30-3": NEW}
    assert {each["metadata"]["uid"] for each in dev.api.list("v1", "Pod") if proxy(each)} == before
    assert webhooks(dev) == {
        "istio-revision-tag-default": "",
        "istio-sidecar-injector-1-30-2": "istiod-1-30-2",
        "istio-sidecar-injector-1-30-3": "istiod-1-30-3",
        "istio-validator-1-30-2-istio-system": "istiod-1-30-2",
        "istio-validator-1-30-3-istio-system": "istiod-1-30-3",
        "istiod-default-validator": "istiod-1-30-2",
    }


def test_one_namespace_tries_it(dev: Life, visitors: Visitors) -> None:
    assert kinds(step(dev, visitors, mesh__namespaces={"shop": "1-30-3"})) == {"update Namespace": 1, "update Deployment": 1}
    assert dev.api.get("v1", "Namespace", "shop")["metadata"]["labels"]["istio.io/rev"] == "1-30-3"
    assert proxies(dev) == {"hello": {("1-30-2", OLD)}, "shop": {("1-30-3", NEW)}, "gateway-api": {("1-30-2", OLD)}}


def test_the_rest_follows_with_the_entry_and_the_nodes(dev: Life, visitors: Visitors) -> None:
    changed = kinds(step(dev, visitors, mesh__namespaces=None, mesh__revision="1-30-3"))
    assert changed == {
        "update Release": 2,  # base, for its webhook, and cni
        "update MutatingWebhookConfiguration": 1,
        "update Namespace": 1,
        "update Deployment": 1,
        "update Gateway": 1,
    }
    assert proxies(dev) == {each: {("1-30-3", NEW)} for each in ("hello", "shop", "gateway-api")}
    assert webhooks(dev)["istiod-default-validator"] == "istiod-1-30-3"


def test_the_old_one_goes_and_leaves_nothing(dev: Life, visitors: Visitors) -> None:
    assert step(dev, visitors, mesh__controlPlanes=None) == ["delete kubernetes:helm.sh/v3:Release::istiod-1-30-2"]
    assert planes(dev) == {"1-30-3": NEW}
    assert {name: service for name, service in webhooks(dev).items() if "1-30-2" in name + service} == {}
    assert quiet(dev.rehearsal.preview()).changed == []
