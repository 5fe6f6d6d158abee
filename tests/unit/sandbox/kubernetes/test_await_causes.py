"""Why a pod is not ready, in words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from quayside_sandbox.plugins.kubernetes.waiting.causes import PodFacts, causes, complaints, together


def pod(*statuses: Any, phase: str = "Pending", node: str | None = "n1", **conditions: Any) -> Any:
    listed = [{"type": kind, **entry} for kind, entry in conditions.items()]
    return {
        "metadata": {"name": "web-1"},
        "spec": {"nodeName": node},
        "status": {"phase": phase, "conditions": listed, "containerStatuses": statuses},
    }


def container(state: Any = None, last: Any = None, restarts: int = 0, ready: bool = False) -> Any:
    return {"name": "app", "image": "acme/web:1", "state": state or {}, "lastState": last or {}, "restartCount": restarts, "ready": ready}


def event(reason: str, message: str, when: str = "2026-01-01T00:00:00Z") -> Any:
    return {"reason": reason, "message": message, "lastTimestamp": when}


def waiting(reason: str, message: str = "") -> Any:
    return {"waiting": {"reason": reason, "message": message}}


def test_what_the_scheduler_says() -> None:
    full = {"status": "False", "reason": "Unschedulable", "message": "0/1 nodes are available: 1 Insufficient memory."}
    assert causes(PodFacts(pod(node=None, PodScheduled=full))) == ["Unschedulable: 0/1 nodes are available: 1 Insufficient memory."]


def test_a_pending_volume_comes_with_its_claims_own_trouble() -> None:
    unbound = {"status": "False", "reason": "Unschedulable", "message": "pod has unbound immediate PersistentVolumeClaims."}
    facts = PodFacts(pod(node=None, PodScheduled=unbound), claim_events=[event("ProvisioningFailed", 'storageclass "fast" not found')])
    assert causes(facts) == [
        "Unschedulable: pod has unbound immediate PersistentVolumeClaims.",
        'ProvisioningFailed: storageclass "fast" not found',
    ]


@pytest.mark.parametrize("reason", ["ErrImagePull", "ImagePullBackOff", "InvalidImageName"])
def test_an_image_that_cannot_be_pulled(reason: str) -> None:
    sick = pod(container(waiting(reason, 'Back-off pulling image "acme/web:1"')))
    assert causes(PodFacts(sick)) == [f'container app: {reason}: Back-off pulling image "acme/web:1"']
    events = [event("Failed", 'Failed to pull image "acme/web:1": not found'), event("Failed", "Error: ImagePullBackOff", "2027")]
    told = causes(PodFacts(sick, events=events))
    assert told == [f'container app: {reason}: Failed to pull image "acme/web:1": not found']


def test_a_crash_loop_with_its_last_words() -> None:
    sick = container(waiting("CrashLoopBackOff"), {"terminated": {"exitCode": 3, "reason": "Error"}}, restarts=4)
    facts = PodFacts(pod(sick, phase="Running"), logs={"app": "cannot reach db\nbye\n"})
    assert causes(facts) == [
        "container app: CrashLoopBackOff: it ended with exit code 3 (4 restarts); its last words: cannot reach db | bye"
    ]


@pytest.mark.parametrize("state", [{"terminated": {"exitCode": 3, "reason": "Error"}}, {"running": {}}])
def test_a_crash_loop_is_one_between_two_tries_too(state: Any) -> None:
    last = {"terminated": {"exitCode": 3, "reason": "Error"}}
    assert causes(PodFacts(pod(container(state, last, restarts=2), phase="Running"))) == [
        "container app: CrashLoopBackOff: it ended with exit code 3 (2 restarts)"
    ]
    first = container({"terminated": {"exitCode": 3, "reason": "Error"}})
    assert causes(PodFacts(pod(first, phase="Running"))) == ["container app: Error: it ended with exit code 3"]


def test_what_the_kubelet_says_of_a_container_that_keeps_ending() -> None:
    sick = container(waiting("CrashLoopBackOff"), {"terminated": {"exitCode": 3, "reason": "Error"}}, restarts=1)
    events = [event("BackOff", "Back-off restarting failed container other in pod x"), event("BackOff", "Back-off restarting app in pod x")]
    assert causes(PodFacts(pod(sick, phase="Running"), events=events, logs={"app": "bye"})) == [
        "container app: CrashLoopBackOff: it ended with exit code 3 (1 restart); Back-off restarting app in pod x; its last words: bye"
    ]


def test_an_out_of_memory_kill() -> None:
    sick = container(waiting("CrashLoopBackOff"), {"terminated": {"exitCode": 137, "reason": "OOMKilled"}}, restarts=1)
    assert causes(PodFacts(pod(sick, phase="Running"))) == [
        "container app: OOMKilled: it used more memory than its limit allows (1 restart)"
    ]


def test_a_configuration_that_is_not_there() -> None:
    sick = container(waiting("CreateContainerConfigError", 'secret "db" not found'))
    assert causes(PodFacts(pod(sick))) == ['container app: CreateContainerConfigError: secret "db" not found']


def test_readiness_that_never_comes() -> None:
    unready = {"status": "False", "reason": "ContainersNotReady", "message": "containers with unready status: [app]"}
    sick = pod(container({"running": {}}), phase="Running", ContainersReady=unready, Ready=unready)
    facts = PodFacts(sick, events=[event("Unhealthy", "Readiness probe failed: connection refused")])
    told = "ContainersNotReady: containers with unready status: [app]: Readiness probe failed: connection refused"
    assert causes(facts) == [told]
    assert causes(replace(facts, logs={"app": "waiting for db\n"})) == [f"{told}; its last words: waiting for db"]


def test_a_volume_that_cannot_be_mounted() -> None:
    facts = PodFacts(
        pod(container(waiting("ContainerCreating"))), events=[event("FailedMount", "MountVolume.SetUp failed: no such secret")]
    )
    assert causes(facts) == ["FailedMount: MountVolume.SetUp failed: no such secret"]


def test_a_lost_node() -> None:
    node = {
        "status": {
            "conditions": [{"type": "Ready", "status": "Unknown", "reason": "NodeStatusUnknown", "message": "Kubelet stopped posting."}]
        }
    }
    facts = PodFacts(pod(container({"running": {}}), phase="Running"), node=node)
    assert causes(facts) == ['NodeNotReady: node "n1" is not ready (NodeStatusUnknown: Kubelet stopped posting.)']


def test_an_evicted_pod() -> None:
    sick = pod(phase="Failed")
    sick["status"] |= {"reason": "Evicted", "message": "The node was low on resource: memory."}
    assert causes(PodFacts(sick)) == ["Evicted: The node was low on resource: memory."]


@pytest.mark.parametrize(
    "well",
    [
        pod(Ready={"status": "True"}, phase="Running"),
        pod(phase="Succeeded"),
        pod(container(waiting("ContainerCreating"))),
        pod(phase="Pending"),
    ],
    ids=["ready", "done", "coming up", "new"],
)
def test_a_pod_that_is_well_or_coming_up_has_no_cause(well: Any) -> None:
    assert causes(PodFacts(well)) == []


def test_one_cause_of_many_pods_is_one_line() -> None:
    assert together([("a", ["full"]), ("b", ["full"]), ("c", ["lost"])]) == ["Pod a (and 1 more): full", "Pod c: lost"]


def test_a_controller_that_may_make_no_pod() -> None:
    refused = 'pods "web-1" is forbidden: exceeded quota: team'
    assert complaints([event("FailedCreate", refused), event("FailedCreate", refused, "2"), event("SuccessfulCreate", "x")]) == [
        f"FailedCreate: {refused}"
    ]
