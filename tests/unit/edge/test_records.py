"""The records that a stack needs."""

from typing import Any

import pytest

from quayside.edge.records import (
    AUTOMATIC,
    Record,
    arguments,
    every_name_proxied,
    host_names,
    load_balancer_name,
    plan,
    proxy_protocol,
    quoted,
    to_set,
)
from unit.edge.stacks import stack
from unit.edge.world import answers

ADDRESS = "203.0.113.10"
ENTRY = "ingress-nginx"
DNS01: dict[str, Any] = {"certificates": {"challenge": "dns-01"}}


def short(records: list[Record]) -> dict[str, tuple[str, str | None, bool]]:
    return {record.name: (record.type, record.content, record.proxied) for record in records}


def test_the_wildcard_leads_hosts_to_the_entry() -> None:
    found = [(each.key, each.name, each.type, each.content, each.ttl, each.entry) for each in plan(stack({"shop": {}, "api": {}}))]
    assert found == [(name, name, "A", None, 300, ENTRY) for name in ("entry.example.com", "*.example.com")]


def test_a_stack_without_a_domain_has_no_records() -> None:
    from unit.examples import settings

    assert plan(settings()) == []


def test_without_a_wildcard_each_host_has_its_record() -> None:
    found = short(plan(stack({"shop": {}, "@": {}}, names={"wildcard": False})))
    assert found == dict.fromkeys(("entry.example.com", "shop.example.com", "example.com"), ("A", None, False))


@pytest.mark.parametrize(
    ("host", "name", "covered"),
    [
        ("@", "k.example.com", False),
        ("shop.example.com", "shop.example.com", False),
        ("example.com", "example.com", False),
        ("shop", "shop.k.example.com", True),
        ("a.b.k.example.com", "a.b.k.example.com", True),
    ],
)
def test_hosts_that_the_wildcard_covers(host: str, name: str, covered: bool) -> None:
    found = short(plan(stack({host: {}}, domain="k.example.com", names={"zone": "example.com"})))
    assert set(found) == {"entry.k.example.com", "*.k.example.com"} | (set() if covered else {name})


def test_a_host_that_is_proxied_otherwise_than_the_wildcard() -> None:
    found = plan(stack({"shop": {"proxied": True}, "api": {}}, **DNS01, names={"ttl": "10m"}))
    assert [(each.name, each.proxied, each.ttl) for each in found] == [
        ("entry.example.com", False, 600),
        ("*.example.com", False, 600),
        ("shop.example.com", True, AUTOMATIC),
        ("api.example.com", False, 600),  # its certificate's challenge takes it out of the wildcard
    ]


def test_a_name_below_takes_the_names_above_out_of_the_wildcard() -> None:
    platform = {"entry.example.com", "*.example.com"}
    hosts: dict[str, Any] = {"a": {}, "c.a.example.com": {}, "d": {}}
    assert set(short(plan(stack(hosts)))) == platform
    text = {"text": {"name": "_proof.b.a.example.com", "type": "TXT", "content": "x"}}
    found = short(plan(stack(hosts, names={"records": text})))
    assert set(found) == platform | {"_proof.b.a.example.com", "a.example.com", "c.a.example.com"}
    lead: dict[str, Any] = {"entry": {"loadBalancer": {"hostName": "lb.a.example.com"}}}
    assert set(short(plan(stack(hosts, **lead)))) == {"*.example.com", "lb.a.example.com", "a.example.com", "c.a.example.com"}


def test_a_challenge_below_a_host_takes_it_out_of_the_wildcard() -> None:
    assert "shop.example.com" in short(plan(stack({"shop": {}}, **DNS01)))
    wide: dict[str, Any] = {"certificates": {"challenge": "dns-01", "wildcard": True}}
    assert "shop.example.com" not in short(plan(stack({"shop": {}}, **wide)))
    assert "a.shop.example.com" in short(plan(stack({"a.shop.example.com": {}}, **wide)))  # no wildcard certificate covers two labels


def test_the_load_balancers_name_only_where_there_is_proxy_protocol() -> None:
    open_, hidden = stack({"shop": {}}), stack({"shop": {}}, **DNS01, names={"proxied": True})
    assert (every_name_proxied(open_), proxy_protocol(open_), load_balancer_name(open_)) == (False, True, "entry.example.com")
    assert (every_name_proxied(hidden), proxy_protocol(hidden), load_balancer_name(hidden)) == (True, False, None)
    assert short(plan(hidden)) == dict.fromkeys(("*.example.com", "shop.example.com"), ("A", None, True))
    mixed = stack({"shop": {"proxied": False}}, **DNS01, names={"proxied": True})
    assert (every_name_proxied(mixed), proxy_protocol(mixed)) == (False, True)
    assert short(plan(mixed))["entry.example.com"] == ("A", None, False)
    said = stack(entry={"loadBalancer": {"hostName": "lb.example.com"}})
    assert (proxy_protocol(said), load_balancer_name(said)) == (True, "lb.example.com")
    assert "lb.example.com" in short(plan(said))
    assert load_balancer_name(stack(entry={"loadBalancer": {"proxyProtocol": False}})) is None


def test_names_that_nobody_asked_for_without_an_entry() -> None:
    assert plan(stack(entry={"kind": "none"})) == []


