"""cert-manager, as far as rehearsals need it."""

from __future__ import annotations

from .controller import CertManager

__all__ = ["CertManager"]
