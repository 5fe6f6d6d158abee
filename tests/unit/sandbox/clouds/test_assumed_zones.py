"""The settings' domain is assumed to be the user's; what cannot be a zone of its own stays unknown."""

from __future__ import annotations

import pytest

from quayside_sandbox.clouds.cloudflare.assumed_zones import registrable
from quayside_sandbox.folder import Folder
from quayside_sandbox.plugins.cloud.bridge import Failed
from quayside_sandbox.sandbox import Sandbox

from .account import Account

NOBODYS = "failed to find exactly one result: found no results"


def look_up(flare: Account, name: str, **more: object) -> dict[str, object]:
    return flare.invoke("getZone", filter={"name": name, "match": "all", **more})


def test_a_domain_that_is_asked_for_is_there_active_and_stays_the_same(flare: Account) -> None:
    found = look_up(flare, "example.com")
    assert (found["name"], found["status"]) == ("example.com", "active")
    assert look_up(flare, "example.com")["zoneId"] == found["zoneId"] == flare.invoke("getZone", zoneId=found["zoneId"])["zoneId"]
    assert not [key for key in found if key.startswith("_")]
    assert flare.create("DnsRecord", zoneId=found["zoneId"], name="www", type="A", content="203.0.113.1", ttl=1)[0]


def test_a_zone_of_the_users_own_is_left_as_it_is(flare: Account, zone: str) -> None:
    assert look_up(flare, "example.com")["zoneId"] == zone
    assert len(flare.store.list("cloudflare", "zones")) == 1


@pytest.mark.parametrize("name", ["k.example.com", "com", "co.uk", "shop.test", "a..com", "con tains.com"])
def test_what_nobody_can_register_is_not_found(flare: Account, name: str) -> None:
    with pytest.raises(Failed, match=NOBODYS):
        look_up(flare, name)
    assert flare.store.list("cloudflare", "zones") == []


def test_a_zone_of_another_account_is_not_found(flare: Account) -> None:
    with pytest.raises(Failed, match=NOBODYS):
        look_up(flare, "example.com", account={"id": "0" * 32})


def test_zones_above_and_below_rule_each_other_out(flare: Account) -> None:
    account = {"id": flare.store.list("cloudflare", "accounts")[0]["id"]}
    flare.create("Zone", name="k.example.com", account=account)
    with pytest.raises(Failed, match=NOBODYS):
        look_up(flare, "example.com")


def test_listing_all_zones_assumes_none(flare: Account) -> None:
    assert flare.invoke("getZones")["results"] == []
    assert [one["name"] for one in flare.invoke("getZones", name="example.com")["results"]] == ["example.com"]


@pytest.mark.parametrize(("name", "is_it"), [("example.co.uk", True), ("acme.com.sg", True), ("a.example.com", False), ("x-1.dev", True)])
def test_country_codes_sell_the_third_level(name: str, is_it: bool) -> None:
    assert registrable(name) is is_it


def test_the_report_says_so(flare: Account) -> None:
    look_up(flare, "example.com")
    [line] = Sandbox(Folder(flare.store.folder.parent)).substitutions()
    assert (line["kind"], line["what"]) == ("zone", "example.com")
    assert "as if the domain were yours" in line["by"]