def test_apex_and_www_at_the_entry_are_the_services_too() -> None:
    found = plan(stack({"@": {}, "www": {"proxied": True}}, **DNS01, names={"apex": {"to": "entry"}, "www": {"to": "entry"}}))
    assert [each.name for each in found].count("example.com") == 1
    assert short(found)["www.example.com"] == ("A", None, True)


@pytest.mark.parametrize(
    ("site", "dns", "apex", "www"),
    [
        ({"to": "vercel"}, "cloudflare", ("A", "76.76.21.21"), ("CNAME", "cname.vercel-dns-0.com")),
        ({"to": "vercel", "target": "203.0.113.9"}, "none", ("A", "203.0.113.9"), ("A", "203.0.113.9")),
        ({"to": "pages", "target": "acme.pages.dev"}, "cloudflare", ("CNAME", "acme.pages.dev"), ("CNAME", "acme.pages.dev")),
        ({"to": "netlify", "target": "a.netlify.app"}, "cloudflare", ("CNAME", "a.netlify.app"), ("CNAME", "a.netlify.app")),
    ],
)
def test_front_ends_elsewhere(site: dict[str, Any], dns: str, apex: tuple[str, str], www: tuple[str, str]) -> None:
    found = plan(stack(names={"dns": dns, "apex": site, "www": site}))
    told = {each.key: (each.type, each.content) for each in found}
    assert (told["example.com"], told["www.example.com"]) == (apex, www)


@pytest.mark.parametrize(("dns", "kind", "content"), [("cloudflare", "CNAME", "apex-loadbalancer.netlify.com"), ("none", "A", "75.2.60.5")])
def test_the_apex_at_netlify(dns: str, kind: str, content: str) -> None:
    assert short(plan(stack(names={"dns": dns, "apex": {"to": "netlify"}})))["example.com"] == (kind, content, False)


def test_a_domain_below_its_zone_is_no_apex() -> None:
    found = short(plan(stack(domain="k.example.com", names={"zone": "example.com", "apex": {"to": "vercel"}})))
    assert found["k.example.com"] == ("CNAME", "cname.vercel-dns-0.com", False)


def test_records_of_ones_own() -> None:
    mail = {"name": "@", "type": "MX", "content": "mx.example.net", "priority": 10, "ttl": "1h", "comment": "the office"}
    found = plan(stack(names={"records": {"mail": mail, "blog": {"content": "acme.example.net", "proxied": True}}}))
    assert found[2:] == [
        Record("records/mail", "example.com", "MX", "mx.example.net", 3600, priority=10, comment="the office"),
        Record("records/blog", "blog.example.com", "CNAME", "acme.example.net", AUTOMATIC, proxied=True),
    ]


def test_one_more_host_changes_no_other_record() -> None:
    before, after = plan(stack({"a": {}}, **DNS01)), plan(stack({"0": {}, "a": {}, "b": {}}, **DNS01))
    assert set(before) < set(after)
    assert len({each.key for each in after}) == len(after)


def test_where_hosts_lead() -> None:
    assert host_names(stack({"shop": {}}, names={"www": {"to": "vercel"}})) == {
        "shop.example.com": (ENTRY,),
        "www.example.com": "cname.vercel-dns-0.com",
    }


def test_records_to_set_by_hand() -> None:
    mail = {"name": "@", "type": "MX", "content": "mx.example.net", "priority": 10}
    records = plan(stack(names={"dns": "none", "records": {"mail": mail}}))
    assert to_set(records, {ENTRY: ADDRESS}) == [
        {"name": "entry.example.com", "type": "A", "content": ADDRESS, "ttl": 300},
        {"name": "*.example.com", "type": "A", "content": ADDRESS, "ttl": 300},
        {"name": "example.com", "type": "MX", "content": "mx.example.net", "ttl": 300, "priority": 10},
    ]


def test_arguments_for_the_zone() -> None:
    records = [
        Record("a.b", "a.b", "A", None, 300, entry=ENTRY),
        Record("c.b", "c.b", "CNAME", "d.e", AUTOMATIC, proxied=True, comment="x"),
    ]
    assert arguments(records, {ENTRY: ADDRESS}) == {
        "a.b": {"name": "a.b", "type": "A", "content": ADDRESS, "ttl": "300s"},
        "c.b": {"name": "c.b", "type": "CNAME", "content": "d.e", "proxied": True, "comment": "x"},
    }


def test_texts_in_quotes() -> None:
    assert quoted("v=spf1 -all") == '"v=spf1 -all"'
    assert quoted('"a" "b"') == '"a" "b"'
    assert quoted('say "hi"') == '"say \\"hi\\""'
    assert [len(part) for part in quoted("x" * 600).split(" ")] == [257, 257, 92]
    assert all(len(part.strip('"').encode()) <= 255 for part in quoted("ä" * 200).split(" "))


def test_the_tests_own_name_server() -> None:
    records = [Record("*", "*.example.com", "A", None, 1), Record("t", "x.shop.example.com", "TXT", "t", 1)]
    assert answers(records, "a.b.example.com") == [records[0]]
    assert answers(records, "shop.example.com") == answers(records, "y.shop.example.com") == answers(records, "example.com") == []
