"""The simulated clouds through the real engine: their life, their refusals in the vendors' words, drift, and nothing left at the end."""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from quayside_sandbox.clouds.digitalocean.catalog import PLACEHOLDER_TOKEN
from quayside_sandbox.clouds.store import Store
from quayside_sandbox.rehearsal import Rehearsal

PROGRAM = Path(__file__).parent / "programs" / "clouds"
CLUSTER = "digitalocean:index/kubernetesCluster:KubernetesCluster::main"
RECORD = "cloudflare:index/dnsRecord:DnsRecord::www"
RULESET = "cloudflare:index/ruleset:Ruleset::waf"
VPC = "digitalocean:index/vpc:Vpc::net"


class Clouds:
    """The program as one stack, with a configuration that tests edit, and the clouds behind it."""

    def __init__(self, rehearsal: Rehearsal, store: Store) -> None:
        self.rehearsal, self.store = rehearsal, store
        self.config: dict[str, Any] = {}

    def set(self, **changes: Any) -> None:
        self.config = {**self.config, **changes}
        written = {f"clouds:{key}": value for key, value in self.config.items()}
        (self.rehearsal.project / f"Pulumi.{self.rehearsal.stack}.yaml").write_text(yaml.safe_dump({"config": written}))

    def counts(self) -> dict[str, int]:
        """How many objects of each kind there are."""
        kinds = [(cloud, kind) for cloud in ("digitalocean", "cloudflare") for kind in self.store.kinds(cloud)]
        return {f"{cloud} {kind}": len(found) for cloud, kind in kinds if (found := self.store.list(cloud, kind))}

    def zone(self) -> str:
        """The zone that the program looks up, made by hand as its owner would have."""
        account = {"id": self.store.list("cloudflare", "accounts")[0]["id"]}
        fields = {"name": "example.com", "account": account, "status": "active", "nameServers": ["a.ns.example", "b.ns.example"]}
        return str(self.store.create("cloudflare", "zones", fields, id="5a" * 16)["id"])


@pytest.fixture
def clouds(rehearsal: Callable[..., Rehearsal], sandbox: Any, tmp_path: Path) -> Clouds:
    return Clouds(rehearsal(shutil.copytree(PROGRAM, tmp_path / "clouds"), "test"), sandbox.store)


def test_a_network_lives_and_leaves_nothing(clouds: Clouds, sandbox: Any) -> None:
    before = clouds.counts()
    clouds.set(parts=["network"])
    faults = sandbox.folder.root / "cloud-faults.json"
    faults.write_text(
        json.dumps([{"cloud": "digitalocean", "operation": "create projects", "status": 403, "message": "You are not authorized"}])
    )
    failed = clouds.rehearsal.up()
    faults.unlink()
    assert failed.code != 0
    assert re.search(
        r'Error creating Project: POST https://api.digitalocean.com/v2/projects: 403 \(request ".*"\) You are not', failed.errors
    )
    clouds.rehearsal.up().check()
    assert clouds.rehearsal.preview().check().changed == []
    outputs = clouds.rehearsal.outputs(show_secrets=True)
    assert outputs["address"] == "203.0.113.1"
    login = json.loads(outputs["docker"])["auths"]["registry.digitalocean.com"]["auth"]
    state = json.dumps(clouds.rehearsal.exported())
    for secret in (login, base64.b64decode(login).decode().split(":")[0], PLACEHOLDER_TOKEN):
        assert secret not in state

    vpc = next(one for one in clouds.store.list("digitalocean", "vpcs") if not one["default"])
    clouds.store.update("digitalocean", "vpcs", vpc["id"], {"description": "by hand"})
    assert clouds.rehearsal.preview("--refresh").check().changed == [f"update {VPC}"]

    guest = clouds.store.create("digitalocean", "droplets", {"name": "guest", "vpcUuid": vpc["id"]})
    stuck = clouds.rehearsal.destroy()
    assert stuck.code != 0
    assert "Can not delete VPC with members" in stuck.errors
    assert f"DELETE https://api.digitalocean.com/v2/vpcs/{vpc['id']}: 409" in stuck.errors
    clouds.store.delete("digitalocean", "droplets", guest["id"])
    clouds.rehearsal.destroy().check()
    assert clouds.counts() == before


