"""Who owns which field: taking over what a client-side create wrote, and leaving alone what ignoreChanges leaves to others."""

from __future__ import annotations

import re
from typing import Any

from quayside_sandbox.plugins.kubernetes.configuration import Configuration
from quayside_sandbox.plugins.kubernetes.diff import parse
from quayside_sandbox.plugins.kubernetes.managers import field_manager, keep_live, leave_to_others, take_over, written_client_side
from quayside_sandbox.plugins.kubernetes.writing import three_way

OURS = "pulumi-kubernetes-12345678"


def entry(manager: str, operation: str, fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"manager": manager, "operation": operation, "apiVersion": "v1", "fieldsType": "FieldsV1", "fieldsV1": fields, **more}


def live(*entries: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"resourceVersion": "7", "managedFields": list(entries)}, **fields}


def test_an_update_takes_over_what_client_side_writes_left() -> None:
    theirs, status = (
        entry("kube-controller", "Update", {"f:data": {"f:z": {}}}),
        entry("kubectl", "Update", {"f:status": {}}, subresource="status"),
    )
    thing = live(
        entry("pulumi-kubernetes", "Update", {"f:data": {".": {}, "f:a": {}}}),
        entry("kubectl-client-side-apply", "Update", {"f:data": {"f:b": {}}}),
        theirs,
        status,
    )
    assert written_client_side(thing)
    managed, version = take_over(thing, OURS)
    assert managed["value"] == [theirs, status, entry(OURS, "Apply", {"f:data": {".": {}, "f:a": {}, "f:b": {}}})]
    assert version == {"op": "replace", "path": "/metadata/resourceVersion", "value": "7"}


def test_taking_over_adds_to_what_is_ours() -> None:
    thing = live(entry(OURS, "Apply", {"f:data": {"f:a": {}}}), entry("pulumi-kubernetes", "Update", {"f:data": {"f:b": {}}}))
    managed, _ = take_over(thing, OURS)
    assert managed["value"] == [entry(OURS, "Apply", {"f:data": {"f:a": {}, "f:b": {}}})]


def test_nothing_to_take_over() -> None:
    thing = live(entry(OURS, "Apply", {"f:data": {}}), entry("autoscaler", "Update", {"f:data": {}}))
    assert take_over(thing, OURS) == []
    assert not written_client_side(thing)


def test_ignored_fields_of_others_are_dropped_and_ours_keep_their_live_value() -> None:
    thing = live(
        entry(OURS, "Apply", {"f:spec": {"f:image": {}}}),
        entry("autoscaler", "Update", {"f:spec": {"f:replicas": {}}}),
        spec={"replicas": 5, "image": "live"},
    )
    inputs = {"spec": {"replicas": 1, "image": "new", "other": "kept"}}
    found = leave_to_others(inputs, thing, [parse("spec.replicas"), parse("spec.image")], OURS)
    assert found == {"spec": {"image": "live", "other": "kept"}}
    assert inputs["spec"]["replicas"] == 1
    assert keep_live(inputs, thing, [parse("spec.replicas")])["spec"]["replicas"] == 5


def test_ignored_paths_reach_into_lists() -> None:
    fields = {"f:webhooks": {'k:{"name":"a"}': {"f:failurePolicy": {}}}}
    thing = live(
        entry("istiod", "Update", fields), webhooks=[{"name": "a", "failurePolicy": "Fail"}, {"name": "b", "failurePolicy": "Ignore"}]
    )
    inputs = {"webhooks": [{"name": "a", "failurePolicy": "Ignore"}, {"name": "b", "failurePolicy": "Fail"}]}
    found = leave_to_others(inputs, thing, [parse("webhooks[*].failurePolicy")], OURS)
    assert found == {"webhooks": [{"name": "a"}, {"name": "b", "failurePolicy": "Ignore"}]}


def test_field_manager() -> None:
    made = field_manager(Configuration(), {}, {})
    assert re.fullmatch(r"pulumi-kubernetes-[0-9a-f]{8}", made)
    assert field_manager(Configuration(), {}, {"__fieldManager": made}) == made
    chosen = {"metadata": {"annotations": {"pulumi.com/patchFieldManager": "us"}}}
    assert field_manager(Configuration(), chosen, {"__fieldManager": made}) == "us"
    assert field_manager(Configuration(enable_server_side_apply=False), chosen, {}) == "pulumi-kubernetes"


def test_three_way_patch_sets_what_is_new_removes_what_was_ours_and_leaves_the_rest() -> None:
    old = {"labels": {"a": "1", "b": "1"}, "ports": [{"port": 80}], "gone": "x"}
    new = {"labels": {"a": "2"}, "ports": [{"port": 80}], "added": {"deep": 1}}
    current = {"labels": {"a": "1", "b": "1", "theirs": "1"}, "ports": [{"port": 80, "protocol": "TCP"}], "gone": "x"}
    assert three_way(old, new, current) == {"labels": {"a": "2", "b": None}, "gone": None, "added": {"deep": 1}}
    shorter = three_way({"l": [1, 2]}, {"l": [1]}, {"l": [1, 2]})
    assert shorter == {"l": [1]}
