"""A Rollout takes its steps: weights, pods, Services, measurements; it pauses, is promoted, or is given up."""

from __future__ import annotations

from typing import Any

import pytest

from quayside_sandbox.controlplane.controllers.argo_rollouts.look import API

from .fake_cluster import FakeCluster
from .rollouts import World

GOOD, BAD = [{"pattern": "success-rate", "values": ["99.5"]}], [{"pattern": "share", "values": ["12.0"]}]


@pytest.fixture
def world(cluster: FakeCluster, monkeypatch: pytest.MonkeyPatch) -> World:
    made = World(cluster, monkeypatch)
    made.settle()
    return made


def patch(world: World, **status: Any) -> None:
    """What `kubectl argo rollouts …` writes."""
    world.cluster.patch(API, "Rollout", "shop", {"status": status}, "shop")


def test_the_first_version_takes_no_steps(world: World) -> None:
    assert world.phase == ("Healthy", "")
    assert (world.pods, world.weights) == ({"shop:1": 4}, [100, 0])
    assert world.leads_to("shop-stable") == world.leads_to("shop-canary") == "shop:1"
    assert world.status["currentStepIndex"] == 4
    assert world.status["stableRS"] == world.status["currentPodHash"]
    assert (world.status["HPAReplicas"], world.status["selector"]) == (4, "app.kubernetes.io/name=shop")
    assert world.rollout["metadata"]["annotations"]["rollout.argoproj.io/revision"] == "1"
    assert not world.runs()
    writes = world.cluster.writes
    world.settle(60)
    assert world.cluster.writes == writes, "at rest nothing is written"


def test_each_revision_writes_the_rollout_back_in_its_own_spelling(world: World) -> None:
    [container] = world.rollout["spec"]["template"]["spec"]["containers"]
    assert container["resources"] == {}
    container["resources"] = {"requests": {"cpu": "0.5", "memory": "1024Mi"}}
    world.deploy("shop:2")
    world.settle()
    [container] = world.rollout["spec"]["template"]["spec"]["containers"]
    assert container["resources"] == {"requests": {"cpu": "500m", "memory": "1Gi"}}


def test_the_next_one_goes_up_step_by_step_while_it_is_measured(world: World) -> None:
    world.rules = GOOD
    world.deploy("shop:2")
    world.settle()
    assert world.phase == ("Paused", "CanaryPauseStep")
    assert (world.pods, world.weights) == ({"shop:1": 4, "shop:2": 1}, [80, 20])
    assert (world.leads_to("shop-stable"), world.leads_to("shop-canary")) == ("shop:1", "shop:2")
    assert world.status["canary"]["weights"]["canary"]["weight"] == 20
    route = world.cluster.get("", "HTTPRoute", "shop", "shop")
    assert route["metadata"]["labels"] == {"rollouts.argoproj.io/gatewayapi-canary": "in-progress"}
    world.settle(2.5)  # two minutes of a real pause
    assert (world.pods, world.weights) == ({"shop:1": 4, "shop:2": 2}, [50, 50])
    world.settle(4)
    assert world.phase == ("Healthy", "")
    assert (world.pods, world.weights) == ({"shop:1": 0, "shop:2": 4}, [100, 0])
    assert world.leads_to("shop-stable") == "shop:2"
    assert route != world.cluster.get("", "HTTPRoute", "shop", "shop")
    assert not world.cluster.get("", "HTTPRoute", "shop", "shop")["metadata"].get("labels")
    assert list(world.runs().values()) == ["Successful"]


def test_one_that_fails_its_measurements_is_given_up_until_another_comes(world: World) -> None:
    world.rules = BAD
    world.deploy("shop:2")
    world.settle(3)
    assert world.phase[0] == "Degraded"
    assert "failed (2) > failureLimit (1)" in world.phase[1]
    assert world.status["abort"]
    assert world.weights == [100, 0]
    assert world.leads_to("shop-canary") == "shop:1"
    assert world.pods == {"shop:1": 4, "shop:2": 0}
    world.rules = GOOD
    world.settle(30)
    assert world.status["abort"], "it stays so by itself"
    world.deploy("shop:3")
    world.settle(6)
    assert (world.phase, world.leads_to("shop-stable")) == (("Healthy", ""), "shop:3")


