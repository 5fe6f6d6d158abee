"""How a vendor's official client repeats requests that failed for a moment; each vendor's numbers stand in its cloud.py."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

SERVER_ERROR = 500


@dataclass(frozen=True)
class Retries:
    """What is repeated, how often, and after which pauses."""

    most: int
    """Further tries after the first."""
    shortest: float
    """Seconds before the first further try; they double from try to try."""
    longest: float
    """Seconds that a pause has at most, where the answer itself names none."""
    also: frozenset[int]
    """Statuses below 500 that are repeated; those from 500 on are, but for `never`."""
    never: frozenset[int] = frozenset()
    obeys: Callable[[int, float], bool] = lambda status, seconds: True
    """Whether the client waits as long as the answer's Retry-After says, by status and seconds."""
    jitter: float = 0.0
    """Share of a pause that is left off at random."""

    def repeats(self, status: int) -> bool:
        """Whether a request that was answered so is sent again."""
        return status in self.also or (status >= SERVER_ERROR and status not in self.never)

    def pause(self, attempt: int, status: int, retry_after: float | None) -> float:
        """Seconds to wait after an attempt, the first being 1."""
        if retry_after is not None and self.obeys(status, retry_after):
            return retry_after
        longest: float = min(self.shortest * 2 ** (attempt - 1), self.longest)
        return longest - random.random() * self.jitter * longest
