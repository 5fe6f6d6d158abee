"""Pods and nodes that fail on demand, as a kubelet would report them; the program under test knows nothing of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from quayside_sandbox.controlplane import faults
from quayside_sandbox.kube import Api
from quayside_sandbox.sandbox import Sandbox

from .cluster_checks import NODES, Object, available, condition, deployment, events, eventually, pods

PROBE = {"httpGet": {"path": "/healthz", "port": 8080}}


@pytest.fixture(scope="module")
def api(sandbox: Sandbox) -> Iterator[Api]:
    client = Api.from_kubeconfig(sandbox.local_cluster("plain", NODES))
    yield client
    client.close()


@pytest.fixture(autouse=True)
def clear(sandbox: Sandbox) -> Iterator[None]:
    yield
    faults.clear(sandbox.folder)


def state_of(api: Api, app: str, key: str = "state") -> Object:
    """What the one container of an app's one pod is in."""
    found = [status for pod in pods(api, app) for status in pod["status"].get("containerStatuses") or []]
    return found[0].get(key) or {} if found else {}


def waiting(api: Api, app: str, reason: str) -> Object:
    return eventually(lambda: (s := state_of(api, app).get("waiting", {})).get("reason") == reason and s, f"{app} to be in {reason}")


def recovers(sandbox: Sandbox, api: Api, app: str) -> None:
    faults.clear(sandbox.folder)
    eventually(lambda: available(api, app, 1), f"{app} to recover")


def test_a_missing_image(sandbox: Sandbox, api: Api) -> None:
    faults.set(sandbox.folder, "image-missing", "image=acme/ghost:*")
    api.create(deployment("ghost", "acme/ghost:2"))
    api.create(deployment("sound", "acme/sound:1"))
    waiting(api, "ghost", "ErrImagePull")
    state = waiting(api, "ghost", "ImagePullBackOff")
    assert state["message"].startswith('Back-off pulling image "acme/ghost:2": ErrImagePull: ')
    assert "docker.io/acme/ghost:2: not found" in state["message"]
    [pod] = pods(api, "ghost")
    assert pod["status"]["phase"] == "Pending"
    expected = {
        "Error: ErrImagePull",
        "Error: ImagePullBackOff",
        f'Failed to pull image "acme/ghost:2": {state["message"].partition("ErrImagePull: ")[2]}',
    }
    eventually(lambda: set(events(api, pod["metadata"]["name"]).get("Failed", [])) == expected, "the three failures as events")
    assert events(api, pod["metadata"]["name"])["BackOff"] == ['Back-off pulling image "acme/ghost:2"']
    eventually(lambda: available(api, "sound", 1), "others to be well")
    recovers(sandbox, api, "ghost")


def test_a_crash_loop(sandbox: Sandbox, api: Api) -> None:
    faults.set(sandbox.folder, "crash-loop", "pod=default/loop-*")
    api.create(deployment("loop"))
    state = waiting(api, "loop", "CrashLoopBackOff")
    [pod] = pods(api, "loop")
    name, uid = pod["metadata"]["name"], pod["metadata"]["uid"]
    assert state["message"] == f"back-off 10s restarting failed container=app pod={name}_default({uid})"
    assert state_of(api, "loop", "lastState")["terminated"]["exitCode"] == 1
    eventually(lambda: pods(api, "loop")[0]["status"]["containerStatuses"][0]["restartCount"] >= 2, "restarts")
    assert f"Back-off restarting failed container app in pod {name}_default({uid})" in events(api, name)["BackOff"]
    assert not available(api, "loop", 1)
    recovers(sandbox, api, "loop")


def test_an_out_of_memory_kill_strikes_what_runs_already(sandbox: Sandbox, api: Api) -> None:
    api.create(deployment("greedy", "acme/greedy:1"))
    eventually(lambda: available(api, "greedy", 1), "it to run first")
    [before] = pods(api, "greedy")
    faults.set(sandbox.folder, "out-of-memory", "image=acme/greedy:*")
    waiting(api, "greedy", "CrashLoopBackOff")
    [pod] = pods(api, "greedy")
    assert pod["metadata"]["uid"] == before["metadata"]["uid"]
    ended = state_of(api, "greedy", "lastState")["terminated"]
    assert (ended["reason"], ended["exitCode"]) == ("OOMKilled", 137)
    recovers(sandbox, api, "greedy")


