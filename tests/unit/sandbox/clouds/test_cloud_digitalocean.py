"""DigitalOcean's objects live as the vendor's do: what it adds, what it refuses and in which words, what must go first."""

import base64
import json
import threading
import time
from typing import Any

import pytest
import yaml

from quayside_sandbox.clouds.store import Store
from quayside_sandbox.plugins.cloud.bridge import Failed, HalfDone
from quayside_sandbox.plugins.values import Secret, plain

from .account import CLUSTER, POOL, Account

Made = tuple[str, dict[str, Any]]
RULE = {"entryProtocol": "http", "entryPort": 80, "targetProtocol": "http", "targetPort": 8080}
# The least that makes one of each type, in an order that fits.
LEAST: dict[str, dict[str, Any]] = {
    "Vpc": {"region": "sgp1"},
    "LoadBalancer": {"region": "sgp1", "forwardingRules": [RULE]},
    "Project": {},
    "ContainerRegistry": {"name": "images", "subscriptionTierSlug": "basic"},
    "ContainerRegistryDockerCredentials": {"registryName": "images"},
    "Domain": {"name": "example.com"},
    "DnsRecord": {"domain": "example.com", "type": "A", "value": "203.0.113.1"},
    "KubernetesCluster": CLUSTER,
}


def test_every_type_gives_all_outputs_that_the_sdk_promises(ocean: Account, provisioner: None) -> None:
    made = {name: ocean.create(name, **given) for name, given in LEAST.items()}
    made["KubernetesNodePool"] = ocean.create("KubernetesNodePool", clusterId=made["KubernetesCluster"][0], size="s-1vcpu-2gb", nodeCount=1)
    given = {"project": made["Project"][0], "resources": ["do:vpc:1"]}
    made["ProjectResources"] = ocean.create("ProjectResources", **given)
    assert {ocean.token(name) for name in made} == set(ocean.bridge.cloud.resources)
    for name, (id, outputs) in made.items():
        promised = ocean.bridge.cloud.sdk.resource(ocean.token(name)).outputs
        missing = {key for key, item in promised.items() if item.required} - outputs.keys()
        assert not missing, f"{name}: {missing}"
        assert outputs.keys() <= promised.keys() | {"id"}
        assert outputs["id"] == id
        if name != "Project":  # the resources were put into it after it was made
            assert ocean.read(name, id, outputs)[:2] == (id, outputs), name


def test_a_vpc_gets_a_free_range_and_a_name_of_its_own(ocean: Account) -> None:
    _, first = ocean.create("Vpc", name="a", region="sgp1")
    _, second = ocean.create("Vpc", name="b", region="sgp1")
    assert first["ipRange"] != second["ipRange"]
    assert first["vpcUrn"] == f"do:vpc:{first['id']}"
    with pytest.raises(
        Failed, match=r'Error creating VPC: POST https://api.digitalocean.com/v2/vpcs: 422 \(request ".*"\) name: a VPC with that'
    ):
        ocean.create("Vpc", name="a", region="fra1")
    with pytest.raises(Failed, match=r"overlaps with another VPC network"):
        ocean.create("Vpc", name="c", region="sgp1", ipRange=first["ipRange"])
    with pytest.raises(Failed, match=r"between /16 and /28"):
        ocean.create("Vpc", name="c", region="sgp1", ipRange="10.0.0.0/8")
    with pytest.raises(Failed, match=r"region: is invalid"):
        ocean.create("Vpc", name="c", region="mars1")


def test_a_vpc_waits_for_its_members_to_go(ocean: Account) -> None:
    id, state = ocean.create("Vpc", name="net", region="sgp1")
    balancer, _ = ocean.create("LoadBalancer", region="sgp1", vpcUuid=id, forwardingRules=[RULE])
    with pytest.raises(
        Failed, match=rf'DELETE https://api.digitalocean.com/v2/vpcs/{id}: 409 \(request ".*"\) Can not delete VPC with members'
    ):
        ocean.delete("Vpc", id, state, timeout=0.1)
    threading.Timer(0.3, lambda: ocean.store.delete("digitalocean", "loadBalancers", balancer)).start()
    began = time.monotonic()
    ocean.delete("Vpc", id, state)
    assert time.monotonic() - began >= 0.2
    assert ocean.store.find("digitalocean", "vpcs", id) is None


def test_a_regions_default_vpc_stays(ocean: Account) -> None:
    default = ocean.invoke("getVpc", region="sgp1")
    assert default["default"] is True
    with pytest.raises(Failed, match=r"403 .*Can not delete default VPCs"):
        ocean.delete("Vpc", default["id"], {})


