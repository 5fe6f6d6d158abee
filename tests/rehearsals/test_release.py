"""Helm releases and groups of manifests on the real engine, helm and API server; `--official kubernetes` runs what both plugins do."""

from __future__ import annotations

import base64
import itertools
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from quayside_sandbox.kube import Api
from quayside_sandbox.pytest_plugin import RehearsalFactory
from quayside_sandbox.rehearsal import Outcome, Rehearsal
from quayside_sandbox.sandbox import Sandbox

from .cluster_checks import NODES, Object

PROGRAMS = Path(__file__).parent / "programs"
CHART = Path(__file__).resolve().parents[2] / "sandbox" / "charts" / "cert-manager"
VERSION = "v1.21.1"
RELEASE = "kubernetes:helm.sh/v3:Release"
_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def kubeconfig(sandbox: Sandbox) -> str:
    return sandbox.local_cluster("releases", NODES)


@pytest.fixture(scope="module")
def api(kubeconfig: str) -> Api:
    return Api.from_kubeconfig(kubeconfig)


@pytest.fixture
def stand_in_plugin(sandbox: Sandbox) -> None:
    served = sandbox.folder.read_settings()["served"]["kubernetes"]
    if served != "stand-in":
        pytest.skip("the official plugin knows nothing of stand-in charts")


class Stack:
    """A stack of one Release in a namespace of its own."""

    def __init__(self, rehearsal: Rehearsal, kubeconfig: str) -> None:
        self.rehearsal, self.kubeconfig = rehearsal, kubeconfig
        self.namespace = f"release-{next(_numbers)}"
        self.arguments: Object = {
            "name": "cert-manager",
            "namespace": self.namespace,
            "createNamespace": True,
            "chart": str(CHART),
            "timeout": 60,
            "values": {"replicaCount": 1},
        }

    def set(self, **arguments: Any) -> Stack:
        self.arguments = {key: value for key, value in {**self.arguments, **arguments}.items() if value is not None}
        given = {"kubeconfig": {"$secret": self.kubeconfig}, "clusterIdentifier": "releases"}
        steps = [
            {"type": "provider", "name": "cluster", "arguments": given},
            {"type": RELEASE, "name": "release", "arguments": self.arguments},
        ]
        (self.rehearsal.project / "objects.json").write_text(json.dumps(steps))
        return self

    def values(self, **values: Any) -> Stack:
        return self.set(values={**self.arguments["values"], **values})

    def state(self) -> Object:
        """The Release in the stack's state."""
        resources = self.rehearsal.exported()["deployment"]["resources"]
        found: Object = next(entry for entry in resources if entry["type"] == RELEASE)
        return found


@pytest.fixture
def stack(rehearsal: RehearsalFactory, kubeconfig: str, tmp_path: Path) -> Stack:
    folder = tmp_path / "program"
    shutil.copytree(PROGRAMS / "objects", folder)
    return Stack(rehearsal(folder, "dev"), kubeconfig).set()


def changed(outcome: Outcome) -> list[str]:
    return [step.short for step in outcome.check().changes]


def test_a_releases_life(stack: Stack, api: Api) -> None:
    run, here, secret = stack.rehearsal, stack.namespace, "a-word-that-nobody-may-see"
    stack.values(crds={"enabled": True}, extraEnv=[{"name": "TOKEN", "value": {"$secret": secret}}])
    created = run.up()
    assert f"create {RELEASE}::release" in changed(created)
    state = stack.state()
    assert state["id"] == f"{here}/cert-manager"
    outputs = state["outputs"]
    assert outputs["status"] == {
        "appVersion": VERSION,
        "chart": "cert-manager",
        "name": "cert-manager",
        "namespace": here,
        "revision": 1,
        "status": "deployed",
        "version": VERSION,
    }
    assert outputs["resourceNames"]["Deployment.apps/apps/v1"] == [
        f"{here}/cert-manager",
        f"{here}/cert-manager-cainjector",
        f"{here}/cert-manager-webhook",
    ]
    deployment = api.get("apps/v1", "Deployment", "cert-manager", here)
    assert deployment["status"]["readyReplicas"] == 1
    assert {"name": "TOKEN", "value": secret} in deployment["spec"]["template"]["spec"]["containers"][0]["env"]
    assert api.find("batch/v1", "Job", "cert-manager-startupapicheck", here) is None, "the hook ran and was removed"
    assert changed(run.preview()) == []

    stack.values(replicaCount=2)
    seen = run.preview()
    [step] = seen.check().changes
    assert (step.op, set(step.detailed_diff)) == ("update", {"values.replicaCount", "checksum"})
    updated = run.up().check()
    assert stack.state()["outputs"]["status"]["revision"] == 2
    assert api.get("apps/v1", "Deployment", "cert-manager", here)["spec"]["replicas"] == 2
    assert changed(run.refresh()) == []
    assert changed(run.preview()) == []

    words = json.dumps(run.exported()) + "".join(outcome.output for outcome in (created, seen, updated))
    assert secret not in words
    assert base64.b64encode(secret.encode()).decode() not in words
    assert not list((run.sandbox.folder.home / "tmp").glob("release-*")), "no file of it is left behind"

    definition = api.get("apiextensions.k8s.io/v1", "CustomResourceDefinition", "issuers.cert-manager.io")
    gone = run.destroy().check()
    assert any("kept due to the resource policy" in warning for warning in gone.warnings)
    assert api.list("apps/v1", "Deployment", here) == []
    assert [entry for entry in api.list("v1", "Secret", here) if entry["type"] == "helm.sh/release.v1"] == []
    kept = api.get("apiextensions.k8s.io/v1", "CustomResourceDefinition", "issuers.cert-manager.io")
    assert kept["metadata"]["uid"] == definition["metadata"]["uid"]
    stack.set(skipAwait=True)
    run.up().check()  # it takes up what it left


