"""A program that knows nothing of quayside lives through its whole life on the real engine and API server."""

from __future__ import annotations

import base64
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from quayside_sandbox.kube import Api
from quayside_sandbox.rehearsal import Rehearsal

PROGRAM = Path(__file__).parent / "programs" / "plain"
KINDS = [
    ("v1", "ConfigMap", "settings"),
    ("v1", "Secret", "password"),
    ("v1", "ServiceAccount", "web"),
    ("apps/v1", "Deployment", "web"),
    ("v1", "Service", "web"),
    ("apps/v1", "StatefulSet", "store"),
    ("apps/v1", "DaemonSet", "agent"),
    ("batch/v1", "Job", "once"),
    ("batch/v1", "CronJob", "nightly"),
    ("rbac.authorization.k8s.io/v1", "Role", "reader"),
    ("rbac.authorization.k8s.io/v1", "RoleBinding", "reader"),
    ("autoscaling/v2", "HorizontalPodAutoscaler", "store"),
    ("policy/v1", "PodDisruptionBudget", "web"),
    ("networking.k8s.io/v1", "NetworkPolicy", "web"),
    ("networking.k8s.io/v1", "Ingress", "web"),
]


class Plain:
    """The program as one stack, with a configuration that tests edit."""

    def __init__(self, rehearsal: Rehearsal, api: Api, kubeconfig: str) -> None:
        self.rehearsal, self.api = rehearsal, api
        rehearsal.variables["CLUSTER_KUBECONFIG"] = kubeconfig
        self.config: dict[str, Any] = {"password": {"secure": "v1:of:nobodys"}}
        self.set()

    def set(self, **changes: Any) -> None:
        self.config = {**self.config, **changes}
        written = {f"plain:{key}": value for key, value in self.config.items()}
        (self.rehearsal.project / f"Pulumi.{self.rehearsal.stack}.yaml").write_text(yaml.safe_dump({"config": written}))

    def changed(self) -> list[str]:
        """What `up` changes; the preview before it must say the same."""
        foreseen = self.rehearsal.preview().check().changed
        done = self.rehearsal.up().check().changed
        assert foreseen == done
        assert self.rehearsal.preview().check().changed == []
        return done


@pytest.fixture(scope="module")
def cluster(sandbox: Any) -> str:
    return sandbox.local_cluster("plain", nodes=[{"name": "one", "cpu": "4", "memory": "4Gi", "pods": "110"}])


@pytest.fixture
def plain(rehearsal: Callable[..., Rehearsal], cluster: str, tmp_path: Path) -> Plain:
    program = shutil.copytree(PROGRAM, tmp_path / "plain")
    one = rehearsal(program, "test")
    return Plain(one, one.api("plain"), cluster)


def test_its_life(plain: Plain) -> None:
    up = plain.rehearsal.up().check()
    assert up.counts["create"] == len(KINDS) + 3  # the namespace, the provider and the stack
    for api_version, kind, name in KINDS:
        assert plain.api.find(api_version, kind, name, "shop"), f"{kind} {name} is not in the cluster"
    assert plain.api.get("apps/v1", "Deployment", "web", "shop")["status"]["readyReplicas"] == 2
    assert plain.rehearsal.preview().check().changed == []
    assert plain.rehearsal.refresh().check().changed == []

    plain.set(image="nginx:2")
    assert plain.changed() == ["update kubernetes:apps/v1:Deployment::web"]
    pods = plain.api.get("apps/v1", "Deployment", "web", "shop")["spec"]["template"]["spec"]
    assert pods["containers"][0]["image"] == "nginx:2"

    plain.set(replicas=3)
    assert plain.changed() == ["update kubernetes:apps/v1:Deployment::web"]
    assert plain.api.get("apps/v1", "Deployment", "web", "shop")["status"]["readyReplicas"] == 3

    plain.set(colour="green")
    assert plain.changed() == ["replace kubernetes:core/v1:ConfigMap::settings"]
    assert plain.api.get("v1", "ConfigMap", "settings", "shop")["data"] == {"colour": "green"}

    uid = plain.api.get("batch/v1", "Job", "once", "shop")["metadata"]["uid"]
    plain.set(jobImage="job:2")
    assert plain.changed() == ["replace kubernetes:batch/v1:Job::once", "update kubernetes:batch/v1:CronJob::nightly"]
    assert plain.api.get("batch/v1", "Job", "once", "shop")["metadata"]["uid"] != uid

    plain.set(withoutIngress=True)
    assert plain.changed() == ["delete kubernetes:networking.k8s.io/v1:Ingress::web"]
    assert plain.api.find("networking.k8s.io/v1", "Ingress", "web", "shop") is None

    before = {namespace["metadata"]["name"] for namespace in plain.api.list("v1", "Namespace")}
    plain.rehearsal.destroy().check()
    assert before - {namespace["metadata"]["name"] for namespace in plain.api.list("v1", "Namespace")} == {"shop"}
    for api_version, kind, _ in KINDS:
        assert [one for one in plain.api.list(api_version, kind) if one["metadata"].get("namespace") == "shop"] == []


def test_a_workload_that_does_not_fit_fails_with_the_schedulers_reason_and_is_mended_by_the_next_up(plain: Plain) -> None:
    plain.set(memory="64Gi")
    failed = plain.rehearsal.up()
    assert failed.code != 0
    assert "0/1 nodes are available: 1 Insufficient memory" in failed.errors
    plain.set(memory="16Mi")
    plain.rehearsal.up().check()
    assert plain.rehearsal.preview().check().changed == []


def test_what_changed_behind_pulumis_back_is_seen_and_repaired(plain: Plain) -> None:
    plain.rehearsal.up().check()
    plain.api.delete("v1", "ServiceAccount", "web", "shop")
    plain.api.patch(
        "v1", "Service", "web", {"spec": {"ports": [{"name": "http", "port": 80, "targetPort": 9999}]}}, "shop", field_manager="somebody"
    )
    drift = plain.rehearsal.run("preview", "--refresh")
    assert {step.name for step in drift.changes} >= {"web"}
    plain.rehearsal.up("--refresh").check()
    assert plain.api.find("v1", "ServiceAccount", "web", "shop")


def test_no_secret_is_in_plain_text(plain: Plain) -> None:
    password = "example-of-plain:password"  # what stands in for the secure value
    up = plain.rehearsal.up().check()
    assert plain.rehearsal.outputs(show_secrets=True)["password"] == {"password": password}
    stored = plain.api.get("v1", "Secret", "password", "shop")["data"]["password"]
    assert base64.b64decode(stored).decode() == password
    state = str(plain.rehearsal.exported())
    outputs = str(plain.rehearsal.outputs())
    logs = "".join(file.read_text(errors="replace") for file in plain.rehearsal.sandbox.folder.logs.rglob("*") if file.is_file())
    token = yaml.safe_load(plain.rehearsal.variables["CLUSTER_KUBECONFIG"])["users"][0]["user"]["token"]
    plain.set(colour="red")
    preview = plain.rehearsal.preview().check()
    for secret in (password, stored, token):
        for where, text in {"state": state, "outputs": outputs, "logs": logs, "up": up.output, "preview": preview.output}.items():
            assert secret not in text, f"a secret is in plain text in {where}"
