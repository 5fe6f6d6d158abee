"""Node pools as arguments."""

import pulumi

from quayside.clusters.pools import pool_arguments, taints
from quayside.settings.cluster import PoolSettings, TaintSettings
from unit.recorder import record, value_of


def pool(**given: object) -> PoolSettings:
    return PoolSettings.model_validate({"size": "s-2vcpu-4gb", **given})


def test_a_fixed_pool_has_a_count() -> None:
    arguments = pool_arguments("main", pool(count=3), [])
    assert arguments["node_count"] == 3
    assert "auto_scale" not in arguments


def test_an_autoscaled_pool_leaves_the_count_to_its_autoscaler() -> None:
    arguments = pool_arguments("main", pool(min=2, max=5), [])
    assert (arguments["auto_scale"], arguments["min_nodes"], arguments["max_nodes"]) == (True, 2, 5)
    assert "node_count" not in arguments


def test_another_size_is_another_name() -> None:
    """So that the new pool can be made before the old one goes."""
    names = {pool_arguments("main", pool(size=size, count=1), [])["name"] for size in ("s-2vcpu-4gb", "s-4vcpu-8gb")}
    assert names == {"main-s-2vcpu-4gb", "main-s-4vcpu-8gb"}


def test_a_size_that_is_known_only_later_is_in_the_name_all_the_same() -> None:
    names: list[object] = []
    record(lambda: names.append(pool_arguments("main", pool(size=pulumi.Output.from_input("s-2vcpu-4gb"), count=1), [])["name"]))
    assert value_of(names[0]) == "main-s-2vcpu-4gb"


def test_nodes_know_the_pool_by_its_name_in_the_settings() -> None:
    assert pool_arguments("main", pool(count=1, labels={"team": "shop"}), [])["labels"] == {"team": "shop", "quayside/pool": "main"}


def test_taints_come_in_the_order_of_their_keys() -> None:
    assert taints({"b": TaintSettings(), "a": TaintSettings.model_validate({"value": "x", "effect": "NoExecute"})}) == [
        {"key": "a", "value": "x", "effect": "NoExecute"},
        {"key": "b", "value": "", "effect": "NoSchedule"},
    ]
