"""Old values made new, stand-ins for secrets, and what the account has to hold besides."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest

from quayside_sandbox.clouds.digitalocean.catalog import PLACEHOLDER_TOKEN
from quayside_sandbox.clouds.seed import seed
from quayside_sandbox.clouds.store import Store
from quayside_sandbox.plugins.values import Secret
from quayside_sandbox.rehearse.origin import NotStarted
from quayside_sandbox.rehearse.replay_account import furnish, observed_version, zone_name
from quayside_sandbox.rehearse.replay_export import SEALED
from quayside_sandbox.rehearse.replay_values import PLACEHOLDER, carried_over, moved, opened, sealed, with_notes, without_notes

CLUSTER = "digitalocean:index/kubernetesCluster:KubernetesCluster"
K8S_SECRET = "kubernetes:core/v1:Secret"
RECORD = "cloudflare:index/dnsRecord:DnsRecord"


def test_only_what_differs_is_carried_over_and_only_where_it_stands_for_itself() -> None:
    old = {
        "id": "1b2c848a-2267",
        "ports": [{"ip": "198.51.100.7", "state": "up"}],
        "name": "quayside-dev",
        "token": SEALED,
        "metadata": {"resourceVersion": "1234567"},
    }
    new = {
        "id": "99999999-0000",
        "ports": [{"ip": "203.0.113.1", "state": "active"}],
        "name": "quayside-dev",
        "token": Secret("t"),
        "metadata": {"resourceVersion": "88"},
    }
    changed = moved(old, new)
    assert changed == {"1b2c848a-2267": "99999999-0000", "198.51.100.7": "203.0.113.1"}
    inputs = {
        "vpc": "1b2c848a-2267",
        "urns": ["do:vpc:1b2c848a-2267"],
        "source": "198.51.100.7/32",
        "other": "198.51.100.70, 1198.51.100.7",
        "count": 3,
        "name": "quayside-dev",
    }
    assert carried_over(inputs, changed) == {
        "vpc": "99999999-0000",
        "urns": ["do:vpc:99999999-0000"],
        "source": "203.0.113.1/32",
        "other": "198.51.100.70, 1198.51.100.7",
        "count": 3,
        "name": "quayside-dev",
    }


def test_a_kubernetes_provider_gets_the_clusters_kubeconfig_and_others_a_placeholder() -> None:
    sources = [("a:b:C", {}), (CLUSTER, {"kubeConfigs": Secret([{"rawConfig": "the kubeconfig", "token": "t"}])})]
    given = opened({"kubeconfig": SEALED}, "pulumi:providers:kubernetes", {}, sources)
    assert given == {"kubeconfig": Secret("the kubeconfig")}
    assert opened(SEALED, "pulumi:providers:kubernetes", {}, [], ("kubeconfig",)) == Secret(PLACEHOLDER)
    assert opened(SEALED, "pulumi:providers:digitalocean", {}, [], ("token",)) == Secret(PLACEHOLDER_TOKEN)


@pytest.mark.parametrize(
    ("type", "keys"),
    [("kubernetes.io/dockerconfigjson", {".dockerconfigjson"}), ("kubernetes.io/tls", {"tls.crt", "tls.key"}), (None, {"value"})],
)
def test_a_secret_objects_content_has_what_the_api_server_asks_for(type: str | None, keys: set[str]) -> None:
    coded = opened(SEALED, K8S_SECRET, {"type": type}, [], ("data",))
    plain = opened(SEALED, K8S_SECRET, {"type": type}, [], ("stringData",))
    assert set(coded.value) == set(plain.value) == keys
    assert {key: base64.b64decode(text).decode() for key, text in coded.value.items()} == plain.value


def test_one_secret_that_a_resource_gave_fits() -> None:
    login = [("do:Credentials", {"dockerCredentials": Secret("login"), "registryName": "images"})]
    assert opened({"a": [SEALED]}, "a:b:C", {}, login, ("x",)) == {"a": [Secret("login")]}
    assert opened({"a": SEALED}, K8S_SECRET, {}, login, ("data",)) == {"a": Secret(base64.b64encode(b"login").decode())}
    two = [*login, ("do:Other", {"password": Secret("else")})]
    assert opened(SEALED, "a:b:C", {}, two, ("x",)) == Secret(PLACEHOLDER)
    assert opened(SEALED, "kubernetes:helm.sh/v3:Release", {}, login, ("values",)) == Secret({})


def test_where_secrets_were() -> None:
    assert list(sealed({"a": {"b": [1, SEALED]}, "c": SEALED, "d": 1})) == [("a", "b", "1"), ("c",)]


def test_the_plugins_notes_are_taken_out_and_put_back() -> None:
    old = {"name": "net-1a2b3c4", "__defaults": ["name"], "pools": [{"size": "s", "__defaults": []}], "metadata": {"__x": 1}}
    program = without_notes(old)
    assert program == {"name": "net-1a2b3c4", "pools": [{"size": "s"}], "metadata": {}}
    assert with_notes({**program, "__defaults": [], "region": "sgp1"}, old) == {**old, "region": "sgp1"}
    assert with_notes({"pools": []}, old)["pools"] == []


# What the account holds


@pytest.fixture
def store(tmp_path: Path) -> Store:
    memory = Store(tmp_path / "clouds")
    seed(memory)
    return memory


def resource(type: str, name: str, **fields: Any) -> dict[str, Any]:
    return {"urn": f"urn:pulumi:prod::shop::{type}::{name}", "type": type, "custom": True, "id": name, **fields}


def test_what_inputs_refer_to_is_made_under_its_own_id(store: Store) -> None:
    records = [resource(RECORD, one, inputs={"zoneId": "5a5a", "name": one}) for one in ("www.shop.example.com", "shop.example.com")]
    own = resource("digitalocean:index/vpc:Vpc", "own-vpc", inputs={})
    clusters = [
        resource(CLUSTER, f"cluster in {id}", inputs={"vpcUuid": id, "region": "SGP1"}, outputs={}) for id in ("own-vpc", "other-vpc")
    ]
    told = furnish(store, [*records, own, *clusters])
    assert store.get("cloudflare", "zones", "5a5a")["name"] == "example.com"
    network = store.get("digitalocean", "vpcs", "other-vpc")
    assert (network["region"], network["_assumed"]) == ("sgp1", True)
    assert [one["id"] for one in store.list("digitalocean", "vpcs", region="sgp1", default=True)] == ["other-vpc"]
    assert store.find("digitalocean", "vpcs", "own-vpc") is None
    assert [one["kind"] for one in told] == ["zones of the account", "vpcs of the account"]
    assert furnish(store, [*records, own, *clusters]) == []  # they are there


def test_what_cannot_be_made_up_is_told_at_once(store: Store) -> None:
    pools = [
        resource("digitalocean:index/kubernetesNodePool:KubernetesNodePool", f"pool of {one}", inputs={"clusterId": one}) for one in "ab"
    ]
    with pytest.raises(NotStarted, match=r"kubernetesClusters a at digitalocean .*; kubernetesClusters b at digitalocean"):
        furnish(store, pools)


def test_a_resource_that_was_only_read_is_there_as_the_state_has_it(store: Store) -> None:
    read = resource("cloudflare:index/zone:Zone", "z1", external=True, outputs={"name": "shop.dev", "token": SEALED, "__meta": 1})
    assert furnish(store, [read])[0]["kind"] == "read resource"
    zone = store.get("cloudflare", "zones", "z1")
    assert zone["name"] == "shop.dev"
    assert "token" not in zone
    assert "__meta" not in zone


def test_a_cluster_goes_on_with_the_version_that_it_runs(store: Store) -> None:
    upgraded = resource(CLUSTER, "main", inputs={"version": "1.30.1-do.0"}, outputs={"version": "1.31.9-do.2"})
    assert observed_version(upgraded) == "1.31.9-do.2"
    assert observed_version(resource(CLUSTER, "main", inputs={"version": "1.30.1-do.0"})) == "1.30.1-do.0"
    furnish(store, [upgraded])
    assert [one["name"] for one in store.list("digitalocean", "kubernetesVersions")] == ["1.31.9-do.2"]


def test_an_account_may_have_the_machines_that_it_has(store: Store) -> None:
    cluster = resource(CLUSTER, "main", inputs={"nodePool": {"nodeCount": 20}, "version": "1.36.1-do.0"})
    autoscaled = {"autoScale": True, "minNodes": 1, "maxNodes": 20}
    pool = resource("digitalocean:index/kubernetesNodePool:KubernetesNodePool", "web", inputs=autoscaled)
    assert furnish(store, [cluster]) == []
    furnish(store, [cluster, pool])
    assert store.list("digitalocean", "accounts")[0]["dropletLimit"] == 80


def test_a_zone_is_named_by_what_a_registrar_sells() -> None:
    assert zone_name(["a.b.example.com", "example.com"]) == "example.com"
    assert zone_name(["*.shop.co.uk", "_dmarc.shop.co.uk"]) == "shop.co.uk"
    assert zone_name(["www", "@"]) is None
    assert zone_name([]) is None
