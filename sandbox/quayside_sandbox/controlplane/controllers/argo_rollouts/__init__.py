"""Argo Rollouts' controller, as far as rehearsals need it: canaries whose weights somebody else carries, and their measurements.

Each file decides one thing in plain functions of one look (`look.py`); `progress.py` puts them in order, `controller.py` runs it.
"""

from __future__ import annotations

from .controller import ArgoRollouts

__all__ = ["ArgoRollouts"]
