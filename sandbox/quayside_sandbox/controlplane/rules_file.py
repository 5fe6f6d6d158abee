"""Rules that are set by command and looked at each time that they are asked for: a file of the sandbox, <sandbox>/<name>.json."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..folder import Folder, locked, read_json, write_json

Rule = dict[str, Any]


@dataclass(frozen=True)
class RulesFile:
    """Rules of one kind, in the order in which they were set: of several that match, the last one holds."""

    name: str
    """What they are about, and what the file is called."""
    key: str
    """Field of a rule that says what it matches; each stands there once."""

    def rules(self, folder: Folder) -> list[Rule]:
        """Those that are set."""
        found: list[Rule] = read_json(self._file(folder), [])
        return found

    def put(self, folder: Folder, rule: Rule) -> None:
        """Set one, in place of that which matches the same."""
        with self._alone(folder):
            others = [each for each in self.rules(folder) if each[self.key] != rule[self.key]]
            write_json(self._file(folder), [*others, rule])

    def clear(self, folder: Folder) -> None:
        """Take all of them away."""
        with self._alone(folder):
            write_json(self._file(folder), [])

    def _file(self, folder: Folder) -> Path:
        return folder.root / f"{self.name}.json"

    def _alone(self, folder: Folder) -> Any:
        return locked(folder.root / f".{self.name}.lock")
