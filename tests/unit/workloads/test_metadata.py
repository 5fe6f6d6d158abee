"""What all objects of a service have in common."""

from typing import Any

import pytest

from quayside.workloads.metadata import FORCED, repaired


def thing(kind: str = "Service", **more: Any) -> dict[str, Any]:
    return {"kind": kind, "metadata": {"name": "shop", **more}}


def test_what_stands_in_the_services_own_namespace_wins_over_changes_by_hand() -> None:
    mine = thing(namespace="shop", annotations={"a": "b"})
    assert repaired(mine, "shop")["metadata"]["annotations"] == {"a": "b", **FORCED}
    assert mine["metadata"]["annotations"] == {"a": "b"}, "the argument stays as it was"


@pytest.mark.parametrize(
    ("manifest", "own"),
    [
        (thing(namespace="shared"), None),
        (thing(namespace="routes"), "shop"),
        (thing("Namespace"), "shop"),
        (thing("Deployment", namespace="shop"), "shop"),
    ],
    ids=["shared namespace", "route elsewhere", "the namespace itself", "a Deployment decides for itself"],
)
def test_what_may_be_somebody_elses_is_not_overwritten(manifest: dict[str, Any], own: str | None) -> None:
    assert repaired(manifest, own) == manifest
