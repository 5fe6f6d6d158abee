"""Checks of names: the zone, the records and what is claimed twice. Pure functions over plain settings (see base.Rule)."""

from collections.abc import Iterator, Mapping
from typing import Any

from quayside.settings.claims import LOAD_BALANCER_NAMES, WILDCARD, Claim, claims, flattens, has_entry, part, right, zone_of
from quayside.settings.hosts import Domain, Host, RecordName, Target, is_address, nearest, within
from quayside.settings.types import Duration

Found = Iterator[tuple[str, str]]

_POINTERS = ("A", "AAAA", "CNAME")
"""Types that lead somewhere; all that can be proxied (developers.cloudflare.com/dns/proxy-status/limitations)."""


def ttl_in_range(settings: Mapping[str, Any]) -> Found:
    """Cloudflare's limits but for Enterprise, where 30 s are allowed (dns/manage-dns-records/reference/ttl)."""
    ttl = settings.get("ttl")
    if isinstance(ttl, str) and (span := right(Duration, ttl)) is not None and not 60 <= span.seconds <= 86400:
        yield "ttl", "is out of range; write 1m to 24h"


def record_is_whole(record: Mapping[str, Any]) -> Found:
    """What a record says fits its type."""
    kind, content = record.get("type", "CNAME"), record.get("content")
    if not isinstance(kind, str):
        return  # an Output, or its own problem
    yield from ttl_in_range(record)
    if isinstance(content, str):
        if kind in ("A", "AAAA") and not is_address(content, 4 if kind == "A" else 6):
            version, example = ("4", "203.0.113.10") if kind == "A" else ("6", "2001:db8::10")
            yield "content", f"is not an IPv{version} address, which type {kind} wants; write one such as {example}"
        if kind in ("CNAME", "MX") and right(Host, content) is None:
            yield "content", f"is not a host name, which type {kind} wants; write one in small letters, such as mail.example.com"
        if kind == "TXT" and not content:
            yield "content", "is empty; write the text"
    if kind == "MX" and record.get("priority") is None:
        yield "priority", "is missing, and type MX needs it; write a number such as 10"
    if kind != "MX" and record.get("priority") is not None:
        yield "priority", "is for type MX; remove it"
    if record.get("proxied") is True:
        if kind in ("TXT", "MX"):
            yield "proxied", f"is not for type {kind}; Cloudflare stands before A, AAAA and CNAME only, remove it"
        if record.get("ttl") is not None:
            yield "ttl", "is Cloudflare's choice where a record is proxied; remove it, or write proxied: false"


def zone_holds_domain(spec: Mapping[str, Any]) -> Found:
    """A stack's domain is a zone or lies below it."""
    zone, domain = right(Domain, part(spec, "names").get("zone")), right(Domain, spec.get("domain"))
    if zone and domain and not within(domain, zone):
        # either may be the one that is wrong
        inside, around = nearest(domain, zone), domain.partition(".")[2] if domain.count(".") > 1 else domain
        yield "domain", f"lies outside of the zone {zone}; write {inside or f'a domain in it, such as dev.{zone}'}, or names.zone: {around}"


def names_need_a_domain(spec: Mapping[str, Any]) -> Found:
    """Without a domain there is nothing for a name to stand in."""
    if spec.get("domain") is not None:
        return
    wanting = [f"services.{service}.hosts" for service in part(spec, "services") if part(spec, "services", service, "hosts")]
    wanting += [f"names.{key}" for key in ("apex", "www") if part(spec, "names", key).get("to", "none") != "none"]
    wanting += [f"observability.{key}.host" for key in ("dashboards", "mesh") if part(spec, "observability", key).get("host") is not None]
    wanting += ["names.records"] if part(spec, "names", "records") else []
    if wanting:
        yield "domain", f"is missing, and {wanting[0]} needs it; write the stack's domain, such as dev.example.com"


def names_lie_in_the_zone(spec: Mapping[str, Any]) -> Found:
    """Each name is in the zone: the token and the certificates reach no further."""
    zone, domain = zone_of(spec), right(Domain, spec.get("domain"))
    if zone is None or domain is None or not within(domain, zone):
        return
    for claim in claims(spec):
        if not within(claim.host.removeprefix("*."), zone):
            near = nearest(claim.host, zone)
            write = f"did you mean {near}?" if near else f"a name with dots must be whole, so write it with .{domain} at its end"
            yield claim.path, f"lies outside of the zone {zone}; {write}"
    for key in part(spec, "names", "records"):
        if part(spec, "names", "records", key).get("name") is None and right(RecordName, key) is None:
            yield f"names.records.{key}.name", f"is missing, and the key is no name; {RecordName.write}"


