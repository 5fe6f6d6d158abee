"""What the checks of names allow, and the mistakes that have no file in invalid/."""

from typing import Any

import pytest

from quayside.settings import host_rules, name_rules
from quayside.settings.merge import merge

DNS01 = {"certificates": {"challenge": "dns-01"}}


def wrong(**topics: Any) -> dict[str, str]:
    """Key → message of each problem in a stack's plain settings."""
    spec = merge({"domain": "example.com"}, topics)
    return {key: message for rule in (*name_rules.RULES, *host_rules.RULES) for key, message in rule(spec)}


def hosts(**hosts: Any) -> dict[str, Any]:
    return {"services": {"hello": {"hosts": hosts}}}


@pytest.mark.parametrize(
    "topics",
    [
        {},
        {"domain": "k.example.com", "names": {"zone": "example.com"}},
        {"names": {"records": {"a": {"name": "x", "type": "A", "content": "1"}, "b": {"name": "x", "type": "A", "content": "2"}}}},
        {"names": {"records": {"a": {"name": "x", "type": "A", "content": "1"}, "b": {"name": "x", "type": "AAAA", "content": "::1"}}}},
        {
            "names": {
                "apex": {"to": "netlify"},
                "records": {"mail": {"name": "@", "type": "MX", "content": "mx.example.net", "priority": 1}},
            }
        },
        {"names": {"records": {"text": {"name": "shop", "type": "TXT", "content": "x"}}}, **hosts(shop={})},
        {"names": {"apex": {"to": "entry"}}, **hosts(**{"@": {}})},
        {"names": {"wildcard": False, "records": {"all": {"name": "*", "content": "acme.example.net"}}}, **hosts(shop={})},
        {"names": {"zoneSettings": {"tls": "strict"}, "proxied": True}, **DNS01, **hosts(shop={})},
        {"names": {"edgeCertificates": "advanced"}, **DNS01, **hosts(**{"a.b.example.com": {"proxied": True}})},
        {"names": {"proxied": True}, **DNS01, **hosts(**{"a.b.example.com": {"proxied": False}})},
        {"names": {"proxied": True}, "certificates": {"issuer": "self-signed"}, **hosts(shop={})},
        {"services": {"a": {"hosts": {"shop": {"paths": {"/": {"type": "Exact"}}}}}, "b": {"hosts": {"shop": {"paths": {"/b": {}}}}}}},
        {"services": {"a": {"hosts": {"shop": {"paths": {"/a": {"type": "Exact"}, "/a/": {"type": "Exact"}}}}}}},
        {"domain": None},
    ],
)
def test_what_is_allowed(topics: dict[str, Any]) -> None:
    assert wrong(**topics) == {}


@pytest.mark.parametrize(
    ("topics", "key", "message"),
    [
        ({"entry": {"kind": "none"}, "names": {"apex": {"to": "entry"}}}, "names.apex.to", "is entry, and entry.kind is none"),
        ({"names": {"www": {"to": "entry", "target": "acme.pages.dev"}}}, "names.www.target", "has no meaning"),
        ({"names": {"dns": "none", "zoneSettings": {"http3": True}}}, "names.zoneSettings", "is for a zone at Cloudflare"),
        ({"names": {"dns": "none", "www": {"to": "vercel", "proxied": True}}}, "names.www.proxied", "is true, and dns is none"),
        (
            {"names": {"records": {"a": {"name": "x", "content": "c.example.net"}, "x": {"content": "c.example.net"}}}},
            "names.records.x",
            "says the same as names.records.a",
        ),
        (
            {"names": {"records": {"all": {"name": "*", "content": "c.example.net"}}}},
            "names.records.all",
            "would lead *.<domain> elsewhere",
        ),
        (
            {"names": {"records": {"a": {"name": "shop", "type": "A", "content": "203.0.113.1"}}}, **hosts(shop={})},
            "names.records.a",
            "would lead shop.example.com elsewhere",
        ),
        (
            {"names": {"apex": {"to": "vercel"}, "records": {"a": {"name": "@", "type": "A", "content": "203.0.113.1"}}}},
            "names.records.a",
            "would lead example.com elsewhere",
        ),
        (
            {"names": {"www": {"to": "entry", "proxied": True}}, **DNS01, **hosts(www={"proxied": False})},
            "services.hello.hosts.www",
            "is not proxied as names.www says",
        ),
        ({"entry": {"loadBalancer": {"hostName": "lb.acme.org"}}}, "entry.loadBalancer.hostName", "lies outside of the zone example.com"),
        ({"domain": None, "names": {"records": {"a": {}}}}, "domain", "is missing, and names.records needs it"),
        (
            {"domain": "shop.acme.org", "names": {"zone": "example.com"}},
            "domain",
            "lies outside of the zone example.com; write a domain in it, such as dev.example.com, or names.zone: acme.org",
        ),
    ],
)
def test_what_is_refused(topics: dict[str, Any], key: str, message: str) -> None:
    found = wrong(**topics)
    assert list(found) == [key]
    assert found[key].startswith(message)


@pytest.mark.parametrize("value", [None, 5, "x", [], {"a": 1}, {"hello": {"hosts": {"a b": 1, 5: {}}}}])
@pytest.mark.parametrize("topic", ["domain", "names", "entry", "certificates", "services"])
def test_values_of_any_type_are_asked(topic: str, value: Any) -> None:
    wrong(**{**hosts(shop={"proxied": True}), "names": {"records": {"a": 1}, "www": {"to": 3}}, topic: value})
    wrong(names={topic: value, "proxied": True, "apex": value, "zone": value, "zoneSettings": value, "records": {"x": value}})


@pytest.mark.parametrize(
    ("record", "key"),
    [
        ({"type": "A", "content": "2001:db8::1"}, "content"),
        ({"type": "AAAA", "content": "203.0.113.1"}, "content"),
        ({"type": "TXT", "content": ""}, "content"),
        ({"type": "A", "content": "203.0.113.1", "priority": 5}, "priority"),
        ({"type": "MX", "content": "mx.example.net", "priority": 5, "proxied": True}, "proxied"),
        ({"content": "a.example.net", "ttl": "59s"}, "ttl"),
    ],
)
def test_records_that_cannot_be(record: dict[str, Any], key: str) -> None:
    assert [at for at, _ in name_rules.record_is_whole(record)] == [key]


def test_records_that_can_be() -> None:
    for record in ({"type": "AAAA", "content": "2001:db8::1", "ttl": "24h"}, {"content": "a.example.net", "ttl": "1m"}, {"type": object()}):
        assert list(name_rules.record_is_whole(record)) == []
