"""Cloudflare as its plugin (pulumi-cloudflare 6.23.1, on Terraform's provider 5) sees it."""

from __future__ import annotations

import json
from types import MappingProxyType
from typing import ClassVar

from ..cloud import Cloud, Refused
from ..retries import Retries
from . import lookups
from .dns_record import DnsRecord
from .ruleset import Ruleset
from .zone import Zone
from .zone_setting import ZoneSetting

API = "https://api.cloudflare.com/client/v4"
_REASONS = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    409: "Conflict",
    429: "Too Many Requests",
    503: "Service Unavailable",
}

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

    @property
    def retries(self) -> Retries:
        """cloudflare-go internal/requestconfig: shouldRetry and retryDelay; the provider has no setting for them.

        10 further tries, pauses from 2 s doubling up to 30 s of which up to a quarter is left off, about three minutes in all
        (cloudflare-go#4220, January 2026; before it 2 tries, 0.5 s to 8 s). 408, 409, 429 and all from 500 on; a Retry-After below a minute
        is obeyed whatever the status.
        """
        obeyed = 60
        return Retries(
            most=10,
            shortest=2,
            longest=30,
            also=frozenset({408, 409, 429}),
            obeys=lambda status, seconds: 0 <= seconds < obeyed,
            jitter=0.25,
        )
