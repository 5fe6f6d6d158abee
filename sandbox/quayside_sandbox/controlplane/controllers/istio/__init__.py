"""istiod and Istio's node agent, as far as rehearsals need them."""

from __future__ import annotations

from .ambient import Ambient
from .controller import Istiod

__all__ = ["Ambient", "Istiod"]
