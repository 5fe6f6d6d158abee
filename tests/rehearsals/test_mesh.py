"""A stack joins the mesh, moves to another control plane, changes to ambient and leaves: what the cluster holds at each step.

istiod patches its own webhook configurations all the while (pulumi-kubernetes#2210). The tests tell one life of the stack, in this order.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from quayside_sandbox.rehearsal import Rehearsal
from quayside_sandbox.sandbox import Sandbox

from .conftest import Project
from .stack_life import Life, kinds, quiet

REGISTRATION = "admissionregistration.k8s.io/v1"


@pytest.fixture(scope="module")
def dev(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    """Services alone: what an entry adds is rehearsed elsewhere."""
    project = Project(tmp_path_factory.mktemp("project"))
    for key, value in {"names.dns": "none", "entry.kind": "none", "certificates.enabled": False, "services.hello.hosts": None}.items():
        project.edit("dev", key, value)
    yield Life(project, Rehearsal(sandbox, project.folder, "dev")).up()


def pods(dev: Life) -> list[dict[str, Any]]:
    """Those of the service that are not going."""
    return [each for each in dev.api.list("v1", "Pod", "hello") if "deletionTimestamp" not in each["metadata"]]


def proxies(dev: Life) -> list[str]:
    """The control plane that each pod's sidecar is from, empty for a pod without one."""
    return [
        each["metadata"]["labels"].get("istio.io/rev", "?")
        if "istio-proxy" in [one["name"] for one in each["spec"].get("initContainers", [])]
        else ""
        for each in pods(dev)
    ]


def joined(dev: Life) -> dict[str, dict[str, str]]:
    """Namespaces with labels of Istio's."""
    found = {
        each["metadata"]["name"]: {key: value for key, value in each["metadata"]["labels"].items() if key.startswith("istio")}
        for each in dev.api.list("v1", "Namespace")
    }
    return {name: labels for name, labels in found.items() if labels}


def test_joining_replaces_the_pods_and_istiods_own_changes_stay_its_own(dev: Life) -> None:
    assert proxies(dev) == ["", ""]
    changed = kinds(dev.edit(mesh__mode="sidecar"))
    assert changed["create Release"] == 3
    assert (changed["update Namespace"], changed["update Deployment"], changed["create PeerAuthentication"]) == (1, 1, 1)
    assert joined(dev) == {"hello": {"istio-injection": "enabled"}}
    assert proxies(dev) == ["default", "default"]
    hooks = [
        hook
        for kind in ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration")
        for each in dev.api.list(REGISTRATION, kind)
        if "istio" in each["metadata"]["name"]
        for hook in each["webhooks"]
    ]
    assert {bool(hook["clientConfig"].get("caBundle")) for hook in hooks} == {True}
    assert {hook["failurePolicy"] for hook in hooks} == {"Fail"}
    assert quiet(dev.rehearsal.run("preview", "--refresh")).changed == []  # without a refresh: the next edit's changes are all of them


def test_pods_stay_restricted_and_small(dev: Life) -> None:
    for pod in pods(dev):
        added = {each["name"]: each for each in pod["spec"]["initContainers"]}
        assert "istio-init" not in added  # it would need NET_ADMIN
        assert added["istio-proxy"]["resources"]["requests"] == {"cpu": "10m", "memory": "40Mi"}
        assert added["istio-proxy"]["restartPolicy"] == "Always"


def test_strict_is_one_word_and_a_second_control_plane_moves_nobody(dev: Life) -> None:
    assert dev.edit(mesh__mtls="strict", mesh__controlPlanes={"default": {}, "next": {}}) == [
        "create kubernetes:helm.sh/v3:Release::istiod-next",
        "update kubernetes:security.istio.io/v1:PeerAuthentication::mesh-mtls",
    ]
    assert dev.api.get("security.istio.io/v1", "PeerAuthentication", "default", "istio-system")["spec"] == {"mtls": {"mode": "STRICT"}}
    assert proxies(dev) == ["default", "default"]


def test_a_namespace_tries_it_and_the_others_follow(dev: Life) -> None:
    assert kinds(dev.edit(mesh__namespaces={"hello": "next"})) == {"update Namespace": 1, "update Deployment": 1}
    assert joined(dev) == {"hello": {"istio.io/rev": "next"}}
    assert proxies(dev) == ["next", "next"]
    done = dev.edit(mesh__namespaces=None, mesh__revision="next", mesh__controlPlanes=None)
    assert "delete kubernetes:helm.sh/v3:Release::istiod" in done
    assert proxies(dev) == ["next", "next"]


def test_ambient_lets_go_of_sidecars(dev: Life) -> None:
    dev.edit(mesh__mode="ambient", mesh__mtls="permissive")
    assert joined(dev) == {"hello": {"istio.io/dataplane-mode": "ambient"}}
    assert proxies(dev) == ["", ""]
    assert dev.api.get("apps/v1", "DaemonSet", "ztunnel", "istio-system")["status"]["numberReady"] == 1
    (policy,) = dev.api.list("networking.k8s.io/v1", "NetworkPolicy", "hello")
    assert {"protocol": "TCP", "port": 15008} in policy["spec"]["ingress"][0]["ports"]


def test_a_waypoint_goes_after_what_held_callers_to_it(dev: Life) -> None:
    """And the Service keeps its labels until then: deletions come last in a run."""
    dev.edit(services__hello__traffic={"jwt": {"issuer": "https://login.example.com", "jwksUri": "https://login.example.com/keys"}})
    done = dev.edit(services__hello__traffic=None)
    assert {each.partition(" ")[0] for each in done} == {"delete"}
    assert dev.api.get("v1", "Service", "hello", "hello")["metadata"]["labels"]["istio.io/use-waypoint"] == "hello-waypoint"
    assert dev.api.list("gateway.networking.k8s.io/v1", "Gateway", "hello") == []


def test_off_leaves_nothing_but_the_definitions(dev: Life) -> None:
    dev.project.edit("dev", "mesh.mode", "off")
    (kept,) = dev.rehearsal.up().check().warnings
    assert "kept due to the resource policy" in kept
    assert joined(dev) == {}
    spaces = [each["metadata"]["name"] for each in dev.api.list("v1", "Namespace")]
    hooks = [each["metadata"]["name"] for each in dev.api.list(REGISTRATION, "MutatingWebhookConfiguration")]
    assert [name for name in (*spaces, *hooks) if name.startswith("istio")] == []
