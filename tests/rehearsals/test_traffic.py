"""Traffic policies on a real API server with the real definitions: the reference numbers are what the cluster holds."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from quayside_sandbox.kube import Api
from quayside_sandbox.rehearsal import Rehearsal
from quayside_sandbox.sandbox import Sandbox

from .cluster_checks import eventually

PROGRAM = Path(__file__).parent / "programs" / "service"
ISTIO = "networking.istio.io/v1"
GATEWAY = "gateway-api"
DEFINITIONS = {
    "istio.yaml": ("destinationrules", "envoyfilters", "virtualservices"),
    "gateway-api.yaml": ("httproutes",),
}
OUTLIERS = {"consecutive5xxErrors": 3, "interval": "10s", "baseEjectionTime": "30s", "maxEjectionPercent": 50}
POOL = {
    "tcp": {"connectTimeout": "500ms"},
    "http": {"http1MaxPendingRequests": 10, "http2MaxRequests": 10, "maxRequestsPerConnection": 2, "maxRetries": 3},
}
COOKIE = {"consistentHash": {"httpCookie": {"name": "quayside-affinity", "path": "/", "ttl": "3600s"}}}


class Shop:
    """A stack with one service, in a cluster that knows Istio's and the Gateway API's kinds."""

    def __init__(self, stack: Rehearsal, api: Api) -> None:
        self.stack, self.api = stack, api

    def up(self, **args: Any) -> None:
        """After an edit, which a second preview finds done."""
        route = {"hosts": {"shop.example.com": {}}, "route": {"entry": GATEWAY, "namespace": GATEWAY}}
        service = {"image": "acme/shop:1", **route, **args}
        (self.stack.project / "service.json").write_text(json.dumps(service))
        self.stack.up().check()
        assert self.stack.preview().check().changed == []

    def held(self, version: str, kind: str, namespace: str = "shop") -> dict[str, Any]:
        """Objects of a kind: name → spec."""
        return {each["metadata"]["name"]: each["spec"] for each in self.api.list(version, kind, namespace)}


@pytest.fixture
def shop(sandbox: Sandbox, tmp_path: Path, shared_data: Path) -> Iterator[Shop]:
    program = tmp_path / "service"
    shutil.copytree(PROGRAM, program, ignore=shutil.ignore_patterns("__pycache__"))
    nodes = [{"name": "one", "cpu": "8", "memory": "16Gi", "pods": "110"}]
    (program / "kubeconfig").write_text(sandbox.local_cluster("traffic", nodes=nodes))
    stack = Rehearsal(sandbox, program, "traffic")
    api = stack.api("traffic")
    for file, kinds in DEFINITIONS.items():
        for document in yaml.safe_load_all((shared_data / "crds" / file).read_text()):
            if document and document["spec"]["names"]["plural"] in kinds:
                _define(api, document)
    api.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": GATEWAY}})
    yield Shop(stack, api)


def _define(api: Api, definition: dict[str, Any]) -> None:
    api.create(definition)
    name = definition["metadata"]["name"]

    def known() -> bool:
        conditions = (api.get("apiextensions.k8s.io/v1", "CustomResourceDefinition", name).get("status") or {}).get("conditions") or []
        return any(each["type"] == "Established" and each["status"] == "True" for each in conditions)

    eventually(known, f"{name} to be served")


def test_the_profile_is_what_the_cluster_holds(shop: Shop) -> None:
    canary = {"image": "acme/shop:2", "weight": 10}
    shop.up(traffic={"profile": "business"}, mesh={"mode": "sidecar"}, canary=canary)
    rules = shop.held(ISTIO, "DestinationRule")
    for name in ("shop", "shop-canary"):
        told = rules[name]["trafficPolicy"]
        assert (told["outlierDetection"], told["connectionPool"], told["loadBalancer"]) == (OUTLIERS, POOL, COOKIE)
        assert rules[name]["host"] == f"{name}.shop.svc.cluster.local"

    # between services
    unsafe, others = shop.held(ISTIO, "VirtualService")["shop-mesh"]["http"]
    assert others["retries"] == {"attempts": 3, "perTryTimeout": "2s", "retryOn": "connect-failure,refused-stream,503,reset"}
    assert unsafe["retries"] == {"attempts": 0}
    assert [each["weight"] for each in others["route"]] == [90, 10]

    # from outside
    (route,) = shop.held("gateway.networking.k8s.io/v1", "HTTPRoute").values()
    (patches,) = shop.held("networking.istio.io/v1alpha3", "EnvoyFilter", GATEWAY).values()
    policies = {
        each["match"]["routeConfiguration"]["vhost"]["route"]["name"]: each["patch"]["value"]["route"]["retry_policy"]
        for each in patches["configPatches"]
    }
    assert [policies[rule["name"]]["num_retries"] for rule in route["rules"]] == [1, 3]
    assert policies[route["rules"][0]["name"]]["retry_on"] == "retriable-headers"  # which means never

    # one policy less
    shop.up(traffic={"profile": "business", "retries": None}, mesh={"mode": "sidecar"}, canary=canary)
    (rule,) = shop.held(ISTIO, "VirtualService")["shop-mesh"]["http"]
    assert "retries" not in rule
    assert not shop.held("networking.istio.io/v1alpha3", "EnvoyFilter", GATEWAY)
