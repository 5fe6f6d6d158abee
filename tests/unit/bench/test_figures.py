"""What is made of the figures."""

from typing import Any

import pytest

from bench.services import Compared, growth
from bench.stacks import Figures
from bench.warm_start import split


def _event(kind: str, token: str) -> dict[str, Any]:
    return {kind: {"metadata": {"type": token, "urn": f"urn::{token}"}}}


def test_each_second_of_a_start_counts_once() -> None:
    cluster, release, pods = (
        "digitalocean:index/kubernetesCluster:KubernetesCluster",
        "kubernetes:helm.sh/v3:Release",
        "kubernetes:apps/v1:Deployment",
    )
    moments = [
        (11.0, _event("resourcePreEvent", cluster)),
        (11.5, _event("resourcePreEvent", "quayside:index:Service")),
        (15.0, _event("resOutputsEvent", cluster)),
        (15.5, _event("resourcePreEvent", pods)),
        (16.0, _event("resourcePreEvent", release)),
        (19.0, _event("resOutputsEvent", release)),
        (21.0, _event("resOutputsEvent", pods)),
    ]
    assert split(moments, 10.0, 22.0) == {"control plane": 4.0, "charts": 3.0, "services": 2.5, "cloud": 0.0, "engine": 2.5}


def test_ratios_are_taken_pair_by_pair() -> None:
    def runs(*walls: float) -> list[Figures]:
        return [Figures(wall, 0.0, wall / 2) for wall in walls]

    one = Compared(10, "preview, nothing there yet", {"library": runs(11.0, 44.0, 12.0), "bare": runs(10.0, 20.0, 10.0)})
    assert one.ratio("wall") == pytest.approx(1.2)  # the second pair was disturbed
    assert one.ratio("memory") is None
    assert growth([one]) == [(10, pytest.approx(0.1))]


def test_what_changed_is_what_the_engine_says() -> None:
    assert Figures(1.0, 1.0, counts={"unchanged": 90, "updated": 1}).changed == 1
