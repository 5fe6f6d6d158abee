"""What runs of each version, and how requests are shared out."""

from typing import Any

import pytest

from quayside.edge.contract import Match, Version
from quayside.workloads.version_specs import Pods, all_pods, live, shares
from unit.workloads.specs import spec

CANARY = {"image": "acme/shop:2", "replicas": 2, "env": {"A": "2"}, "config": {"C": "3"}, "weight": 10}
BESIDE = {"env": {"A": "1", "B": "1"}, "config": {"C": "1", "D": "1"}, "replicas": 3, "scale": {"min": 3, "max": 6}}


def pods(**given: Any) -> dict[str, Pods]:
    return {each.name: each for each in all_pods("shop", spec(**given))}


def test_without_versions_there_is_the_main_one() -> None:
    (main,) = all_pods("shop", spec())
    assert (main.name, main.address, main.version, main.labels) == ("shop", "shop", None, {})


def test_a_canary_takes_over_what_it_does_not_say() -> None:
    found = pods(canary=CANARY, **BESIDE)
    canary, main = found["shop-canary"].spec, found["shop"].spec
    assert (canary.image, canary.env, canary.config) == ("acme/shop:2", {"A": "2", "B": "1"}, {"C": "3", "D": "1"})
    assert (canary.replicas, canary.scale) == (2, None)
    assert (main.image, main.env, main.config) == ("acme/shop:1", BESIDE["env"], BESIDE["config"])


def test_promoted_the_main_pods_run_what_the_canary_runs() -> None:
    found = pods(canary={**CANARY, "verdict": "promote"}, **BESIDE)
    main, canary = found["shop"].spec, found["shop-canary"].spec
    assert (main.image, main.env, main.config) == (canary.image, canary.env, canary.config)
    assert (main.replicas, main.scale and main.scale.min) == (3, 3)
    before = pods(canary=CANARY, **BESIDE)["shop-canary"].spec  # the canary's own pods do not change
    assert canary.model_dump(exclude={"canary"}) == before.model_dump(exclude={"canary"})


def test_after_a_promotion_the_main_pods_are_the_same_without_the_canary() -> None:
    promoted = pods(canary={**CANARY, "verdict": "promote"}, **BESIDE)["shop"].spec
    written = {**BESIDE, "image": "acme/shop:2", "env": {"A": "2", "B": "1"}, "config": {"C": "3", "D": "1"}}
    for service in (written, {**written, "canary": {"image": "acme/shop:3"}}):
        main = pods(**service)["shop"].spec
        assert (main.image, main.env, main.config) == (promoted.image, promoted.env, promoted.config)


@pytest.mark.parametrize("verdict", ["promote", "abort"])
def test_with_a_verdict_the_canary_has_no_share_and_stays_in_the_route(verdict: str) -> None:
    canary = {**CANARY, "sticky": True, "match": {"headers": {"x-group": "beta"}}}
    assert shares("shop", spec(canary=canary))[0].weight == 10
    assert shares("shop", spec(canary={**canary, "verdict": verdict})) == (Version("canary", "shop-canary"),)


def test_nobody_waits_for_a_canary_that_was_given_up() -> None:
    awaited = {verdict: pods(canary={**CANARY, "verdict": verdict})["shop-canary"].awaited for verdict in (None, "promote", "abort")}
    assert awaited == {None: True, "promote": True, "abort": False}


def test_green_is_a_whole_version() -> None:
    found = pods(blueGreen={"image": "acme/shop:2"}, **BESIDE)
    assert (found["shop-green"].spec.replicas, found["shop-green"].spec.scale) == (3, found["shop"].spec.scale)
    assert {each.name: each.address for each in found.values()} == {"shop": "shop-blue", "shop-green": "shop-green"}
    assert pods(blueGreen={"image": "acme/shop:2", "replicas": 1})["shop-green"].spec.replicas == 1


def test_the_switch_is_in_no_route() -> None:
    blue, green = (spec(blueGreen={"image": "acme/shop:2", "live": side}) for side in ("blue", "green"))
    assert (live("shop", blue), live("shop", green), live("shop", spec())) == ("shop", "shop-green", "shop")
    assert shares("shop", blue) == shares("shop", green) == ()


def test_variants_have_their_shares() -> None:
    given = spec(variants={"b": {"env": {"A": "2"}, "weight": 20, "sticky": True}, "c": {"image": "acme/shop:3", "weight": 30}})
    assert shares("shop", given) == (Version("b", "shop-b", 20, sticky=True), Version("c", "shop-c", 30))
    assert [each.spec.image for each in all_pods("shop", given)] == ["acme/shop:1", "acme/shop:1", "acme/shop:3"]


def test_each_user_is_enough() -> None:
    match = {"headers": {"x-group": "beta"}, "cookies": {"a": "1"}, "users": ["ada", "grace"], "userHeader": "x-user"}
    (version,) = shares("shop", spec(canary={"image": "acme/shop:2", "match": match}))
    assert version.matches == tuple(Match({"x-group": "beta", "x-user": user}, {"a": "1"}) for user in ("ada", "grace"))


def test_a_mesh_knows_them_as_versions_of_one_service() -> None:
    assert pods(canary=CANARY)["shop-canary"].labels == {
        "service.istio.io/canonical-name": "shop",
        "service.istio.io/canonical-revision": "canary",
    }
