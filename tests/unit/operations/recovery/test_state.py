"""The edit of a killed stack's state."""

from __future__ import annotations

from typing import Any

from quayside.operations.recovery.state import edited, unread
from quayside.operations.recovery.verdicts import Found, Verdict, What
from unit.operations.recovery.states import POOL, RECORD, SERVICE, VPC, document, exported, provider, resource


def after(made: dict[str, Any], what: What, *resources: dict[str, Any], found: Found | None = None) -> dict[str, Any]:
    state = exported(*resources, pending=[("creating", made)])
    result: dict[str, Any] = edited(state.document, [Verdict(state.pending[0], what, found=found)])["deployment"]
    return result


def test_what_was_taken_up_is_a_resource_that_is_still_to_be_read() -> None:
    made = resource(VPC, region="sgp1")
    state = after(made, "taken up", found=Found("v-1"))
    assert state["resources"][1:] == [{**made, "id": "v-1"}]
    assert state["pending_operations"] == []
    assert unread({"deployment": state}) == [made["urn"]]


def test_the_provider_finds_a_record_by_its_zone_too() -> None:
    state = after(resource(RECORD), "taken up", found=Found("r", "zone/r"))
    assert state["resources"][1]["id"] == "zone/r"


def test_who_applied_an_object_is_kept_and_the_rest_still_to_be_read() -> None:
    state = after(resource(SERVICE, kind="Service"), "taken up", found=Found("shop/web", outputs={"__fieldManager": "pulumi-kubernetes-1"}))
    assert state["resources"][1]["outputs"] == {"__fieldManager": "pulumi-kubernetes-1"}
    assert len(unread({"deployment": state})) == 1


def test_what_was_cleared_is_nowhere_and_what_was_left_stays_pending() -> None:
    made = resource(VPC)
    assert after(made, "cleared")["pending_operations"] == []
    assert len(after(made, "cleared")["resources"]) == 1
    assert after(made, "left")["pending_operations"] == [{"type": "creating", "resource": made}]


def test_what_a_later_run_has_in_the_state_already_is_not_there_twice() -> None:
    there = resource(VPC, name="net", id="v-1")
    state = after(resource(VPC, name="net"), "taken up", there, found=Found("v-1"))
    assert state["resources"][1:] == [there]
    assert state["pending_operations"] == []


def test_what_was_replaced_is_left_to_be_deleted_unless_it_is_gone() -> None:
    """The new one stands where the old one did: what depends on it comes later, or the engine refuses the state."""
    made_at = {"created": "2026-11-01T10:00:00Z"}
    old, new = resource(POOL, name="web", id="p-1") | made_at, resource(POOL, name="web") | made_at
    child = resource(SERVICE, id="shop/web") | {"dependencies": [old["urn"]]}
    assert after(new, "taken up", old, child, found=Found("p-2"))["resources"][1:] == [{**new, "id": "p-2"}, {**old, "delete": True}, child]
    gone = {**old, "pendingReplacement": True}
    assert after(new, "taken up", gone, child, found=Found("p-2"))["resources"][1:] == [{**new, "id": "p-2"}, child]
    assert after(new, "taken up", {**gone, "id": "p-2"}, found=Found("p-2"))["resources"][1:] == [{**new, "id": "p-2"}]


def test_what_a_later_run_made_is_never_marked_to_be_deleted() -> None:
    """The engine would delete it though it be protected."""
    later = resource(POOL, name="web", id="p-2") | {"created": "2026-11-02T10:00:00Z", "protect": True}
    for began in ({}, {"created": "2026-11-01T10:00:00Z"}):
        state = after(resource(POOL, name="web") | began, "taken up", later, found=Found("p-1"))
        assert state["resources"][1:] == [later]


def test_of_two_creations_the_newer_one_is_judged_and_taken_up() -> None:
    newer, older = resource(VPC, name="net", region="sgp1"), resource(VPC, name="net", region="fra1")
    state = exported(pending=[("creating", newer), ("creating", older)])
    (begun,) = state.pending
    assert begun.inputs == {"region": "sgp1"}
    assert edited(state.document, [Verdict(begun, "taken up", found=Found("v-1"))])["deployment"]["resources"][1:] == [
        {**newer, "id": "v-1"}
    ]


def test_one_creation_that_two_killed_runs_began_is_one_resource() -> None:
    made = resource(VPC)
    state = exported(pending=[("creating", made), ("creating", made)])
    assert len(state.pending) == 1
    result = edited(state.document, [Verdict(state.pending[0], "taken up", found=Found("v-1"))])["deployment"]
    assert len(result["resources"]) == 2
    assert result["pending_operations"] == []


def test_the_document_that_was_given_stays_as_it_is() -> None:
    given = document(pending=[("creating", resource(VPC))])
    state = exported(pending=[("creating", resource(VPC))])
    edited(state.document, [Verdict(state.pending[0], "cleared")])
    assert state.document == given


def test_a_provider_that_was_replaced_says_nothing_any_more() -> None:
    """The engine lists the new one first (backend/journal.go, GenerateDeployment)."""
    new, old = provider("kubernetes", kubeconfig="new"), {**provider("kubernetes", kubeconfig="old"), "delete": True}
    assert exported(new, old).settings(new["urn"]) == {"kubeconfig": "new"}
    assert exported(old).settings(old["urn"]) == {"kubeconfig": "old"}
