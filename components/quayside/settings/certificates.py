"""Settings of certificates."""

from typing import Any, ClassVar, Literal

from quayside.settings.base import Model, Rule, empty
from quayside.settings.certificate_rules import TOKEN, wildcard_by_dns, wildcard_is_left
from quayside.settings.hosts import Email
from quayside.settings.types import SecretName


class CertificateSettings(Model):
    """Certificates by cert-manager."""

    rules: ClassVar[tuple[Rule, ...]] = (wildcard_by_dns, wildcard_is_left)
    known: ClassVar[frozenset[str]] = frozenset({"challenge", "values"})

    enabled: bool = True
    """Whether cert-manager is installed. Without it hosts are served by http alone. Default: true."""
    keep_crds: bool = True
    """Whether its custom resource definitions, and with them all certificates and issuers, outlive its removal. Default: true."""
    email: Email | None = None
    """Who is responsible for the certificates. Needed by Let's Encrypt's issuers; it refuses addresses at example.com."""
    issuer: Literal["letsencrypt-prod", "letsencrypt-staging", "self-signed"] = "letsencrypt-prod"
    """Who signs: letsencrypt-prod, letsencrypt-staging (browsers do not trust it, its limits are wide) or self-signed.
    Default: letsencrypt-prod."""
    challenge: Literal["http-01", "dns-01"] = "http-01"
    """How Let's Encrypt is shown that a name is ours: http-01 (a request to the entry) or dns-01 (a record at Cloudflare, for wildcards
    and proxied names). Default: http-01."""
    dns_token: SecretName = SecretName(TOKEN)
    """Name of the secret with the Cloudflare API token for dns-01: it may read the zone and edit its DNS. Default: cloudflareToken."""
    wildcard: bool = False
    """Whether one certificate for the domain and all names right below it serves the entry, in place of one for each host.
    Needs dns-01, unless self-signed. Default: false."""
    leaving_wildcard: bool = False
    """Whether hosts get certificates of their own again, each waited for, while the wildcard's stays at the entry: the step before
    wildcard: false. Default: false."""
    values: dict[str, Any] = empty()
    """Values for cert-manager's chart, merged over ours: for every field that has no key here."""

    @property
    def needs_dns_token(self) -> bool:
        """Whether an issuer is made that writes records."""
        return self.challenge == "dns-01" and self.email is not None
