"""One setting of a zone. Every zone has all of them from the start; destroying the resource changes nothing."""

from __future__ import annotations

from ..resource import Resource
from ..store import Record, timestamp
from ..table import Table

_ONOFF = ("on", "off")
# Setting → the values it takes (None: numbers or objects, not checked). developers.cloudflare.com/api Zone settings.
SETTINGS: dict[str, tuple[str, ...] | None] = {
    "0rtt": _ONOFF, "always_online": _ONOFF, "always_use_https": _ONOFF, "automatic_https_rewrites": _ONOFF, "brotli": _ONOFF,
    "browser_check": _ONOFF, "development_mode": _ONOFF, "early_hints": _ONOFF, "email_obfuscation": _ONOFF, "h2_prioritization": ("on", "off", "custom"),
    "hotlink_protection": _ONOFF, "http2": _ONOFF, "http3": _ONOFF, "ip_geolocation": _ONOFF, "ipv6": _ONOFF, "opportunistic_encryption": _ONOFF,
    "opportunistic_onion": _ONOFF, "orange_to_orange": _ONOFF, "rocket_loader": _ONOFF, "server_side_exclude": _ONOFF,
    "sort_query_string_for_cache": _ONOFF, "tls_client_auth": _ONOFF, "true_client_ip_header": _ONOFF, "waf": _ONOFF, "websockets": _ONOFF,
    "pseudo_ipv4": ("off", "add_header", "overwrite_header"), "ssl": ("off", "flexible", "full", "strict", "origin_pull"),
    "min_tls_version": ("1.0", "1.1", "1.2", "1.3"), "tls_1_3": ("on", "off", "zrt"),
    "security_level": ("off", "essentially_off", "low", "medium", "high", "under_attack"), "cache_level": ("aggressive", "basic", "simplified"),
    "polish": ("off", "lossless", "lossy"), "mirage": _ONOFF, "image_resizing": ("on", "off", "open"),
    "browser_cache_ttl": None, "challenge_ttl": None, "max_upload": None, "proxy_read_timeout": None, "security_header": None, "ciphers": None,
    "minify": None, "nel": None, "origin_max_http_version": ("1", "2"), "ssl_recommender": _ONOFF, "replace_insecure_js": _ONOFF,
}  # fmt: skip


class ZoneSetting(Resource):
    table = Table(
        token="cloudflare:index/zoneSetting:ZoneSetting",
        kind="zoneSettings",
        immutable=frozenset({"zoneId", "settingId"}),
        sources={"immutable": "terraform-provider-cloudflare internal/services/zone_setting/schema.go: RequiresReplace"},
    )
    noun = "zone setting"

    def create(self, inputs: Record, timeout: float) -> Record:
        return self._set(inputs, "create")

    def update(self, id: str, olds: Record, news: Record, timeout: float) -> Record:
        return self._set(news, "update")

    def _set(self, inputs: Record, operation: str) -> Record:
        zone, setting = inputs["zoneId"], inputs["settingId"]
        path = f"/zones/{zone}/settings/{setting}"
        self.request("PATCH", path, operation)
        if self.cloud.find("zones", zone) is None:
            route = f"/client/v4{path}"
            raise self.cloud.refused("PATCH", path, 404, f"Could not route to {route}, perhaps your object identifier is invalid?", 7003)
        if setting not in SETTINGS:
            raise self.cloud.refused("PATCH", path, 400, f"Undefined zone setting: {setting}", 1003)
        values = SETTINGS[setting]
        if values and inputs["value"] not in values:
            raise self.cloud.refused("PATCH", path, 400, f"Invalid value for zone setting {setting}", 1007)
        # The Pulumi id is the setting's (resources.go, delegateID), which is unique in its zone only.
        fields = {"zoneId": zone, "settingId": setting, "value": inputs["value"], "modifiedOn": timestamp()}
        record = self.cloud.store.create(self.cloud.name, self.table.kind, fields, id=f"{zone}.{setting}")
        return {**record, "id": setting}

    def read(self, id: str, state: Record) -> Record | None:
        """An import names it <zone id>/<setting>."""
        zone, _, setting = id.rpartition("/")
        zone = zone or state.get("zoneId", "")
        self.request("GET", f"/zones/{zone}/settings/{setting}", "read")
        if self.cloud.find("zones", zone) is None:
            return None
        found = self.cloud.find(self.table.kind, f"{zone}.{setting}") or {"value": state.get("value", "off")}
        return {**found, "id": setting, "zoneId": zone, "settingId": setting}

    def outputs(self, record: Record, before: Record) -> Record:
        return {
            **super().outputs(record, before),
            "editable": True,
            "enabled": before.get("enabled", False),
            "timeRemaining": 0,
            "modifiedOn": record.get("modifiedOn", ""),
        }

    def delete(self, id: str, state: Record, timeout: float) -> None:
        """The provider has no delete: the setting stays as it is (pulumi-facts §4)."""
