"""What is left after a destroy, and what is not held against it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from quayside_sandbox.clouds.store import Store
from quayside_sandbox.kube import Api
from quayside_sandbox.kube.client import ResourceKind
from quayside_sandbox.rehearse import holdings
from quayside_sandbox.rehearse.holdings import beyond, in_clouds, in_cluster, in_state

STACK = "urn:pulumi:dev::shop::pulumi:pulumi:Stack::shop-dev"
VPC = "urn:pulumi:dev::shop::quayside:index:DoksCluster$digitalocean:index/vpc:Vpc::net"
LIST = frozenset({"list"})


class OneCluster:
    """Answers as an API server does that serves ConfigMaps, Leases and, in two versions, Widgets."""

    def __init__(self, *objects: dict[str, Any]) -> None:
        self.objects = objects

    def versions(self) -> list[str]:
        return ["v1", "acme.dev/v2", "acme.dev/v1", "coordination.k8s.io/v1"]

    def kinds(self, version: str) -> list[ResourceKind]:
        kind = {"v1": "ConfigMap", "coordination.k8s.io/v1": "Lease"}.get(version, "Widget")
        return [ResourceKind(version, kind, "any", True, LIST), ResourceKind(version, "Binding", "bindings", True)]

    def list(self, version: str, kind: str) -> Any:
        assert version != "acme.dev/v1", "a kind is listed once, in its preferred version"
        assert kind != "Binding", "it cannot be listed"
        return [one for one in self.objects if one["kind"] == kind]


def cluster(*objects: dict[str, Any]) -> holdings.Holdings:
    return in_cluster("main", cast("Api", OneCluster(*objects)))


def named(kind: str, name: str, uid: str = "1", **metadata: Any) -> dict[str, Any]:
    return {"kind": kind, "metadata": {"name": name, "namespace": "shop", "uid": uid, **metadata}}


def test_a_state_holds_its_resources_and_what_is_pending_but_not_the_stack() -> None:
    resources = [{"urn": STACK, "type": "pulumi:pulumi:Stack"}, {"urn": VPC, "type": "digitalocean:index/vpc:Vpc", "id": "1"}]
    pending = [{"type": "creating", "resource": {"urn": VPC}}]
    held = in_state({"deployment": {"resources": resources, "pending_operations": pending}})
    assert beyond(held, {}) == [
        "in the state: digitalocean:index/vpc:Vpc::net",
        "in the state: digitalocean:index/vpc:Vpc::net, creating pending",
    ]
    assert in_state({"deployment": {"resources": None}}) == {}


def test_a_cloud_holds_what_is_new_in_it_without_zones_taken_for_granted(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.create("digitalocean", "vpcs", {"name": "default-sgp1"})
    before = in_clouds(store)
    store.create("digitalocean", "vpcs", {"name": "net"})
    store.create("cloudflare", "zones", {"name": "example.com", "_assumed": True})
    store.create("cloudflare", "zoneSettings", {"settingId": "ssl"})
    assert beyond(in_clouds(store), before) == ["at digitalocean: vpcs net"]
    assert "zoneSettings ssl" in holdings.staying(store)[0]


def test_one_that_was_made_anew_under_the_same_name_is_another() -> None:
    before, after = cluster(named("ConfigMap", "settings", "1")), cluster(named("ConfigMap", "settings", "2"))
    assert beyond(before, after) == beyond(after, before) == ["in cluster main: ConfigMap shop/settings"]


def test_one_that_is_being_deleted_is_lost_already_and_left_still() -> None:
    before = cluster(named("Widget", "big"))
    going = cluster(named("Widget", "big", deletionTimestamp="2026-01-01T00:00:00Z"))
    assert beyond(before, going) == ["in cluster main: Widget shop/big"]
    assert beyond(going, {}) == ["in cluster main: Widget shop/big, being deleted"]


def test_what_follows_another_object_or_a_rule_is_not_counted() -> None:
    owned = named("ConfigMap", "owned", ownerReferences=[{"kind": "Widget"}])
    kept = named("Widget", "kept", annotations={"helm.sh/resource-policy": "keep"})
    assert cluster(owned, kept, named("Lease", "leader")) == {}


def test_what_a_program_keeps_is_known_by_its_state() -> None:
    def resource(uid: str, **options: Any) -> dict[str, Any]:
        return {"urn": VPC, "type": "kubernetes:core/v1:ConfigMap", "outputs": {"metadata": {"uid": uid}}, **options}

    exported = {"deployment": {"resources": [resource("1", retainOnDelete=True), resource("2"), {"urn": VPC, "retainOnDelete": True}]}}
    assert holdings.told_to_stay(exported) == {"1"}
    found = {**cluster(named("Widget", "definition", "1"), named("Widget", "forgotten", "2")), ("digitalocean", "vpcs", "1"): "a network"}
    assert beyond(holdings.kept(found, {"1"}), {}) == ["in cluster main: Widget shop/definition"]
