"""Previews, secrets, refreshes and imports: what the bridge makes of a cloud's objects for Pulumi."""

from typing import Any

from quayside_sandbox.clouds.store import Store
from quayside_sandbox.plugins.values import UNKNOWN, Secret

from .account import CLUSTER, POOL, Account

Made = tuple[str, dict[str, Any]]


def _files(store: Store) -> int:
    return len(list(store.folder.rglob("*.json")))


def test_a_preview_of_a_creation_knows_what_was_given_and_makes_nothing(ocean: Account, store: Store) -> None:
    before = _files(store)
    id, outputs = ocean.create("KubernetesCluster", preview=True, **{**CLUSTER, "vpcUuid": UNKNOWN})
    assert id == ""
    assert outputs["kubeConfigs"] == Secret(UNKNOWN)
    for name in ("endpoint", "ha", "clusterUrn", "status", "vpcUuid", "maintenancePolicy"):
        assert outputs[name] is UNKNOWN, name
    assert (outputs["name"], outputs["surgeUpgrade"]) == ("main", True)
    assert outputs["nodePool"] == {**POOL, "autoScale": False, "id": UNKNOWN, "nodes": UNKNOWN, "actualNodeCount": UNKNOWN}
    assert "__defaults" not in outputs
    assert "tags" not in outputs  # optional, and not given
    assert _files(store) == before


def test_a_preview_of_an_update_keeps_what_does_not_change(ocean: Account, cluster: Made, store: Store) -> None:
    id, state = cluster
    written = {path: path.read_text() for path in store.folder.rglob("*.json")}
    outputs = ocean.update("KubernetesCluster", id, state, preview=True, **{**CLUSTER, "nodePool": {**POOL, "nodeCount": 4}})
    assert outputs["kubeConfigs"] == state["kubeConfigs"]
    assert outputs["nodePool"]["id"] == state["nodePool"]["id"]
    assert outputs["nodePool"]["nodeCount"] == 4
    assert {path: path.read_text() for path in store.folder.rglob("*.json")} == written


def test_new_elements_of_a_list_have_unknown_parts_in_previews(flare: Account, zone: str) -> None:
    given = {"zoneId": zone, "kind": "zone", "name": "waf", "phase": "http_request_firewall_custom"}
    rule = {"action": "block", "expression": "true", "ref": "a"}
    id, state = flare.create("Ruleset", **given, rules=[rule])
    outputs = flare.update("Ruleset", id, state, preview=True, **given, rules=[{**rule, "action": "log"}, {**rule, "ref": "b"}])
    assert outputs["rules"][0] == {**state["rules"][0], "action": "log"}
    assert outputs["rules"][1]["id"] is UNKNOWN


def test_what_is_given_as_secret_stays_secret(ocean: Account) -> None:
    _, outputs = ocean.create("Vpc", name="net", region="sgp1", description=Secret("hush"))
    assert outputs["description"] == Secret("hush")
    _, nested = ocean.create("Project", name="p", resources=[Secret("do:vpc:1")])
    assert nested["resources"] == [Secret("do:vpc:1")]


def test_drift_is_seen_in_outputs_and_in_the_inputs_that_were_given(ocean: Account, cluster: Made, store: Store) -> None:
    id, state = cluster
    inputs = ocean.inputs("KubernetesCluster", **CLUSTER)
    store.update("digitalocean", "kubernetesClusters", id, {"version": "1.36.2-do.0", "tags": ["by-hand"]})
    pool = state["nodePool"]["id"]
    store.update("digitalocean", "kubernetesNodePools", pool, {"labels": {"by": "hand"}})
    _, outputs, refreshed = ocean.read("KubernetesCluster", id, state, **inputs)
    assert (outputs["version"], outputs["tags"], outputs["nodePool"]["labels"]) == ("1.36.2-do.0", ["by-hand"], {"by": "hand"})
    assert refreshed == {**inputs, "version": "1.36.2-do.0"}  # what nobody gave is no input
    found = ocean.diff("KubernetesCluster", outputs, **CLUSTER)
    assert set(found.kinds) == {"version", "tags", "nodePool.labels"}
    assert found.replaces == ["version"]  # the pinned version is below the live one: pulumi-digitalocean#437


def test_what_is_gone_has_no_id(ocean: Account, store: Store) -> None:
    id, state = ocean.create("Vpc", name="net", region="sgp1")
    store.delete("digitalocean", "vpcs", id)
    assert ocean.read("Vpc", id, state)[0] == ""
    ocean.delete("Vpc", id, state)


def test_an_import_tells_the_inputs(ocean: Account, cluster: Made) -> None:
    id, _, inputs = ocean.read("KubernetesCluster", cluster[0])
    assert id == cluster[0]
    for name in ("name", "region", "version", "vpcUuid"):
        assert inputs[name]
    assert inputs["nodePool"]["size"] == POOL["size"]
    assert not {"id", "nodes", "actualNodeCount"} & inputs["nodePool"].keys()
    checked, reasons = ocean.check("KubernetesCluster", inputs)
    assert reasons == []
    _, outputs, _ = ocean.read("KubernetesCluster", id)
    assert ocean.bridge.diff(ocean.token("KubernetesCluster"), outputs, checked, []).kinds == {}
