"""Ingresses get the address of the Service that the controller publishes, and two cannot have the same host and path."""

from __future__ import annotations

import json
from typing import Any

import pytest

from quayside_sandbox.controlplane.admission import objection
from quayside_sandbox.controlplane.admission.ingress_nginx import PREFIX, fault
from quayside_sandbox.controlplane.controllers.ingress_nginx import IngressNginx
from quayside_sandbox.controlplane.webhooks import respond
from quayside_sandbox.kube.client import Object

from .fake_cluster import FakeCluster, deployment, ingress

CLASS = "networking.k8s.io/v1"


@pytest.fixture
def entry(cluster: FakeCluster) -> FakeCluster:
    cluster.put(**deployment("ingress-nginx", "edge", "--publish-service=$(POD_NAMESPACE)/entry", "--configmap=$(POD_NAMESPACE)/settings"))
    cluster.put("IngressClass", "nginx", api_version=CLASS, spec={"controller": "k8s.io/ingress-nginx"})
    cluster.put("IngressClass", "other", api_version=CLASS, spec={"controller": "example.com/other"})
    status = {"loadBalancer": {"ingress": [{"ip": "203.0.113.1", "ipMode": "VIP"}]}}
    cluster.put("Service", "entry", "edge", spec={"type": "LoadBalancer"}, status=status)
    return cluster


def address(cluster: FakeCluster, name: str) -> Any:
    found = cluster.get(CLASS, "Ingress", name, "shop")
    return ((found.get("status") or {}).get("loadBalancer") or {}).get("ingress")


def test_ingresses_of_the_class_get_the_services_address(entry: FakeCluster) -> None:
    entry.put(**ingress("web", "a.example.com"))
    entry.put(**ingress("old", "b.example.com", class_name=None, annotations={"kubernetes.io/ingress.class": "nginx"}))
    entry.put(**ingress("foreign", "c.example.com", class_name="other"))
    entry.put(**ingress("classless", "d.example.com", class_name=None))
    entry.put(**ingress("unknown", "e.example.com", class_name="nobody"))
    simulator = IngressNginx(entry.around)
    simulator.reconcile()
    assert [address(entry, name) for name in ("web", "old")] == [[{"ip": "203.0.113.1"}]] * 2
    assert [address(entry, name) for name in ("foreign", "classless", "unknown")] == [None] * 3
    writes = entry.writes
    simulator.reconcile()
    assert entry.writes == writes, "nothing is written where nothing changed"


def test_a_host_name_in_place_of_the_address_is_passed_on(entry: FakeCluster) -> None:
    entry.put(**ingress("web", "a.example.com"))
    entry.get("v1", "Service", "entry", "edge")["status"] = {"loadBalancer": {"ingress": [{"hostname": "lb.example.com"}]}}
    IngressNginx(entry.around).reconcile()
    assert address(entry, "web") == [{"hostname": "lb.example.com"}]


def test_nothing_is_published_before_the_controller_runs(entry: FakeCluster) -> None:
    entry.get("apps/v1", "Deployment", "ingress-nginx", "edge")["status"] = {}
    entry.put(**ingress("web", "a.example.com"))
    IngressNginx(entry.around).reconcile()
    assert address(entry, "web") is None


def test_without_a_published_service_the_nodes_addresses_are_told(entry: FakeCluster) -> None:
    """As in reality: that is why the Service has to be named."""
    made = entry.put(**deployment("ingress-nginx", "edge"))
    entry.put("Pod", "p", "edge", metadata={"labels": made["metadata"]["labels"]}, spec={"nodeName": "n"})
    entry.put("Node", "n", status={"addresses": [{"type": "InternalIP", "address": "10.0.0.2"}]})
    entry.put(**ingress("web", "a.example.com"))
    IngressNginx(entry.around).reconcile()
    assert address(entry, "web") == [{"ip": "10.0.0.2"}]


# -- the admission webhook --------------------------------------------------------------------------------------------------------


def review(cluster: FakeCluster, thing: Object) -> Any:
    made = cluster.get("apps/v1", "Deployment", "ingress-nginx", "edge")
    pod = {**made["spec"]["template"], "metadata": {**made["spec"]["template"]["metadata"], "namespace": "edge", "name": "p"}}
    request = {"uid": "u", "namespace": "shop", "object": {**thing, "apiVersion": CLASS}}
    body = json.dumps({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": request}).encode()
    return respond("POST", "/", body, "edge/p", lambda one: objection(cluster.around.api, pod, one))[1]["response"]


def test_a_host_and_path_that_another_ingress_has_is_refused(entry: FakeCluster) -> None:
    entry.put(**ingress("web", "a.example.com"))
    answer = review(entry, ingress("copy", "a.example.com"))
    assert answer["allowed"] is False
    assert answer["status"]["code"] == 400
    assert answer["status"]["message"] == 'host "a.example.com" and path "/" is already defined in ingress shop/web'
    assert review(entry, ingress("web", "a.example.com"))["allowed"] is True, "an update of itself"
    assert review(entry, ingress("copy", "a.example.com", path="/api"))["allowed"] is True
    assert review(entry, ingress("copy", "a.example.com", class_name="other"))["allowed"] is True


def test_settings_of_the_config_map_count(entry: FakeCluster) -> None:
    snippet = {f"{PREFIX}configuration-snippet": "deny all;"}
    refused = review(entry, ingress("web", "a.example.com", annotations=snippet))
    assert "Snippet directives are disabled by the Ingress administrator" in refused["status"]["message"]
    settings = {"allow-snippet-annotations": "true", "annotations-risk-level": "Critical"}
    entry.put("ConfigMap", "settings", "edge", data=settings)
    assert review(entry, ingress("web", "a.example.com", annotations=snippet))["allowed"] is True


def test_pods_of_others_grant_everything(entry: FakeCluster) -> None:
    pod: Object = {"metadata": {"namespace": "x", "name": "p", "labels": {}}, "spec": {"containers": [{}]}}
    assert objection(entry.around.api, pod, {"object": ingress("web", "a.example.com")}) is None


@pytest.mark.parametrize(
    ("given", "configuration", "why"),
    [
        ({"path": "/a(/|$)(.*)"}, {}, "ingress contains invalid paths: path /a(/|$)(.*) cannot be used with pathType Prefix"),
        ({"path": "/a(/|$)(.*)"}, {"strict-validate-path-type": "false"}, None),
        ({"path": "/.well-known/x_y-z"}, {}, None),
        ({"annotations": {f"{PREFIX}server-snippet": "x"}}, {"allow-snippet-annotations": "true"}, "ServerSnippet contains risky"),
        ({"annotations": {f"{PREFIX}canary": "true"}}, {}, None),
    ],
)
def test_what_is_refused(given: dict[str, Any], configuration: dict[str, str], why: str | None) -> None:
    taken = ingress("web", "a.example.com") if "annotations" in given else ingress("web", "b.example.com")
    found = fault(ingress("next", "a.example.com", **given), configuration, [taken])
    assert (found is None) == (why is None)
    assert why is None or why in (found or "")
