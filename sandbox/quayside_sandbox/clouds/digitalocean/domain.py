"""A domain whose DNS is kept at DigitalOcean: its id is its name."""

from __future__ import annotations

from ..cloud import Refused
from ..resource import Resource
from ..store import Record
from ..table import Table, not_empty

_RESOURCE = "terraform-provider-digitalocean digitalocean/domain/resource_domain.go"


class Domain(Resource):
    table = Table(
        token="digitalocean:index/domain:Domain",
        kind="domains",
        rules={"name": not_empty, "ipAddress": not_empty},
        immutable=frozenset({"name", "ipAddress"}),
        unique=("name",),
        sources={
            "rules": f"{_RESOURCE}: NoZeroValues",
            "immutable": f"{_RESOURCE}: ForceNew",
            "unique": "docs.digitalocean.com/reference/api Domains: a domain is in one account only",
        },
    )
    path = "/v2/domains"
    noun = "Domain"

    def new_id(self, inputs: Record) -> str:
        return str(inputs["name"])

    def server_set(self, inputs: Record) -> Record:
        return {"ttl": 1800}

    def taken(self, method: str, path: str, match: Record) -> Refused:
        return self.cloud.refused(method, path, 422, "domain '" + str(match["name"]) + "': name already exists")

    def outputs(self, record: Record, before: Record) -> Record:
        return {**super().outputs(record, before), "domainUrn": f"do:domain:{record['name']}"}

    def delete(self, id: str, state: Record, timeout: float) -> None:
        """The records of a domain go with it."""
        super().delete(id, state, timeout)
        for record in self.cloud.list("dnsRecords", domain=id):
            self.cloud.store.delete(self.cloud.name, "dnsRecords", record["id"])
