"""The lock of a stack."""

from typing import Any

import pulumi
import pytest

from quayside.clusters.doks import DoksCluster
from quayside.lock import lock
from quayside.objects import register
from unit.examples import TOKEN
from unit.recorder import Recorded, record


def stack(*, protected: bool = True) -> Recorded:
    def program() -> None:
        args: Any = {"token": TOKEN, "region": "sgp1", "version": "1.36", "system_pool": {"size": "s-2vcpu-4gb"}}
        args |= {"pools": {"a": {"size": "s-2vcpu-4gb", "count": 1}}, "project": {"name": "shop", "create": True}}
        cluster = DoksCluster("cluster", args)
        for root in (cluster.owned, cluster.billed):
            manifest = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "notes", "namespace": "default"}}
            register(f"in-{root._name}", manifest, pulumi.ResourceOptions(parent=root))
        lock([cluster], protected=protected)

    return record(program)


def test_it_stands_after_everything() -> None:
    recorded = stack()
    others = {each.name for each in recorded if each.request.custom and each.type != "pulumi:index:Stash"}
    assert {"cluster", "cluster-a", "in-cluster-owned", "in-cluster-billed"} <= others
    assert recorded.one("Stash").after == others


def test_it_depends_on_nothing_by_value() -> None:
    """Or it would be replaced with what it depends on."""
    (stash,) = stack().of("Stash")
    assert {key: list(value.urns) for key, value in stash.request.propertyDependencies.items()} == {"input": []}


@pytest.mark.parametrize("protected", [True, False])
def test_a_disposable_stack_has_it_too_but_open(protected: bool) -> None:
    assert stack(protected=protected).one("Stash").request.protect is protected


def test_it_stands_after_what_a_plugin_made() -> None:
    """Of a component that a plugin makes, the program knows the children by an output alone."""

    def program() -> None:
        manifest = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "notes", "namespace": "default"}}
        made, other = (register(name, manifest, pulumi.ResourceOptions()) for name in ("made", "other"))
        lock([other], further=[pulumi.Output.from_input("later").apply(lambda _: [made])], protected=True)

    assert record(program).one("Stash").after == {"made", "other"}
