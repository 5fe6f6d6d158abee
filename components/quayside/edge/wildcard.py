"""One certificate for a domain and all names right below it, for the entry to serve."""

from collections.abc import Mapping
from typing import Any, ClassVar, NotRequired, TypedDict

import pulumi

from quayside.arguments import checked
from quayside.edge.certificates import until_signed
from quayside.labels import owner_labels
from quayside.objects import register
from quayside.settings.base import Model
from quayside.settings.hosts import Domain
from quayside.settings.types import Name
from quayside.webhooks import patient

SECRET = "wildcard-tls"
"""Name of the certificate, and of the Secret that it is kept in."""


class WildcardSettings(Model):
    """One certificate for a domain and all names right below it."""

    known: ClassVar[frozenset[str]] = frozenset({"awaited"})

    domain: Domain
    """The domain."""
    namespace: Name
    """Where the entry's pods are."""
    issuer: Name = Name("letsencrypt-prod")
    """The ClusterIssuer that signs. Let's Encrypt's sign wildcards by dns-01 only. Default: letsencrypt-prod."""
    awaited: bool = False
    """Whether it is waited for until it is signed: where names are about to be led to what shows it. Default: false."""


class WildcardCertificateArgs(TypedDict):
    """One certificate for a domain and all names right below it."""

    domain: str
    """The domain."""
    namespace: pulumi.Input[str]
    """Where the entry's pods are."""
    issuer: NotRequired[pulumi.Input[str]]
    """The ClusterIssuer that signs. Let's Encrypt's sign wildcards by dns-01 only. Default: letsencrypt-prod."""
    awaited: NotRequired[bool]
    """Whether it is waited for until it is signed: where names are about to be led to what shows it. Default: false."""


class WildcardCertificate(pulumi.ComponentResource):
    """A certificate for a domain and all names right below it, in a Secret beside the entry that serves it.

    It is asked for, and not waited for unless that is said: dns-01 takes minutes. Until it is there, an entry serves one of its own making.
    """

    secret: pulumi.Output[str]
    """The Secret that it is kept in: namespace/name, as entries take it."""

    def __init__(self, name: str, args: WildcardCertificateArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """name: in Pulumi. Raises InvalidSettings."""
        super().__init__("quayside:index:WildcardCertificate", name, None, opts)
        spec = checked(WildcardSettings, args, f"wildcard certificate {name}")
        manifest = certificate(spec.domain, spec.namespace, spec.issuer, owner_labels())
        if spec.awaited:
            manifest = until_signed(manifest)
        made = register(name, manifest, patient(pulumi.ResourceOptions(parent=self)))
        self.secret = pulumi.Output.concat(made.metadata["namespace"], "/", SECRET)
        self.register_outputs({"secret": self.secret})


def certificate(domain: str, namespace: Any, issuer: Any, labels: Mapping[str, str]) -> dict[str, Any]:
    """The certificate's manifest. namespace, issuer: strings or Outputs.

    commonName: a self-signed certificate is its own issuer, and strict clients refuse one without a name (RFC 5280 4.1.2.4). It has room
    for 64 characters, more are refused.
    """
    common = {"commonName": domain} if len(domain) <= 64 else {}
    return {
        "apiVersion": "cert-manager.io/v1",
        "kind": "Certificate",
        "metadata": {"name": SECRET, "namespace": namespace, "labels": dict(labels)},
        "spec": {
            "secretName": SECRET,
            **common,
            "dnsNames": [domain, f"*.{domain}"],
            "issuerRef": {"group": "cert-manager.io", "kind": "ClusterIssuer", "name": issuer},
        },
    }