def test_without_an_answer_it_waits_for_somebody(world: World) -> None:
    world.deploy("shop:2")
    world.settle(10)
    assert world.phase == ("Paused", "InconclusiveAnalysisRun")
    assert (world.weights, world.pods) == ([80, 20], {"shop:1": 4, "shop:2": 1})
    assert list(world.runs().values()) == ["Inconclusive"]
    world.rules = GOOD
    patch(world, pauseConditions=None)
    world.settle(6)
    assert world.phase == ("Healthy", "")
    assert sorted(world.runs().values()) == ["Inconclusive", "Successful"]


def test_a_background_run_without_an_answer_does_not_hold_weights_back_that_need_no_more_pods(world: World) -> None:
    """As in life: rollout/canary.go, completedCurrentCanaryStep, and pause.go, CompletedCanaryPauseStep."""
    world.rollout["spec"]["replicas"] = 2
    world.settle()
    world.deploy("shop:2")
    world.settle(10)
    assert (world.phase, world.weights) == (("Paused", "InconclusiveAnalysisRun"), [50, 50])


def test_a_step_without_an_answer_holds_all_until_somebody_goes_on(cluster: FakeCluster, monkeypatch: pytest.MonkeyPatch) -> None:
    check = {"analysis": {"templates": [{"templateName": "shop"}]}}
    world = World(cluster, monkeypatch, analysis={}, steps=[{"setWeight": 20}, check, {"setWeight": 50}, check])
    cluster.get(API, "AnalysisTemplate", "shop", "shop")["spec"]["metrics"][0] |= {"count": 2, "initialDelay": "1m"}
    world.settle()
    world.deploy("shop:2")
    world.settle(10)
    assert (world.phase, world.weights) == (("Paused", "InconclusiveAnalysisRun"), [80, 20])
    assert (list(world.runs().values()), world.status["currentStepIndex"]) == (["Inconclusive"], 1)
    world.rules = GOOD
    patch(world, pauseConditions=None, controllerPause=False, currentStepIndex=2)  # `kubectl argo rollouts promote`
    world.settle(1)
    assert (world.phase[0], world.weights) == ("Progressing", [50, 50])
    world.settle(4)
    assert (world.phase, world.leads_to("shop-stable")) == (("Healthy", ""), "shop:2")
    assert sorted(world.runs().values()) == ["Inconclusive", "Successful"]


