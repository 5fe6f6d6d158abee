"""A zone at Cloudflare: its records, and its settings where they are asked for."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_cloudflare as cloudflare

from quayside.arguments import checked
from quayside.edge import zone_settings
from quayside.edge.records import AUTOMATIC, quoted
from quayside.hooks import helped
from quayside.labels import owner_mark
from quayside.settings import host_rules, name_rules
from quayside.settings.base import LATER
from quayside.settings.hosts import whole
from quayside.settings.names import NameSettings, RecordSettings
from quayside.settings.problems import InvalidSettings


class RecordArgs(TypedDict):
    """A record of your own choice."""

    name: NotRequired[str]
    """Its name: a label, @ or a whole name. Default: its key."""
    type: NotRequired[str]
    """Type of the record: A, AAAA, CNAME, TXT or MX. Default: CNAME."""
    content: pulumi.Input[str]
    """What it says: an address, a host name or text."""
    priority: NotRequired[int]
    """Order among MX records, the lowest first. Needed by MX."""
    proxied: NotRequired[bool]
    """Whether Cloudflare stands before it (A, AAAA and CNAME). Default: false."""
    ttl: NotRequired[str]
    """How long others may remember it, where it is not proxied; 1m to 24h. Default: the ttl of all."""
    comment: NotRequired[str]
    """A note at Cloudflare of at most 100 characters. Default: that quayside made it, for which stack."""


class ZoneSettingsArgs(TypedDict, total=False):
    """Settings of the whole zone at Cloudflare. Only those that are written are touched; their removal leaves the last value."""

    tls: str
    """How Cloudflare speaks to the entry: strict (a valid certificate), full (any), flexible or off (in clear)."""
    always_https: bool
    """Whether requests by http are sent to https."""
    minimum_tls: str
    """Oldest version of TLS that clients may speak."""
    http3: bool
    """Whether clients may use HTTP/3."""


class ZoneArgs(TypedDict):
    """Names in DNS: a zone, and records in it."""

    token: pulumi.Input[str]
    """API token of Cloudflare that may read the zone and edit its DNS, and edit its settings where some are given."""
    zone: str
    """The zone that holds the records, such as example.com."""
    create_zone: NotRequired[bool]
    """Whether the zone is made here, rather than looked up. It is then protected, unless the stack is disposable. Default: false."""
    account: NotRequired[pulumi.Input[str]]
    """Id of the Cloudflare account in which the zone is made. Needed by createZone."""
    disposable: NotRequired[bool]
    """Whether a zone that was made here may be lost, with all its records, also those that others made. Default: false."""
    edge_certificates: NotRequired[str]
    """Which certificates Cloudflare has for proxied names: universal (free: the zone and one label below it) or advanced (Advanced
    Certificate Manager with Total TLS, $10 a month: all). Default: universal."""
    ttl: NotRequired[str]
    """How long others may remember a record that is not proxied; 1m to 24h. Default: 5m."""
    records: NotRequired[dict[str, RecordArgs]]
    """Further records: name of your choice → record."""
    zone_settings: NotRequired[ZoneSettingsArgs]
    """Settings of the whole zone; in the stack whose domain is the zone only."""


class Zone(pulumi.ComponentResource):
    """Records in a zone at Cloudflare. It changes nothing that it did not make.

    - A record of the same name and type that is there already ends the run with Cloudflare's error. To take it over:
      `pulumi import cloudflare:index/dnsRecord:DnsRecord <name> <zone id>/<record id>`.
    - Each record is a resource with the name of its key: a change of one leaves all others as they are.
    - A setting of the zone that is no longer asked for keeps its value: Cloudflare knows none to go back to.
    """

    zone_id: pulumi.Output[str]
    """Id of the zone at Cloudflare."""
    name_servers: pulumi.Output[list[str]]
    """Name servers of the zone, for the registrar of a zone that was made here."""
    records: pulumi.Output[dict[str, str]]
    """Name of each record → what it says; several of one name are parted by commas."""

    def __init__(
        self,
        name: str,
        args: ZoneArgs,
        opts: pulumi.ResourceOptions | None = None,
        *,
        former_keys: Mapping[str, str] | None = None,
        record_waits: Mapping[str, Sequence[pulumi.Resource]] | None = None,
    ) -> None:
        """name: prefix of the resources' names in Pulumi.

        former_keys: what keys of records were called until now: key → earlier one. The record stays the same.
        record_waits: what has to be there before a record says so: key → resources.
        Raises InvalidSettings.
        """
        super().__init__("quayside:index:Zone", name, None, opts)
        _refuse_absent(args, f"zone {name}")
        spec = checked(NameSettings, {key: value for key, value in args.items() if key not in ("token", "disposable")}, f"zone {name}")
        _refuse_wrong(spec, f"zone {name}")
        zone = args["zone"]
        cloud = cloudflare.Provider(name, api_token=pulumi.Output.secret(args["token"]), opts=pulumi.ResourceOptions(parent=self))
        ours = helped(pulumi.ResourceOptions(parent=self, provider=cloud))
        if spec.create_zone:
            # with it go all its records, also the mail's
            protected = pulumi.ResourceOptions.merge(ours, pulumi.ResourceOptions(protect=not args.get("disposable")))
            made = cloudflare.Zone(name, name=zone, account={"id": spec.account}, opts=protected)
            self.zone_id, self.name_servers = made.id, made.name_servers.apply(lambda each: list(each or []))
        else:
            found = cloudflare.get_zone_output(filter={"name": zone, "match": "all"}, opts=pulumi.InvokeOutputOptions(self, provider=cloud))
            self.zone_id, self.name_servers = found.zone_id, found.name_servers.apply(lambda each: list(each or []))

        comment = f"Made by quayside: {owner_mark(pulumi.get_project(), pulumi.get_stack())}"
        # first out, then in: an address and a CNAME of one name exclude each other (pulumi-cloudflare#687)
        replaced = pulumi.ResourceOptions.merge(ours, pulumi.ResourceOptions(delete_before_replace=True))
        said: list[tuple[str, pulumi.Output[str]]] = []
        for key, record in spec.records.items():
            fields = record_fields(key, record, zone=zone, ttl=spec.ttl.seconds, comment=comment)
            former = (former_keys or {}).get(key)
            aliases = [pulumi.Alias(name=f"{name}-{former}")] if former else None
            own = pulumi.ResourceOptions(aliases=aliases, depends_on=list((record_waits or {}).get(key, ())) or None)
            given = pulumi.ResourceOptions.merge(replaced, own)
            made_record = cloudflare.DnsRecord(f"{name}-{key}", zone_id=self.zone_id, **fields, opts=given)
            said.append((fields["name"], made_record.content.apply(lambda content: content or "")))
        for id, value in zone_settings.values(spec.zone_settings).items():
            cloudflare.ZoneSetting(f"{name}-{id}", zone_id=self.zone_id, setting_id=id, value=value, opts=ours)

        names = [each for each, _ in said]
        self.records = pulumi.Output.all(*(content for _, content in said)).apply(lambda contents: _by_name(names, contents))
        self.register_outputs({"zoneId": self.zone_id, "nameServers": self.name_servers, "records": self.records})


def record_fields(key: str, record: RecordSettings, *, zone: str, ttl: int, comment: str) -> dict[str, Any]:
    """Arguments of the SDK's record, but for its zone. ttl, comment: for a record that has none of its own."""
    own = ttl if record.ttl is None else record.ttl.seconds
    content = record.content
    return {
        "name": whole(record.name or key, zone),
        "type": record.type,
        "content": pulumi.Output.from_input(content).apply(quoted) if record.type == "TXT" else content,
        "ttl": AUTOMATIC if record.proxied else own,
        "proxied": record.proxied,
        "comment": record.comment or comment,
        **({} if record.priority is None else {"priority": record.priority}),
    }


