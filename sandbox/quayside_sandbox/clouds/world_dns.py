"""What the world would be told of a host name, by the zones of the simulated clouds.

    answer = resolve(store, "shop.example.com")
    answer.addresses  # ("203.0.113.1",), or () and answer.problem says why

Rules: names that stand in a zone come first, then its wildcards (RFC 4592: only those of the closest encloser, and never for a name that
exists). A zone that Cloudflare has not activated is asked by nobody. What a record leads to outside of the simulated zones is unknown,
but for the usual front-end hosts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from .store import Store

# Where a proxied name leads: two of the addresses in 104.16.0.0/13 and 172.64.0.0/13 (www.cloudflare.com/ips).
CLOUDFLARE_EDGE = ("104.21.0.1", "172.67.0.1")
# Hosts of front ends by patterns of their names, each with an address of TEST-NET-2 (RFC 5737) that stands for it.
FRONT_ENDS: Mapping[str, str] = {
    "*.vercel-dns.com": "198.51.100.10",
    "*.vercel-dns-[0-9]*.com": "198.51.100.10",
    "*.vercel.app": "198.51.100.10",
    "*.netlify.app": "198.51.100.20",
    "*.netlify.com": "198.51.100.20",
    "*.netlifyglobalcdn.com": "198.51.100.20",
    "*.pages.dev": "198.51.100.30",
    "*.workers.dev": "198.51.100.31",
    "*.github.io": "198.51.100.40",
    "*.cloudfront.net": "198.51.100.50",
}
LONGEST_CHAIN = 8  # CNAMEs that a resolver follows; unbound's limit is 11, BIND's 16: nobody should come near


@dataclass(frozen=True)
class Entry:
    """One record of a zone, as far as addresses go; `type` is A, AAAA, CNAME or something else."""

    name: str
    type: str
    content: str
    proxied: bool = False


@dataclass(frozen=True)
class Zone:
    """A zone by its records; `cloud` keeps it, `problem` says why the world does not ask it."""

    entries: Sequence[Entry]
    cloud: str = ""
    problem: str = ""


@dataclass(frozen=True)
class Answer:
    """`chain` are the names that were followed, the asked one first. `origin` are the addresses that Cloudflare calls in place of the
    visitor where a name is proxied, and else the same as `addresses`."""

    name: str
    addresses: tuple[str, ...] = ()
    chain: tuple[str, ...] = ()
    proxied: bool = False
    origin: tuple[str, ...] = ()
    problem: str = ""


def resolve(store: Store, name: str) -> Answer:
    """Asks the simulated clouds as they are now."""
    return resolve_in(zones(store), name)


def zones(store: Store) -> dict[str, Zone]:
    """Every zone that somebody keeps in a simulated cloud, by its name."""
    found: dict[str, Zone] = {}
    for domain in store.list("digitalocean", "domains"):
        name = _plain(str(domain["name"]))
        entries = [
            Entry(
                _full(record["name"], name), record["type"], _full(record["value"], name) if record["type"] == "CNAME" else record["value"]
            )
            for record in store.list("digitalocean", "dnsRecords", domain=domain["id"])
        ]
        if domain.get("ipAddress"):
            entries.append(Entry(name, "A", domain["ipAddress"]))
        found[name] = Zone(entries, "digitalocean")
    for zone in store.list("cloudflare", "zones"):
        name = _plain(zone["name"])
        problem = ""
        if zone["status"] != "active":
            problem = f"zone {name} is {zone['status']} at Cloudflare: the domain's registrar has to name its name servers first"
            if name in found:  # kept elsewhere so far
                continue
        entries = [
            Entry(_plain(record["name"]), record["type"], str(record.get("content") or ""), bool(record.get("proxied")))
            for record in store.list("cloudflare", "dnsRecords", zoneId=zone["id"])
        ]
        found[name] = Zone(entries, "cloudflare", problem)
    return found


def zone_of(zones: Mapping[str, Zone], name: str) -> str | None:
    """The name of the zone in charge: the longest that the name ends with."""
    return max((zone for zone in zones if name == zone or name.endswith(f".{zone}")), key=len, default=None)


def resolve_in(zones: Mapping[str, Zone], name: str) -> Answer:
    """A pure function of the records."""
    asked = _plain(name)
    chain, edge = [asked], False
    while True:
        at = chain[-1]
        found = _ask(zones, at)
        if isinstance(found, str):
            return Answer(asked, CLOUDFLARE_EDGE if edge else (), tuple(chain), edge, (), found)
        edge = edge or any(entry.proxied for entry in found)
        target = next((_plain(entry.content) for entry in found if entry.type == "CNAME"), None)
        if target is None:
            origin = tuple(sorted(entry.content for entry in found))
            return Answer(asked, CLOUDFLARE_EDGE if edge else origin, tuple(chain), edge, origin)
        if target in chain or len(chain) > LONGEST_CHAIN:
            return Answer(asked, (), tuple(chain), edge, (), f"{asked} leads in a circle: {' → '.join([*chain, target])}")
        chain.append(target)


def _ask(zones: Mapping[str, Zone], name: str) -> list[Entry] | str:
    """The records of a name that lead to an address, or why there are none."""
    zone = zone_of(zones, name)
    if zone is None:
        address = next((address for pattern, address in FRONT_ENDS.items() if fnmatchcase(name, pattern)), None)
        return [Entry(name, "A", address)] if address else f"no such host {name}: it lies in no zone that is kept here"
    if zones[zone].problem:
        return zones[zone].problem
    standing = _standing(zones[zone].entries, zone, name)
    found = [entry for entry in standing if entry.type in ("A", "AAAA", "CNAME")]
    if found:
        return found
    return f"{name} has records, but no address" if standing else f"no such host {name}: zone {zone} has no record of it"


def _standing(entries: Sequence[Entry], zone: str, name: str) -> list[Entry]:
    """The records that speak for a name: its own, else the wildcard's below the closest name that exists."""
    there = {zone}
    for entry in entries:
        parts = entry.name.split(".")
        there |= {".".join(parts[start:]) for start in range(len(parts))}  # a name exists with whatever is below it
    at = name
    while at not in there and at != zone:
        at = at.partition(".")[2]
    source = name if at == name else f"*.{at}"
    return [entry for entry in entries if entry.name == source]


def _plain(name: str) -> str:
    return name.lower().rstrip(".")


def _full(name: str, domain: str) -> str:
    """As DigitalOcean's records name: @ is the domain, a dot at the end means the whole name."""
    if name == "@":
        return domain
    plain = _plain(name)
    return plain if name.endswith(".") or plain == domain or plain.endswith(f".{domain}") else f"{plain}.{domain}"
