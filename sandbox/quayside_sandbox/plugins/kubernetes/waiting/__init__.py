"""Waiting for Kubernetes objects: until one is ready by the rules of its kind, or until it is gone.

The rules are the official plugin's; what it does not say, this says as well: why pods do not come up (causes.py).
"""

from __future__ import annotations

from .deleted import await_deleted
from .progress import NotReady, Progress
from .ready import await_ready, unready_reasons

__all__ = ["NotReady", "Progress", "await_deleted", "await_ready", "unready_reasons"]
