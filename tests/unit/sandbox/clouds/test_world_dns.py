"""Host names are resolved as the world would: by the zones' records, wildcards, CNAMEs and Cloudflare's proxy."""

from __future__ import annotations

import ipaddress
from typing import Any

import pytest

from quayside_sandbox.clouds.world_dns import CLOUDFLARE_EDGE, FRONT_ENDS, Entry, Zone, resolve, resolve_in

from .account import Account

RECORDS = [
    Entry("example.com", "A", "203.0.113.1"),
    Entry("example.com", "AAAA", "2001:db8::1"),
    Entry("*.example.com", "A", "203.0.113.2"),
    Entry("mail.example.com", "MX", "mx.example.net"),
    Entry("a.deep.example.com", "A", "203.0.113.3"),
    Entry("www.example.com", "CNAME", "Example.com."),
    Entry("shop.example.com", "CNAME", "cname.vercel-dns.com"),
    Entry("far.example.com", "CNAME", "somewhere.invalid"),
    Entry("round.example.com", "CNAME", "about.example.com"),
    Entry("about.example.com", "CNAME", "round.example.com"),
    Entry("hidden.example.com", "A", "203.0.113.4", proxied=True),
    Entry("cover.example.com", "CNAME", "hidden.example.com"),
    Entry("veil.example.com", "CNAME", "far.example.com", proxied=True),
]
ZONES = {"example.com": Zone(RECORDS), "k.example.com": Zone([Entry("api.k.example.com", "A", "203.0.113.9")])}


@pytest.mark.parametrize(
    ("name", "addresses"),
    [
        ("example.com", ("2001:db8::1", "203.0.113.1")[::-1]),
        ("EXAMPLE.com.", ("203.0.113.1", "2001:db8::1")),
        ("anything.example.com", ("203.0.113.2",)),
        ("two.labels.example.com", ("203.0.113.2",)),
        ("a.deep.example.com", ("203.0.113.3",)),
        ("www.example.com", ("203.0.113.1", "2001:db8::1")),
        ("shop.example.com", (FRONT_ENDS["*.vercel-dns.com"],)),
        ("api.k.example.com", ("203.0.113.9",)),
        ("cname.vercel-dns-0.com", (FRONT_ENDS["*.vercel-dns.com"],)),
        ("docs.pages.dev", (FRONT_ENDS["*.pages.dev"],)),
    ],
)
def test_names_lead_to_addresses(name: str, addresses: tuple[str, ...]) -> None:
    answer = resolve_in(ZONES, name)
    assert set(answer.addresses) == set(answer.origin) == set(addresses)
    assert (answer.proxied, answer.problem) == (False, "")


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("mail.example.com", "has records, but no address"),  # it exists, so the wildcard does not speak for it
        ("deep.example.com", "zone example.com has no record of it"),  # an empty name with something below it exists
        ("b.deep.example.com", "zone example.com has no record of it"),  # its closest encloser has no wildcard
        ("web.k.example.com", "zone k.example.com has no record of it"),  # another zone is in charge
        ("far.example.com", "no such host somewhere.invalid"),
        ("round.example.com", "leads in a circle: round.example.com → about.example.com → round.example.com"),
        ("example.org", "no such host example.org: it lies in no zone that is kept here"),
        ("badexample.com", "lies in no zone"),
    ],
)
def test_names_that_lead_nowhere_say_why(name: str, why: str) -> None:
    answer = resolve_in(ZONES, name)
    assert answer.addresses == ()
    assert why in answer.problem


@pytest.mark.parametrize("name", ["hidden.example.com", "cover.example.com"])
def test_a_proxied_name_leads_to_cloudflare_and_its_origin_is_known(name: str) -> None:
    answer = resolve_in(ZONES, name)
    assert (answer.addresses, answer.proxied, answer.origin) == (CLOUDFLARE_EDGE, True, ("203.0.113.4",))
    assert answer.chain[-1] == "hidden.example.com"


def test_behind_the_proxy_may_be_nothing() -> None:
    answer = resolve_in(ZONES, "veil.example.com")
    assert (answer.addresses, answer.origin) == (CLOUDFLARE_EDGE, ())
    assert "no such host somewhere.invalid" in answer.problem


def test_cloudflares_edge_is_in_its_ranges(flare: Account) -> None:
    ranges = [ipaddress.ip_network(one) for one in flare.invoke("getIpRanges")["ipv4Cidrs"]]
    assert all(any(ipaddress.ip_address(address) in one for one in ranges) for address in CLOUDFLARE_EDGE)


def test_the_clouds_records_are_read(flare: Account, ocean: Account) -> None:
    zone: Any = flare.invoke("getZone", filter={"name": "example.com", "match": "all"})["zoneId"]
    flare.create("DnsRecord", zoneId=zone, name="@", type="A", content="203.0.113.1", ttl=1, proxied=True)
    flare.create("DnsRecord", zoneId=zone, name="www", type="CNAME", content="example.com", ttl=1)
    assert resolve(flare.store, "www.example.com").origin == ("203.0.113.1",)
    ocean.create("Domain", name="example.net", ipAddress="203.0.113.7")
    ocean.create("DnsRecord", domain="example.net", type="CNAME", name="www", value="example.net.")
    ocean.create("DnsRecord", domain="example.net", type="A", name="a.b", value="203.0.113.8")
    assert resolve(flare.store, "www.example.net").addresses == ("203.0.113.7",)
    assert resolve(flare.store, "a.b.example.net").addresses == ("203.0.113.8",)


def test_a_zone_that_is_not_active_yet_is_asked_by_nobody(flare: Account, ocean: Account, zone: str) -> None:
    flare.create("DnsRecord", zoneId=zone, name="@", type="A", content="203.0.113.1", ttl=1)
    assert "zone example.com is pending at Cloudflare" in resolve(flare.store, "example.com").problem
    ocean.create("Domain", name="example.com", ipAddress="203.0.113.7")
    assert resolve(flare.store, "example.com").addresses == ("203.0.113.7",)
    flare.store.update("cloudflare", "zones", zone, {"status": "active"})
    assert resolve(flare.store, "example.com").addresses == ("203.0.113.1",)
