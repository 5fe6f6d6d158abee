"""A zone: a domain whose DNS and traffic Cloudflare takes care of."""

from __future__ import annotations

import re
import uuid

from ..cloud import Refused
from ..resource import Resource
from ..store import Record, timestamp
from ..table import Table, one_of_attribute

_SCHEMA = "terraform-provider-cloudflare internal/services/zone/schema.go"
NAME_SERVERS = ["ada.ns.cloudflare.com", "bob.ns.cloudflare.com"]


class Zone(Resource):
    table = Table(
        token="cloudflare:index/zone:Zone",
        kind="zones",
        rules={"type": one_of_attribute("full", "partial", "secondary", "internal")},
        immutable=frozenset({"account", "name"}),
        computed=frozenset({"account.name"}),
        unique=("name",),
        sources={
            "rules": f"{_SCHEMA}: OneOfCaseInsensitive",
            "immutable": f"{_SCHEMA}: RequiresReplace",
            "computed": f"{_SCHEMA}: Computed",
            "unique": "developers.cloudflare.com/fundamentals/reference/api error 1061",
        },
    )
    path = "/zones"
    noun = "zone"

    def new_id(self, inputs: Record) -> str:
        return uuid.uuid4().hex

    def taken(self, method: str, path: str, match: Record) -> Refused:
        return self.cloud.refused(method, path, 400, f"{match['name']} already exists", 1061)

    def verify(self, inputs: Record, before: Record | None) -> None:
        if not before and not re.fullmatch(r"(?=.{4,253}$)([a-z0-9-]+\.)+[a-z][a-z0-9-]+", inputs["name"].lower()):
            raise self.cloud.refused("POST", self.path, 400, f"{inputs['name']} is not a registered domain", 1049)
        account = str((inputs.get("account") or {}).get("id", ""))
        if not before and account and self.cloud.find("accounts", account) is None:
            raise self.cloud.refused(
                "POST", self.path, 403, 'Requires permission "com.cloudflare.api.account.zone.create" to create zones', 0
            )

    def server_set(self, inputs: Record) -> Record:
        return facts(inputs)

    def outputs(self, record: Record, before: Record) -> Record:
        return {**super().outputs(record, before), "createdOn": record["createdAt"]}

    def delete(self, id: str, state: Record, timeout: float) -> None:
        """What is in a zone goes with it."""
        super().delete(id, state, timeout)
        for kind in ("dnsRecords", "zoneSettings", "rulesets"):
            for record in self.cloud.list(kind, zoneId=id):
                self.cloud.store.delete(self.cloud.name, kind, record["id"])


def facts(inputs: Record) -> Record:
    """What Cloudflare adds to a zone; it stays pending until the registrar names its name servers, which nobody here does."""
    return {
        "account": {"id": (inputs.get("account") or {}).get("id", "")},
        "paused": inputs.get("paused", False),
        "type": inputs.get("type", "full"),
        "status": inputs.get("status", "pending"),
        "nameServers": NAME_SERVERS,
        "originalNameServers": [],
        "originalDnshost": "",
        "originalRegistrar": "",
        "vanityNameServers": inputs.get("vanityNameServers", []),
        "verificationKey": "",
        "cnameSuffix": "",
        "activatedOn": "",
        "modifiedOn": timestamp(),
        "developmentMode": 0,
        "permissions": ["#dns_records:edit", "#dns_records:read", "#zone:edit", "#zone:read", "#zone_settings:edit"],
        "meta": {"customCertificateQuota": 0, "foundationDns": False, "pageRuleQuota": 3, "phishingDetected": False, "step": 2},
        "owner": {"id": "", "name": "", "type": "user"},
        "plan": {"id": "0feeeeeeeeeeeeeeeeeeeeeeeeeeeeee", "name": "Free Website", "price": 0, "currency": "USD", "legacyId": "free"},
        "tenant": {"id": "", "name": ""},
        "tenantUnit": {"id": ""},
    }