def test_names(stack: Stack) -> None:
    stack.set(name=None, skipAwait=True)
    stack.rehearsal.up().check()
    name = stack.state()["outputs"]["name"]
    assert name.startswith("release-")
    assert len(name) == len("release-") + 8
    assert changed(stack.rehearsal.preview()) == [], "a name that was made up is kept"
    for change in ({"name": "other"}, {"namespace": f"{stack.namespace}-b"}):
        stack.set(**{"name": name, "namespace": stack.namespace, **change})
        [step] = stack.rehearsal.preview().check().changes
        assert (step.op, step.replace_reasons) == ("replace", tuple(change))


def test_a_rollout_that_does_not_fit_fails_with_the_schedulers_reason(stack: Stack, api: Api) -> None:
    huge = {"requests": {"memory": "64Gi"}}
    stack.set(timeout=12).values(resources=huge)
    failed = stack.rehearsal.up()
    assert failed.code != 0
    assert "failed to initialize completely" in failed.errors
    assert "context deadline exceeded" in failed.errors
    if stack.rehearsal.sandbox.folder.read_settings()["served"]["kubernetes"] == "stand-in":
        assert "0/2 nodes are available: 2 Insufficient memory" in failed.errors
        told = [line for line in failed.output.splitlines() if '"ephemeral":true' in line.replace(" ", "")]
        assert any("Insufficient memory" in text for text in told), "the status line tells it while helm still waits"
    assert stack.state()["outputs"]["status"]["status"] == "failed", "the failed release is kept"
    stack.set(timeout=60).values(resources={"requests": {"memory": "16Mi"}})
    assert changed(stack.rehearsal.up()) == [f"update {RELEASE}::release"]
    assert stack.state()["outputs"]["status"]["status"] == "deployed"


def test_values_that_the_chart_refuses_fail_in_the_preview(stack: Stack) -> None:
    stack.values(nonsense=1)
    refused = stack.rehearsal.preview()
    assert refused.code != 0
    assert "additional properties 'nonsense' not allowed" in refused.errors.replace(
        "Additional property nonsense is", "additional properties 'nonsense'"
    )


def test_a_release_that_is_there_already_is_not_taken_over(stack: Stack, sandbox: Sandbox, kubeconfig: str, tmp_path: Path) -> None:
    file = tmp_path / "kubeconfig"
    file.write_text(kubeconfig)
    helm = sandbox.folder.read_settings()["tools"]["helm"]
    words = ["install", "cert-manager", str(CHART), "-n", stack.namespace, "--create-namespace", "--kubeconfig", str(file), "--no-hooks"]
    subprocess.run([helm, *words], check=True, capture_output=True)
    refused = stack.rehearsal.up()
    assert "cannot re-use a name that is still in use" in refused.errors
    subprocess.run([helm, "uninstall", "cert-manager", "-n", stack.namespace, "--kubeconfig", str(file)], check=True, capture_output=True)
    stack.set(skipAwait=True).rehearsal.up().check()
    subprocess.run([helm, "uninstall", "cert-manager", "-n", stack.namespace, "--kubeconfig", str(file)], check=True, capture_output=True)
    gone = stack.rehearsal.destroy()
    assert "uninstall: Release not loaded: cert-manager: release: not found" in gone.errors
    assert changed(stack.rehearsal.refresh()) == [f"delete {RELEASE}::release"]