def _refuse_absent(args: ZoneArgs, subject: str) -> None:
    """The checks of what the settings do not have, or not as it is here. Raises InvalidSettings."""
    lines = [f"{key} is missing; write it" for key in ("token", "zone") if args.get(key) is None]
    if isinstance(args.get("disposable"), pulumi.Output):
        lines.append(f"disposable {LATER}")  # it would count as true
    if lines:
        raise InvalidSettings(f"the arguments of {subject}", lines)


def _refuse_wrong(spec: NameSettings, subject: str) -> None:
    """The checks that a stack's names get, on a zone by itself. Raises InvalidSettings."""
    names = spec.model_dump(by_alias=True, warnings=False)
    alone = {"domain": spec.zone, "entry": {"kind": "none"}, "names": {**names, "wildcard": False}}
    lines = [f"{key} {message}" for rule in (*name_rules.RULES, *host_rules.RULES) for key, message in rule(alone)]
    if lines:
        here = (re.sub(r"\bnames\.(?=(account|createZone|records|edgeCertificates|zoneSettings)\b)", "", line) for line in lines)
        raise InvalidSettings(f"the arguments of {subject}", here)


def _by_name(names: list[str], contents: list[str]) -> dict[str, str]:
    """What the records of each name say."""
    by_name: dict[str, list[str]] = {}
    for name, content in zip(names, contents, strict=True):
        by_name.setdefault(name, []).append(content)
    return {name: ", ".join(each) for name, each in sorted(by_name.items())}
