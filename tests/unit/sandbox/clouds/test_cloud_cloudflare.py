"""Cloudflare's zones, records, settings and rulesets, with the vendor's codes."""

from typing import Any

import pytest

from quayside_sandbox.clouds.store import Store
from quayside_sandbox.plugins.cloud.bridge import Failed

from .account import Account

RULE = {"action": "block", "expression": '(http.host eq "a.example.com")'}


def record(zone: str, **given: Any) -> dict[str, Any]:
    return {"zoneId": zone, "name": "www", "type": "A", "content": "203.0.113.1", "ttl": 1, **given}


def test_every_type_gives_all_outputs_that_the_sdk_promises(flare: Account, zone: str) -> None:
    account = flare.store.list("cloudflare", "accounts")[0]["id"]
    ruleset = {"zoneId": zone, "kind": "zone", "name": "waf", "phase": "http_request_firewall_custom", "rules": [RULE]}
    made = {
        "Zone": flare.create("Zone", name="example.org", account={"id": account}),
        "DnsRecord": flare.create("DnsRecord", **record(zone)),
        "ZoneSetting": flare.create("ZoneSetting", zoneId=zone, settingId="ssl", value="strict"),
        "Ruleset": flare.create("Ruleset", **ruleset),
    }
    assert {flare.token(name) for name in made} == set(flare.bridge.cloud.resources)
    for name, (id, outputs) in made.items():
        promised = flare.bridge.cloud.sdk.resource(flare.token(name)).outputs
        assert not {key for key, item in promised.items() if item.required} - outputs.keys(), name
        assert outputs.keys() <= promised.keys() | {"id"}
        assert flare.read(name, id, outputs)[:2] == (id, outputs)


def test_a_zone_is_there_once_and_takes_all_that_is_in_it_away(flare: Account, zone: str) -> None:
    account = flare.store.list("cloudflare", "accounts")[0]["id"]
    with pytest.raises(Failed, match=r"400 Bad Request .*1061.*example.com already exists"):
        flare.create("Zone", name="example.com", account={"id": account})
    with pytest.raises(Failed, match=r"1049"):
        flare.create("Zone", name="example", account={"id": account})
    flare.create("DnsRecord", **record(zone))
    flare.delete("Zone", zone, {})
    assert flare.store.list("cloudflare", "dnsRecords") == []
    with pytest.raises(Failed, match=r"7003"):
        flare.create("DnsRecord", **record(zone))


@pytest.mark.parametrize(
    ("second", "code"),
    [
        ({}, 81058),
        ({"name": "www.example.com"}, 81058),
        ({"ttl": 300}, 81057),
        ({"type": "CNAME", "content": "x.example.net"}, 81053),
        ({"type": "TXT", "proxied": True}, 9004),
        ({"ttl": 5}, 9021),
        ({"content": "x.example.net"}, 9005),
        ({"type": "AAAA"}, 9006),
        ({"type": "MX", "content": "mx.example.net"}, 9100),
    ],
)
def test_records_that_cannot_be(flare: Account, zone: str, second: dict[str, Any], code: int) -> None:
    flare.create("DnsRecord", **record(zone))
    with pytest.raises(
        Failed, match=rf'failed to make http request: POST "https://api.cloudflare.com/client/v4/zones/{zone}/dns_records": 400 .*{code}'
    ):
        flare.create("DnsRecord", **record(zone, **second))


def test_records_that_can_stand_beside_each_other(flare: Account, zone: str) -> None:
    for given in (
        {},
        {"content": "203.0.113.2"},
        {"type": "TXT", "content": "v=1"},
        {"name": "@"},
        {"name": "*", "type": "CNAME", "content": "example.com"},
    ):
        flare.create("DnsRecord", **record(zone, **given))
    names = [one["name"] for one in flare.store.list("cloudflare", "dnsRecords")]
    assert names == ["www.example.com", "www.example.com", "www.example.com", "example.com", "*.example.com"]
    with pytest.raises(Failed, match=r"81053"):
        flare.create("DnsRecord", **record(zone, name="*", content="203.0.113.9"))


def test_a_proxied_record_has_no_time_to_live_of_its_own(flare: Account, zone: str) -> None:
    assert flare.create("DnsRecord", **record(zone, proxied=True, ttl=300))[1]["ttl"] == 1


def test_records_are_updated_and_imported(flare: Account, zone: str) -> None:
    id, state = flare.create("DnsRecord", **record(zone, comment="a"))
    state = flare.update("DnsRecord", id, state, **record(zone, content="203.0.113.2"))
    assert (state["content"], state.get("comment"), state["name"]) == ("203.0.113.2", None, "www")
    found, outputs, inputs = flare.read("DnsRecord", f"{zone}/{id}")
    assert (found, outputs["name"]) == (id, "www.example.com")
    assert inputs == {"zoneId": zone, "name": "www.example.com", "type": "A", "content": "203.0.113.2", "ttl": 1, "__defaults": []}
    assert flare.read("DnsRecord", f"other/{id}")[0] == ""


def test_destroying_a_setting_does_not_restore_it(flare: Account, zone: str) -> None:
    id, state = flare.create("ZoneSetting", zoneId=zone, settingId="ssl", value="strict")
    assert id == "ssl"
    flare.delete("ZoneSetting", id, state)
    assert flare.read("ZoneSetting", f"{zone}/ssl")[1]["value"] == "strict"
    with pytest.raises(Failed, match=r"1007"):
        flare.create("ZoneSetting", zoneId=zone, settingId="ssl", value="very")
    with pytest.raises(Failed, match=r"Undefined zone setting: shiny"):
        flare.create("ZoneSetting", zoneId=zone, settingId="shiny", value="on")


def test_one_ruleset_for_each_phase_and_rules_kept_by_their_ref(flare: Account, zone: str) -> None:
    given = {"zoneId": zone, "kind": "zone", "name": "waf", "phase": "http_request_firewall_custom"}
    id, state = flare.create("Ruleset", **given, rules=[{**RULE, "ref": "a"}, RULE])
    with pytest.raises(Failed, match=r"20217.*exceeded maximum number of zone rulesets for phase http_request_firewall_custom"):
        flare.create("Ruleset", **given)
    flare.create("Ruleset", **{**given, "phase": "http_ratelimit"})
    changed = flare.update("Ruleset", id, state, **given, rules=[{**RULE, "action": "log"}, {**RULE, "ref": "a", "action": "log"}])
    assert changed["version"] == "2"
    assert changed["rules"][1]["id"] == state["rules"][0]["id"]
    assert changed["rules"][0]["id"] != state["rules"][1]["id"]
    assert changed["rules"][0]["enabled"] is True
    assert flare.diff("Ruleset", changed, **given, rules=[{**RULE, "action": "log"}, {**RULE, "ref": "a", "action": "log"}]).kinds == {}
    off = flare.diff(
        "Ruleset", changed, **given, rules=[{**RULE, "action": "log", "enabled": False}, {**RULE, "ref": "a", "action": "log"}]
    )
    assert set(off.kinds) == {"rules[0].enabled"}


def test_without_a_token_nothing_is_answered(store: Store) -> None:
    with pytest.raises(Failed, match=r"9106.*Missing X-Auth-Key, X-Auth-Email or Authorization headers"):
        Account(store, "cloudflare", apiToken="").invoke("getZones")
