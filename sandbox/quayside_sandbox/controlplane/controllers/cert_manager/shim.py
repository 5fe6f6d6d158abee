"""ingress-shim: the Certificates that an Ingress asks for by its annotations (cert-manager pkg/controller/certificate-shim/sync.go)."""

from __future__ import annotations

import contextlib
import ipaddress
from collections import Counter

from ....kube.client import Object

API = "cert-manager.io/v1"
USAGES = ["digital signature", "key encipherment"]
# Annotations that stand for a field of the Certificate.
FIELDS = {"common-name": "commonName", "duration": "duration", "renew-before": "renewBefore"}


def issuer_of(ingress: Object) -> Object | None:
    """The issuerRef that the annotations name, if any."""
    given = {
        key.removeprefix("cert-manager.io/"): value
        for key, value in (ingress["metadata"].get("annotations") or {}).items()
        if key.startswith("cert-manager.io/")
    }
    group = given.get("issuer-group", "cert-manager.io")
    if given.get("issuer"):
        return {"name": given["issuer"], "kind": given.get("issuer-kind", "Issuer"), "group": group}
    if given.get("cluster-issuer"):
        return {"name": given["cluster-issuer"], "kind": "ClusterIssuer", "group": group}
    return None


def certificates(ingress: Object) -> tuple[list[Object], list[str]]:
    """What the Ingress asks for, and what is wrong with the rest; nothing of either where it names no issuer."""
    issuer = issuer_of(ingress)
    blocks = ingress["spec"].get("tls") or []
    if issuer is None:
        return [], []
    doubles = [name for name, count in Counter(block.get("secretName") for block in blocks).items() if name and count > 1]
    if doubles:
        return [], [f'spec.tls: Invalid value: "{name}": this secret name must only appear in a single TLS entry' for name in doubles]
    found, problems = [], []
    for number, block in enumerate(blocks):
        missing = [field for field in ("hosts", "secretName") if not block.get(field)]
        problems += [f"Skipped a TLS block: spec.tls[{number}].{field}: Required value" for field in missing]
        if not missing:
            found.append(_certificate(ingress, block, issuer))
    return found, problems


def owned_by(certificate: Object, ingress: Object) -> bool:
    owners = certificate["metadata"].get("ownerReferences") or []
    return any(owner["uid"] == ingress["metadata"]["uid"] and owner.get("controller") for owner in owners)


def agrees(certificate: Object, wanted: Object) -> bool:
    """Whether a Certificate says what it shall; fields that only a user may have set are no matter."""
    return all(certificate["spec"].get(field) == wanted["spec"].get(field) for field in (*wanted["spec"], *FIELDS.values()))


def _certificate(ingress: Object, block: Object, issuer: Object) -> Object:
    metadata, annotations = ingress["metadata"], ingress["metadata"].get("annotations") or {}
    owner = {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "name": metadata["name"], "uid": metadata["uid"]}
    addresses = [host for host in block["hosts"] if _is_address(host)]
    names = [host for host in block["hosts"] if host not in addresses]
    more = {field: annotations[f"cert-manager.io/{name}"] for name, field in FIELDS.items() if annotations.get(f"cert-manager.io/{name}")}
    return {
        "apiVersion": API,
        "kind": "Certificate",
        "metadata": {
            "name": block["secretName"],
            "namespace": metadata["namespace"],
            "labels": metadata.get("labels") or {},
            "ownerReferences": [{**owner, "controller": True, "blockOwnerDeletion": True}],
        },
        "spec": {
            **({"dnsNames": names} if names else {}),
            **({"ipAddresses": addresses} if addresses else {}),
            "secretName": block["secretName"],
            "issuerRef": issuer,
            "usages": USAGES,
            **more,
        },
    }


def _is_address(host: str) -> bool:
    with contextlib.suppress(ValueError):
        return bool(ipaddress.ip_address(host))
    return False
