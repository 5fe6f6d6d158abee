"""Whether an Issuer or ClusterIssuer is ready (cert-manager pkg/issuer/{acme,ca,selfsigned}/setup.go)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from ....kube.client import Object

FindSecret = Callable[[str], Object | None]  # by name, in the namespace where the issuer's Secrets are


@dataclass(frozen=True)
class Readiness:
    """The condition Ready, and what else the status says."""

    ready: bool
    reason: str
    message: str
    status: dict[str, Any] = field(default_factory=dict)


def readiness(issuer: Object, secret: FindSecret) -> Readiness | None:
    """None for kinds of issuers that are not simulated."""
    spec = issuer["spec"]
    if "acme" in spec:
        return _acme(spec["acme"])
    if "selfSigned" in spec:
        return Readiness(True, "IsReady", "")
    if "ca" in spec:
        name = spec["ca"].get("secretName", "")
        data = (secret(name) or {}).get("data") or {}
        if data.get("tls.crt") and data.get("tls.key"):
            return Readiness(True, "KeyPairVerified", "Signing CA verified")
        return Readiness(False, "ErrGetKeyPair", f'Error getting keypair for CA issuer: secrets "{name}" not found or without a key pair')
    return None


def _acme(acme: Object) -> Readiness:
    """Registers an account. The authority here takes any address that is one: with the settings' domain its mail is assumed to be real,
    while Let's Encrypt refuses those of example.com."""
    server, email = urlsplit(acme.get("server", "")), acme.get("email", "")
    if server.scheme != "https" or not server.hostname:
        return Readiness(False, "InvalidURL", f"Failed to parse ACME server URI {acme.get('server')!r}: an https address is needed")
    if email and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", email):
        problem = "400 urn:ietf:params:acme:error:invalidContact: Error validating contact(s) :: unable to parse email address"
        return Readiness(False, "ErrRegisterACMEAccount", f"Failed to register ACME account: {problem}")
    account = {"uri": f"https://{server.hostname}/acme/acct/1", **({"lastRegisteredEmail": email} if email else {})}
    return Readiness(True, "ACMEAccountRegistered", "The ACME account was registered with the ACME server", {"acme": account})
