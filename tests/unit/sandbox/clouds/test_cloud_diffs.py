"""What an update would change: the Terraform bridge's rules and those of single types."""

from typing import Any

import pytest

from quayside_sandbox.clouds.diff import ADD, DELETE, UPDATE
from quayside_sandbox.plugins.values import UNKNOWN

from .account import CLUSTER, POOL, Account

Made = tuple[str, dict[str, Any]]


@pytest.fixture
def vpc(ocean: Account) -> Made:
    return ocean.create("Vpc", name="net", region="sgp1", description="a")


def test_nothing_given_differently_is_no_difference(ocean: Account, vpc: Made, cluster: Made) -> None:
    assert ocean.diff("Vpc", vpc[1], name="net", region="sgp1", description="a").kinds == {}
    assert ocean.diff("KubernetesCluster", cluster[1], **CLUSTER).kinds == {}


def test_kinds_of_differences(ocean: Account, vpc: Made) -> None:
    assert ocean.diff("Vpc", vpc[1], name="net", region="sgp1", description="b").kinds == {"description": UPDATE}
    assert ocean.diff("Vpc", vpc[1], name="net", region="sgp1").kinds == {"description": DELETE}
    _, bare = ocean.create("Vpc", name="other", region="sgp1")
    assert ocean.diff("Vpc", bare, name="other", region="sgp1", description="b").kinds == {"description": ADD}


def test_what_the_server_chose_is_not_taken_away(ocean: Account, vpc: Made) -> None:
    assert vpc[1]["ipRange"]
    assert ocean.diff("Vpc", vpc[1], name="net", region="sgp1", description="a").kinds == {}


def test_immutable_inputs_replace_and_a_given_name_means_delete_first(ocean: Account, vpc: Made) -> None:
    found = ocean.diff("Vpc", vpc[1], name="net", region="fra1", description="a")
    assert (found.kinds, found.replaces, found.delete_before_replace) == ({"region": UPDATE + 1}, ["region"], True)
    _, automatic = ocean.create("Vpc", region="sgp1")
    assert ocean.diff("Vpc", automatic, region="fra1").delete_before_replace is False


def test_ignored_changes_are_ignored_at_and_below_the_path(ocean: Account, cluster: Made) -> None:
    changed = {**CLUSTER, "version": "1.35.4-do.0", "nodePool": {**POOL, "nodeCount": 5, "labels": {"a.b/c": "d"}}}
    assert set(ocean.diff("KubernetesCluster", cluster[1], **changed).kinds) == {
        "version",
        "nodePool.nodeCount",
        'nodePool.labels["a.b/c"]',
    }
    assert set(ocean.diff("KubernetesCluster", cluster[1], ("version", "nodePool.labels"), **changed).kinds) == {"nodePool.nodeCount"}
    assert ocean.diff("KubernetesCluster", cluster[1], ("version", "nodePool"), **changed).kinds == {}


def test_an_unknown_input_is_a_difference(ocean: Account, cluster: Made) -> None:
    found = ocean.diff("KubernetesCluster", cluster[1], **{**CLUSTER, "vpcUuid": UNKNOWN})
    assert found.replaces == ["vpcUuid"]


@pytest.mark.parametrize(
    ("version", "replaces"),
    [("1.36.2-do.0", False), ("1.37.0-do.0", False), ("1.36.1-do.1", False), ("1.36.0-do.9", True), ("1.35.4-do.0", True)],
)
def test_only_a_version_below_the_live_one_replaces_the_cluster(ocean: Account, cluster: Made, version: str, replaces: bool) -> None:
    found = ocean.diff("KubernetesCluster", cluster[1], **{**CLUSTER, "version": version})
    assert found.kinds == {"version": UPDATE + replaces}
    assert bool(found.replaces) is replaces


def test_the_size_of_the_inline_pool_replaces_the_cluster(ocean: Account, cluster: Made) -> None:
    found = ocean.diff("KubernetesCluster", cluster[1], **{**CLUSTER, "nodePool": {**POOL, "size": "s-4vcpu-8gb"}})
    assert found.replaces == ["nodePool.size"]


def test_a_count_that_the_pool_already_has_is_no_difference(ocean: Account, cluster: Made) -> None:
    autoscaled = {"name": "web", "size": "s-2vcpu-4gb", "autoScale": True, "minNodes": 1, "maxNodes": 5, "clusterId": cluster[0]}
    id, state = ocean.create("KubernetesNodePool", **autoscaled)
    assert "nodeCount" not in state
    ocean.store.update("digitalocean", "kubernetesNodePools", id, {"nodeCount": 4, "actualNodeCount": 4})
    _, state, _ = ocean.read("KubernetesNodePool", id, state, **autoscaled)
    assert state["actualNodeCount"] == 4
    assert ocean.diff("KubernetesNodePool", state, **autoscaled).kinds == {}
    assert ocean.diff("KubernetesNodePool", state, **autoscaled, nodeCount=4).kinds == {}
    assert set(ocean.diff("KubernetesNodePool", state, **autoscaled, nodeCount=2).kinds) == {"nodeCount"}


def test_lists_without_order_are_compared_as_sets(ocean: Account) -> None:
    rule = {"entryProtocol": "http", "entryPort": 80, "targetProtocol": "http", "targetPort": 8080}
    other = {"entryProtocol": "tcp", "entryPort": 443, "targetProtocol": "tcp", "targetPort": 8443}
    balancer = {"name": "edge", "region": "sgp1"}
    _, state = ocean.create("LoadBalancer", **balancer, forwardingRules=[rule, other])
    assert ocean.diff("LoadBalancer", state, **balancer, forwardingRules=[other, rule]).kinds == {}
    changed = ocean.diff("LoadBalancer", state, **balancer, forwardingRules=[{**other, "targetPort": 9443}, rule])
    assert set(changed.kinds) == {"forwardingRules[0].targetPort"}
    assert set(ocean.diff("LoadBalancer", state, **balancer, forwardingRules=[rule]).kinds) == {"forwardingRules[1]"}


def test_spellings_that_mean_the_same(ocean: Account, flare: Account, zone: str, cluster: Made) -> None:
    assert ocean.diff("KubernetesCluster", cluster[1], **{**CLUSTER, "region": "SGP1"}).kinds == {}
    assert ocean.diff("KubernetesCluster", cluster[1], **{**CLUSTER, "nodePool": {**POOL, "nodeCount": "2"}}).kinds == {}
    _, project = ocean.create("Project", name="p", environment="Production")
    assert ocean.diff("Project", project, name="p", environment="production").kinds == {}
    record = {"zoneId": zone, "type": "A", "content": "203.0.113.1", "ttl": 1}
    _, state = flare.create("DnsRecord", **record, name="www")
    assert flare.diff("DnsRecord", state, **record, name="www.example.com").kinds == {}


def test_a_records_type_and_zone_replace_it_and_are_not_deleted_first(flare: Account, zone: str) -> None:
    _, state = flare.create("DnsRecord", zoneId=zone, name="www", type="A", content="203.0.113.1", ttl=1)
    found = flare.diff("DnsRecord", state, zoneId=zone, name="www", type="CNAME", content="x.example.net", ttl=1)
    assert (found.replaces, found.delete_before_replace) == (["type"], False)  # so the new one is refused: pulumi-cloudflare#687
