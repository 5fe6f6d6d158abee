"""Add-ons: their order, what they need, what they cannot stand beside, and those that a program brings itself."""

from typing import Any

import pytest

from quayside import Platform
from quayside.addons.contract import Addon, chart_addon, in_order
from quayside.addons.index import ADDONS
from quayside.charts import Chart
from quayside.settings.problems import InvalidSettings
from unit.examples import settings, topics
from unit.recorder import record

REDIS = Chart("redis", version="1.2.3", repository="https://charts.example.com", values="nowhere:values")


def addon(name: str, *needs: str, conflicts: tuple[str, ...] = ()) -> Addon:
    return Addon(name, lambda ground: name, needs=needs, conflicts=conflicts)


def names(*addons: Addon) -> list[str]:
    return [each.name for each in in_order(addons)]


def test_each_comes_after_what_it_needs_else_by_name() -> None:
    assert names(addon("b", "z"), addon("a"), addon("z"), addon("c", "b")) == ["a", "z", "b", "c"]
    assert names(addon("z"), addon("c", "b"), addon("b", "z"), addon("a")) == ["a", "z", "b", "c"]


def test_what_comes_with_quayside_can_be_put_in_order() -> None:
    order = names(*ADDONS)
    assert order.index("prometheus") < order.index("kiali")


@pytest.mark.parametrize(
    ("addons", "message"),
    [
        ([addon("a", "prometheu"), addon("prometheus")], "a needs prometheu, which is not there.*prometheus"),
        ([addon("a", conflicts=("b",)), addon("b")], "a cannot be in one cluster with b"),
        ([addon("a"), addon("a")], "a is there twice"),
        ([addon("a", "b"), addon("b", "a")], "in a circle"),
    ],
)
def test_what_cannot_be(addons: list[Addon], message: str) -> None:
    with pytest.raises(InvalidSettings, match=message):
        in_order(addons)


def test_a_programs_own_stands_beside_ours() -> None:
    own = chart_addon("cache", REDIS, lambda known: {"stack": str(known.environment)}, needs=("prometheus",))
    given = settings(topics() | {"observability": {"metrics": {"enabled": True}}})
    made: list[Any] = []
    recorded = record(lambda: made.append(Platform(given, addons=[own])))
    release = recorded.one("Release", "cache")
    assert (release.inputs["namespace"], release.inputs["values"]) == ("cache", {"stack": "dev"})
    assert recorded.one("Namespace", "cache").inputs["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    assert {"cache", "kube-prometheus-stack"} <= release.after


def test_one_that_is_not_wanted_is_not_built() -> None:
    own = chart_addon("cache", REDIS, wanted=lambda known: known.environment == "prod")
    assert "cache" not in [each.name for each in record(lambda: Platform(settings(topics()), addons=[own])).of("Release")]
