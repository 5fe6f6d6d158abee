"""Cloudflare as its plugin (pulumi-cloudflare 6.23.1, on Terraform's provider 5) sees it."""

from __future__ import annotations

import json
from types import MappingProxyType
from typing import ClassVar

from ..cloud import Cloud, Refused
from . import lookups
from .dns_record import DnsRecord
from .ruleset import Ruleset
from .zone import Zone
from .zone_setting import ZoneSetting

API = "https://api.cloudflare.com/client/v4"
_REASONS = {400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 409: "Conflict", 429: "Too Many Requests"}

RESOURCES = (Zone, DnsRecord, ZoneSetting, Ruleset)


class Cloudflare(Cloud):
    """Errors read as cloudflare-go's, with the vendor's whole answer (pulumi-cloudflare#1392)."""

    name = "cloudflare"
    package = "pulumi_cloudflare"
    resources = MappingProxyType({one.table.token: one for one in RESOURCES})
    functions = lookups.FUNCTIONS
    variables: ClassVar = MappingProxyType(
        {
            "apiToken": ("CLOUDFLARE_API_TOKEN",),
            "apiKey": ("CLOUDFLARE_API_KEY",),
            "email": ("CLOUDFLARE_EMAIL",),
        }
    )

    def refused(self, method: str, path: str, status: int, message: str, code: int = 0) -> Refused:
        answer = {"result": None, "success": False, "errors": [{"code": code or 10000 + status, "message": message}], "messages": []}
        reason = _REASONS.get(status, "Internal Server Error")
        return Refused(f'failed to make http request: {method} "{API}{path}": {status} {reason} {json.dumps(answer)}', status)

    def authenticate(self, method: str, path: str) -> None:
        if not self.settings.get("apiToken") and not (self.settings.get("apiKey") and self.settings.get("email")):
            raise self.refused(method, path, 400, "Missing X-Auth-Key, X-Auth-Email or Authorization headers", 9106)
