"""What a wait tells while it lasts, and how it ends when it fails."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Object = dict[str, Any]


@dataclass(frozen=True)
class Progress:
    """Where words about a resource go: `status` is a passing line, `warn` and `info` stay; `cancelled` ends the wait."""

    status: Callable[[str], None] = lambda text: None
    warn: Callable[[str], None] = lambda text: None
    cancelled: threading.Event = field(default_factory=threading.Event)
    info: Callable[[str], None] | None = None

    def tell(self, text: str) -> None:
        """Says something that is neither progress nor a warning."""
        (self.info or self.status)(text)


class NotReady(Exception):
    """The object is there (`live` is its newest state) but not as the wait wants it; the first of `reasons` sums the others up."""

    def __init__(self, live: Object, reasons: list[str]) -> None:
        super().__init__("; ".join(reasons))
        self.live, self.reasons = live, reasons
