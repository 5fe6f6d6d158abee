"""A DNS record of a zone."""

from __future__ import annotations

import ipaddress
import json
import uuid
from typing import Any

from ..paths import Path
from ..resource import Resource
from ..store import Record, timestamp
from ..table import Table, between, one_of_attribute

_SCHEMA = "terraform-provider-cloudflare internal/services/dns_record/schema.go"
_TYPES = (
    "A", "AAAA", "CNAME", "MX", "NS", "OPENPGPKEY", "PTR", "TXT", "CAA", "CERT", "DNSKEY", "DS", "HTTPS", "LOC", "NAPTR", "SMIMEA",
    "SRV", "SSHFP", "SVCB", "TLSA", "URI",
)  # fmt: skip
_ADDRESSES = ("A", "AAAA", "CNAME")  # all that can be proxied


class DnsRecord(Resource):
    table = Table(
        token="cloudflare:index/dnsRecord:DnsRecord",
        kind="dnsRecords",
        rules={"type": one_of_attribute(*_TYPES), "priority": between(0, 65535)},
        immutable=frozenset({"zoneId", "type"}),
        unordered=frozenset({"tags"}),
        computed=frozenset({"settings.flattenCname", "settings.ipv4Only", "settings.ipv6Only"}),
        sources={
            "rules": f"{_SCHEMA}: OneOfCaseInsensitive, Between",
            "immutable": f"{_SCHEMA}: RequiresReplace; pulumi-cloudflare#687 for type",
            "unordered": f"{_SCHEMA}: tags are a set at the API",
            "computed": f"{_SCHEMA}: Computed",
        },
    )
    noun = "DNS record"

    def create(self, inputs: Record, timeout: float) -> Record:
        path = f"/zones/{inputs['zoneId']}/dns_records"
        self.request("POST", path, "create")
        with self.cloud.alone():
            fields = self._verified("POST", path, inputs, "")
            return self.cloud.store.create(self.cloud.name, self.table.kind, fields, id=uuid.uuid4().hex)

    def read(self, id: str, state: Record) -> Record | None:
        """An import names it <zone id>/<record id>."""
        zone, _, id = id.rpartition("/")
        zone = zone or state.get("zoneId", "")
        self.request("GET", f"/zones/{zone}/dns_records/{id}", "read")
        record = self.cloud.find(self.table.kind, id)
        return record if record and record["zoneId"] == zone else None

    def update(self, id: str, olds: Record, news: Record, timeout: float) -> Record:
        path = f"/zones/{news['zoneId']}/dns_records/{id}"
        self.request("PUT", path, "update")
        with self.cloud.alone():
            if self.cloud.find(self.table.kind, id) is None:
                raise self.cloud.refused("PUT", path, 404, "Record does not exist.", 81044)
            return self.store_update(id, olds, self._verified("PUT", path, news, id))

    def delete(self, id: str, state: Record, timeout: float) -> None:
        self.request("DELETE", f"/zones/{state.get('zoneId')}/dns_records/{id}", "delete")
        self.cloud.store.delete(self.cloud.name, self.table.kind, id)

    def outputs(self, record: Record, before: Record) -> Record:
        """The name stays as it was given where that means the same (planmodifier.go: short names and full ones)."""
        shown = {**super().outputs(record, before), "createdOn": record["createdAt"]}
        given = before.get("name")
        return {**shown, "name": given} if given and self._full(given, record["zoneId"]) == record["name"] else shown

    def unchanged(self, path: Path, old: Any, new: Any, state: Record, inputs: Record) -> bool:
        zone = str(state.get("zoneId"))
        return path == ("name",) and isinstance(new, str) and self._full(new, zone) == self._full(str(old), zone)

    def _full(self, name: str, zone: str) -> str:
        """What a name means in its zone: @ and relative names are completed."""
        domain = str((self.cloud.find("zones", zone) or {}).get("name", "")).lower()
        name = name.lower().rstrip(".")
        return domain if name in ("@", "", domain) else name if name.endswith(f".{domain}") else f"{name}.{domain}"

    def _verified(self, method: str, path: str, inputs: Record, id: str) -> Record:
        """The record as Cloudflare keeps it. Raises Refused."""
        zone = self.cloud.find("zones", inputs["zoneId"])
        if zone is None:
            route = f"/client/v4{path}"
            raise self.cloud.refused(method, path, 404, f"Could not route to {route}, perhaps your object identifier is invalid?", 7003)
        kind, ttl = inputs["type"].upper(), float(inputs["ttl"])
        for code, message in self._invalid(kind, ttl, inputs):
            raise self.cloud.refused(method, path, 400, message, code)
        name = self._full(inputs["name"], zone["id"])
        proxied = bool(inputs.get("proxied"))
        self._no_conflict(method, path, id, {**inputs, "name": name, "type": kind})
        now = timestamp()
        return {
            **inputs,
            "name": name,
            "type": kind,
            "ttl": 1 if proxied else ttl,
            "proxied": proxied,
            "proxiable": kind in _ADDRESSES,
            "content": inputs.get("content", ""),
            "tags": inputs.get("tags", []),
            "settings": {**({"flattenCname": False} if kind == "CNAME" else {}), **inputs.get("settings", {})},
            "meta": json.dumps({}),
            "includeShadowMetadata": inputs.get("includeShadowMetadata", False),
            "modifiedOn": now,
            "commentModifiedOn": now if inputs.get("comment") else "",
            "tagsModifiedOn": now if inputs.get("tags") else "",
        }

    def _invalid(self, kind: str, ttl: float, inputs: Record) -> list[tuple[int, str]]:
        """(code, message): developers.cloudflare.com/dns/manage-dns-records; hashicorp/terraform#11991 for 9004."""
        found = []
        content = str(inputs.get("content") or "")
        if ttl != 1 and not 60 <= ttl <= 86400:
            found.append((9021, "TTL must be between 60 and 86400 seconds, or 1 for Automatic."))
        if inputs.get("proxied") and kind not in _ADDRESSES:
            found.append((9004, "This record type cannot be proxied."))
        if kind in ("A", "AAAA") and not _is_address(content, 4 if kind == "A" else 6):
            version, code = ("IPv4", 9005) if kind == "A" else ("IPv6", 9006)
            found.append((code, f"Content for {kind} record must be a valid {version} address."))
        if kind == "CNAME" and (not content or _is_address(content, 4)):
            found.append((9007, "Content for CNAME record is invalid."))
        if kind == "MX" and inputs.get("priority") is None:
            found.append((9100, "priority is a required field for MX records."))
        if not content and not inputs.get("data"):
            found.append((9009, f"Content for {kind} record is invalid."))
        return found

    def _no_conflict(self, method: str, path: str, id: str, wanted: Record) -> None:
        """A name has either addresses or one CNAME, and nothing twice (codes: terraform#10065, terraform#25728, ddns-go#1378)."""
        others = [record for record in self.cloud.list(self.table.kind, zoneId=wanted["zoneId"], name=wanted["name"]) if record["id"] != id]
        for other in others:
            if other["type"] == wanted["type"] and _content(other) == _content(wanted):
                same = all(other.get(key) == wanted.get(key) for key in ("priority", "ttl", "comment"))
                code, message = (81058, "An identical record already exists.") if same else (81057, "The record already exists.")
                raise self.cloud.refused(method, path, 400, message, code)
            addresses = {other["type"], wanted["type"]} <= set(_ADDRESSES)
            if addresses and "CNAME" in (other["type"], wanted["type"]):
                raise self.cloud.refused(method, path, 400, "An A, AAAA, or CNAME record with that host already exists.", 81053)


def _content(record: Record) -> str:
    content = str(record.get("content") or json.dumps(record.get("data"), sort_keys=True))
    return content if record["type"] == "TXT" else content.lower().rstrip(".")


def _is_address(text: str, version: int) -> bool:
    try:
        return ipaddress.ip_address(text).version == version
    except ValueError:
        return False
