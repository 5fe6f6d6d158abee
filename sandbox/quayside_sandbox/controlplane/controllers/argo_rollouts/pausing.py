"""Pauses and giving up: what a round finds about them, and how the status says it (rollout/pause.go)."""

from __future__ import annotations

from dataclasses import dataclass, field

from ....kube.client import Object
from . import canary, hurry
from .look import Look


@dataclass
class Pausing:
    """What this round adds to what the last one left in the status."""

    look: Look
    reasons: list[str] = field(default_factory=list)
    """Of pauses that begin."""
    step_over: bool = False
    """The pause of the step ends."""
    over: bool = False
    """All pauses end."""
    giving_up: str | None = None
    """Why the update is given up now."""
    retried: bool = False
    """It is not given up any more."""

    @property
    def aborted(self) -> bool:
        return not self.retried and (self.giving_up is not None or bool(self.look.status.get("abort")))

    def fresh(self) -> None:
        """Another version, or the end of the way: neither a pause nor having been given up matters any more."""
        self.over = self.retried = True

    def told(self) -> Object:
        """The fields of the status."""
        status = self.look.status
        if self.aborted:
            return {"abort": True, "abortedAt": status.get("abortedAt") or hurry.stamp(hurry.now())}
        if self.over:
            return {}
        kept = [each for each in status.get("pauseConditions") or [] if not (self.step_over and each["reason"] == canary.STEP_PAUSE)]
        new = [reason for reason in self.reasons if self.look.paused_for(reason) is None]
        kept += [{"reason": reason, "startTime": hurry.stamp(hurry.now())} for reason in new]
        return {"pauseConditions": kept, "controllerPause": bool(new) or bool(status.get("controllerPause"))} if kept else {}
