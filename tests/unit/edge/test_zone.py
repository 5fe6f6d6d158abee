"""A zone at Cloudflare, as it is registered."""

import json
from typing import Any

import pulumi
import pytest

from quayside.edge import zone_settings
from quayside.edge.records import arguments, plan
from quayside.edge.zone import Zone
from quayside.host import Host
from quayside.settings.names import ZoneSettings
from quayside.settings.problems import InvalidSettings
from unit.edge.stacks import CLOUDFLARE_TOKEN, stack
from unit.recorder import KNOWN_ONLY_LATER, Cloud, Recorded, record, value_of

ACCOUNT = "0123456789abcdef" * 2
ADDRESS = "203.0.113.10"
MINE = {"shop": {"type": "A", "content": ADDRESS}}


def zone(**args: Any) -> Recorded:
    given: Any = {"token": CLOUDFLARE_TOKEN, "zone": "example.com", **args}

    def program() -> None:
        made = Zone("names", given)
        pulumi.export("zone", {"id": made.zone_id, "servers": made.name_servers, "records": made.records})

    return record(program)


def test_the_provider_is_explicit_and_its_token_secret() -> None:
    recorded = zone(records=MINE, zone_settings={"http3": True})
    assert recorded.one("cloudflare").inputs["apiToken"] == CLOUDFLARE_TOKEN
    assert "apiToken" in recorded.one("cloudflare").sealed
    for each in (recorded.one("DnsRecord"), recorded.one("ZoneSetting")):
        assert "pulumi:providers:cloudflare::names" in each.request.provider
        assert each.parent == "names"
    assert all(CLOUDFLARE_TOKEN not in each.plain for each in recorded)


def test_a_zone_is_looked_up() -> None:
    recorded = zone(records=MINE)
    assert recorded.of("Zone")[0].type == "quayside:index:Zone"
    assert len(recorded.of("Zone")) == 1
    assert recorded.one("DnsRecord").inputs["zoneId"] == "id-of-example.com"
    assert value_of(recorded.exports["zone"]["servers"]) == ["ada.ns.cloudflare.com"]


@pytest.mark.parametrize(("disposable", "protected"), [(None, True), (False, True), (True, False)])
def test_a_zone_is_made_and_protected(disposable: bool | None, protected: bool) -> None:
    recorded = zone(create_zone=True, account=ACCOUNT, records=MINE, disposable=disposable)
    made = next(each for each in recorded if each.type == "cloudflare:index/zone:Zone")
    assert (made.inputs["name"], made.inputs["account"]) == ("example.com", {"id": ACCOUNT})
    assert made.request.protect is protected
    assert recorded.one("DnsRecord").inputs["zoneId"] == "id-of-names"
    assert not recorded.one("DnsRecord").request.protect


def test_a_record_in_full() -> None:
    registered = zone(records=MINE).one("DnsRecord", "names-shop")
    assert registered.inputs == {
        "zoneId": "id-of-example.com",
        "name": "shop.example.com",
        "type": "A",
        "content": ADDRESS,
        "ttl": 300,
        "proxied": False,
        "comment": "Made by quayside: quayside.dev",
    }
    assert registered.request.deleteBeforeReplace


def test_records_of_all_types() -> None:
    recorded = zone(
        ttl="1h",
        records={
            "a": {"name": "@", "content": "acme.pages.dev", "proxied": True},
            "b": {"name": "@", "type": "MX", "content": "mx.example.net", "priority": 10, "ttl": "10m", "comment": "the office"},
            "c": {"name": "_dmarc.example.com", "type": "TXT", "content": "v=DMARC1"},
        },
    )
    wanted = ("name", "type", "content", "ttl", "proxied", "priority")
    found = [tuple(each.inputs.get(key) for key in wanted) for each in recorded.of("DnsRecord")]
    assert found == [
        ("example.com", "CNAME", "acme.pages.dev", 1, True, None),
        ("example.com", "MX", "mx.example.net", 600, False, 10),
        ("_dmarc.example.com", "TXT", '"v=DMARC1"', 3600, False, None),
    ]
    assert recorded.one("DnsRecord", "names-b").inputs["comment"] == "the office"
    assert value_of(recorded.exports["zone"]["records"]) == {
        "_dmarc.example.com": '"v=DMARC1"',
        "example.com": "acme.pages.dev, mx.example.net",
    }


def test_the_comment_fits_whatever_the_stack_is_called() -> None:
    assert len("Made by quayside: ") + 63 <= 100


def test_an_output_may_be_a_content() -> None:
    recorded = zone(records={"shop": {"type": "A", "content": pulumi.Output.from_input(ADDRESS)}})
    assert recorded.one("DnsRecord").inputs["content"] == ADDRESS


