"""When an object of each kind is ready: the official plugin's rules."""

from __future__ import annotations

from typing import Any

import pytest

from quayside_sandbox.plugins.kubernetes.waiting.annotations import skips_deletion_await, time_limit
from quayside_sandbox.plugins.kubernetes.waiting.expressions import ExpressionsRule, InvalidExpression
from quayside_sandbox.plugins.kubernetes.waiting.rule import Others, Verdict, View
from quayside_sandbox.plugins.kubernetes.waiting.rules import rule_for


def thing(
    kind: str, status: dict[str, Any] | None = None, *, spec: Any = None, version: str = "v1", generation: int = 1, **annotations: str
) -> Any:
    notes = {f"pulumi.com/{key}": value for key, value in annotations.items()}
    metadata = {"name": "x", "namespace": "ns", "generation": generation, "annotations": notes}
    return {"apiVersion": version, "kind": kind, "metadata": metadata, "spec": spec or {}, "status": status or {}}


def judge(live: Any, *others: Any, now: float = 0.0, changed: float | None = 0.0, final: bool = False) -> Verdict:
    rule = rule_for(live)
    assert rule
    selections = rule.selections(live)
    objects = {entry["metadata"]["name"]: entry for entry in others}
    return rule.judge(View(live, {selection: Others(objects, changed) for selection in selections}, 0.0, now, final))


def deployment(generation: int = 1, revision: str = "1", replicas: int = 2, **status: Any) -> Any:
    full = {"observedGeneration": generation, "updatedReplicas": replicas, "replicas": replicas, "readyReplicas": replicas}
    conditions = status.pop("conditions", {"Available": ("True", ""), "Progressing": ("True", "NewReplicaSetAvailable")})
    listed = [{"type": kind, "status": value, "reason": reason, "message": f"m-{kind}"} for kind, (value, reason) in conditions.items()]
    live = thing(
        "Deployment", {**full, **status, "conditions": listed}, spec={"replicas": replicas}, version="apps/v1", generation=generation
    )
    live["metadata"]["annotations"]["deployment.kubernetes.io/revision"] = revision
    return live


def test_a_deployment_is_ready_once_its_newest_replica_set_is() -> None:
    assert judge(deployment()).ready
    assert judge(deployment(generation=3, revision="2")).ready


@pytest.mark.parametrize(
    "live",
    [
        deployment(observedGeneration=0),
        deployment(updatedReplicas=1),
        deployment(readyReplicas=1),
        deployment(replicas=2, updatedReplicas=2) | {"status": {}},
        deployment(revision="2", conditions={"Available": ("True", ""), "Progressing": ("True", "ReplicaSetUpdated")}),
        deployment(conditions={"Available": ("False", "MinimumReplicasUnavailable"), "Progressing": ("True", "NewReplicaSetAvailable")}),
    ],
    ids=["status of an older generation", "one pod of the old kind", "one unready", "no status yet", "rolling out", "not available"],
)
def test_a_deployment_is_not_ready_before(live: Any) -> None:
    assert not judge(live).ready


def test_an_old_pod_that_still_ends_keeps_a_rollout_open() -> None:
    live = deployment(revision="2")
    live["status"]["replicas"] = 3
    assert not judge(live).ready


def test_a_deployment_says_what_the_official_plugin_says() -> None:
    unavailable = {"Available": ("False", "MinimumReplicasUnavailable"), "Progressing": ("True", "ReplicaSetUpdated")}
    assert judge(deployment(readyReplicas=0, conditions=unavailable)).reasons == [
        "[MinimumReplicasUnavailable] m-Available",
        "Minimum number of live Pods was not attained",
    ]
    late = {"Available": ("True", ""), "Progressing": ("False", "ProgressDeadlineExceeded")}
    assert judge(deployment(revision="2", readyReplicas=1, conditions=late)).reasons == [
        "[ProgressDeadlineExceeded] m-Progressing",
        "Attempted to roll forward to new ReplicaSet, but minimum number of Pods did not become live",
    ]


def test_a_deployment_tells_that_no_pod_may_be_made() -> None:
    refused = {"Available": ("False", "MinimumReplicasUnavailable"), "ReplicaFailure": ("True", "FailedCreate")}
    assert "[FailedCreate] m-ReplicaFailure" in judge(deployment(readyReplicas=0, updatedReplicas=0, conditions=refused)).reasons


def test_a_deployment_scaled_to_none_is_ready_with_a_warning() -> None:
    assert judge(deployment(replicas=0)).warning == 'Replicas scaled to 0 for Deployment "x"'


def stateful(generation: int = 1, strategy: str = "RollingUpdate", **status: Any) -> Any:
    full = {
        "observedGeneration": generation,
        "replicas": 2,
        "readyReplicas": 2,
        "currentReplicas": 2,
        "currentRevision": "a",
        "updateRevision": "a",
    }
    spec = {"replicas": 2, "updateStrategy": {"type": strategy}}
    return thing("StatefulSet", {**full, **status}, spec=spec, version="apps/v1", generation=generation)


