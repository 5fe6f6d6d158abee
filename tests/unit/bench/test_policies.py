"""What the bench of traffic policies measures, and what it makes of the figures."""

import json
from typing import Any

import pytest

from bench import objects, policies, rendering
from bench.stacks import Figures
from quayside.settings.traffic.profiles import PROFILES
from quayside.traffic.index import POLICIES


def service(kind: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(objects.services(1, policies=kind))["services"]["s000"]
    return found


def test_all_policies_are_there() -> None:
    said = {*service("all")["traffic"], *PROFILES["business"]}
    assert set(POLICIES) - said == {"websockets"}


def test_they_are_rendered() -> None:
    plain, all_ = (rendering.rendered("s000", service(kind)) for kind in ("none", "all"))
    kinds = {each["kind"] for each in all_} - {each["kind"] for each in plain}
    assert {"DestinationRule", "EnvoyFilter", "AuthorizationPolicy", "VirtualService"} <= kinds
    assert rendering.measure({"s000": service("none")})["objects"] == len(plain)


def test_rendering_is_a_share_of_a_preview_without_policies() -> None:
    def run(wall: float, made: int) -> Figures:
        return Figures(wall, 0.0, counts={"create": made})

    alone = {"none": {"cpu": 1.0, "objects": 3}, "all": {"cpu": 4.0, "objects": 9}}
    # the second pair was disturbed
    runs = {"none": [run(30.0, 100), run(90.0, 100), run(30.0, 100)], "all": [run(60.0, 150), run(90.0, 150), run(60.0, 150)]}
    found = policies.shares(300, "all", alone, runs)
    assert found["added share"] == pytest.approx(0.1)
    assert found["ms a service"] == pytest.approx(10)
    assert (found["added preview"], found["added registrations"]) == (pytest.approx(1.0), pytest.approx(0.5))
    assert found["a registration"] == pytest.approx(1 / 3)
