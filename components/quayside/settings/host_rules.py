"""Checks of what stands behind a name: paths, the entry, Cloudflare's proxy and certificates. Pure functions over plain settings."""

from collections.abc import Iterator, Mapping
from typing import Any

from quayside.settings.claims import Claim, claims, entry_kind, flattens, has_entry, part, right, zone_of
from quayside.settings.hosts import Domain, HostKey, depth, whole, within

Found = Iterator[tuple[str, str]]


def hosts_need_an_entry(spec: Mapping[str, Any]) -> Found:
    """Somebody has to take the requests."""
    if has_entry(spec):
        return
    for service in part(spec, "services"):
        if part(spec, "services", service, "hosts"):
            yield f"services.{service}.hosts", "need an entry, and entry.kind is none; remove them, or write entry.kind: gateway-api"


def paths_lead_to_one_service(spec: Mapping[str, Any]) -> Found:
    """A path of a host leads to one service; of two, an entry would choose by age or by chance.

    The same path as Prefix and as Exact is one: ingress-nginx' webhook compares the path alone.
    """
    domain = right(Domain, spec.get("domain"))
    seen: dict[tuple[str, ...], str] = {}
    keys: dict[tuple[str, str], str] = {}
    for service in part(spec, "services"):
        hosts = part(spec, "services", service, "hosts")
        for key in hosts:
            if domain is None or right(HostKey, key) is None:
                continue
            host, at = whole(key, domain), f"services.{service}.hosts.{key}"
            if (service, host) in keys:
                yield at, f"is the same host as {keys[service, host]}; keep one of them"
                continue
            keys[service, host] = key
            paths = part(hosts, key, "paths")
            for path in paths or ("/",):
                kind = str(part(paths, path).get("type", "Prefix"))
                meant: list[tuple[str, ...]] = [(host, str(path))]
                if kind == "Prefix":
                    meant.append((host, str(path).rstrip("/") or "/", kind))
                taken = next((seen[each] for each in meant if each in seen), None)
                if taken is not None:
                    yield f"{at}.paths.{path}" if paths else at, f"leads to service {taken} already; write another path or host"
                for each in meant:
                    seen.setdefault(each, service)


def cloudflare_stands_before(spec: Mapping[str, Any]) -> Found:
    """Only who serves the zone's DNS can stand before its names."""
    if flattens(spec):
        return
    for cause in _by_cause(claim for claim in claims(spec) if claim.proxied):
        yield cause, "is true, and dns is none: only Cloudflare stands before names; write false, or dns: cloudflare"


def edge_has_certificates(spec: Mapping[str, Any]) -> Found:
    """Universal SSL covers a zone and one label below it (ssl/edge-certificates/universal-ssl/limitations); deeper, TLS fails."""
    zone = zone_of(spec)
    if zone is None or not flattens(spec) or part(spec, "names").get("edgeCertificates") == "advanced":
        return
    deep = [claim for claim in claims(spec) if claim.proxied and within(claim.host, zone) and depth(claim.host, zone) > 1]
    for cause, hosts in _by_cause(deep).items():
        plain = next((host for host in hosts if not host.startswith("*.")), f"shop.{hosts[0].removeprefix('*.')}")
        flat = f"{plain.removesuffix(f'.{zone}').replace('.', '-')}.{zone}"
        without = " (and names.wildcard: false)" if cause == "names.proxied" and hosts[0].startswith("*.") else ""
        yield (
            cause,
            (
                f"is true for {_some(hosts)}, two or more labels below the zone {zone}, and Cloudflare has a free certificate for one label only; "
                f"write false, or a host one label below such as {flat}{without}, or buy Advanced Certificate Manager ($10 a month) and write "
                "names.edgeCertificates: advanced"
            ),
        )


def challenges_pass_the_proxy(spec: Mapping[str, Any]) -> Found:
    """Behind the proxy, a request for http-01 is sent on to https, and in strict mode that wants the certificate which is not there yet."""
    settings = part(spec, "certificates")
    if settings.get("challenge", "http-01") != "http-01" or not _trusted_by_browsers(spec, "letsencrypt-staging"):
        return
    hosts = [claim.host for claim in claims(spec) if claim.proxied and claim.to_entry and claim.path.startswith("services.")]
    if hosts and flattens(spec):
        yield (
            "certificates.challenge",
            (
                f"is http-01, which cannot be relied on behind Cloudflare's proxy, and {_some(hosts)} is proxied; "
                "write dns-01, or proxied: false for the host"
            ),
        )


def cloudflare_trusts_the_entry(spec: Mapping[str, Any]) -> Found:
    """The zone's TLS mode fits what the entry has: certificates, and a redirect to https."""
    mode = part(spec, "names", "zoneSettings").get("tls")
    if not any(claim.proxied and claim.to_entry for claim in claims(spec)) or not flattens(spec):
        return
    if entry_kind(spec) == "direct":
        return  # direct_rules has its own
    if mode == "strict" and not _trusted_by_browsers(spec):
        yield "names.zoneSettings.tls", "is strict, and the entry's certificates are not of an issuer that Cloudflare trusts; write full"
    if mode in ("off", "flexible") and part(spec, "certificates").get("enabled", True):
        yield (
            "names.zoneSettings.tls",
            f"is {mode}, which asks the entry by http, and it answers with a redirect to https, forever; write strict or full",
        )


def _trusted_by_browsers(spec: Mapping[str, Any], *also: str) -> bool:
    """Whether certificates are made by Let's Encrypt, or one of the other issuers."""
    settings = part(spec, "certificates")
    return settings.get("enabled", True) is True and settings.get("issuer", "letsencrypt-prod") in ("letsencrypt-prod", *also)


def _by_cause(found: Iterator[Claim] | list[Claim]) -> dict[str, list[str]]:
    """Hosts by the key that makes them proxied: one thing to mend is one problem."""
    causes: dict[str, list[str]] = {}
    for claim in found:
        hosts = causes.setdefault(claim.cause, [])
        if claim.host not in hosts:
            hosts.append(claim.host)
    return causes


def _some(hosts: list[str]) -> str:
    return f"{hosts[0]} and {len(hosts) - 1} more" if len(hosts) > 1 else hosts[0]


RULES = (
    hosts_need_an_entry,
    paths_lead_to_one_service,
    cloudflare_stands_before,
    edge_has_certificates,
    challenges_pass_the_proxy,
    cloudflare_trusts_the_entry,
)
"""Checks of a whole stack's settings."""