def test_a_cluster_comes_with_credentials_and_its_pool(ocean: Account, cluster: Made) -> None:
    id, state = cluster
    assert isinstance(state["kubeConfigs"], Secret)
    config = plain(state["kubeConfigs"])[0]
    assert config["host"] == state["endpoint"] == "https://127.0.0.1:6443"
    assert base64.b64decode(config["clusterCaCertificate"]) == b"CA"
    raw = yaml.safe_load(config["rawConfig"])
    assert raw["users"][0]["user"] == {"token": "the-token"}
    assert raw["clusters"][0]["cluster"]["server"] == state["endpoint"]
    assert raw["current-context"] == "do-sgp1-main"
    assert (state["ha"], state["surgeUpgrade"], state["status"]) == (True, True, "running")
    assert state["clusterUrn"] == f"do:kubernetes:{id}"
    assert state["vpcUuid"] == ocean.invoke("getVpc", region="sgp1")["id"]
    assert state["nodePool"]["actualNodeCount"] == len(state["nodePool"]["nodes"]) == 2
    assert state["maintenancePolicy"] == {"day": "any", "startTime": "00:00", "duration": "4h0m0s"}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"version": "1.99.0-do.0"}, "validation error: invalid version slug"),
        ({"region": "mars1"}, "validation error: invalid region slug"),
        ({"vpcUuid": "nobody"}, "validation error: invalid vpc uuid"),
        ({"name": "Not_A_Name"}, "validation error: cluster name must consist of"),
        ({"nodePool": {**POOL, "size": "s-1vcpu-1gb"}}, r"validation error: worker_node_pool_specs\[0\].invalid droplet size"),
        ({"nodePool": {**POOL, "nodeCount": 0}}, "count must be at least 1"),
        ({"nodePool": {**POOL, "nodeCount": 26}}, "26 additional nodes but not enough available droplet limit"),
        (
            {"nodePool": {"name": "a", "size": "s-2vcpu-4gb", "autoScale": True, "minNodes": 1, "maxNodes": 30}},
            "autoscale desired max nodes exceed limits, 30 additional nodes",
        ),
    ],
)
def test_what_a_cluster_is_refused_for(ocean: Account, change: dict[str, Any], words: str) -> None:
    with pytest.raises(
        Failed, match=rf"Error creating Kubernetes cluster: POST https://api.digitalocean.com/v2/kubernetes/clusters: 422 .*{words}"
    ):
        ocean.create("KubernetesCluster", **{**CLUSTER, **change})
    assert ocean.store.list("digitalocean", "kubernetesClusters") == []
    assert ocean.store.list("digitalocean", "kubernetesNodePools") == []


def test_the_droplet_limit_counts_all_pools(ocean: Account, cluster: Made) -> None:
    account = ocean.store.list("digitalocean", "accounts")[0]
    ocean.store.update("digitalocean", "accounts", account["id"], {"dropletLimit": 4})
    given = {"clusterId": cluster[0], "name": "more", "size": "s-2vcpu-4gb"}
    with pytest.raises(Failed, match=r"3 additional nodes but not enough"):
        ocean.create("KubernetesNodePool", **given, nodeCount=3)
    id, state = ocean.create("KubernetesNodePool", **given, nodeCount=2)
    with pytest.raises(Failed, match=r"3 additional nodes but not enough"):
        ocean.update("KubernetesNodePool", id, state, **given, nodeCount=3)
    ocean.update("KubernetesNodePool", id, state, **given, nodeCount=1)


def test_a_cluster_that_fails_says_why_and_one_that_takes_too_long_too(ocean: Account, store: Store) -> None:
    def fail() -> None:
        cluster = store.list("digitalocean", "kubernetesClusters")[0]
        store.update("digitalocean", "kubernetesClusters", cluster["id"], {"status": "error", "_error": "etcd does not start"})

    threading.Timer(0.3, fail).start()
    with pytest.raises(Failed, match=r"Error creating Kubernetes cluster: etcd does not start"):
        ocean.create("KubernetesCluster", **CLUSTER)
    with pytest.raises(Failed, match=r"Timeout waiting to create cluster: it is still provisioning"):
        ocean.create("KubernetesCluster", **{**CLUSTER, "name": "other"}, timeout=0.1)


