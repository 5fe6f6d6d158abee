"""Settings of certificates."""

from quayside.settings.base import Model


class CertificateSettings(Model):
    """Certificates by cert-manager."""

    enabled: bool = True
    """Whether cert-manager is installed. Default: true."""
    keep_crds: bool = True
    """Whether its custom resource definitions, and with them all certificates and issuers, outlive its removal. Default: true."""
