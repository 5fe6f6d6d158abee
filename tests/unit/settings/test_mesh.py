"""Settings of the mesh."""

from typing import Any

import pytest

from quayside.planes.waypoint import waypoint_name
from quayside.settings.mesh import istio_runs, istiod_replicas, revisions
from quayside.settings.mesh_rules import WAYPOINT, versions_serve_gateways, waypoints_have_names
from unit.examples import settings, topics


@pytest.mark.parametrize(
    ("spec", "runs"),
    [
        ({"entry": {"kind": "ingress-nginx"}}, False),
        ({"entry": {"kind": "none"}, "mesh": {"mode": "ambient"}}, True),
        ({"entry": {"kind": "gateway-api"}}, True),
        ({"entry": {"kind": "istio"}, "mesh": {"mode": "off"}}, True),
        ({"entry": {"kind": "kong"}, "entryMigratingFrom": {"kind": "gateway-api"}}, True),
    ],
)
def test_istio_runs_for_a_mesh_or_an_entry(spec: dict[str, Any], runs: bool) -> None:
    assert istio_runs(spec) == runs


@pytest.mark.parametrize(
    ("spec", "pods"),
    [({"environment": "prod"}, 2), ({"environment": "dev"}, 1), ({}, 1), ({"environment": "prod", "mesh": {"replicas": 1}}, 1)],
)
def test_two_istiods_in_prod(spec: dict[str, Any], pods: int) -> None:
    assert istiod_replicas(spec) == pods


def test_the_control_planes_that_run() -> None:
    assert revisions({}) == ["default"]
    assert revisions({"revision": "1-30"}) == ["1-30"]
    assert revisions({"revision": "1-30", "controlPlanes": {"1-30": {}, "1-31": {}}}) == ["1-30", "1-31"]


def test_a_namespace_may_be_ahead_of_the_others() -> None:
    said = {"mode": "sidecar", "controlPlanes": {"default": {}, "1-31": {}}, "namespaces": {"hello": "1-31"}}
    mesh = settings({**topics(), "mesh": said}).mesh
    assert (mesh.of("hello"), mesh.of("shop")) == ("1-31", "default")


@pytest.mark.parametrize(
    ("services", "mode", "at"),
    [
        ({"a" * 55: {"traffic": {}}}, "ambient", []),
        ({"a" * 55: {"traffic": {"profile": "base"}}}, "ambient", [f"services.{'a' * 55}"]),
        ({"a" * 54: {"traffic": {"profile": "base"}}}, "ambient", []),
        ({"a" * 55: {"traffic": {"profile": "base"}}}, "sidecar", []),
        (
            {"shop": {"canary": {"image": "a:1"}, "namespace": "x"}, "shop-waypoint": {"namespace": "x"}},
            "ambient",
            ["services.shop-waypoint"],
        ),
        ({"shop": {"canary": {"image": "a:1"}}, "shop-waypoint": {}}, "ambient", []),
    ],
)
def test_waypoints_have_names_of_their_own(services: dict[str, Any], mode: str, at: list[str]) -> None:
    assert [key for key, _ in waypoints_have_names({"mesh": {"mode": mode}, "services": services})] == at


def test_a_waypoint_is_called_as_the_rule_says() -> None:
    assert waypoint_name("shop") == f"shop{WAYPOINT}"


@pytest.mark.parametrize(
    ("version", "entry", "mode", "said"),
    [
        ("1.29.9", "gateway-api", "off", "write 1.30.2 or later"),
        ("1.29.9", "istio", "ambient", ""),
        ("1.29.4", "istio", "ambient", "write 1.29.5 or later, and bring that up before"),
        ("1.29.4", "istio", "sidecar", ""),
        ("1.30.1", "gateway-api", "off", "write 1.30.2 or later, and bring that up before"),
        ("1.30.2", "gateway-api", "ambient", ""),
        ("1.31.0", "gateway-api", "ambient", ""),
        ("newest", "gateway-api", "ambient", ""),
    ],
)
def test_control_planes_that_a_gateway_can_leave(version: str, entry: str, mode: str, said: str) -> None:
    planes = {"old": {"version": version}, "new": {}}
    found = list(versions_serve_gateways({"entry": {"kind": entry}, "mesh": {"mode": mode, "controlPlanes": planes}}))
    assert [key for key, _ in found] == (["mesh.controlPlanes.old.version"] if said else [])
    assert all(said in why for _, why in found)
    left = {"entry": {"kind": "istio"}, "entryMigratingFrom": {"kind": entry}, "mesh": {"controlPlanes": {"old": {"version": version}}}}
    assert bool(list(versions_serve_gateways(left))) == (version == "1.29.9" and entry == "gateway-api")
