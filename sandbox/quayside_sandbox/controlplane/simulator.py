"""The contract of what acts inside a simulated cluster: nodes, load balancers, volumes, failing pods …

A simulator compares what is asked for with what is there and takes the next steps towards it. It may be run at any time and again after
a crash; it never waits.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from .watched import Watched


class Simulator(Protocol):
    """One concern of a cluster."""

    @property
    def watches(self) -> Sequence[Watched]:
        """It is run when any of these has changed, or the clouds' memory."""
        ...

    def reconcile(self) -> float | None:
        """Takes what steps can be taken now; returns in how many seconds to come again without any change, if at all."""
        ...
