"""Walks: a stack comes up, its settings are edited at random, and after each edit all must be well. At its end nothing is left."""

from __future__ import annotations

import json
import subprocess
import sys

from quayside_sandbox.rehearsal import Rehearsal
from rehearsals.conftest import Project
from rehearsals.stack_life import Life, quiet

from .orphans import orphans, records
from .walk import Edit, start, walk, write


class Walk(Life):
    """One stack on its walk."""

    def __init__(self, project: Project, rehearsal: Rehearsal) -> None:
        super().__init__(project, rehearsal)
        self.before = records(rehearsal)
        self.topics = start(project.folder, rehearsal.stack)

    def go(self, seed: int, length: int) -> None:
        """The whole walk. What it prints replays it."""
        print(f"walk of {length} edits; again: QUAYSIDE_SEED={seed} QUAYSIDE_EDITS={length} make soak ONLY=walk", flush=True)
        write(self.project.folder, self.rehearsal.stack, self.topics)
        self.up().look()
        for number, edit in enumerate(walk(seed, self.topics, length), 1):
            print(f"{number}. {edit.said}", flush=True)
            self.step(edit)

    def end(self) -> None:
        """Destroys the stack: nothing is left of it."""
        self.rehearsal.destroy().check()
        assert not self.rehearsal.has_resources()
        left = {each for each in records(self.rehearsal) - self.before if not self._is_assumed(each)}
        assert left == set(), f"left in the clouds: {left}"

    def step(self, edit: Edit) -> None:
        """One edit: the preview foresees what `up` does, and after that nothing is left to do."""
        write(self.project.folder, self.rehearsal.stack, edit.topics)
        foreseen = quiet(self.rehearsal.preview()).changed
        done = quiet(self.rehearsal.up()).changed
        assert done == foreseen, f"done: {done}\nforeseen: {foreseen}"
        self.look()

    def look(self) -> None:
        """All is well: a preview is empty, the library's checks find nothing, and nothing belongs to nobody."""
        again = quiet(self.rehearsal.preview()).changed
        assert again == [], f"a second preview is not empty: {again}"
        findings = self.findings()
        assert findings == "", f"quayside check: {findings}"
        left = orphans(self.rehearsal, self.before)
        assert left == [], f"belongs to nobody: {left}"

    def findings(self, *options: str) -> str:
        """What `quayside check` says, nothing where all is well."""
        answer = subprocess.run(
            [sys.executable, "-m", "quayside.operations.command", "check", "-", *options],
            input=json.dumps(self.rehearsal.outputs(show_secrets=True)),
            env=self.rehearsal.sandbox.environment(),
            capture_output=True,
            text=True,
        )
        return answer.stdout + answer.stderr if answer.returncode else ""

    def _is_assumed(self, record: tuple[str, str, str]) -> bool:
        return bool((self.rehearsal.sandbox.store.find(*record) or {}).get("_assumed"))
