"""The DNS records of a stack, planned from its settings: pure, and the same for Cloudflare and for those who set them by hand."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from quayside.settings import claims
from quayside.settings.claims import LOAD_BALANCER_NAMES, RECORDS, WILDCARD, Claim
from quayside.settings.hosts import depth, within
from quayside.settings.stack import Settings
from quayside.settings.types import Duration

AUTOMATIC = 1
"""The time to live that Cloudflare chooses itself, as it does for every proxied record (dns/manage-dns-records/reference/ttl)."""

_TOPICS = {"domain", "entry", "entry_migrating_from", "certificates", "names", "services", "observability"}


@dataclass(frozen=True)
class Record:
    """One DNS record."""

    key: str
    """What it is called from one run to the next, whatever it says."""
    name: str
    """The whole name."""
    type: str
    """A, AAAA, CNAME, TXT or MX."""
    content: str | None
    """What it says. None for the address of an entry."""
    ttl: int
    """Seconds for which others may remember it, or AUTOMATIC."""
    proxied: bool = False
    """Whether Cloudflare stands before it."""
    priority: int | None = None
    """Order among MX records."""
    comment: str | None = None
    """A note. None: who made it."""
    entry: str = ""
    """Kind of the entry whose address it says."""
    former: str | None = None
    """The key that it may have had before the stack began to leave an entry, or until it had left it."""


def plan(settings: Settings) -> list[Record]:
    """All records of a stack.

    A host of a service has a record of its own only where the wildcard does not lead it to the entry in the same way.
    """
    wanted = claims.claims(_spec(settings))
    ttl = settings.names.ttl.seconds
    entry = _by_host(claim for claim in wanted if claim.to_entry)
    wildcard = next((claim.host for claim in wanted if claim.path == WILDCARD), None)
    written = [claim for claim in wanted if claim.content is not None]
    own = set(entry) if wildcard is None else _own(settings, entry, wildcard, {claim.host for claim in written})
    return [
        *(each for host, claim in entry.items() if host in own for each in _leading(settings, claim, ttl)),
        *(_written(claim, ttl) for claim in written),
    ]


def host_names(settings: Settings) -> dict[str, str | tuple[str, ...]]:
    """Each host that leads somewhere to look at, with what it leads to: something else, or entries by their kinds."""
    return {
        claim.host: claim.entries if claim.content is None else claim.content
        for claim in claims.claims(_spec(settings))
        if claim.path.startswith(("services.", "names.apex", "names.www", "observability."))
    }


def every_name_proxied(settings: Settings) -> bool:
    """Whether all requests come through Cloudflare, so that the load balancer needs to let nobody else in."""
    return claims.every_name_proxied(_spec(settings))


def proxy_protocol(settings: Settings) -> bool:
    """Whether the load balancer speaks proxy protocol: what entry.loadBalancer.proxyProtocol says or, unsaid, means."""
    return claims.proxy_protocol(_spec(settings))


def load_balancer_name(settings: Settings) -> str | None:
    """The load balancer's host name: what entry.loadBalancer.hostName says or, unsaid, means. `plan` has a record for it."""
    return claims.load_balancer_name(_spec(settings))


def to_set(records: Iterable[Record], addresses: Mapping[str, str]) -> list[dict[str, Any]]:
    """The records as somebody sets them by hand. addresses: kind of an entry → its address."""
    return [
        {
            "name": record.name,
            "type": record.type,
            "content": record.content or addresses[record.entry],
            "ttl": record.ttl,
            **({} if record.priority is None else {"priority": record.priority}),
        }
        for record in records
    ]


def arguments(records: Iterable[Record], addresses: Mapping[str, Any]) -> dict[str, Any]:
    """The records as arguments of `zone.Zone`. addresses: kind of an entry → its address, as a rule an Output."""
    given: dict[str, Any] = {}
    for record in records:
        content = addresses.get(record.entry) if record.content is None else record.content
        args = {"name": record.name, "type": record.type, "content": content}
        if record.proxied:
            args["proxied"] = True
        else:
            args["ttl"] = f"{record.ttl}s"
        optional = {"priority": record.priority, "comment": record.comment}
        given[record.key] = {**args, **{key: value for key, value in optional.items() if value is not None}}
    return given


