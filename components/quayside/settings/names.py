"""Settings of names: the records that lead to the entry and elsewhere."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from quayside.settings.base import Model, Rule, empty
from quayside.settings.hosts import Domain, RecordName, Target
from quayside.settings.name_rules import record_is_whole, ttl_in_range
from quayside.settings.text import Text
from quayside.settings.types import Duration


class Comment(Text):
    """A note on a record."""

    # 100 characters on the free plan (error 9313, STRRL/cloudflare-tunnel-ingress-controller#168); no line breaks (record-attributes.mdx
    # of cloudflare/cloudflare-docs)
    pattern = r"[^\r\n]{1,100}"
    wrong = "is not a note that Cloudflare takes"
    write = "write one line of at most 100 characters"
    examples = ("mail, by the office team",)


class Account(Text):
    """The id of an account at Cloudflare."""

    pattern = r"[0-9a-f]{32}"
    wrong = "is not the id of a Cloudflare account"
    write = "write the 32 hexadecimal digits that stand in the dashboard's address, in quotes"
    examples = ("0123456789abcdef0123456789abcdef",)


class SiteSettings(Model):
    """Where a name leads."""

    to: Literal["entry", "vercel", "netlify", "pages", "none"] = "none"
    """entry (this stack), vercel, netlify, pages (Cloudflare Pages), or none (no record). Default: none."""
    target: Target | None = None
    """Host name or address that the front end's provider shows, such as acme.netlify.app or acme.pages.dev. Needed by pages, and by
    netlify below the zone's apex. Default: what the provider tells everybody."""
    proxied: bool | None = None
    """Whether Cloudflare stands before it. Default: as names.proxied says for the entry, else false."""


class RecordSettings(Model):
    """A record of your own choice."""

    rules: ClassVar[tuple[Rule, ...]] = (record_is_whole,)
    known: ClassVar[frozenset[str]] = frozenset({"name", "type", "priority", "proxied", "ttl", "comment"})

    name: RecordName | None = None
    """Its name: a label, @ or a whole name. Default: its key."""
    type: Literal["A", "AAAA", "CNAME", "TXT", "MX"] = "CNAME"
    """Type of the record: A, AAAA, CNAME, TXT or MX. Default: CNAME."""
    content: str
    """What it says: an address, a host name or text."""
    priority: Annotated[int, Field(ge=0, le=65535)] | None = None
    """Order among MX records, the lowest first. Needed by MX."""
    proxied: bool = False
    """Whether Cloudflare stands before it (A, AAAA and CNAME). Default: false."""
    ttl: Duration | None = None
    """How long others may remember it, where it is not proxied; 1m to 24h. Default: the ttl of all."""
    comment: Comment | None = None
    """A note at Cloudflare of at most 100 characters. Default: that quayside made it, for which stack."""


class ZoneSettings(Model):
    """Settings of the whole zone at Cloudflare. Only those that are written are touched; their removal leaves the last value."""

    known: ClassVar[frozenset[str]] = frozenset({"tls", "always_https", "minimum_tls", "http3"})

    tls: Literal["off", "flexible", "full", "strict"] | None = None
    """How Cloudflare speaks to the entry: strict (a valid certificate), full (any), flexible or off (in clear)."""
    always_https: bool | None = None
    """Whether requests by http are sent to https."""
    minimum_tls: Literal["1.0", "1.1", "1.2", "1.3"] | None = None
    """Oldest version of TLS that clients may speak."""
    http3: bool | None = None
    """Whether clients may use HTTP/3."""


class NameSettings(Model):
    """Names in DNS: a zone, and records in it."""

    rules: ClassVar[tuple[Rule, ...]] = (ttl_in_range,)
    known: ClassVar[frozenset[str]] = frozenset(
        {"dns", "zone", "create_zone", "proxied", "edge_certificates", "ttl", "wildcard", "apex", "www", "records", "zone_settings"}
    )

    dns: Literal["cloudflare", "none"] = "cloudflare"
    """Who serves the zone: cloudflare, or none: the records to set by hand are an output. Default: cloudflare."""
    zone: Domain | None = None
    """The zone that holds the records: the stack's domain or one above it. Default: the domain."""
    create_zone: bool = False
    """Whether the zone is made here, rather than looked up. It is then protected, unless the stack is disposable. Default: false."""
    account: Account | None = None
    """Id of the Cloudflare account in which the zone is made. Needed by createZone."""
    proxied: bool = False
    """Whether Cloudflare stands before the entry's names: CDN, protection, and the origin's address hidden. Default: false."""
    edge_certificates: Literal["universal", "advanced"] = "universal"
    """Which certificates Cloudflare has for proxied names: universal (free: the zone and one label below it) or advanced (Advanced
    Certificate Manager with Total TLS, $10 a month: all). Default: universal."""
    ttl: Duration = Duration("5m")
    """How long others may remember a record that is not proxied; 1m to 24h. Default: 5m."""
    wildcard: bool = True
    """Whether *.<domain> leads to the entry; else each host of a service has a record. Default: true."""
    apex: SiteSettings = SiteSettings()
    """Where the domain itself leads."""
    www: SiteSettings = SiteSettings()
    """Where www.<domain> leads."""
    records: dict[str, RecordSettings] = empty()
    """Further records: name of your choice → record."""
    zone_settings: ZoneSettings = ZoneSettings()
    """Settings of the whole zone; in the stack whose domain is the zone only."""
