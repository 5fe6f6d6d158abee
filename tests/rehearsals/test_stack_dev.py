"""Stack dev, exactly as it is committed: what comes up, what each edit changes, and that nothing is left."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from quayside_sandbox.kube import Api
from quayside_sandbox.rehearsal import Rehearsal

from .conftest import Project


class Dev:
    """Stack dev of the project, up."""

    def __init__(self, project: Project, rehearsal: Rehearsal) -> None:
        self.project, self.rehearsal = project, rehearsal

    def up(self) -> Dev:
        self.rehearsal.up().check()
        return self

    @property
    def api(self) -> Api:
        return self.rehearsal.api()

    def edit(self, key: str, value: Any) -> list[str]:
        """Edits the stack's file; returns what `up` then changes, after checking that the preview foresaw it and that it is quiet after."""
        self.project.edit("dev", key, value)
        foreseen = self.rehearsal.preview().check().changed
        done = self.rehearsal.up().check().changed
        assert done == foreseen
        assert self.rehearsal.preview().check().changed == []
        return done


@pytest.fixture
def dev(project: Project, rehearsal: Callable[..., Rehearsal]) -> Dev:
    return Dev(project, rehearsal(project.folder, "dev"))


def test_its_life(dev: Dev) -> None:
    store = dev.rehearsal.sandbox.store
    before = {(cloud, kind): len(store.list(cloud, kind)) for cloud in store.clouds() for kind in store.kinds(cloud)}
    first = dev.rehearsal.preview().check()  # no cluster yet: everything is foreseen all the same
    up = dev.rehearsal.up().check()
    assert {step.short for step in first.changes} == {step.short for step in up.changes}
    assert dev.rehearsal.preview().check().changed == []
    assert dev.rehearsal.refresh().check().changed == []

    deployment = dev.api.get("apps/v1", "Deployment", "hello", "hello")
    assert deployment["status"]["readyReplicas"] == 2
    assert dev.api.find("v1", "Service", "hello", "hello")
    assert dev.api.find("v1", "ServiceAccount", "hello", "hello")
    assert dev.api.get("apps/v1", "Deployment", "cert-manager", "cert-manager")["status"]["readyReplicas"] == 1
    pools = {node["metadata"]["labels"]["doks.digitalocean.com/node-pool"] for node in dev.api.list("v1", "Node")}
    assert pools == {"system", "main-s-2vcpu-4gb"}  # a pool carries its size: another size is another pool, made first
    assert set(dev.rehearsal.outputs()) >= {"kubeconfig", "clusterName", "nodePools", "services"}

    # one edit at a time, and only what should change changes
    assert dev.edit("services.hello.image", "nginxinc/nginx-unprivileged:1.30-alpine") == ["update kubernetes:apps/v1:Deployment::hello"]
    assert _image(dev.api) == "nginxinc/nginx-unprivileged:1.30-alpine"
    assert dev.edit("services.hello.replicas", 3) == ["update kubernetes:apps/v1:Deployment::hello"]
    assert dev.api.get("apps/v1", "Deployment", "hello", "hello")["status"]["readyReplicas"] == 3
    config = [step.partition("::")[0] for step in dev.edit("services.hello.config.GREETING", "hello from a test")]
    assert sorted(config) == [
        "create kubernetes:core/v1:ConfigMap",
        "delete kubernetes:core/v1:ConfigMap",
        "update kubernetes:apps/v1:Deployment",
    ] or sorted(config) == ["replace kubernetes:core/v1:ConfigMap", "update kubernetes:apps/v1:Deployment"]
    assert dev.edit("cluster.pools.main.count", 2) == ["update digitalocean:index/kubernetesNodePool:KubernetesNodePool::cluster-main"]
    assert len(dev.api.list("v1", "Node", labels="quayside/pool=main")) == 2
    # another machine size is another pool
    assert dev.edit("cluster.pools.main.size", "s-4vcpu-8gb") == [
        "replace digitalocean:index/kubernetesNodePool:KubernetesNodePool::cluster-main"
    ]
    sizes = {
        node["metadata"]["labels"]["node.kubernetes.io/instance-type"] for node in dev.api.list("v1", "Node", labels="quayside/pool=main")
    }
    assert sizes == {"s-4vcpu-8gb"}

    dev.rehearsal.destroy().check()
    assert not dev.rehearsal.has_resources()
    after = {(cloud, kind): len(store.list(cloud, kind)) for cloud in store.clouds() for kind in store.kinds(cloud)}
    assert {key: count for key, count in after.items() if count} == {key: count for key, count in before.items() if count}


def _image(api: Api) -> str:
    pods = api.get("apps/v1", "Deployment", "hello", "hello")["spec"]["template"]["spec"]
    return str(pods["containers"][0]["image"])


def test_a_failed_rollout_says_why_and_the_old_pods_stay(dev: Dev) -> None:
    dev.up()
    dev.project.edit("dev", "services.hello.resources", {"requests": {"memory": "3Gi"}, "limits": {"memory": "4Gi"}})
    dev.project.edit("dev", "services.hello.timeout", "10s")
    failed = dev.rehearsal.up()
    assert failed.code != 0
    assert "Insufficient memory" in failed.errors
    assert dev.api.get("apps/v1", "Deployment", "hello", "hello")["status"]["readyReplicas"] == 2
    dev.project.edit("dev", "services.hello.resources", {"requests": {"memory": "64Mi"}, "limits": {"memory": "128Mi"}})
    dev.rehearsal.up().check()
    assert dev.rehearsal.preview().check().changed == []


def test_drift_in_the_cloud_is_seen_and_repaired(dev: Dev) -> None:
    dev.up()
    store = dev.rehearsal.sandbox.store
    (vpc,) = [one for one in store.list("digitalocean", "vpcs") if one["name"].startswith("quayside")]
    store.update("digitalocean", "vpcs", vpc["id"], {"description": "changed by hand"})
    seen = dev.rehearsal.run("preview", "--refresh").check()
    assert "update digitalocean:index/vpc:Vpc::cluster" in seen.changed
    dev.rehearsal.up("--refresh").check()
    assert store.get("digitalocean", "vpcs", vpc["id"])["description"] == vpc["description"]


def test_no_secret_is_in_plain_text(dev: Dev) -> None:
    up = dev.rehearsal.up().check()
    (cluster,) = dev.rehearsal.sandbox.store.list("digitalocean", "kubernetesClusters")
    secrets = [cluster["_token"], dev.rehearsal.sandbox.environment()["DIGITALOCEAN_TOKEN"]]
    logs = "".join(file.read_text(errors="replace") for file in dev.rehearsal.sandbox.folder.logs.rglob("*") if file.is_file())
    places = {"state": str(dev.rehearsal.exported()), "outputs": str(dev.rehearsal.outputs()), "up": up.output, "logs": logs}
    for secret in secrets:
        for where, text in places.items():
            assert secret not in text, f"a secret is in plain text in {where}"
