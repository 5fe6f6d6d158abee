"""A DNS record of a domain that is kept at DigitalOcean."""

from __future__ import annotations

from typing import Any

from ..paths import Path
from ..resource import Resource
from ..store import Record
from ..table import Table, between, not_empty, one_of

_RESOURCE = "terraform-provider-digitalocean digitalocean/domain/resource_record.go"


class DnsRecord(Resource):
    table = Table(
        token="digitalocean:index/dnsRecord:DnsRecord",
        kind="dnsRecords",
        autoname=True,
        rules={
            "type": one_of("A", "AAAA", "CAA", "CNAME", "MX", "NS", "TXT", "SRV", "SOA"),
            "domain": not_empty,
            "name": not_empty,
            "port": between(0, 65535),
            "priority": between(0, 65535),
            "weight": between(0, 65535),
            "flags": between(0, 255),
            "tag": one_of("issue", "issuewild", "iodef"),
        },
        immutable=frozenset({"type", "domain"}),
        references={"domain": "domains"},
        sources={
            "autoname": "pulumi-digitalocean provider/resources.go: every `name` that is no exception",
            "rules": f"{_RESOURCE}: ValidateFunc",
            "immutable": f"{_RESOURCE}: ForceNew",
            "references": f"{_RESOURCE}: POST /v2/domains/<domain>/records",
        },
    )
    path = "/v2/domains"
    noun = "record"

    def new_id(self, inputs: Record) -> str:
        ids = [int(record["id"]) for record in self.cloud.list(self.table.kind)]
        return str(max(ids, default=300_000_000) + 1)  # a number, as the API has it

    def server_set(self, inputs: Record) -> Record:
        return {"ttl": inputs.get("ttl", 1800)}

    def outputs(self, record: Record, before: Record) -> Record:
        name, domain = record["name"], record["domain"]
        return {**super().outputs(record, before), "fqdn": domain if name == "@" else f"{name}.{domain}"}

    def unchanged(self, path: Path, old: Any, new: Any, state: Record, inputs: Record) -> bool:
        """The dot at the end of a host name means nothing."""
        return path == ("value",) and str(old).rstrip(".") == str(new).rstrip(".")