def test_a_pod_that_is_never_ready(sandbox: Sandbox, api: Api) -> None:
    faults.set(sandbox.folder, "never-ready", "pod=default/deaf-*")
    api.create(deployment("deaf", readinessProbe=PROBE))
    [pod] = eventually(lambda: [pod for pod in pods(api, "deaf") if pod["status"]["phase"] == "Running"], "it to run")
    assert condition(pod, "Ready")["status"] == "False"
    assert condition(pod, "Ready")["reason"] == "ContainersNotReady"
    [message] = eventually(lambda: events(api, pod["metadata"]["name"]).get("Unhealthy"), "the probe's event")
    address = pod["status"]["podIP"]
    assert message == f'Readiness probe failed: Get "http://{address}:8080/healthz": dial tcp {address}:8080: connect: connection refused'
    assert not available(api, "deaf", 1)
    recovers(sandbox, api, "deaf")


def test_a_job_that_crashes_fails(sandbox: Sandbox, api: Api) -> None:
    faults.set(sandbox.folder, "crash-loop", "pod=default/doomed-*")
    template = {"spec": {"restartPolicy": "Never", "containers": [{"name": "c", "image": "acme/job"}]}}
    spec: Any = {"backoffLimit": 0, "template": template}
    api.create({"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "doomed", "namespace": "default"}, "spec": spec})
    failed = eventually(lambda: condition(api.get("batch/v1", "Job", "doomed", "default"), "Failed"), "the job to fail")
    assert failed["reason"] == "BackoffLimitExceeded"


def test_a_pending_volume(sandbox: Sandbox, api: Api) -> None:
    faults.set(sandbox.folder, "volume-pending", "volume=default/data-*")
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    api.create({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data-0", "namespace": "default"}, "spec": spec})
    user = deployment("writer")
    user["spec"]["template"]["spec"]["volumes"] = [{"name": "data", "persistentVolumeClaim": {"claimName": "data-0"}}]
    api.create(user)
    told = eventually(lambda: events(api, "data-0").get("ProvisioningFailed"), "the provisioner's refusal")
    assert "volume limit has been reached" in told[0]
    [pod] = eventually(
        lambda: [pod for pod in pods(api, "writer") if condition(pod, "PodScheduled").get("status") == "False"], "the verdict"
    )
    assert "unbound immediate PersistentVolumeClaims" in condition(pod, "PodScheduled")["message"]
    assert api.get("v1", "PersistentVolumeClaim", "data-0", "default")["status"]["phase"] == "Pending"
    recovers(sandbox, api, "writer")


def test_a_lost_node(sandbox: Sandbox, api: Api) -> None:
    api.create(deployment("spread", replicas=4))
    eventually(lambda: available(api, "spread", 4), "four replicas on two nodes")
    faults.set(sandbox.folder, "node-lost", "node=two")
    eventually(lambda: condition(api.get("v1", "Node", "two"), "Ready")["reason"] == "NodeStatusUnknown", "the node to be lost")
    taints = eventually(
        lambda: {t["effect"] for t in api.get("v1", "Node", "two")["spec"].get("taints", []) if t["key"].endswith("/unreachable")}, "taints"
    )
    assert "NoSchedule" in taints
    there = [pod for pod in pods(api, "spread") if pod["spec"]["nodeName"] == "two"]
    assert there
    eventually(lambda: not available(api, "spread", 4), "its pods not to count any more")
    victim = there[0]["metadata"]["name"]
    api.delete("v1", "Pod", victim, "default")
    replaced = eventually(lambda: [p for p in pods(api, "spread") if p["spec"].get("nodeName") == "one"][2:], "a substitute elsewhere")
    assert replaced
    assert api.get("v1", "Pod", victim, "default")["metadata"]["deletionTimestamp"], "nobody is there to end it"
    faults.clear(sandbox.folder)
    eventually(lambda: available(api, "spread", 4), "the node to come back")
    eventually(lambda: api.find("v1", "Pod", victim, "default") is None, "the terminating pod to end")


def test_rules_that_say_nothing_are_refused_with_an_example(sandbox: Sandbox) -> None:
    with pytest.raises(ValueError, match="there is no failure 'explode'; there are image-missing, crash-loop"):
        faults.set(sandbox.folder, "explode", "pod=a/b")
    with pytest.raises(ValueError, match="write for example node=main-"):
        faults.set(sandbox.folder, "node-lost", "pod=a/b")
    with pytest.raises(ValueError, match="needs a namespace"):
        faults.set(sandbox.folder, "crash-loop", "pod=web")
    assert faults.rules(sandbox.folder) == []
