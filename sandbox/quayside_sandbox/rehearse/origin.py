"""What a rehearsal may start from instead of nothing: a stack as an old ref or a real stack's state had it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from ..sandbox import Sandbox
from ..steps import Steps
from .report import Phase

StandIns = Mapping[str, frozenset[str]]
"""URN → the properties whose old values are not the real ones: that the new gives others says nothing of the change."""


class Origin(Protocol):
    """Brings the sandbox to an old state, under the same project and stack name, before the new is previewed and applied."""

    @property
    def title(self) -> str:
        """For the report: 'ref v1.2 (commit …)', 'state prod.json'."""

    def bring_up(self, sandbox: Sandbox, project: Path, stack: str, phase: Phase, steps: Steps) -> StandIns:
        """Leaves the old state in the sandbox; `phase` takes its warnings, changes and notes. Returns what in it is not as it was.

        Raises StackIsNew or NotStarted. `project` is the folder of the new; the old may be run from a folder of its own,
        as long as the engine's state is that of the same project and stack.
        """


class StackIsNew(Exception):
    """The origin has no such stack, so nothing can be compared: the rehearsal goes on from nothing. The message says where it looked."""


class NotStarted(Exception):
    """The old did not come up, which says nothing of the new. The message is the reason, with what to do."""
