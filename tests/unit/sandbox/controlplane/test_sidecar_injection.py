"""What istiod's webhook makes of a pod, and what its answer to the API server looks like."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from quayside_sandbox.controlplane.admission import changes
from quayside_sandbox.controlplane.controllers.istio.injection import PROXY
from quayside_sandbox.controlplane.webhooks import respond
from quayside_sandbox.kube.client import Object

from .fake_cluster import FakeCluster

ISTIOD = {"metadata": {"namespace": "istio-system", "name": "istiod-x", "labels": {"app": "istiod"}}, "spec": {"containers": [{}]}}
PROXY_VALUES = {
    "image": "proxyv2",
    "resources": {"requests": {"cpu": "10m", "memory": "40Mi"}},
    "seccompProfile": {"type": "RuntimeDefault"},
}


@pytest.fixture
def mesh(cluster: FakeCluster) -> FakeCluster:
    told(cluster, cni=True)
    return cluster


def told(cluster: FakeCluster, *, cni: bool) -> None:
    values = {"global": {"hub": "hub", "tag": "1.30.3", "proxy": PROXY_VALUES}, "pilot": {"cni": {"enabled": cni}}}
    cluster.put("ConfigMap", "istio-sidecar-injector", "istio-system", data={"values": json.dumps(values)})


def pod(annotations: dict[str, str] | None = None, labels: dict[str, str] | None = None, **spec: Any) -> Object:
    metadata = {"generateName": "web-", "annotations": annotations or {}, "labels": labels or {"app": "web"}}
    return {"kind": "Pod", "metadata": metadata, "spec": {"containers": [{"name": "app", "image": "i"}], **spec}}


def injected(cluster: FakeCluster, given: Object, namespace: str = "shop", operation: str = "CREATE") -> dict[str, Any]:
    """Path → what the answer to the API server puts there; empty where the pod stays as it is."""
    request = {"uid": "u", "operation": operation, "namespace": namespace, "object": given}
    body = json.dumps({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": request}).encode()
    answer = respond("POST", "/inject", body, "p", changes=lambda one: changes(cluster.around.api, ISTIOD, one))[1]["response"]
    assert answer["allowed"] is True
    assert ("patchType" in answer) == ("patch" in answer)
    return {each["path"]: each["value"] for each in json.loads(base64.b64decode(answer.get("patch") or b"W10="))}


def test_the_proxy_is_a_sidecar_that_restricted_namespaces_take(mesh: FakeCluster) -> None:
    found = injected(mesh, pod(initContainers=[{"name": "migrate", "image": "i"}]))
    setup, proxy, own = found["/spec/initContainers"]
    assert (setup["name"], proxy["name"], own["name"]) == ("istio-validation", PROXY, "migrate"), "the proxy runs before the pod's own"
    assert (proxy["restartPolicy"], proxy["image"]) == ("Always", "hub/proxyv2:1.30.3")
    assert proxy["resources"] == {"requests": {"cpu": "10m", "memory": "40Mi"}}
    for each in (setup, proxy):
        assert each["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "privileged": False,
            "readOnlyRootFilesystem": True,
            "runAsGroup": 1337,
            "runAsNonRoot": True,
            "runAsUser": 1337,
            "seccompProfile": {"type": "RuntimeDefault"},
        }
    assert found["/metadata/labels"].items() >= {"app": "web", "security.istio.io/tlsMode": "istio"}.items()
    assert "istio-proxy" in found["/metadata/annotations"]["sidecar.istio.io/status"]
    assert {each["name"] for each in found["/spec/volumes"]} >= {each["name"] for each in proxy["volumeMounts"]}


def test_without_the_node_agent_a_privileged_container_is_needed(mesh: FakeCluster) -> None:
    told(mesh, cni=False)
    setup = injected(mesh, pod())["/spec/initContainers"][0]
    assert setup["name"] == "istio-init"
    assert setup["securityContext"]["capabilities"]["add"] == ["NET_ADMIN", "NET_RAW"]


def test_annotations_set_the_proxys_resources(mesh: FakeCluster) -> None:
    asked = {"sidecar.istio.io/proxyCPU": "20m", "sidecar.istio.io/proxyMemoryLimit": "99Mi"}
    proxy = injected(mesh, pod(asked))["/spec/initContainers"][1]
    assert proxy["resources"] == {"requests": {"cpu": "20m"}, "limits": {"memory": "99Mi"}}


def test_without_values_the_charts_defaults_count(cluster: FakeCluster) -> None:
    proxy = injected(cluster, pod())["/spec/initContainers"][1]
    assert proxy["resources"]["requests"] == {"cpu": "100m", "memory": "128Mi"}


def test_a_gateways_own_proxy_gets_its_image(mesh: FakeCluster) -> None:
    given = pod({"inject.istio.io/templates": "gateway"}, containers=[{"name": PROXY, "image": "auto", "resources": {"limits": {}}}])
    found = injected(mesh, given)
    assert found["/spec/containers"] == [{"name": PROXY, "image": "hub/proxyv2:1.30.3", "resources": {"limits": {}}}]
    assert "/spec/initContainers" not in found


@pytest.mark.parametrize(
    "given",
    [
        pod(hostNetwork=True),
        pod(labels={"sidecar.istio.io/inject": "false"}),
        pod(initContainers=[{"name": PROXY, "image": "i"}]),
        {**pod(), "kind": "Deployment"},
    ],
)
def test_what_is_left_alone(mesh: FakeCluster, given: Object) -> None:
    assert injected(mesh, given) == {}


def test_only_new_pods_outside_of_system_namespaces_are_changed(mesh: FakeCluster) -> None:
    assert injected(mesh, pod(), operation="UPDATE") == {}
    assert injected(mesh, pod(), "kube-system") == {}
