"""What a killed run has made at Cloudflare: records are found by all that they say, the mark in their comment included."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from quayside.catalog.api import PAGES, get
from quayside.operations.recovery.exported import Pending
from quayside.operations.recovery.verdicts import CannotSay, Found, Orphan

RECORD = "cloudflare:index/dnsRecord:DnsRecord"
ZONE = "cloudflare:index/zone:Zone"

REPEATABLE = frozenset({"cloudflare:index/zoneSetting:ZoneSetting"})
"""What may be made again: the second time changes nothing."""

Item = Mapping[str, Any]


class Cloudflare:
    """An account, as far as its lists tell."""

    def __init__(self, base: str, token: str, mark: str) -> None:
        """mark: the owner mark of the stack."""
        self._base, self._token, self._comment = base, token, f"Made by quayside: {mark}"
        self._records = cache(self._listed)

    def find(self, pending: Pending) -> Found | None:
        """What a creation has made. Raises CannotSay, NotAnswered."""
        if pending.type == ZONE:
            name = pending.inputs.get("name")
            raise CannotSay(
                f"a zone carries no mark, and with it go all its records; if {name} is yours, `pulumi import {ZONE}` takes it up"
            )
        if pending.type != RECORD:
            raise CannotSay("this type is not known here; look at Cloudflare's dashboard, then `pulumi refresh` on a terminal")
        zone = str(pending.inputs["zoneId"])
        for each in self._records(zone):
            if _same(each, pending.inputs):
                return Found(str(each["id"]), f"{zone}/{each['id']}")
        return None

    def orphans(self, zones: Iterable[str], known: set[str]) -> Iterator[Orphan]:
        """Records with the mark that are not known. Raises NotAnswered."""
        for zone in sorted(set(zones)):
            for each in self._records(zone):
                if each.get("comment") == self._comment and each["id"] not in known:
                    where = f"{self._base}/zones/{zone}/dns_records/{each['id']}"
                    remedy = f'curl -X DELETE -H "Authorization: Bearer $CLOUDFLARE_API_TOKEN" {where}'
                    yield Orphan(f"{each['type']} record", each["name"], each["id"], remedy)

    def _listed(self, zone: str) -> list[Item]:
        """developers.cloudflare.com/api: GET /zones/{zone_id}/dns_records, in pages."""
        found: list[Item] = []
        for page in range(1, PAGES + 1):
            path = f"/zones/{zone}/dns_records?per_page=200&page={page}"
            answer = get(self._base, path, self._token, token_from="CLOUDFLARE_API_TOKEN")
            found += answer.get("result") or []
            if page >= int((answer.get("result_info") or {}).get("total_pages") or 1):
                break
        return found


def _same(record: Item, inputs: Item) -> bool:
    """Whether a record is what was asked for. Names are compared as DNS does, contents as Cloudflare keeps them."""
    said = {key: str(inputs.get(key) or "") for key in ("name", "type", "content", "comment")}
    has = {key: str(record.get(key) or "") for key in said}
    exact = said["type"] == "TXT"
    plain = {"name", *(() if exact else ("content",))}
    return all(_dns(said[key]) == _dns(has[key]) if key in plain else said[key] == has[key] for key in said)


def _dns(name: str) -> str:
    return name.lower().rstrip(".")
