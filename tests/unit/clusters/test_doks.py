"""A DigitalOcean cluster, as it is registered."""

import json
from typing import Any

import pulumi
import pytest

from quayside.clusters.doks import DoksCluster
from quayside.labels import default_name
from quayside.settings.problems import InvalidSettings
from quayside.settings.types import Name
from unit.examples import TOKEN
from unit.recorder import Cloud, Recorded, is_secret, record

PROVIDER = "pulumi:providers:kubernetes"


def cluster(preview: bool = False, **changed: Any) -> Recorded:
    return record(lambda: cluster_now(**changed), preview=preview)


def cluster_now(**changed: Any) -> DoksCluster:
    """A cluster within a program: Outputs belong to the one that makes them."""
    args: Any = {"token": TOKEN, "region": "sgp1", "version": "1.36", "system_pool": {"size": "s-2vcpu-4gb"}, **changed}
    return DoksCluster("cluster", args)


def test_the_newest_patch_of_the_minor_is_taken() -> None:
    assert cluster().one("KubernetesCluster").inputs["version"] == "1.36.7-do.0"


def test_its_own_pool_is_small_and_fixed() -> None:
    pool = cluster().one("KubernetesCluster").inputs["nodePool"]
    assert (pool["name"], pool["size"], pool["nodeCount"]) == ("system", "s-2vcpu-4gb", 1)
    assert "autoScale" not in pool


def test_further_pools_are_resources_of_their_own() -> None:
    pools = cluster(pools={"a": {"size": "s-2vcpu-4gb", "count": 2}, "b": {"size": "s-2vcpu-4gb", "min": 1, "max": 3}}).of(
        "KubernetesNodePool"
    )
    assert [(each.name, each.inputs.get("nodeCount"), each.inputs.get("maxNodes")) for each in pools] == [
        ("cluster-a", 2, None),
        ("cluster-b", None, 3),
    ]


def test_only_the_cluster_itself_is_protected() -> None:
    assert [each.type for each in cluster() if each.request.protect] == ["digitalocean:index/kubernetesCluster:KubernetesCluster"]


def test_a_disposable_one_is_not_protected_and_takes_everything_along() -> None:
    recorded = cluster(disposable=True)
    assert not any(each.request.protect for each in recorded)
    assert recorded.one("KubernetesCluster").inputs["destroyAllAssociatedResources"] is True


def test_otherwise_volumes_and_load_balancers_of_others_stay() -> None:
    assert "destroyAllAssociatedResources" not in cluster().one("KubernetesCluster").inputs


@pytest.mark.parametrize(("auto_upgrade", "ignored"), [(True, ["version"]), (False, [])])
def test_the_clouds_own_upgrades_are_not_fought(auto_upgrade: bool, ignored: list[str]) -> None:
    assert list(cluster(auto_upgrade=auto_upgrade).one("KubernetesCluster").request.ignoreChanges) == ignored


def test_ha_is_said_only_when_asked() -> None:
    assert "ha" not in cluster().one("KubernetesCluster").inputs
    assert cluster(ha=False).one("KubernetesCluster").inputs["ha"] is False


def test_everything_at_the_cloud_has_the_owner_mark() -> None:
    recorded = cluster(pools={"a": {"size": "s-2vcpu-4gb", "count": 2}})
    mark = "quayside:quayside:dev"
    assert all(mark in each.inputs["tags"] for each in [*recorded.of("KubernetesNodePool"), recorded.one("KubernetesCluster")])
    assert mark in recorded.one("KubernetesCluster").inputs["nodePool"]["tags"]
    assert mark in recorded.one("Vpc").inputs["description"]


def test_cloud_resources_go_through_the_explicit_provider() -> None:
    resources = [each for each in cluster() if each.type.startswith("digitalocean:")]
    assert resources
    assert all("pulumi:providers:digitalocean::cluster" in each.request.provider for each in resources)


def test_objects_belong_to_the_cluster_however_it_is_entered() -> None:
    provider = next(each for each in cluster() if each.type == PROVIDER).inputs
    assert (provider["clusterIdentifier"], provider["upsertExistingObjects"], provider["enableSecretMutable"]) == (
        "id-of-cluster",
        "true",
        "true",
    )
    assert "deleteUnreachable" not in provider


def test_the_provider_waits_for_the_nodes() -> None:
    provider = next(each for each in cluster(pools={"a": {"size": "s-2vcpu-4gb", "count": 2}}) if each.type == PROVIDER)
    assert "cluster-a" in provider.after