def test_a_stateful_set() -> None:
    assert judge(stateful()).ready
    assert judge(stateful(readyReplicas=1)).reasons == ["1 out of 2 replicas succeeded readiness checks"]
    moving = judge(stateful(generation=2, updateRevision="b", updatedReplicas=1, currentReplicas=1))
    assert moving.reasons == [
        "1 out of 2 replicas succeeded readiness checks",
        'StatefulSet controller failed to advance from revision "a" to revision "b"',
    ]
    assert not judge(stateful(generation=2, observedGeneration=1)).ready
    assert judge(stateful(generation=2, strategy="OnDelete", updateRevision="b", currentReplicas=0)).ready


def test_a_daemon_set() -> None:
    counts = {"desiredNumberScheduled": 2, "currentNumberScheduled": 2, "updatedNumberScheduled": 2, "numberAvailable": 2, "numberReady": 2}

    def daemon(**status: int) -> Any:
        return thing("DaemonSet", {"observedGeneration": 1, **counts, **status}, version="apps/v1")

    assert judge(daemon()).ready
    assert judge(daemon(updatedNumberScheduled=1)).reasons == ["1 out of 2 Pods are updated"]
    assert not judge(daemon(observedGeneration=0)).ready
    assert not judge(thing("DaemonSet", version="apps/v1")).ready


def test_a_job_ends_its_wait_either_way() -> None:
    def job(kind: str) -> Any:
        return thing("Job", {"conditions": [{"type": kind, "status": "True", "reason": "R", "message": "m"}]}, version="batch/v1")

    assert judge(job("Complete")).ready
    failed = judge(job("Failed"))
    assert failed.failed
    assert failed.reasons == ["[R] m"]
    running = judge(thing("Job", {"active": 1}, version="batch/v1"))
    assert not running.ready
    assert not running.failed


def test_a_pod() -> None:
    assert judge(thing("Pod", {"phase": "Succeeded"})).ready
    assert judge(thing("Pod", {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]})).ready
    assert not judge(thing("Pod", {"phase": "Running"})).ready


SELECTED = {"selector": {"app": "x"}, "clusterIP": "10.0.0.1"}


def endpoints(*ready: bool, terminating: bool = False) -> Any:
    found = thing("EndpointSlice")
    found["endpoints"] = [{"conditions": {"ready": one, "terminating": terminating}} for one in ready]
    return found


@pytest.mark.parametrize(
    "spec", [{"clusterIP": "10.0.0.1"}, {**SELECTED, "clusterIP": "None"}, {"type": "ExternalName", "selector": {"a": "b"}}]
)
def test_a_service_without_endpoints_of_its_own_is_ready_at_once(spec: Any) -> None:
    assert judge(thing("Service", spec=spec)).ready


def test_a_service_settles_for_ten_seconds() -> None:
    live = thing("Service", spec=SELECTED)
    early = judge(live, endpoints(True), now=9.9)
    assert not early.ready
    assert early.again == 10.0
    assert judge(live, endpoints(True), now=10.0).ready
    assert judge(live, endpoints(), now=10.0).ready, "a selector without pods is fine (pull request 3142)"
    assert judge(live, endpoints(True), now=1.0, final=True).ready, "time is up: nothing is left to settle"


def test_a_service_waits_for_unready_pods_but_not_for_ending_ones() -> None:
    live = thing("Service", spec=SELECTED)
    assert "does not target any ready Pods" in judge(live, endpoints(True, False), now=60.0).reasons[0]
    assert judge(live, endpoints(False, terminating=True), now=60.0).ready


def test_a_load_balancer_waits_for_its_address() -> None:
    spec = {**SELECTED, "type": "LoadBalancer"}
    without = judge(thing("Service", spec=spec), endpoints(True), now=60.0)
    assert without.reasons == ["Service was not allocated an IP address; does your cloud provider support this?"]
    addressed = {"loadBalancer": {"ingress": [{"ip": "203.0.113.7"}]}}
    assert judge(thing("Service", addressed, spec=spec), endpoints(True), now=60.0).ready


def ingress(**status: Any) -> Any:
    paths = [{"path": "/", "backend": {"service": {"name": "web"}}}]
    return thing("Ingress", status, spec={"rules": [{"host": "a.b", "http": {"paths": paths}}]}, version="networking.k8s.io/v1")


def test_an_ingress_waits_for_its_address_and_its_services() -> None:
    addressed = ingress(loadBalancer={"ingress": [{"ip": "203.0.113.7"}]})
    web = thing("Service")
    web["metadata"]["name"] = "web"
    assert judge(addressed, web).ready
    assert not judge(ingress(), web).ready
    missing = judge(addressed, now=1.0)
    assert not missing.ready
    assert 'No matching service found for ingress rule: "a.b/" -> "web"' in missing.reasons
    late = judge(addressed, now=61.0)
    assert late.ready
    assert "No matching service" in late.warning


