"""Issuers of certificates, as manifests: who signs, and how it is shown that a name is ours."""

from collections.abc import Mapping
from typing import Any

Manifest = dict[str, Any]

API = "cert-manager.io/v1"

PROD, STAGING, SELF_SIGNED = "letsencrypt-prod", "letsencrypt-staging", "self-signed"

SERVERS = {
    PROD: "https://acme-v02.api.letsencrypt.org/directory",
    STAGING: "https://acme-staging-v02.api.letsencrypt.org/directory",
}
"""Let's Encrypt's addresses (letsencrypt.org/docs/acme-protocol-updates, 'API Endpoints')."""

TOKEN_SECRET, TOKEN_KEY = "cloudflare-dns-token", "api-token"
"""The Secret with the token for dns-01, and the key in it."""


def issuers(labels: Mapping[str, str], *, email: Any, challenge: str, ingress_class: Any) -> list[Manifest]:
    """All issuers: a stack moves from one to the other by one word. Let's Encrypt's only with an email.

    email: a string, an Output or None.
    challenge: http-01 or dns-01.
    ingress_class: class of the Ingresses that answer for http-01.
    """
    found = [_issuer(SELF_SIGNED, labels, {"selfSigned": {}})]
    if email is not None:
        solver = _dns() if challenge == "dns-01" else _http(ingress_class)
        found += [_issuer(name, labels, _acme(name, server, email, solver)) for name, server in SERVERS.items()]
    return found


def token_secret(namespace: str, labels: Mapping[str, str], data: Any) -> Manifest:
    """The Secret that the dns-01 solver reads. namespace: cert-manager's own, where cluster-wide issuers look for their Secrets.

    data: a secret Output of its keys in base64.
    """
    metadata = {"name": TOKEN_SECRET, "namespace": namespace, "labels": dict(labels)}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": "Opaque", "data": data}


def _issuer(name: str, labels: Mapping[str, str], spec: dict[str, Any]) -> Manifest:
    return {"apiVersion": API, "kind": "ClusterIssuer", "metadata": {"name": name, "labels": dict(labels)}, "spec": spec}


def _acme(name: str, server: str, email: Any, solver: dict[str, Any]) -> dict[str, Any]:
    """privateKeySecretRef: where cert-manager keeps the key of the account that it registers. Stable, so that it is registered once."""
    return {"acme": {"server": server, "email": email, "privateKeySecretRef": {"name": f"{name}-account-key"}, "solvers": [solver]}}


def _http(ingress_class: Any) -> dict[str, Any]:
    """A pod and an Ingress beside each challenged one.

    The pod needs no template: it meets the restricted security profile and asks for 10m CPU and 64Mi of itself (cert-manager 1.21
    pkg/issuer/acme/http/pod.go, buildDefaultPod). A security context here would take the place of its own.
    serviceType: cert-manager's default is a NodePort, which opens a port on every node for a thing that only the entry calls.
    """
    return {"http01": {"ingress": {"ingressClassName": ingress_class, "serviceType": "ClusterIP"}}}


def _dns() -> dict[str, Any]:
    """Records at Cloudflare. Without a selector: it is the only solver, and with one a name elsewhere would have none at all."""
    return {"dns01": {"cloudflare": {"apiTokenSecretRef": {"name": TOKEN_SECRET, "key": TOKEN_KEY}}}}
