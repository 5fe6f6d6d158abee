"""From a Certificate to its Secret (cert-manager pkg/controller/certificates: trigger/policies, issuing/internal/secret.go)."""

from __future__ import annotations

import base64
import datetime
import re

from cryptography import x509

from ....kube.client import Object
from ...certificates import Authority, Key

LIFE = datetime.timedelta(hours=2160)  # the default of spec.duration; Let's Encrypt gives the same whatever is asked for
MARK = "controller.cert-manager.io/fao"  # on each Secret that cert-manager looks after
_UNITS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}


def need(certificate: Object, secret: Object | None) -> tuple[str, str] | None:
    """Reason and message why a new certificate is needed; None where the Secret has the right one."""
    if secret is None:
        return "DoesNotExist", "Issuing certificate as Secret does not exist"
    data, has = secret.get("data") or {}, secret["metadata"].get("annotations") or {}
    if not data.get("tls.crt") or not data.get("tls.key"):
        return "MissingData", "Issuing certificate as Secret does not contain a certificate and its key"
    wanted = _annotations(certificate)
    issuer = [f"cert-manager.io/issuer-{part}" for part in ("name", "kind", "group")]
    if any(has.get(key) != wanted[key] for key in issuer):
        before = f"{has.get(issuer[1])}.{has.get(issuer[2])}/{has.get(issuer[0])}"
        return "IncorrectIssuer", f'Issuing certificate as Secret was previously issued by "{before}"'
    fields = {"alt-names": "dnsNames", "common-name": "commonName", "ip-sans": "ipAddresses"}
    differ = [f"spec.{field}" for key, field in fields.items() if has.get(f"cert-manager.io/{key}") != wanted[f"cert-manager.io/{key}"]]
    return ("SecretMismatch", f"Existing issued Secret is not up to date for spec: [{' '.join(differ)}]") if differ else None


def issue(certificate: Object, authority: Authority | None) -> Object:
    """The Secret, signed by the authority, or by itself where there is none. Keys are P-256 whatever the Certificate asks for: RSA takes
    long."""
    spec = certificate["spec"]
    hosts = [*(spec.get("dnsNames") or []), *(spec.get("ipAddresses") or [])]
    name = spec.get("commonName") or next(iter(hosts), certificate["metadata"]["name"])
    if authority is None and spec.get("isCA"):
        own = Authority.new(name)
        key, chain, ca = own.key, own.certificate, own.certificate
    else:
        key = Key.new()
        signer = authority or Authority(name, key, b"")
        leaf = signer.issue(name, hosts, key, duration(spec.get("duration")) or LIFE)
        chain, ca = leaf + signer.certificate, signer.certificate or leaf
    template = spec.get("secretTemplate") or {}
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "type": "kubernetes.io/tls",
        "metadata": {
            "name": spec["secretName"],
            "namespace": certificate["metadata"]["namespace"],
            "labels": {**(template.get("labels") or {}), MARK: "true"},
            "annotations": {**(template.get("annotations") or {}), **_annotations(certificate)},
        },
        "data": {part: base64.b64encode(text).decode() for part, text in {"tls.crt": chain, "tls.key": key.pem(), "ca.crt": ca}.items()},
    }


def times(certificate: Object, secret: Object) -> dict[str, str]:
    """What the Certificate's status says of the certificate in the Secret. Raises ValueError where there is none in it."""
    found = x509.load_pem_x509_certificate(base64.b64decode(secret["data"]["tls.crt"]))
    begin, end = found.not_valid_before_utc, found.not_valid_after_utc
    before = duration(certificate["spec"].get("renewBefore")) or (end - begin) / 3
    return {"notBefore": stamp(begin), "notAfter": stamp(end), "renewalTime": stamp(end - before)}


def duration(text: str | None) -> datetime.timedelta | None:
    """As Go writes it: 2160h, 1h30m."""
    if not text:
        return None
    parts = re.findall(r"([0-9.]+)(ms|[hms])", text)
    return datetime.timedelta(seconds=sum(float(number) * _UNITS[unit] for number, unit in parts)) or None


def stamp(moment: datetime.datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _annotations(certificate: Object) -> dict[str, str]:
    spec, reference = certificate["spec"], certificate["spec"]["issuerRef"]
    values = {
        "certificate-name": certificate["metadata"]["name"],
        "alt-names": ",".join(spec.get("dnsNames") or []),
        "common-name": spec.get("commonName") or next(iter(spec.get("dnsNames") or []), ""),
        "ip-sans": ",".join(spec.get("ipAddresses") or []),
        "uri-sans": ",".join(spec.get("uris") or []),
        "issuer-name": reference["name"],
        "issuer-kind": reference.get("kind", "Issuer"),
        "issuer-group": reference.get("group", "cert-manager.io"),
    }
    return {f"cert-manager.io/{key}": value for key, value in values.items()}