def test_a_claim_is_bound_or_waits_for_its_first_pod() -> None:
    def claim(phase: str) -> Any:
        return thing("PersistentVolumeClaim", {"phase": phase}, spec={"storageClassName": "fast"})

    assert judge(claim("Bound")).ready
    assert not judge(claim("Pending"), {**thing("StorageClass"), "volumeBindingMode": "Immediate"}).ready
    assert judge(claim("Pending"), {**thing("StorageClass"), "volumeBindingMode": "WaitForFirstConsumer"}).ready
    assert 'there is no storage class "fast" in this cluster' in judge(claim("Pending")).reasons


def test_smaller_kinds() -> None:
    assert judge(thing("PersistentVolume", {"phase": "Available"})).ready
    assert judge(thing("ResourceQuota", {"hard": {"pods": "2"}}, spec={"hard": {"pods": "2"}})).ready
    assert not judge(thing("ResourceQuota", spec={"hard": {"pods": "2"}})).ready
    assert judge(thing("Secret")).ready
    token = {**thing("Secret"), "type": "kubernetes.io/service-account-token"}
    assert not judge(token).ready
    assert judge({**token, "data": {"token": "eA=="}}).ready
    assert judge(thing("ReplicationController", {"availableReplicas": 1, "observedGeneration": 1}, spec={"replicas": 1})).ready


@pytest.mark.parametrize(
    "kind", ["ConfigMap", "ServiceAccount", "Namespace", "HorizontalPodAutoscaler", "CustomResourceDefinition", "Issuer"]
)
def test_other_kinds_are_ready_when_the_server_has_them(kind: str) -> None:
    assert rule_for(thing(kind)) is None


def test_await_all_waits_for_the_conditions_that_most_kinds_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_K8S_AWAIT_ALL", "true")
    assert judge(thing("Issuer", {"conditions": [{"type": "Ready", "status": "True"}]}, version="cert-manager.io/v1")).ready
    assert not judge(thing("Issuer", {"conditions": [{"type": "Ready", "status": "False"}]}, version="cert-manager.io/v1")).ready


def test_skip_await_wins_over_wait_for_and_wait_for_over_the_kind() -> None:
    assert rule_for(thing("Deployment", version="apps/v1", skipAwait="true", waitFor="condition=X")) is None
    assert isinstance(rule_for(thing("Deployment", version="apps/v1", waitFor="condition=X")), ExpressionsRule)


def conditioned(status: str, **annotations: str) -> Any:
    return thing("Issuer", {"conditions": [{"type": "Ready", "status": status, "message": "why"}], "n": 3, "on": True}, **annotations)


def test_wait_for_a_condition() -> None:
    assert judge(conditioned("True", waitFor="condition=Ready")).ready
    assert judge(conditioned("False", waitFor="condition=Ready=False")).ready
    assert judge(conditioned("False", waitFor="condition=Ready")).reasons == ["Waiting for condition=Ready (False: why)"]
    assert judge(conditioned("True", waitFor="condition=Synced")).reasons == ["Waiting for condition=Synced (no condition Synced yet)"]


def test_wait_for_a_path() -> None:
    assert judge(conditioned("True", waitFor="jsonpath={.status.n}")).ready
    assert judge(conditioned("True", waitFor="jsonpath={.status.n}=3")).ready
    assert judge(conditioned("True", waitFor="jsonpath={.status.on}=true")).ready
    assert judge(conditioned("True", waitFor='jsonpath={.status.conditions[?(@.type=="Ready")].status}=True')).ready
    assert judge(conditioned("True", waitFor="jsonpath={.status.n}=4")).reasons == ['Waiting for {.status.n}=4 (found "3")']
    assert judge(conditioned("True", waitFor="jsonpath={.status.m}")).reasons == ["Waiting for {.status.m} (selects nothing)"]


def test_wait_for_all_of_a_list() -> None:
    both = '["condition=Ready", "jsonpath={.status.m}"]'
    assert judge(conditioned("True", waitFor=both)).reasons == ["Waiting for {.status.m} (selects nothing)"]


@pytest.mark.parametrize(
    "text",
    ["Ready", "jsonpath=.status.n", "jsonpath='{.status.n}'", "jsonpath={.a}=", "jsonpath={.a}={.b}", "jsonpath={.a[}", "[]", "condition="],
)
def test_an_expression_that_says_nothing_is_an_error(text: str) -> None:
    with pytest.raises(InvalidExpression):
        rule_for(thing("Issuer", waitFor=text))


def test_time_limits() -> None:
    live = thing("Deployment", timeoutSeconds="15")
    assert time_limit(live, None, 600) == 15
    assert time_limit(live, 7.0, 600) == 7
    assert time_limit(thing("Deployment", timeoutSeconds="soon"), None, 600) == 600


def test_only_some_kinds_skip_the_wait_for_their_deletion() -> None:
    assert skips_deletion_await(thing("Namespace", skipAwait="true"))
    assert not skips_deletion_await(thing("Service", skipAwait="true"))
    assert not skips_deletion_await(thing("Namespace"))