def test_updates_of_a_cluster(ocean: Account, cluster: Made) -> None:
    id, state = cluster
    bigger = {
        **CLUSTER,
        "tags": ["a"],
        "nodePool": {**POOL, "nodeCount": 3, "labels": {"a": "b"}, "taints": [{"key": "k", "value": "v", "effect": "NoExecute"}]},
    }
    new = ocean.update("KubernetesCluster", id, state, **bigger)
    assert new["nodePool"]["actualNodeCount"] == 3
    assert (new["nodePool"]["labels"], new["tags"]) == ({"a": "b"}, ["a"])
    assert plain(new["kubeConfigs"]) == plain(state["kubeConfigs"])
    with pytest.raises(Failed, match=r"high availability cannot be disabled"):
        ocean.update("KubernetesCluster", id, new, **{**bigger, "ha": False})
    with pytest.raises(Failed, match=r"Unable to upgrade cluster version: .*422 .*invalid version slug"):
        ocean.update("KubernetesCluster", id, new, **{**bigger, "version": "1.37.0-do.0"})
    plainer = ocean.update("KubernetesCluster", id, new, **CLUSTER)
    assert (plainer["nodePool"]["actualNodeCount"], plainer["nodePool"]["labels"], plainer["nodePool"]["taints"]) == (2, {}, [])


def test_an_upgrade_goes_one_minor_at_a_time(ocean: Account, provisioner: None) -> None:
    id, state = ocean.create("KubernetesCluster", **{**CLUSTER, "version": "1.34.7-do.0"})
    assert state["ha"] is False  # on by default from 1.36 on
    with pytest.raises(Failed, match=r"invalid version slug"):
        ocean.update("KubernetesCluster", id, state, **{**CLUSTER, "version": "1.36.1-do.0"})
    state = ocean.update("KubernetesCluster", id, state, **{**CLUSTER, "version": "1.35.4-do.0"})
    assert state["version"] == "1.35.4-do.0"


def test_credentials_are_renewed_by_a_read_after_they_ended(ocean: Account, cluster: Made) -> None:
    id, state = cluster
    assert plain(ocean.read("KubernetesCluster", id, state)[1]["kubeConfigs"]) == plain(state["kubeConfigs"])
    ended = [{**plain(state["kubeConfigs"])[0], "expiresAt": "2020-01-01T00:00:00Z"}]
    renewed = plain(ocean.read("KubernetesCluster", id, {**state, "kubeConfigs": Secret(ended)})[1]["kubeConfigs"])
    assert renewed[0]["expiresAt"] > "2026"


def test_a_deleted_cluster_leaves_what_kubernetes_made_unless_told_otherwise(ocean: Account, cluster: Made) -> None:
    id, state = cluster
    ocean.store.create("digitalocean", "loadBalancers", {"name": "a", "_clusterId": id, "ip": "203.0.113.9"})
    ocean.delete("KubernetesCluster", id, state)
    assert ocean.store.list("digitalocean", "kubernetesClusters") == ocean.store.list("digitalocean", "kubernetesNodePools") == []
    assert len(ocean.store.list("digitalocean", "loadBalancers")) == 1
    ocean.delete("KubernetesCluster", id, state)  # gone already: nothing to do


def test_what_goes_with_a_cluster_is_asked_of_the_provisioner(ocean: Account, store: Store) -> None:
    cluster = store.create("digitalocean", "kubernetesClusters", {"name": "main", "status": "running"})
    with pytest.raises(Failed, match=r"Timeout waiting to delete cluster"):
        ocean.delete("KubernetesCluster", cluster["id"], {"destroyAllAssociatedResources": True}, timeout=0.1)
    left = store.get("digitalocean", "kubernetesClusters", cluster["id"])
    assert (left["status"], left["_destroyAssociated"]) == ("deleting", True)


def test_registry_integration_needs_a_registry(ocean: Account, provisioner: None) -> None:
    with pytest.raises(HalfDone, match=r"Error enabling registry integration: .*404") as failure:
        ocean.create("KubernetesCluster", **{**CLUSTER, "registryIntegration": True})
    assert failure.value.outputs["status"] == "running"
    ocean.create("ContainerRegistry", name="images", subscriptionTierSlug="basic")
    state = ocean.update("KubernetesCluster", failure.value.id, failure.value.outputs, **{**CLUSTER, "registryIntegration": True})
    assert state["registryIntegration"] is True


def test_node_pools(ocean: Account, cluster: Made) -> None:
    given = {"clusterId": cluster[0], "name": "web", "size": "s-4vcpu-8gb"}
    id, state = ocean.create("KubernetesNodePool", **given, autoScale=True, minNodes=2, maxNodes=4)
    assert state["actualNodeCount"] == 2
    with pytest.raises(Failed, match='a node pool named "web" already exists'):
        ocean.create("KubernetesNodePool", **given, nodeCount=1)
    with pytest.raises(Failed, match=r"404 .*cluster not found"):
        ocean.create("KubernetesNodePool", **{**given, "clusterId": "nobody"}, nodeCount=1)
    state = ocean.update("KubernetesNodePool", id, state, **given, autoScale=True, minNodes=3, maxNodes=4)
    assert state["actualNodeCount"] == 3  # at least the minimum
    ocean.delete("KubernetesNodePool", id, state)
    assert ocean.read("KubernetesNodePool", id, state)[0] == ""