def test_a_stacks_records_come_whole_to_cloudflare() -> None:
    spec = stack(
        {"@": {}, "shop": {"proxied": True}},
        certificates={"challenge": "dns-01", "wildcard": True},
        names={"www": {"to": "vercel"}, "records": {"mail": {"name": "@", "type": "MX", "content": "mx.example.net", "priority": 5}}},
    )
    recorded = zone(records=arguments(plan(spec), {"ingress-nginx": pulumi.Output.from_input(ADDRESS)}))
    found = {each.name: tuple(each.inputs.get(key) for key in ("name", "content", "proxied", "ttl")) for each in recorded.of("DnsRecord")}
    assert found == {
        "names-entry.example.com": ("entry.example.com", ADDRESS, False, 300),
        "names-*.example.com": ("*.example.com", ADDRESS, False, 300),
        "names-example.com": ("example.com", ADDRESS, False, 300),
        "names-shop.example.com": ("shop.example.com", ADDRESS, True, 1),
        "names-www.example.com": ("www.example.com", "cname.vercel-dns-0.com", False, 300),
        "names-records/mail": ("example.com", "mx.example.net", False, 300),
    }


def test_only_settings_that_are_written_are_touched() -> None:
    assert zone().of("ZoneSetting") == []
    recorded = zone(zone_settings={"tls": "strict", "always_https": True, "http3": False})
    found = {each.name: (each.inputs["settingId"], each.inputs["value"]) for each in recorded.of("ZoneSetting")}
    assert found == {
        "names-ssl": ("ssl", "strict"),
        "names-always_use_https": ("always_use_https", "on"),
        "names-http3": ("http3", "off"),
    }


def test_every_setting_has_its_id() -> None:
    full = ZoneSettings.model_validate({"tls": "full", "alwaysHttps": False, "minimumTls": "1.2", "http3": True})
    assert zone_settings.values(full) == {"ssl": "full", "always_use_https": "off", "min_tls_version": "1.2", "http3": "on"}
    assert len(zone_settings.values(full)) == len(ZoneSettings.model_fields)


@pytest.mark.parametrize(
    ("args", "line"),
    [
        ({"zone": "Example.com"}, "zone is not a domain; write it in small letters and without a protocol, such as example.com"),
        ({"create_zone": True}, "account is missing, and createZone needs it; write the id that stands in the dashboard's address"),
        (
            {"records": {"a": {"name": "shop.exmaple.com", "content": "acme.example.net"}}},
            "records.a lies outside of the zone example.com; did you mean shop.example.com?",
        ),
        (
            {"records": {"a": {"name": "b", "content": "acme.example.net"}, "b": {"type": "A", "content": ADDRESS}}},
            "records.b would lead b.example.com elsewhere than records.a does; remove one of them",
        ),
        ({"records": {"a": {"type": "A", "content": "acme.example.net"}}}, "records.a.content is not an IPv4 address, which type A wants"),
        ({"records": {"a b": {"content": "acme.example.net"}}}, "records.a b.name is missing, and the key is no name"),
        (
            {"records": {"api.k.example.com": {"type": "A", "content": pulumi.Output.from_input(ADDRESS), "proxied": True}}},
            "records.api.k.example.com.proxied is true for api.k.example.com, two or more labels below the zone example.com",
        ),
    ],
)
def test_wrong_arguments_are_refused_as_in_a_stack(args: dict[str, Any], line: str) -> None:
    with pytest.raises(InvalidSettings) as error:
        zone(**args)
    assert [each[: len(line)] for each in error.value.lines] == [line]


def test_zone_and_token_are_asked_for() -> None:
    with pytest.raises(InvalidSettings) as error:
        zone(token=None, zone=None)
    assert error.value.lines == ["token is missing; write it", "zone is missing; write it"]


@pytest.mark.parametrize("key", ["disposable", "create_zone", "zone"])
def test_what_decides_what_is_made_is_known(key: str) -> None:
    with pytest.raises(InvalidSettings) as error:
        zone(**{key: pulumi.Output.from_input(False)})
    assert f"{key} is known only later, as an Output; write a plain value" in error.value.lines


@pytest.mark.parametrize("create", [False, True])
def test_a_zone_without_name_servers(monkeypatch: pytest.MonkeyPatch, create: bool) -> None:
    """As Cloudflare tells of one that it does not serve by itself."""
    monkeypatch.setitem(KNOWN_ONLY_LATER, "cloudflare:index/zone:Zone", {})
    monkeypatch.setattr(Cloud, "call", lambda *_: {"id": "id", "zoneId": "id", "nameServers": None})
    exported = zone(create_zone=create, account=ACCOUNT).exports["zone"]
    assert value_of(exported["servers"]) == []


def test_the_package_can_offer_it() -> None:
    schema = json.loads(Host([Zone], "quayside", None, "1.2.3").schema or "")
    offered = schema["resources"]["quayside:index:Zone"]
    assert set(offered["requiredInputs"]) == {"token", "zone"}
    assert offered["properties"]["records"]["additionalProperties"]["type"] == "string"
