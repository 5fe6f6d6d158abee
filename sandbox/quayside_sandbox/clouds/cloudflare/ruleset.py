"""The rules of a zone (or account) for one phase of a request."""

from __future__ import annotations

import uuid
from typing import Any

from ...plugins.values import UNKNOWN
from ..paths import Path
from ..resource import Resource
from ..store import Record, timestamp
from ..table import Table, one_of_attribute

_SCHEMA = "terraform-provider-cloudflare internal/services/ruleset/schema.go"
_KINDS = ("managed", "custom", "root", "zone")
_PHASES = (
    "ddos_l4", "ddos_l7", "http_config_settings", "http_custom_errors", "http_log_custom_fields", "http_ratelimit",
    "http_request_cache_settings", "http_request_dynamic_redirect", "http_request_firewall_custom", "http_request_firewall_managed",
    "http_request_late_transform", "http_request_origin", "http_request_redirect", "http_request_sanitize", "http_request_sbfm",
    "http_request_transform", "http_response_cache_settings", "http_response_compression", "http_response_firewall_managed",
    "http_response_headers_transform", "magic_transit", "magic_transit_ids_managed", "magic_transit_managed", "magic_transit_ratelimit",
)  # fmt: skip
_ACTIONS = (
    "block", "challenge", "compress_response", "ddos_dynamic", "execute", "force_connection_close", "js_challenge", "log",
    "log_custom_field", "managed_challenge", "redirect", "rewrite", "route", "score", "serve_error", "set_cache_control",
    "set_cache_settings", "set_cache_tags", "set_config", "skip",
)  # fmt: skip


class Ruleset(Resource):
    table = Table(
        token="cloudflare:index/ruleset:Ruleset",
        kind="rulesets",
        rules={"kind": one_of_attribute(*_KINDS), "phase": one_of_attribute(*_PHASES), "rules.action": one_of_attribute(*_ACTIONS)},
        immutable=frozenset({"kind", "phase", "zoneId", "accountId"}),
        computed=frozenset({"rules.id", "rules.ref", "rules.enabled", "rules.description", "rules.logging"}),
        sources={
            "rules": f"{_SCHEMA}: OneOf",
            "immutable": f"{_SCHEMA}: RequiresReplace",
            "computed": f"{_SCHEMA}: Computed inside of rules",
        },
    )
    noun = "ruleset"

    def problems(self, inputs: Record) -> list[tuple[str, str]]:
        given = [name for name in ("accountId", "zoneId") if inputs.get(name) is not None]
        if len(given) != 1:
            return [("zoneId", "Exactly one of these attributes must be configured: [account_id,zone_id]")]
        return []

    def create(self, inputs: Record, timeout: float) -> Record:
        path = self._path(inputs)
        self.request("POST", path, "create")
        with self.cloud.alone():
            self._verify_owner("POST", path, inputs)
            if inputs["kind"] in ("zone", "root") and self.cloud.list(self.table.kind, **self._place(inputs)):
                # terraform-provider-cloudflare#6273; provider 4 said 'A similar configuration with rules already exists' (pulumi-cloudflare#782)
                message = f"'{inputs['kind']}' is not a valid value for kind because exceeded maximum number of {inputs['kind']} rulesets "
                raise self.cloud.refused("POST", path, 400, f"{message}for phase {inputs['phase']}", 20217)
            fields = {**inputs, **self._server_set(inputs, []), "version": "1"}
            return self.cloud.store.create(self.cloud.name, self.table.kind, fields, id=uuid.uuid4().hex)

    def read(self, id: str, state: Record) -> Record | None:
        """An import names it zones/<zone id>/<id> or accounts/<account id>/<id>."""
        id = id.rpartition("/")[2]
        self.request("GET", f"/rulesets/{id}", "read")
        return self.cloud.find(self.table.kind, id)

    def update(self, id: str, olds: Record, news: Record, timeout: float) -> Record:
        path = f"{self._path(news)}/{id}"
        self.request("PUT", path, "update")
        with self.cloud.alone():
            before = self.cloud.find(self.table.kind, id)
            if before is None:
                raise self.cloud.refused("PUT", path, 404, "could not find ruleset", 20002)
            fields = {**news, **self._server_set(news, before.get("rules", [])), "version": str(int(before["version"]) + 1)}
            return self.store_update(id, olds, fields)

    def delete(self, id: str, state: Record, timeout: float) -> None:
        self.request("DELETE", f"{self._path(state)}/{id}", "delete")
        self.cloud.store.delete(self.cloud.name, self.table.kind, id)

    def unchanged(self, path: Path, old: Any, new: Any, state: Record, inputs: Record) -> bool:
        """A rule that is not told to be off is on."""
        return path[-1] == "enabled" and old is True and new is None

    def _path(self, inputs: Record) -> str:
        owner = f"zones/{inputs['zoneId']}" if inputs.get("zoneId") else f"accounts/{inputs.get('accountId')}"
        return f"/{owner}/rulesets"

    def _place(self, inputs: Record) -> Record:
        return {key: inputs[key] for key in ("zoneId", "accountId", "phase", "kind") if inputs.get(key) not in (None, UNKNOWN)}

    def _verify_owner(self, method: str, path: str, inputs: Record) -> None:
        kind, id = ("zones", inputs["zoneId"]) if inputs.get("zoneId") else ("accounts", inputs.get("accountId"))
        if self.cloud.find(kind, str(id)) is None:
            route = f"/client/v4{path}"
            raise self.cloud.refused(method, path, 404, f"Could not route to {route}, perhaps your object identifier is invalid?", 7003)

    def _server_set(self, inputs: Record, before: list[Record]) -> Record:
        """A rule keeps its id by its `ref`; one without a ref is new each time (pulumi-facts §4)."""
        known = {rule["ref"]: rule["id"] for rule in before}
        rules = []
        for rule in inputs.get("rules", []):
            id = known.get(rule.get("ref", "")) or rule.get("id") or uuid.uuid4().hex
            rules.append({"description": "", "enabled": True, **rule, "id": id, "ref": rule.get("ref") or id})
        return {"rules": rules, "description": inputs.get("description", ""), "lastUpdated": timestamp()}
