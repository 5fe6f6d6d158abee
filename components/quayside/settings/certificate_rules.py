"""Checks of certificates: whether what asks for one can get it. Pure functions over plain settings (see base.Rule)."""

from collections.abc import Iterator, Mapping
from typing import Any

from quayside.settings.claims import flattens, has_entry, part
from quayside.settings.hosts import depth, within

Found = Iterator[tuple[str, str]]

TOKEN = "cloudflareToken"
"""The secret with Cloudflare's token, where settings name no other."""


def wildcard_by_dns(certificates: Mapping[str, Any]) -> Found:
    """Let's Encrypt proves wildcards by DNS only (letsencrypt.org/docs/challenge-types)."""
    if certificates.get("wildcard") is True and _by_acme(certificates) and certificates.get("challenge", "http-01") == "http-01":
        yield "wildcard", "needs dns-01, the only proof that Let's Encrypt takes for it; write challenge: dns-01, or wildcard: false"


def wildcard_is_left(certificates: Mapping[str, Any]) -> Found:
    """What is left is there."""
    if certificates.get("leavingWildcard") is True and certificates.get("wildcard") is not True:
        yield "leavingWildcard", "is a step on the way from the wildcard's certificate, and wildcard is false; remove it"


def covered_by_wildcard(spec: Mapping[str, Any], host: str, domain: str) -> bool:
    """Whether the wildcard's certificate serves a host: DNS wildcards stand for exactly one label."""
    certificates = part(spec, "certificates")
    shown = certificates.get("wildcard") is True and certificates.get("leavingWildcard") is not True
    return shown and within(host, domain) and depth(host, domain) <= 1


def certificates_asked_for(spec: Mapping[str, Any]) -> Found:
    """What has to be said as soon as something asks for certificates: a host of a service, or the wildcard."""
    certificates = part(spec, "certificates")
    wildcard, enabled = certificates.get("wildcard") is True, certificates.get("enabled", True) is True
    if wildcard and not enabled:
        yield "certificates.wildcard", "needs cert-manager, and certificates.enabled is false; write enabled: true, or wildcard: false"
    if wildcard and not has_entry(spec):
        yield "certificates.wildcard", "is for the entry, and entry.kind is none; write wildcard: false, or entry.kind: gateway-api"
    if wildcard and spec.get("domain") is None:
        yield "certificates.wildcard", "is for a domain, and there is none; write domain, or wildcard: false"
    if enabled and _by_acme(certificates) and certificates.get("email") is None and (wildcard or _hosts(spec)):
        yield (
            "certificates.email",
            "is missing, and Let's Encrypt needs it; write an address that is read, such as ops@acme.com, or issuer: self-signed",
        )


def dns_is_at_cloudflare(spec: Mapping[str, Any]) -> Found:
    """dns-01 writes its records at Cloudflare."""
    certificates = part(spec, "certificates")
    if certificates.get("enabled", True) is True and certificates.get("challenge") == "dns-01" and not flattens(spec):
        yield "certificates.challenge", "is dns-01, for names at Cloudflare, and names.dns is none; write http-01, or names.dns: cloudflare"


def dns_token_in_use(spec: Mapping[str, Any]) -> Any:
    """The name of the secret with the token of dns-01. None where it is not used, and where a stack's names need that secret anyway."""
    certificates = part(spec, "certificates")
    made = _by_acme(certificates) or certificates.get("email") is not None
    if certificates.get("enabled", True) is not True or certificates.get("challenge") != "dns-01" or not made:
        return None
    return certificates.get("dnsToken") or (TOKEN if spec.get("domain") is None else None)


def _by_acme(certificates: Mapping[str, Any]) -> bool:
    return bool(certificates.get("issuer", "letsencrypt-prod") != "self-signed")


def _hosts(spec: Mapping[str, Any]) -> bool:
    """Whether a service is reached from outside by a name whose TLS the entry ends."""
    hosts = [part(spec, "services", service, "hosts") for service in part(spec, "services")]
    pages = any(part(spec, "observability", key).get("host") is not None for key in ("dashboards", "mesh"))
    return has_entry(spec) and (pages or any(part(each, host).get("tls") != "passthrough" for each in hosts for host in each))


RULES = (certificates_asked_for, dns_is_at_cloudflare)
"""Checks of a whole stack's settings."""
