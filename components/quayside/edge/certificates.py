"""Certificates for the hosts of a service: which of them need one, and how it is asked for."""

from collections.abc import Iterable, Mapping
from typing import Any

from quayside.edge.contract import Exposure, Manifest, Route
from quayside.settings.hosts import depth, within

LONGEST_COMMON_NAME = 64
"""Characters that a certificate's common name may have (RFC 5280, upper bounds); cert-manager refuses more."""

CHALLENGES = "/.well-known/acme-challenge/*"
"""Paths at which a certificate authority looks for the answers to challenges of http-01 (RFC 8555 8.3)."""

SIGNING = 600
"""Seconds for a certificate to be signed, where it is waited for. dns-01 takes minutes; what is to be led there was led elsewhere till now, and
still is."""


def covers(wildcard: str | None, host: str) -> bool:
    """Whether a certificate for a domain and *.<domain> is one for this host: DNS wildcards stand for exactly one label."""
    return wildcard is not None and within(host, wildcard) and depth(host, wildcard) <= 1


def signed_hosts(route: Route, exposure: Exposure) -> list[str]:
    """The hosts that get a certificate of their own: those that the wildcard does not cover, and whose TLS the entry ends."""
    if route.issuer is None:
        return []
    return [host for host in sorted(exposure.hosts) if host not in exposure.passthrough and not covers(route.wildcard, host)]


def certificate(name: str, namespace: Any, secret: str, hosts: Iterable[str], issuer: Any, labels: Mapping[str, str]) -> Manifest:
    """A certificate, kept in a Secret beside it. It is asked for, not waited for.

    commonName: a self-signed certificate is its own issuer, and strict clients refuse one without a name (RFC 5280 4.1.2.4).
    """
    names = list(hosts)
    common = {"commonName": names[0]} if len(names[0]) <= LONGEST_COMMON_NAME else {}
    return {
        "apiVersion": "cert-manager.io/v1",
        "kind": "Certificate",
        "metadata": {"name": name, "namespace": namespace, "labels": dict(labels)},
        "spec": {
            "secretName": secret,
            **common,
            "dnsNames": names,
            "issuerRef": {"group": "cert-manager.io", "kind": "ClusterIssuer", "name": issuer},
        },
    }


def until_signed(manifest: Manifest) -> Manifest:
    """A certificate that Pulumi waits for: before names are led to what shows it."""
    waited = {"pulumi.com/waitFor": "condition=Ready", "pulumi.com/timeoutSeconds": str(SIGNING)}
    about = manifest["metadata"]
    return {**manifest, "metadata": {**about, "annotations": {**about.get("annotations", {}), **waited}}}
