"""What the tests of the simulated Argo Rollouts share: a service with two routes' worth of objects, pods that come when they are asked for, a clock."""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import Any

import pytest

from quayside_sandbox.controlplane.controllers.argo_rollouts import ArgoRollouts, hurry
from quayside_sandbox.controlplane.controllers.argo_rollouts.look import API, HASH
from quayside_sandbox.kube.client import Object

from .fake_cluster import AVAILABLE, FakeCluster, running, service

LABELS = {"app.kubernetes.io/name": "shop"}
STEPS = [{"setWeight": 20}, {"pause": {"duration": "2m"}}, {"setWeight": 50}, {"pause": {"duration": "2m"}}]
CONDITION = "len(result) > 0 && !isNaN(result[0]) && result[0] {} 99"
PLUGIN = {"argoproj-labs/gatewayAPI": {"namespace": "shop", "httpRoutes": [{"name": "shop"}]}}


class World:
    """A cluster with the controller, one Rollout and all that it names."""

    def __init__(self, cluster: FakeCluster, monkeypatch: pytest.MonkeyPatch, routing: Object | None = None, **canary: Any) -> None:
        self.cluster, self.rules, self.broken = cluster, list[Object](), set[str]()
        self.time = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
        monkeypatch.setattr(hurry, "now", lambda: self.time)
        labels = {"app.kubernetes.io/part-of": "argo-rollouts"}
        containers = {"template": {"spec": {"containers": [{"name": "argo-rollouts"}]}}}
        cluster.put("Deployment", "argo-rollouts", "argo", "apps/v1", metadata={"labels": labels}, spec=containers, status=AVAILABLE)
        plugins = {"trafficRouterPlugins": "- name: argoproj-labs/gatewayAPI"}
        cluster.put("ConfigMap", "argo-rollouts-config", "argo", data=plugins)
        for name in ("shop-stable", "shop-canary"):
            cluster.put(**service(name, "shop", dict(LABELS), p80=8080))
        references = [{"name": "shop-stable", "port": 80, "weight": 100}, {"name": "shop-canary", "port": 80, "weight": 0}]
        cluster.put("HTTPRoute", "shop", "shop", "gateway.networking.k8s.io/v1", spec={"rules": [{"backendRefs": references}]})
        provider = {"prometheus": {"address": "http://prometheus.seen.svc:9090", "query": "share{}"}}
        metric = {"name": "success-rate", "interval": "1m", "failureLimit": 1, "provider": provider}
        metric |= {"successCondition": CONDITION.format(">="), "failureCondition": CONDITION.format("<")}
        cluster.put("AnalysisTemplate", "shop", "shop", API, spec={"metrics": [metric]})
        cluster.put(**service("prometheus", "seen", {"app": "prometheus"}, p9090=9090))
        cluster.put(**running("prometheus-0", "seen", {"app": "prometheus"}))
        strategy = {"stableService": "shop-stable", "canaryService": "shop-canary", "steps": STEPS, **canary}
        strategy["trafficRouting"] = routing or {"plugins": PLUGIN}
        strategy.setdefault("analysis", {"templates": [{"templateName": "shop"}], "startingStep": 1})
        template = {"metadata": {"labels": dict(LABELS)}, "spec": {"containers": [{"name": "web", "image": "shop:1"}]}}
        spec = {"replicas": 4, "selector": {"matchLabels": dict(LABELS)}, "template": template, "strategy": {"canary": strategy}}
        cluster.put("Rollout", "shop", "shop", API, spec=spec, metadata={"generation": 1})
        self.controller = ArgoRollouts(replace(cluster.around, measured=lambda: self.rules))

    @property
    def rollout(self) -> Any:
        return self.cluster.get(API, "Rollout", "shop", "shop")

    @property
    def status(self) -> Any:
        return self.rollout.get("status") or {}

    @property
    def phase(self) -> tuple[str, str]:
        return self.status.get("phase", ""), self.status.get("message", "")

    @property
    def weights(self) -> list[int]:
        """What the route gives to the stable and the new version."""
        rules = self.cluster.get("", "HTTPRoute", "shop", "shop")["spec"]["rules"]
        return [each["weight"] for each in rules[0]["backendRefs"]]

    @property
    def pods(self) -> dict[str, int]:
        """By image."""
        sets = self.cluster.list("apps/v1", "ReplicaSet")
        return {each["spec"]["template"]["spec"]["containers"][0]["image"]: each["spec"]["replicas"] for each in sets}

    def leads_to(self, name: str) -> str:
        """The image of the pods behind a Service."""
        chosen = self.cluster.get("v1", "Service", name, "shop")["spec"]["selector"].get(HASH)
        sets = self.cluster.list("apps/v1", "ReplicaSet")
        images = [one["spec"]["template"]["spec"]["containers"][0]["image"] for one in sets if one["metadata"]["labels"][HASH] == chosen]
        return images[0] if images else ""

    def runs(self) -> dict[str, str]:
        return {each["metadata"]["name"]: (each.get("status") or {}).get("phase", "") for each in self.cluster.list(API, "AnalysisRun")}

    def deploy(self, image: str) -> None:
        self.rollout["spec"]["template"]["spec"]["containers"][0]["image"] = image
        self.rollout["metadata"]["generation"] += 1

    def settle(self, seconds: float = 0.0) -> None:
        """Lets time pass, a step of the controller after another; pods come and go meanwhile."""
        until = self.time + datetime.timedelta(seconds=seconds)
        while True:
            for _ in range(40):
                before = self.cluster.writes
                self.controller.reconcile()
                self._pods()
                if self.cluster.writes == before:
                    break
            else:
                raise AssertionError("the controller does not come to rest")
            if self.time >= until:
                return
            self.time = min(until, self.time + datetime.timedelta(seconds=0.5))

    def _pods(self) -> None:
        for each in self.cluster.list("apps/v1", "ReplicaSet"):
            number = each["spec"]["replicas"]
            ready = 0 if each["spec"]["template"]["spec"]["containers"][0]["image"] in self.broken else number
            status = {"replicas": number, "readyReplicas": ready, "availableReplicas": ready}
            if each.get("status") != status:
                each["status"] = status
                self.cluster.writes += 1
