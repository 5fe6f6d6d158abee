"""Services whose pods fail, each in another of the ways that the sandbox knows: one `up` ends in time and tells each one's own reason."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from quayside_sandbox.controlplane import faults
from quayside_sandbox.rehearsal import Outcome, Rehearsal
from quayside_sandbox.sandbox import Sandbox

from .cluster_checks import NODES

PROGRAM = Path(__file__).parent / "programs" / "failing_services"
TIMEOUT = "20s"
LOST = {"name": "lost", "cpu": 4, "memory": "8Gi", "taints": [{"key": "acme.com/alone", "effect": "NoSchedule"}]}
LAST_WORDS = "its last words: This is a rehearsal: containers are simulated and write nothing."


def service(image: str = "acme/web:1", **pod: Any) -> dict[str, Any]:
    patches = {"patches": {"Deployment": {"spec": {"template": {"spec": pod}}}}} if pod else {}
    return {"image": image, "timeout": TIMEOUT, **patches}


ON_LOST = {"nodeSelector": {"kubernetes.io/hostname": "lost"}, "tolerations": [{"operator": "Exists"}]}
FAULTS = {
    "ghost": ("image-missing", "image=acme/ghost:*"),
    "loop": ("crash-loop", "pod=loop/*"),
    "greedy": ("out-of-memory", "pod=greedy/*"),
    "deaf": ("never-ready", "pod=deaf/*"),
    "writer": ("volume-pending", "volume=writer/data"),
    "stray": ("node-lost", "node=lost"),
}
SERVICES = {
    "ghost": service("acme/ghost:2"),
    "loop": service(),
    "greedy": service(),
    "deaf": service(),
    "writer": service(volumes=[{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]),
    "stray": service(**ON_LOST),
    "sound": service(),
}
REASONS = {
    "ghost": ["container ghost: ImagePullBackOff: ", "docker.io/acme/ghost:2: not found"],
    "loop": ["container loop: CrashLoopBackOff: it ended with exit code 1", "Back-off restarting failed container loop", LAST_WORDS],
    "greedy": ["container greedy: OOMKilled: it used more memory than its limit allows", "Back-off restarting failed", LAST_WORDS],
    "deaf": ["ContainersNotReady: containers with unready status: [deaf]", "Readiness probe failed: ", LAST_WORDS],
    "writer": ["unbound immediate PersistentVolumeClaims", "ProvisioningFailed: ", "volume limit has been reached"],
    "stray": ['NodeNotReady: node "lost" is not ready (NodeStatusUnknown: Kubelet stopped posting node status.)'],
}


@pytest.fixture(scope="module")
def up(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> tuple[Rehearsal, Outcome]:
    """Each waits 20 s, all at the same time; who waited ten minutes, as Deployments do by themselves, would be ended here."""
    program = tmp_path_factory.mktemp("program") / "services"
    shutil.copytree(PROGRAM, program, ignore=shutil.ignore_patterns("__pycache__"))
    (program / "kubeconfig").write_text(sandbox.local_cluster("failing", [*NODES, LOST]))
    (program / "services.json").write_text(json.dumps(SERVICES))
    for kind, match in FAULTS.values():
        faults.set(sandbox.folder, kind, match)
    stack = Rehearsal(sandbox, program, "failing")
    return stack, stack.run("up", "--yes", "--skip-preview", timeout=300)


def test_every_way_in_which_pods_fail_is_tried() -> None:
    assert {kind for kind, _ in FAULTS.values()} == set(faults.KINDS)


@pytest.mark.parametrize("name", REASONS)
def test_the_error_has_the_pods_own_reason_its_events_and_its_last_words(name: str, up: tuple[Rehearsal, Outcome]) -> None:
    _, outcome = up
    (error,) = [
        one["message"]
        for one in outcome.diagnostics
        if one["severity"] == "error" and one["urn"].endswith(f"kubernetes:apps/v1:Deployment::{name}")
    ]
    assert f"'{name}' timed out waiting to be Ready" in error
    for reason in REASONS[name]:
        assert reason in error, error


def test_the_sound_one_is_up(up: tuple[Rehearsal, Outcome]) -> None:
    stack, outcome = up
    assert outcome.code != 0
    assert stack.api("failing").get("apps/v1", "Deployment", "sound", "sound")["status"]["readyReplicas"] == 1


def test_when_the_trouble_is_over_the_next_up_completes(sandbox: Sandbox, up: tuple[Rehearsal, Outcome]) -> None:
    stack, _ = up
    faults.clear(sandbox.folder)
    stack.up().check()
