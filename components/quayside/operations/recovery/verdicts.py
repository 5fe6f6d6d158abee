"""What is to become of each operation that was not ended."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from quayside.operations.recovery.exported import Pending

What = Literal["taken up", "cleared", "looked at again", "left"]


class CannotSay(Exception):
    """Whether it was made cannot be found out: why, and what to do."""


@dataclass(frozen=True)
class Found:
    """What a pending creation has made."""

    id: str
    """As the state will have it."""
    import_id: str = ""
    """As `pulumi import` wants it, where that is something else."""
    outputs: Mapping[str, Any] = field(default_factory=dict)
    """What of it cannot be read again."""
    provisioning: bool = False
    """Whether the vendor is still at work on it."""


@dataclass(frozen=True)
class Verdict:
    """What becomes of one of them."""

    pending: Pending
    what: What
    why: str = ""
    found: Found | None = None

    def __str__(self) -> str:
        id = f"  id {self.found.id}" if self.found and self.what == "taken up" else ""
        why = f"  ({self.why})" if self.why else ""
        return f"{self.what:<16}{self.pending.type}  {self.pending.name}{id}{why}"


@dataclass(frozen=True)
class Orphan:
    """What carries the stack's mark and is in no state."""

    what: str
    name: str
    id: str
    remedy: str
    """The command that deletes it."""

    def __str__(self) -> str:
        return f"{self.what} {self.name}  id {self.id}; to delete it: {self.remedy}"
