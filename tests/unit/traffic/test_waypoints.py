"""Waypoints that the nodes must have room for are those that services get."""

from typing import Any

import pytest

from quayside.settings.stack import Settings
from quayside.settings.traffic.index import TrafficSettings, refused
from quayside.settings.traffic.rules import KEYS
from quayside.settings.traffic.waypoints import waypoints
from quayside.traffic.index import POLICIES, shape
from quayside.traffic.table import examples
from unit.examples import topics
from unit.traffic.carried import CANARY, subject

EXAMPLES = [(policy, name) for policy in POLICIES for name in examples(policy) if not refused(policy, examples(policy)[name], "ambient")]


def counted(traffic: Any, mesh: str = "ambient", **service: Any) -> int:
    return waypoints({"mesh": {"mode": mesh}, "services": {"shop": {"traffic": traffic, **service}}})


@pytest.mark.parametrize(("policy", "name"), EXAMPLES, ids=[f"{policy}: {name}" for policy, name in EXAMPLES])
def test_none_is_missed_but_what_requests_alone_may_need(policy: str, name: str) -> None:
    said = TrafficSettings.model_validate({KEYS[policy]: examples(policy)[name]})
    if policy != "authorization":
        assert bool(counted(said.model_dump(by_alias=True))) is shape(subject("ambient"), said).needs_waypoint


def test_versions_need_one() -> None:
    assert counted(None, canary={"image": "acme/shop:2"}) == int(shape(subject("ambient", versions=(CANARY,)), None).needs_waypoint) == 1
    assert counted(None, canary={"image": "acme/shop:2"}, protocol="tcp") == 0


def test_only_in_ambient_mode() -> None:
    assert (counted({"profile": "base"}), counted({"profile": "base"}, "sidecar"), counted({}), counted(None)) == (1, 0, 0, 0)
    assert counted({"profile": "base", "loadBalancing": None, "outlierDetection": None, "connectionPool": None}) == 0


def test_the_estimate_states_them() -> None:
    from quayside.estimate import estimate

    said = topics()
    said["mesh"] = {"mode": "ambient"}
    for service in said["services"].values():
        service["traffic"] = {"profile": "base"}
    settings, problems = Settings.check(said)
    assert settings is not None, problems
    lines = {each.what: each.quantity for each in estimate(settings).lines}
    assert lines["Istio: waypoint"] == len(said["services"])
