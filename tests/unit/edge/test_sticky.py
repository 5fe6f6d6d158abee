"""The cookie by which clients stay with their version: what is matched, and what is not."""

import re

import pytest

from quayside.edge.contract import Version
from quayside.edge.sticky import cookies_pattern, is_sticky, mark, set_cookie

CANARY = Version("canary", "shop-canary", 10, sticky=True)


@pytest.mark.parametrize("header", ["group=beta", "a=1; group=beta", "group=beta; a=1", "a=1; group=beta; b=2", "a=1;group=beta"])
def test_a_cookie_is_found_among_others(header: str) -> None:
    assert re.fullmatch(cookies_pattern({"group": "beta"})["regex"], header)


@pytest.mark.parametrize("header", ["group=betas", "mygroup=beta", "group=b", "a=group=beta", "", "group=alpha"])
def test_another_cookie_is_not_taken_for_it(header: str) -> None:
    assert not re.fullmatch(cookies_pattern({"group": "beta"})["regex"], header)


@pytest.mark.parametrize(
    ("header", "found"), [("a=1; b=2", True), ("b=2; c=3; a=1", True), ("b=2; x=a=1", False), ("a=1", False), ("b=2", False)]
)
def test_several_cookies_are_found_in_any_order(header: str, found: bool) -> None:
    assert bool(re.fullmatch(cookies_pattern({"a": "1", "b": "2"})["regex"], header)) is found


def test_signs_of_a_value_stand_for_themselves() -> None:
    pattern = cookies_pattern({"a.b": "1+1|2"})["regex"]
    assert re.fullmatch(pattern, "a.b=1+1|2")
    assert not re.fullmatch(pattern, "aXb=1+1|2")
    assert not re.fullmatch(pattern, "2")


def test_clients_of_the_main_version_are_led_anew_when_weights_change() -> None:
    more = Version("canary", "shop-canary", 50, sticky=True)
    assert mark((CANARY,), None) != mark((more,), None)
    assert mark((CANARY,), CANARY) == mark((more,), more) == "canary"


def test_the_cookie_lasts_a_day_and_is_not_for_scripts() -> None:
    assert set_cookie("shop", (CANARY,), CANARY) == "quayside-shop=canary; Path=/; Max-Age=86400; HttpOnly; SameSite=Lax"


def test_without_a_share_nobody_has_to_stay() -> None:
    assert is_sticky((CANARY,))
    assert not is_sticky((Version("canary", "shop-canary", 0, sticky=True), Version("b", "shop-b", 10)))