@pytest.mark.parametrize("preview", [False, True])
def test_the_kubeconfig_is_secret(preview: bool) -> None:
    provider = next(each for each in cluster(preview=preview) if each.type == PROVIDER)
    assert "kubeconfig" in provider.sealed


@pytest.mark.parametrize("credentials", ["token", "doctl"])
def test_the_kubeconfig_is_handed_on_as_a_secret(credentials: str) -> None:
    made: list[DoksCluster] = []
    args: Any = {"token": TOKEN, "region": "sgp1", "version": "1.36", "system_pool": {"size": "s-2vcpu-4gb"}, "credentials": credentials}
    record(lambda: made.append(DoksCluster("cluster", args)))
    assert is_secret(made[0].kubeconfig)


@pytest.mark.parametrize(("credentials", "user"), [("token", "token"), ("doctl", "exec")])
def test_credentials_do_not_run_out(credentials: str, user: str) -> None:
    kubeconfig = json.loads(next(each for each in cluster(credentials=credentials) if each.type == PROVIDER).inputs["kubeconfig"])
    assert list(kubeconfig["users"][0]["user"]) == [user]
    assert "short-lived-token" not in json.dumps(kubeconfig)


def test_owned_objects_go_with_the_cluster_and_billed_ones_before_it() -> None:
    recorded = cluster()
    assert recorded.one("Root", "cluster-owned").request.deletedWith.endswith("KubernetesCluster::cluster")
    assert recorded.one("Root", "cluster-billed").request.deletedWith == ""


def test_the_users_tags_are_on_the_cluster_and_its_nodes() -> None:
    recorded = cluster(tags={"team": "shop", "billed": ""}, pools={"a": {"size": "s-2vcpu-4gb", "count": 2}})
    made = recorded.one("KubernetesCluster").inputs
    for tags in (made["tags"], made["nodePool"]["tags"], recorded.one("KubernetesNodePool").inputs["tags"]):
        assert tags == ["quayside", "quayside:quayside:dev", "billed", "team:shop"]
    assert recorded.one("Vpc").inputs["description"] == "Made by quayside: quayside:quayside:dev"


@pytest.mark.parametrize(
    ("stack", "name"),
    [("dev", "quayside-dev"), ("mr_42", "quayside-mr-42"), ("MR/7.", "quayside-mr-7"), ("a" * 90, "quayside-" + "a" * 54)],
)
def test_a_name_of_its_own_is_one_that_the_cloud_takes(stack: str, name: str) -> None:
    assert default_name("quayside", stack) == name
    assert Name.parse(name) == name


def test_arguments_are_checked_as_settings_are() -> None:
    with pytest.raises(InvalidSettings) as error:
        cluster(region="Singapore", pools={"a": {"size": "s-2vcpu-4gb", "min": 3, "max": 1}})
    assert error.value.lines == [
        "region is not the slug of a region; write three letters and a digit, such as sgp1, fra1 or nyc3",
        "pools.a.min is more than max (3 > 1); write min ≤ max",
    ]


def test_without_a_token_nothing_is_made() -> None:
    with pytest.raises(InvalidSettings) as error:
        cluster(token=None)
    assert error.value.lines == ["token is missing; write it"]


def test_nobody_loses_a_cluster_by_what_is_known_only_later() -> None:
    with pytest.raises(InvalidSettings) as error:
        record(lambda: cluster_now(disposable=pulumi.Output.from_input(False)))
    assert error.value.lines == ["disposable is known only later, as an Output; write a plain value"]


@pytest.mark.parametrize("newest", [None, "1.35.9-do.0"])
def test_a_minor_version_that_is_not_offered(monkeypatch: pytest.MonkeyPatch, newest: str | None) -> None:
    answer = {"id": "versions", "latestVersion": newest, "validVersions": [], "versionPrefix": "1.36."}
    monkeypatch.setattr(Cloud, "call", lambda *_: answer)
    with pytest.raises(pulumi.RunError, match=r"DigitalOcean offers no Kubernetes 1\.36; write one"):
        cluster()


def test_pools_go_with_the_cluster() -> None:
    """Emptying and deleting each first would take minutes."""
    (pool,) = cluster(pools={"a": {"size": "s-2vcpu-4gb", "count": 2}}).of("KubernetesNodePool")
    assert pool.request.deletedWith.endswith("KubernetesCluster::cluster")


def test_nodes_of_its_own_pool_know_it() -> None:
    assert cluster().one("KubernetesCluster").inputs["nodePool"]["labels"] == {"quayside/pool": "system"}