def sites_have_a_target(spec: Mapping[str, Any]) -> Found:
    """The settings say enough for a record of apex and www."""
    names = part(spec, "names")
    for key in ("apex", "www"):
        settings = part(names, key)
        if settings.get("to", "none") in ("entry", "none") and settings.get("target") is not None:
            yield f"names.{key}.target", "has no meaning for what it leads to; remove it, or write to: vercel, netlify or pages"
        if settings.get("to") == "entry" and not has_entry(spec):
            yield f"names.{key}.to", "is entry, and entry.kind is none; write another, or entry.kind: gateway-api"
    for claim in claims(spec):
        if claim.type is None and (right(Target, claim.settings.get("target")) is not None or not flattens(spec)):
            write = "write the address that its provider shows, or dns: cloudflare, which makes addresses of it"
            yield f"{claim.path}.target", f"must be an IPv4 address: DNS allows no CNAME for {claim.host}, a whole zone; {write}"
        elif claim.type is None and claim.settings.get("target") is None:
            yield (
                f"{claim.path}.target",
                "is missing; write the host name that its provider shows, such as acme.netlify.app or acme.pages.dev",
            )


def zone_is_one_stacks(spec: Mapping[str, Any]) -> Found:
    """What belongs to the zone as a whole belongs to one stack: the one whose domain is the zone."""
    names, zone, domain = part(spec, "names"), zone_of(spec), spec.get("domain")
    made, settings = names.get("createZone") is True, [key for key, value in part(names, "zoneSettings").items() if value is not None]
    if made and names.get("account") is None:
        yield "names.account", "is missing, and createZone needs it; write the id that stands in the dashboard's address"
    wanted = [*(["createZone"] if made else []), *(["zoneSettings"] if settings else [])]
    for key in wanted:
        if not flattens(spec):
            yield f"names.{key}", "is for a zone at Cloudflare, and dns is none; remove it, or write dns: cloudflare"
        elif zone and domain and zone != domain:
            yield f"names.{key}", f"would change all of {zone}, which other stacks share; move it to the stack whose domain that is"


def names_mean_one_thing(spec: Mapping[str, Any]) -> Found:
    """Nothing is claimed twice for different ends."""
    earlier: dict[str, list[Claim]] = {}
    for claim in claims(spec):
        apex = claim.host == zone_of(spec) and flattens(spec)
        for other in earlier.get(claim.host, []):
            if wrong := _clash(other, claim, apex):
                yield claim.path, wrong
                break
        earlier.setdefault(claim.host, []).append(claim)


def _clash(one: Claim, other: Claim, flattened: bool) -> str | None:
    """What is wrong with two claims of one name. flattened: a CNAME may stand beside texts there."""
    if one.type is None or other.type is None:
        return None
    if one.to_entry and other.to_entry:
        own = one.path in LOAD_BALANCER_NAMES
        if one.proxied == other.proxied or (not own and not (one.chosen and other.chosen)):
            return None
        if own:
            return f"is proxied, but {one.host} is the load balancer's own name; write another host, or another {one.path}"
        return f"is not proxied as {one.path} says of the same name; write the same in both"
    if (one.type, one.content) == (other.type, other.content):
        return f"says the same as {one.path}; remove one of them"
    if one.type in _POINTERS and other.type in _POINTERS and not (one.own and other.own and "CNAME" not in (one.type, other.type)):
        where = "*.<domain>" if one.path == WILDCARD else one.host
        return f"would lead {where} elsewhere than {one.path} does; remove one of them"
    if "CNAME" in (one.type, other.type) and not flattened:
        return f"cannot stand beside {one.path}: DNS allows nothing beside a CNAME of that name; remove one of them"
    return None


RULES = (
    zone_holds_domain,
    names_need_a_domain,
    names_lie_in_the_zone,
    sites_have_a_target,
    zone_is_one_stacks,
    names_mean_one_thing,
)
"""Checks of a whole stack's settings."""