def test_the_pool_of_a_cluster_is_not_imported_by_itself(ocean: Account, cluster: Made) -> None:
    with pytest.raises(Failed, match=r"default node pool tag"):
        ocean.read("KubernetesNodePool", cluster[1]["nodePool"]["id"])


def test_load_balancers_have_addresses_of_their_own(ocean: Account) -> None:
    found = [ocean.create("LoadBalancer", name=f"edge-{number}", region="sgp1", forwardingRules=[RULE])[1] for number in range(3)]
    assert [one["ip"] for one in found] == ["203.0.113.1", "203.0.113.2", "203.0.113.3"]
    ocean.delete("LoadBalancer", found[1]["id"], found[1])
    assert ocean.create("LoadBalancer", name="edge", region="sgp1", forwardingRules=[RULE])[1]["ip"] == "203.0.113.2"


def test_resources_move_between_projects(ocean: Account) -> None:
    default = ocean.invoke("getProject")
    id, state = ocean.create("Project", name="shop", resources=["do:vpc:1"])
    other, _ = ocean.create("Project", name="other")
    moved_id, moved = ocean.create("ProjectResources", project=other, resources=["do:vpc:1", "do:vpc:2"])
    assert ocean.read("Project", id, state)[1]["resources"] == []
    ocean.update("ProjectResources", moved_id, moved, project=other, resources=["do:vpc:2"])
    assert ocean.invoke("getProject", id=default["id"])["resources"] == ["do:vpc:1"]
    ocean.delete("Project", other, {})
    assert ocean.invoke("getProject")["resources"] == ["do:vpc:1", "do:vpc:2"]
    with pytest.raises(Failed, match=r"cannot delete default project"):
        ocean.delete("Project", default["id"], {})
    with pytest.raises(Failed, match=r"409 .*name is already in use"):
        ocean.create("Project", name="shop")


def test_registries_and_their_credentials(ocean: Account) -> None:
    _, registry = ocean.create("ContainerRegistry", name="images", subscriptionTierSlug="basic")
    assert (registry["endpoint"], registry["serverUrl"]) == ("registry.digitalocean.com/images", "registry.digitalocean.com")
    with pytest.raises(Failed, match=r"409 .*name already exists"):
        ocean.create("ContainerRegistry", name="images", subscriptionTierSlug="basic")
    with pytest.raises(Failed, match=r"422 .*user already has a registry"):
        ocean.create("ContainerRegistry", name="more", subscriptionTierSlug="basic")
    id, state = ocean.create("ContainerRegistryDockerCredentials", registryName="images", write=True, expirySeconds=60)
    assert isinstance(state["dockerCredentials"], Secret)
    login = json.loads(plain(state["dockerCredentials"]))["auths"]["registry.digitalocean.com"]["auth"]
    assert base64.b64decode(login).startswith(b"dop_v1_")
    name = "ContainerRegistryDockerCredentials"
    assert ocean.read(name, id, state)[1] == state
    ended = {**state, "credentialExpirationTime": "2020-01-01T00:00:00Z"}
    assert ocean.read(name, id, ended)[1]["dockerCredentials"] != state["dockerCredentials"]
    with pytest.raises(Failed, match=r"docker credentials not found"):
        ocean.create("ContainerRegistryDockerCredentials", registryName="nobody")


def test_without_a_token_nothing_is_answered(store: Store) -> None:
    nobody = Account(store, "digitalocean", token="")
    with pytest.raises(
        Failed, match=r'Error creating VPC: POST https://api.digitalocean.com/v2/vpcs: 401 \(request ".*"\) Unable to authenticate you'
    ):
        nobody.create("Vpc", region="sgp1")


def test_a_version_that_the_account_goes_on_with_is_accepted_although_it_is_not_listed(ocean: Account, provisioner: None) -> None:
    ocean.store.create("digitalocean", "kubernetesVersions", {"name": "1.30.1-do.0"}, id="1.30.1-do.0")
    _, state = ocean.create("KubernetesCluster", **{**CLUSTER, "version": "1.30.1-do.0"})
    assert state["version"] == "1.30.1-do.0"
    assert "1.30.1-do.0" not in ocean.invoke("getKubernetesVersions")["validVersions"]
