"""Issuers of certificates, as manifests: who signs, and how it is shown that a name is ours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Through:
    """An entry through which challenges of http-01 are answered: an Ingress of a class, or a route of a Gateway."""

    ingress_class: Any = None
    """Class of the Ingresses, where there is no Gateway."""
    gateway: str | None = None
    """The Gateway: namespace/name. Its listener is called http."""
    hosts: tuple[str, ...] = ()
    """The hosts that lead to it. Empty: all that no other one is for."""


def issuers(labels: Mapping[str, str], *, email: Any, challenge: str, through: Sequence[Through]) -> list[Manifest]:
    """All issuers: a stack moves from one to the other by one word. Let's Encrypt's only with an email.

    email: a string, an Output or None.
    challenge: http-01 or dns-01.
    through: which entries answer for http-01. With two of them cert-manager takes the one that names the host.
    """
    found = [_issuer(SELF_SIGNED, labels, {"selfSigned": {}})]
    if email is not None:
        solvers = [_dns()] if challenge == "dns-01" else [_http(each) for each in through]
        found += [_issuer(name, labels, _acme(name, server, email, solvers)) for name, server in SERVERS.items()]
    return found


def token_secret(namespace: str, labels: Mapping[str, str], data: Any) -> Manifest:
    """The Secret that the dns-01 solver reads. namespace: cert-manager's own, where cluster-wide issuers look for their Secrets.

    data: a secret Output of its keys in base64.
    """
    metadata = {"name": TOKEN_SECRET, "namespace": namespace, "labels": dict(labels)}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": "Opaque", "data": data}


def _issuer(name: str, labels: Mapping[str, str], spec: dict[str, Any]) -> Manifest:
    return {"apiVersion": API, "kind": "ClusterIssuer", "metadata": {"name": name, "labels": dict(labels)}, "spec": spec}


def _acme(name: str, server: str, email: Any, solvers: list[dict[str, Any]]) -> dict[str, Any]:
    """privateKeySecretRef: where cert-manager keeps the key of the account that it registers. Stable, so that it is registered once."""
    return {"acme": {"server": server, "email": email, "privateKeySecretRef": {"name": f"{name}-account-key"}, "solvers": solvers}}


def _http(through: Through) -> dict[str, Any]:
    """A pod beside each challenged object, and an Ingress or a route that leads to it.

    The pod needs no template: it meets the restricted security profile and asks for 10m CPU and 64Mi of itself (cert-manager 1.21
    pkg/issuer/acme/http/pod.go, buildDefaultPod). A security context here would take the place of its own.
    serviceType: cert-manager's default is a NodePort, which opens a port on every node for a thing that only the entry calls.
    """
    how: dict[str, Any] = {"ingress": {"ingressClassName": through.ingress_class, "serviceType": "ClusterIP"}}
    if through.gateway is not None:
        namespace, _, name = through.gateway.partition("/")
        # by its section alone: a challenge is asked for in clear, and cert-manager would bind its route to all listeners
        parent = {"group": "gateway.networking.k8s.io", "kind": "Gateway", "name": name, "namespace": namespace, "sectionName": "http"}
        how = {"gatewayHTTPRoute": {"parentRefs": [parent], "serviceType": "ClusterIP"}}
    return {"http01": how, **({"selector": {"dnsNames": sorted(through.hosts)}} if through.hosts else {})}


def _dns() -> dict[str, Any]:
    """Records at Cloudflare. Without a selector: it is the only solver, and with one a name elsewhere would have none at all."""
    return {"dns01": {"cloudflare": {"apiTokenSecretRef": {"name": TOKEN_SECRET, "key": TOKEN_KEY}}}}
