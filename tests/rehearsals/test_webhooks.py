"""Webhooks are called as in life: refused without ready pods, trusted only after the injection of their authority, then granting."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from quayside_sandbox.controlplane.crds import load_crds
from quayside_sandbox.kube import Api, ApiError
from quayside_sandbox.sandbox import Sandbox

from .cluster_checks import NODES, Object, available, deployment, eventually, pods

REGISTRATION = "admissionregistration.k8s.io/v1"


@pytest.fixture(scope="module")
def api(sandbox: Sandbox) -> Iterator[Api]:
    client = Api.from_kubeconfig(sandbox.local_cluster("plain", NODES))
    yield client
    client.close()


def webhook(annotations: dict[str, str]) -> Object:
    hook: dict[str, Any] = {
        "name": "check.example.com",
        "clientConfig": {"service": {"name": "checker", "namespace": "default", "path": "/validate", "port": 443}},
        "rules": [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["configmaps"]}],
        "sideEffects": "None",
        "admissionReviewVersions": ["v1"],
        "failurePolicy": "Fail",
        "timeoutSeconds": 5,
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "default"}},
    }
    metadata = {"name": "checker", "annotations": annotations}
    return {"apiVersion": REGISTRATION, "kind": "ValidatingWebhookConfiguration", "metadata": metadata, "webhooks": [hook]}


def configmap(name: str) -> Object:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": "default"}}


def test_the_life_of_a_webhook(api: Api) -> None:
    ports = [{"port": 443, "targetPort": 8443}]
    spec = {"selector": {"app": "checker"}, "ports": ports}
    api.create({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "checker", "namespace": "default"}, "spec": spec})
    api.create(webhook({"cert-manager.io/inject-ca-from-secret": "default/checker-ca"}))

    def refusal() -> str:
        try:
            api.create(configmap("early"))
        except ApiError as problem:
            return problem.message
        api.delete("v1", "ConfigMap", "early", "default")
        return ""

    message = eventually(refusal, "the webhook to be asked")
    assert message.startswith('Internal error occurred: failed calling webhook "check.example.com": ')
    assert 'no endpoints available for service "checker"' in message

    api.create(deployment("checker", ports=[{"containerPort": 8443}]))
    eventually(lambda: available(api, "checker", 1), "the webhook's pod")
    eventually(
        lambda: "certificate signed by unknown authority" in refusal(), "the pod to answer with a certificate that nobody trusts yet"
    )

    injector = deployment("cert-manager-cainjector")
    injector["metadata"]["labels"] = {"app.kubernetes.io/name": "cainjector"}
    api.create(injector)
    eventually(lambda: not refusal(), "the injected authority to be trusted")
    assert api.create(configmap("accepted"))["metadata"]["uid"]


def test_logs_of_simulated_containers_say_that_they_are(sandbox: Sandbox, api: Api, tmp_path: Path) -> None:
    api.create(deployment("talker"))
    eventually(lambda: available(api, "talker", 1), "the pod")
    name = pods(api, "talker")[0]["metadata"]["name"]
    assert "containers are simulated" in api.text(f"/api/v1/namespaces/default/pods/{name}/log")
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text(sandbox.local_cluster("plain", NODES))
    words = ["kubectl", f"--kubeconfig={kubeconfig}", "logs", "deployment/talker"]
    assert "containers are simulated" in subprocess.run(words, capture_output=True, text=True, check=True, timeout=60).stdout


def test_crds_of_a_folder_are_loaded(api: Api, tmp_path: Path) -> None:
    (tmp_path / "some.yaml").write_text(
        """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: boats.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {kind: Boat, plural: boats}
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec: {type: object, properties: {sign: {type: string, enum: [=, "!="]}}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: not-a-crd, namespace: default}
"""
    )
    assert load_crds(api, tmp_path) == 1
    boat = {"apiVersion": "example.com/v1", "kind": "Boat", "metadata": {"name": "b", "namespace": "default"}, "spec": {"sign": "="}}
    assert api.create(boat)["spec"]["sign"] == "="
    assert api.find("v1", "ConfigMap", "not-a-crd", "default") is None