def test_a_cluster_lives_with_its_pools_and_both_kinds_of_credentials(clouds: Clouds, sandbox: Any) -> None:
    before = clouds.counts()
    clouds.set(parts=["network", "cluster"])
    foreseen = clouds.rehearsal.preview().check().changed
    assert clouds.rehearsal.up().check().changed == foreseen
    assert clouds.rehearsal.preview("--refresh").check().changed == []
    id = clouds.rehearsal.outputs()["cluster"]
    record = clouds.store.get("digitalocean", "kubernetesClusters", id)
    api = clouds.rehearsal.api(record["name"])
    assert len(api.list("v1", "Node")) == 2

    raw = yaml.safe_load(clouds.rehearsal.outputs(show_secrets=True)["kubeconfig"])
    token = raw["users"][0]["user"]["token"]
    assert token not in json.dumps(clouds.rehearsal.exported())
    words = ["doctl", "kubernetes", "cluster", "kubeconfig", "exec-credential", "--version=v1beta1", id]
    environment = sandbox.environment()
    answer = subprocess.run(
        [shutil.which(words[0], path=environment["PATH"]), *words[1:]], env=environment, capture_output=True, text=True, check=True
    )
    assert json.loads(answer.stdout)["status"]["token"] == token

    clouds.set(count=2)
    assert clouds.rehearsal.up().check().changed == [f"update {CLUSTER}"]
    assert len(api.list("v1", "Node")) == 3
    clouds.set(size="s-4vcpu-8gb", version="1.35.4-do.0")  # a pool keeps its size, and nobody goes back to an older version
    replaced = [step for step in clouds.rehearsal.preview().check().changes if step.type.endswith("KubernetesCluster")]
    assert [(step.op, set(step.replace_reasons)) for step in replaced] == [("replace", {"nodePool.size", "version"})]
    clouds.rehearsal.destroy().check()
    assert clouds.counts() == before


def test_a_zones_records_settings_and_rules(clouds: Clouds) -> None:
    zone = clouds.zone()
    clouds.set(parts=["names"])
    assert len(clouds.rehearsal.up().check().changed) == 3
    rule = clouds.rehearsal.outputs()["rule"]
    clouds.set(action="managed_challenge", content="203.0.113.2")
    assert clouds.rehearsal.up().check().changed == [f"update {RECORD}", f"update {RULESET}"]
    assert clouds.rehearsal.preview("--refresh").check().changed == []
    assert clouds.rehearsal.outputs()["rule"] == rule  # kept by its ref

    clouds.set(type="CNAME", content="x.example.net")
    taken = clouds.rehearsal.up()
    assert taken.code != 0
    assert '81053, "message": "An A, AAAA, or CNAME record with that host already exists."' in taken.errors
    clouds.set(type="A", content="203.0.113.2")

    clouds.rehearsal.destroy().check()
    assert clouds.store.list("cloudflare", "dnsRecords", zoneId=zone) == []
    assert clouds.store.list("cloudflare", "zoneSettings", zoneId=zone)[0]["value"] == "strict"  # nothing puts it back
    clouds.store.delete("cloudflare", "zones", zone)


def test_a_cluster_that_the_vendor_refuses(clouds: Clouds) -> None:
    clouds.set(parts=["network", "cluster"], version="1.99.0-do.0")
    failed = clouds.rehearsal.up()
    assert failed.code != 0
    words = "Error creating Kubernetes cluster: POST https://api.digitalocean.com/v2/kubernetes/clusters: 422 .* validation error: invalid version slug"
    assert re.search(words, failed.errors)
    assert clouds.store.list("digitalocean", "kubernetesClusters") == []


def test_what_is_not_simulated_is_refused_in_the_preview(clouds: Clouds) -> None:
    clouds.set(parts=["droplet"])
    refused = clouds.rehearsal.preview()
    assert refused.code != 0
    assert "Droplet (digitalocean:index/droplet:Droplet) is not simulated in the sandbox. What is: " in refused.errors
