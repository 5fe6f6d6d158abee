"""Whether a browser takes the certificate that an entry shows for a host."""

from __future__ import annotations

import base64
import datetime
from functools import lru_cache

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.x509.oid import NameOID

from ..kube.client import Object
from .answer import Shown

Content = tuple[tuple[str, ...], datetime.datetime, datetime.datetime, str, bool]
"""Names, begin, end, who signed it, whether the key belongs to it."""


def shown(secret: Object | None, name: str, host: str) -> Shown:
    """`name` is the Secret's namespace/name. Who signed it is told, not judged: a rehearsal's authorities are nobody's."""
    if secret is None:
        return Shown(name, f"Secret {name} is not there")
    data = secret.get("data") or {}
    if not data.get("tls.crt") or not data.get("tls.key"):
        return Shown(name, f"Secret {name} holds no certificate with its key")
    try:
        names, begin, end, issuer, fits = _content(data["tls.crt"], data["tls.key"])
    except ValueError:
        return Shown(name, f"what Secret {name} holds is no certificate with its key")
    now = datetime.datetime.now(datetime.UTC)
    problem = ""
    if not any(matches(each, host) for each in names):
        problem = f"the certificate in {name} is for {', '.join(names) or 'no name'}, not for {host}"
    elif not begin <= now <= end:
        problem = f"the certificate in {name} is valid from {begin:%Y-%m-%d} to {end:%Y-%m-%d}"
    elif not fits:
        problem = f"the key in {name} is not that of the certificate"
    return Shown(name, problem, issuer)


def matches(pattern: str, host: str) -> bool:
    """A wildcard stands for exactly one label (RFC 6125)."""
    pattern, host = pattern.lower(), host.lower()
    return pattern == host or (pattern.startswith("*.") and host.partition(".")[2] == pattern[2:])


@lru_cache(maxsize=512)
def _content(certificate: str, key: str) -> Content:
    """From base64 of PEM. Raises ValueError."""
    found = x509.load_pem_x509_certificate(base64.b64decode(certificate))
    private = serialization.load_pem_private_key(base64.b64decode(key), password=None)
    form = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    fits = private.public_key().public_bytes(*form) == found.public_key().public_bytes(*form)
    try:
        extension = found.extensions.get_extension_for_class(x509.SubjectAlternativeName)
        names = tuple(extension.value.get_values_for_type(x509.DNSName))
    except x509.ExtensionNotFound:
        names = ()
    signer = found.issuer.get_attributes_for_oid(NameOID.COMMON_NAME)
    return names, found.not_valid_before_utc, found.not_valid_after_utc, str(signer[0].value) if signer else "", fits