def quoted(text: str) -> str:
    """The content of a TXT record as Cloudflare wants it: strings in quotes, of at most 255 bytes each.

    What it quotes and splits itself comes back changed, and every further preview would change it again
    (terraform-provider-cloudflare#5351, #6238).
    """
    if text.startswith('"'):
        return text
    parts: list[str] = []
    part = ""
    for character in text:
        if len((part + character).encode()) > 255:
            parts, part = [*parts, part], ""
        part += character
    return " ".join('"' + each.replace("\\", "\\\\").replace('"', '\\"') + '"' for each in [*parts, part])


def _spec(settings: Settings) -> dict[str, Any]:
    return settings.model_dump(by_alias=True, include=_TOPICS)


def _by_host(found: Iterable[Claim]) -> dict[str, Claim]:
    """Hosts of the entry, each with what was written for it, if anything was; a load balancer's own name stays its own."""
    by_host: dict[str, Claim] = {}
    for claim in found:
        if claim.host not in by_host or (claim.chosen and by_host[claim.host].path not in LOAD_BALANCER_NAMES):
            by_host[claim.host] = claim
    return by_host


def _leading(settings: Settings, claim: Claim, ttl: int) -> list[Record]:
    """The records that lead a host to its entry, or to both of a stack that leaves one.

    While there are two, each address has a record of its own, called after its entry: a host moves by a record that comes before another one
    goes, and Cloudflare takes no two that say the same (error 81058). The one that was there before takes the host's old key over.
    """
    made = [replace(_record(claim.host, claim.host, "A", None, ttl, claim.proxied), entry=kind) for kind in claim.entries]
    if claim.path in LOAD_BALANCER_NAMES:
        return made
    leaving = settings.entry_migrating_from
    if leaving is None:
        return [replace(each, former=f"{each.key}@{each.entry}") for each in made]
    before = leaving.kind if leaving.kind in claim.entries else settings.entry.kind
    return [replace(each, key=f"{each.key}@{each.entry}", former=each.key if each.entry == before else None) for each in made]


def _own(settings: Settings, entry: Mapping[str, Claim], wildcard: str, written: set[str]) -> set[str]:
    """Hosts of the entry that need a record of their own beside the wildcard, and the wildcard itself.

    The wildcard answers for a name only where neither it nor anything between it and the domain exists, and a name exists also if
    only something below it does (RFC 4592 2.2.2 and 3.3.1): a record for api.shop.<domain> takes shop.<domain> out of the wildcard.
    """
    domain = wildcard.removeprefix("*.")
    alike = {host for host in entry if _way(entry[host]) == _way(entry[wildcard])}
    own = {host for host in entry if host == domain or not within(host, domain) or host not in alike}
    own |= {wildcard, *(host for host in entry if _challenged(settings, host, domain))}
    # plain to see, and not the wildcard's to lose
    own |= {host for host, claim in entry.items() if claim.path in LOAD_BALANCER_NAMES}
    exist = {name for host in {*own, *written} - {wildcard} for name in _below(host, domain)}
    # once is enough: what a record of this round brings into being lies below a name that exists already
    return own | {host for host in entry if exist.intersection(_below(host, domain))}


def _way(claim: Claim) -> tuple[bool, tuple[str, ...]]:
    """How a host leads to the entry."""
    return claim.proxied, claim.entries


def _challenged(settings: Settings, host: str, domain: str) -> bool:
    """Whether a certificate of its own puts a record below the host for as long as its challenge by dns-01 lasts."""
    certificates = settings.certificates
    if not certificates.enabled or certificates.challenge != "dns-01" or certificates.issuer == "self-signed":
        return False
    return not (certificates.wildcard and depth(host, domain) <= 1)


def _below(name: str, domain: str) -> Iterator[str]:
    """A name and all above it, as far as they lie below the domain."""
    while name != domain and within(name, domain):
        yield name
        name = name.partition(".")[2]


def _written(claim: Claim, ttl: int) -> Record:
    """A record that says something else than the entry's address."""
    settings = claim.settings
    own = ttl if settings.get("ttl") is None else Duration(settings["ttl"]).seconds
    # a slash is in no host's name, so that keys of records and those of hosts stay apart
    key = f"records/{claim.path.removeprefix(RECORDS)}" if claim.own else claim.host
    priority, comment = settings.get("priority"), settings.get("comment")
    return _record(key, claim.host, str(claim.type), claim.content, own, claim.proxied, priority, comment)


def _record(
    key: str, name: str, kind: str, content: str | None, ttl: int, proxied: bool, priority: int | None = None, comment: str | None = None
) -> Record:
    return Record(key, name, kind, content, AUTOMATIC if proxied else ttl, proxied, priority, comment)
