"""Kong's Ingresses get the address of the Service that its controller publishes; its webhook looks at plugins."""

from __future__ import annotations

from typing import Any

import pytest

from quayside_sandbox.controlplane.admission import objection
from quayside_sandbox.controlplane.controllers.kong import Kong
from quayside_sandbox.kube.client import Object

from .fake_cluster import AVAILABLE, FakeCluster, ingress

CLASS = "networking.k8s.io/v1"
LABELS = {"app.kubernetes.io/name": "kong", "app.kubernetes.io/component": "app"}


def controller(**variables: str) -> Object:
    """For FakeCluster.put: Kong's Deployment, running."""
    env = [{"name": f"CONTROLLER_{name.upper()}", "value": value} for name, value in variables.items()]
    containers = [{"name": "ingress-controller", "env": env}, {"name": "proxy"}]
    spec = {"template": {"metadata": {"labels": LABELS}, "spec": {"containers": containers}}}
    metadata = {"labels": LABELS}
    return {
        "kind": "Deployment",
        "name": "kong",
        "namespace": "kong",
        "api_version": "apps/v1",
        "metadata": metadata,
        "spec": spec,
        "status": AVAILABLE,
    }


@pytest.fixture
def entry(cluster: FakeCluster) -> FakeCluster:
    cluster.put(**controller(ingress_class="kong", publish_service="kong/entry"))
    status = {"loadBalancer": {"ingress": [{"hostname": "kong.example.com", "ip": "203.0.113.1", "ipMode": "VIP"}]}}
    cluster.put("Service", "entry", "kong", spec={"type": "LoadBalancer"}, status=status)
    return cluster


def address(cluster: FakeCluster, name: str) -> Any:
    found = cluster.get(CLASS, "Ingress", name, "shop")
    return ((found.get("status") or {}).get("loadBalancer") or {}).get("ingress")


def test_ingresses_of_the_class_get_the_services_address(entry: FakeCluster) -> None:
    entry.put(**ingress("web", "a.example.com", class_name="kong"))
    entry.put(**ingress("old", "b.example.com", class_name=None, annotations={"kubernetes.io/ingress.class": "kong"}))
    entry.put(**ingress("foreign", "c.example.com"))
    entry.put(**ingress("classless", "d.example.com", class_name=None))
    Kong(entry.around).reconcile()
    assert [address(entry, name) for name in ("web", "old")] == [[{"ip": "203.0.113.1", "hostname": "kong.example.com"}]] * 2
    assert [address(entry, name) for name in ("foreign", "classless")] == [None, None]
    writes = entry.writes
    Kong(entry.around).reconcile()
    assert entry.writes == writes, "nothing is written where nothing changed"
    entry.put("IngressClass", "kong", api_version=CLASS, metadata={"annotations": {"ingressclass.kubernetes.io/is-default-class": "true"}})
    Kong(entry.around).reconcile()
    assert address(entry, "classless") == address(entry, "web")


def test_nothing_is_published_before_the_controller_runs(entry: FakeCluster) -> None:
    entry.get("apps/v1", "Deployment", "kong", "kong")["status"] = {}
    entry.put(**ingress("web", "a.example.com", class_name="kong"))
    Kong(entry.around).reconcile()
    assert address(entry, "web") is None


def test_what_is_written_down_wins_and_a_service_without_a_load_balancer_has_its_own(entry: FakeCluster) -> None:
    entry.put(**ingress("web", "a.example.com", class_name="kong"))
    entry.put("Service", "entry", "kong", spec={"type": "ClusterIP", "clusterIPs": ["10.0.0.1"]})
    Kong(entry.around).reconcile()
    assert address(entry, "web") == [{"ip": "10.0.0.1"}]
    entry.put(**controller(publish_service="kong/entry", publish_status_address="203.0.113.7,lb.example.com"))
    Kong(entry.around).reconcile()
    assert address(entry, "web") == [{"ip": "203.0.113.7"}, {"hostname": "lb.example.com"}]


def test_only_the_watched_namespaces_are_served(entry: FakeCluster) -> None:
    entry.put(**controller(publish_service="kong/entry", watch_namespace="kong,other"))
    entry.put(**ingress("web", "a.example.com", class_name="kong"))
    Kong(entry.around).reconcile()
    assert address(entry, "web") is None


def plugin(kind: str = "KongPlugin", **more: Any) -> Object:
    return {"kind": kind, "metadata": {"name": "p", "annotations": {"kubernetes.io/ingress.class": "kong"}}, "plugin": "cors", **more}


def path(path: str) -> Object:
    given = ingress("web", "a.example.com", class_name="kong", path=path)
    given["spec"]["rules"][0]["http"]["paths"][0]["pathType"] = "ImplementationSpecific"
    return given


@pytest.mark.parametrize(
    ("thing", "message"),
    [
        (plugin(), None),
        (plugin(plugin=""), "plugin name cannot be empty"),
        (plugin(config={"a": 1}, configFrom={"secretKeyRef": {}}), "plugin cannot use both Config and ConfigFrom"),
        (plugin("KongClusterPlugin", plugin="corsair"), "plugin 'corsair' not enabled"),
        ({**plugin("KongClusterPlugin", plugin="corsair"), "metadata": {"name": "p"}}, None),
        (path("/~/v[0-9]+"), None),
        (path("/~/v[0-9"), "invalid regex: '/v[0-9'"),
        (path("/v[0-9"), None),
    ],
)
def test_what_the_webhook_refuses(entry: FakeCluster, thing: Object, message: str | None) -> None:
    template = entry.get("apps/v1", "Deployment", "kong", "kong")["spec"]["template"]
    pod = {**template, "metadata": {**template["metadata"], "namespace": "kong", "name": "p"}}
    said = objection(entry.around.api, pod, {"object": thing})
    assert (said is None) if message is None else (message in (said or "")), said