def test_a_new_one_has_a_stable_version_before_it_is_available(cluster: FakeCluster, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(cluster, monkeypatch)
    world.broken = {"shop:1"}
    world.settle()
    assert world.status["stableRS"]
    conditions = {each["type"]: each["status"] for each in world.status["conditions"]}
    assert (conditions["Available"], world.phase[0]) == ("False", "Progressing")
    assert not world.leads_to("shop-stable"), "its Services lead to the pods that were there before"
    world.broken = set()
    world.settle()
    assert (world.phase, world.leads_to("shop-stable")) == (("Healthy", ""), "shop:1")


def test_nobody_to_ask_is_an_error_that_gives_it_up(world: World) -> None:
    world.cluster.delete("v1", "Pod", "prometheus-0", "seen")
    world.deploy("shop:2")
    world.settle(0.5)
    assert world.phase[0] == "Paused", "it asks again after ten seconds, four times"
    world.settle(2)
    assert "consecutiveErrors (5) > consecutiveErrorLimit (4)" in world.phase[1]
    assert "connection refused" in world.phase[1]


def test_it_is_promoted_and_given_up_by_hand(world: World) -> None:
    world.rules = GOOD
    world.deploy("shop:2")
    world.settle()
    patch(world, promoteFull=True)
    world.settle(2)
    assert (world.phase, world.leads_to("shop-stable"), world.weights) == (("Healthy", ""), "shop:2", [100, 0])
    world.deploy("shop:3")
    world.settle()
    patch(world, abort=True)
    world.controller.reconcile()
    assert world.weights == [100, 0], "at once"
    world.settle(2)
    assert (world.phase[0], world.weights, world.pods["shop:3"]) == ("Degraded", [100, 0], 0)
    patch(world, abort=False)
    world.settle(6)
    assert (world.phase, world.leads_to("shop-stable")) == (("Healthy", ""), "shop:3")


def test_back_to_the_stable_version_in_the_middle_needs_no_steps(world: World) -> None:
    world.rules = GOOD
    world.deploy("shop:2")
    world.settle()
    world.deploy("shop:1")
    world.settle(2)
    assert (world.phase, world.weights, world.pods) == (("Healthy", ""), [100, 0], {"shop:1": 4, "shop:2": 0})


def test_pods_that_never_answer_get_no_requests_and_are_given_up_where_that_is_wanted(world: World) -> None:
    world.broken = {"shop:2"}
    world.rollout["spec"] |= {"progressDeadlineSeconds": 300, "progressDeadlineAbort": True}
    world.deploy("shop:2")
    world.settle(20)
    assert (world.weights, world.status["currentStepIndex"]) == ([100, 0], 0)
    assert world.phase[0] == "Progressing"
    world.settle(20)
    assert world.phase[0] == "Degraded"
    assert "has timed out progressing" in world.phase[1]
    assert (world.pods["shop:2"], world.leads_to("shop-canary")) == (0, "shop:1")


def test_a_version_in_between_keeps_its_pods_while_a_service_leads_to_them(world: World) -> None:
    world.rules = GOOD
    world.deploy("shop:2")
    world.settle()
    world.broken = {"shop:3"}
    world.deploy("shop:3")
    world.settle()
    assert (world.leads_to("shop-canary"), world.weights) == ("shop:2", [100, 0])
    assert world.pods == {"shop:1": 4, "shop:2": 1, "shop:3": 1}
    world.broken = set()
    world.settle(0.5)
    assert (world.leads_to("shop-canary"), world.pods["shop:2"]) == ("shop:3", 0)


def test_while_it_is_paused_by_its_owner_nothing_moves(world: World) -> None:
    world.rules = GOOD
    world.rollout["spec"]["paused"] = True
    world.deploy("shop:2")
    world.settle(10)
    assert (world.phase, world.weights, world.pods) == (("Paused", "manually paused"), [100, 0], {"shop:1": 4, "shop:2": 0})


def test_a_scaled_one_keeps_its_weights(world: World) -> None:
    world.rules = GOOD
    world.deploy("shop:2")
    world.settle()
    world.rollout["spec"]["replicas"] = 10
    world.settle()
    assert (world.weights, world.pods) == ([80, 20], {"shop:1": 10, "shop:2": 2})


def test_what_it_names_has_to_be_there_and_to_fit(world: World) -> None:
    world.cluster.delete("v1", "Service", "shop-canary", "shop")
    world.settle()
    assert 'spec.strategy.canary.canaryService: Invalid value: "shop-canary": service "shop-canary" not found' in world.phase[1]
    world.cluster.put("Service", "shop-canary", "shop", spec={"selector": {"other": "label"}, "ports": []})
    world.settle()
    assert 'has unmatch label "other" in rollout' in world.phase[1]
    world.cluster.put("Service", "shop-canary", "shop", spec={"selector": {}, "ports": []})
    world.settle()
    assert world.phase == ("Healthy", "")


def test_without_the_plugin_no_version_ever_comes_up(world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.cluster.get("v1", "ConfigMap", "argo-rollouts-config", "argo")["data"] = {}
    world.deploy("shop:2")
    with caplog.at_level("INFO"):
        world.settle(5)
    assert (world.pods, world.weights) == ({"shop:1": 4, "shop:2": 0}, [100, 0])
    assert "plugin argoproj-labs/gatewayAPI not configured in configmap" in caplog.text


def test_one_that_makes_no_sense_is_left_alone(world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.cluster.put("Rollout", "odd", "shop", API, spec={"strategy": {"canary": None}, "template": {}})
    world.controller.reconcile()
    assert "Rollout shop/odd is not as its kind has to be" in caplog.text


def test_what_it_made_is_led_back_when_it_goes(world: World) -> None:
    del world.cluster.objects["Rollout", "shop", "shop"]
    world.controller.reconcile()
    assert "rollouts-pod-template-hash" not in world.cluster.get("v1", "Service", "shop-stable", "shop")["spec"]["selector"]
