"""The component DoksCluster through the real engine: both ways to enter it, projects, and a destroy that is refused as a whole."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from quayside_sandbox.rehearsal import Rehearsal

PROGRAM = Path(__file__).parent / "programs" / "cluster"
PROVIDER = "update pulumi:providers:kubernetes::cluster"
POOL = {"size": "s-2vcpu-4gb", "count": 1}


class Cluster:
    """The program as one stack, with arguments that tests edit."""

    def __init__(self, rehearsal: Rehearsal) -> None:
        self.rehearsal, self.store = rehearsal, rehearsal.sandbox.store
        self.args: dict[str, Any] = {}

    def edit(self, **changes: Any) -> list[str]:
        """Changes arguments, brings the stack up, checks that a preview is quiet after it, and returns what has changed."""
        self.args |= changes
        file = self.rehearsal.project / f"Pulumi.{self.rehearsal.stack}.yaml"
        file.write_text(yaml.safe_dump({"config": {"cluster:args": self.args}}))
        done = self.rehearsal.up().check().changed
        assert self.rehearsal.preview().check().changed == []
        return done

    def user(self) -> list[str]:
        """How the kubeconfig enters the cluster."""
        kubeconfig: dict[str, Any] = json.loads(self.rehearsal.outputs(show_secrets=True)["kubeconfig"])
        return list(kubeconfig["users"][0]["user"])

    def project(self) -> list[str]:
        """Names of the projects that list the cluster."""
        (cluster,) = self.store.list("digitalocean", "kubernetesClusters")
        urn = f"do:kubernetes:{cluster['id']}"
        return [project["name"] for project in self.store.list("digitalocean", "projects") if urn in project["resources"]]

    def inventory(self) -> dict[str, int]:
        """How many records of each kind every simulated cloud holds."""
        kinds = [(cloud, kind) for cloud in self.store.clouds() for kind in self.store.kinds(cloud)]
        return {f"{cloud} {kind}": len(found) for cloud, kind in kinds if (found := self.store.list(cloud, kind))}

    def urns(self) -> list[str]:
        """Everything in the state."""
        return [one["urn"] for one in self.rehearsal.exported()["deployment"]["resources"]]


@pytest.fixture
def cluster(rehearsal: Callable[..., Rehearsal], tmp_path: Path) -> Cluster:
    return Cluster(rehearsal(shutil.copytree(PROGRAM, tmp_path / "cluster"), "dev"))


def test_its_life(cluster: Cluster) -> None:
    before = cluster.inventory()
    cluster.edit(credentials="doctl", pools={"main": POOL}, tags={"team": "shop"}, project={"name": "shop", "create": True})
    assert cluster.user() == ["exec"]
    assert cluster.project() == ["shop"]
    assert cluster.rehearsal.refresh().check().changed == []

    assert cluster.edit(credentials="token") == [PROVIDER]
    assert cluster.user() == ["token"]

    cluster.edit(project={"name": "first-project"})
    assert cluster.project() == ["first-project"]

    for words in (["destroy", "--yes"], ["destroy", "--yes", "--skip-preview"]):
        there, state = cluster.inventory(), cluster.urns()
        refused = cluster.rehearsal.run(*words)
        assert refused.code != 0
        assert "locked-until-disposable" in refused.output
        assert (cluster.inventory(), cluster.urns()) == (there, state)
        names = {one["metadata"]["name"] for one in cluster.rehearsal.api().list("v1", "ConfigMap", "default")}
        assert {"owned", "billed"} <= names

    assert cluster.edit(disposable=True) == ["update digitalocean:index/kubernetesCluster:KubernetesCluster::cluster"]
    cluster.rehearsal.destroy().check()
    assert not cluster.rehearsal.has_resources()
    assert cluster.inventory() == before