REPOSITORY = {"repo": "https://charts.jetstack.io"}


@pytest.mark.usefixtures("stand_in_plugin")
def test_a_public_chart_is_replaced_by_its_stand_in(stack: Stack, sandbox: Sandbox) -> None:
    stack.set(chart="cert-manager", version=VERSION, repositoryOpts=REPOSITORY)
    assert f"create {RELEASE}::release" in changed(stack.rehearsal.preview())
    what = [one["what"] for one in sandbox.substitutions() if one["kind"] == "chart"]
    assert what == [f"cert-manager {VERSION} of https://charts.jetstack.io"]
    stack.set(version="v1.2.3")
    assert (
        f'the stand-in chart "cert-manager" is for version {VERSION}, but the release asks for v1.2.3' in stack.rehearsal.preview().errors
    )
    stack.set(chart="redis", version="1.0.0")
    assert 'there is no stand-in chart "redis" in this sandbox' in stack.rehearsal.preview().errors


# -- groups of manifests --------------------------------------------------------------------------------------------------

GROUPS = """
import os
import pulumi
import pulumi_kubernetes as k8s

provider = k8s.Provider("cluster", kubeconfig=pulumi.Output.secret(os.environ["CLUSTER_KUBECONFIG"]), cluster_identifier="groups")
options = pulumi.ResourceOptions(provider=provider, providers=[provider])
group = k8s.yaml.v2.ConfigGroup("group", files=["manifests/*.yaml"], opts=options)
k8s.yaml.v2.ConfigFile("file", file="one.yaml", resource_prefix="", skip_await=True, opts=options)
pulumi.export("names", group.resources.apply(lambda found: len(found)))
"""
MANIFEST = """
apiVersion: acme.com/v1
kind: Gadget
metadata: {name: g, namespace: groups}
spec: {size: 1}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: gadgets.acme.com}
spec:
  group: acme.com
  scope: Namespaced
  names: {kind: Gadget, plural: gadgets}
  versions:
    - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}
---
apiVersion: v1
kind: List
items:
  - {apiVersion: v1, kind: Secret, metadata: {name: s, namespace: groups}, stringData: {p: manifest-secret}}
  - {apiVersion: v1, kind: Namespace, metadata: {name: groups}}
"""


def test_groups_of_manifests(rehearsal: RehearsalFactory, kubeconfig: str, api: Api, tmp_path: Path) -> None:
    folder = tmp_path / "groups"
    (folder / "manifests").mkdir(parents=True)
    shutil.copy(PROGRAMS / "objects" / "Pulumi.yaml", folder)
    (folder / "__main__.py").write_text(GROUPS)
    (folder / "manifests" / "a.yaml").write_text(MANIFEST)
    one = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "one"}, "data": {"at": "12:30"}}
    (folder / "one.yaml").write_text(yaml.safe_dump(one))
    run = rehearsal(folder, "dev", variables={"CLUSTER_KUBECONFIG": kubeconfig})
    assert {
        "create kubernetes:core/v1:Namespace::group:groups",
        "create kubernetes:core/v1:Secret::group:groups/s",
        "create kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition::group:gadgets.acme.com",
        "create kubernetes:acme.com/v1:Gadget::group:groups/g",
        "create kubernetes:core/v1:ConfigMap::default/one",
    } <= set(changed(run.up()))
    assert run.outputs()["names"] == 4
    assert api.get("acme.com/v1", "Gadget", "g", "groups")["spec"] == {"size": 1}
    assert "manifest-secret" not in json.dumps(run.exported())
    assert changed(run.preview()) == []
    (folder / "manifests" / "a.yaml").write_text(MANIFEST.replace("size: 1", "size: 2"))
    assert changed(run.up()) == ["update kubernetes:acme.com/v1:Gadget::group:groups/g"]
    run.destroy().check()
    assert api.find("v1", "Namespace", "groups") is None


def test_what_the_api_server_warns_of_a_charts_objects_is_told(stand_in_plugin: None, stack: Stack, api: Api) -> None:
    """The official plugin leaves it in helm's log."""
    labels = {"pod-security.kubernetes.io/warn": "restricted"}
    api.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": stack.namespace, "labels": labels}})
    stack.values(containerSecurityContext={"allowPrivilegeEscalation": True}, startupapicheck={"enabled": False})
    [warning] = stack.rehearsal.up().check().warnings
    assert 'would violate PodSecurity "restricted:latest"' in warning
