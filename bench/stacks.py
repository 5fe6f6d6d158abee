"""A stack that is measured: its folder, its program, and each command of the engine with what it took."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from quayside_sandbox.engine import ensure_stack, real_pulumi
from quayside_sandbox.sandbox import Sandbox

PROGRAMS = Path(__file__).parent / "programs"
ROOT = PROGRAMS.parent.parent
_COUNT = re.compile(r"^\s+\S?\s*(\d+) (?:to )?(created?|updated?|deleted?|replaced?|unchanged)$", re.MULTILINE)


class BenchFailed(Exception):
    """What was to be measured did not happen; the message says what came instead."""


@dataclass(frozen=True)
class Figures:
    """What one command took.

    wall: seconds from its start to its end. engine: CPU seconds of the engine and of the processes that it waited for.
    cpu, memory: CPU seconds and peak bytes of the program's own process; None where the command runs no program.
    counts: what the engine said that it did, by its own words.
    """

    wall: float
    engine: float
    cpu: float | None = None
    memory: int | None = None
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def changed(self) -> int:
        """How many resources were made, changed or removed."""
        return sum(number for word, number in self.counts.items() if word != "unchanged")


class Stack:
    """A program in a folder, and a state."""

    def __init__(self, sandbox: Sandbox, folder: Path, name: str = "bench", *, checkpoints: bool = False) -> None:
        self.sandbox, self.folder, self.name, self.checkpoints = sandbox, folder, name, checkpoints
        folder.mkdir(parents=True)
        shutil.copy(PROGRAMS / "usage.py", folder)

    @classmethod
    def of_services(cls, sandbox: Sandbox, folder: Path, program: str, kubeconfig: str, *, checkpoints: bool = False) -> Stack:
        """One of bench/programs.."""
        one = cls(sandbox, folder, checkpoints=checkpoints)
        shutil.copy(PROGRAMS / f"{program}.py", folder / "__main__.py")
        one.write("kubeconfig", kubeconfig)
        options = {"toolchain": "pip", "virtualenv": sys.prefix}
        one.write("Pulumi.yaml", json.dumps({"name": f"bench-{folder.name}", "runtime": {"name": "python", "options": options}}))
        return one

    @classmethod
    def of_project(cls, sandbox: Sandbox, folder: Path, name: str) -> Stack:
        """A stack of this checkout, its program as it is but for one line that measures."""
        one = cls(sandbox, folder, name)
        for file in ("Pulumi.yaml", f"Pulumi.{name}.yaml"):
            shutil.copy(ROOT / file, folder)
        one.write("__main__.py", f"import usage\n{(ROOT / '__main__.py').read_text()}")
        (folder / ".venv").symlink_to(sys.prefix)
        return one

    def write(self, name: str, content: str) -> None:
        """Put a file beside the program."""
        (self.folder / name).write_text(content)

    def preview(self) -> Figures:
        """`pulumi preview`."""
        return self.run("preview")

    def up(self) -> Figures:
        """`pulumi up`."""
        return self.run("up", "--yes", "--skip-preview")

    def destroy(self) -> Figures:
        """`pulumi destroy`."""
        return self.run("destroy", "--yes", "--skip-preview")

    def run(self, *words: str) -> Figures:
        """Raises BenchFailed, with the end of what the engine said, where it fails."""
        usage, said = self.folder / "usage.json", self.folder / "said.txt"
        usage.unlink(missing_ok=True)
        command, environment = self.command(*words, BENCH_USAGE=str(usage))
        with said.open("w") as output:
            began = time.monotonic()
            engine = subprocess.Popen(command, env=environment, cwd=self.folder, stdout=output, stderr=subprocess.STDOUT)
            try:
                _, status, used = os.wait4(engine.pid, 0)
            except BaseException:  # interrupted: the engine would write into a sandbox that is being removed
                engine.kill()
                engine.wait()
                raise
            wall = time.monotonic() - began
        engine.returncode = os.waitstatus_to_exitcode(status)
        if engine.returncode:
            raise BenchFailed(f"'pulumi {words[0]}' of {self.folder.name} failed:\n{said.read_text()[-3000:]}")
        of_program: dict[str, Any] = json.loads(usage.read_text()) if usage.exists() else {}
        counts = {word: int(number) for number, word in _COUNT.findall(said.read_text())}
        return Figures(wall, used.ru_utime + used.ru_stime, of_program.get("cpu"), of_program.get("memory"), counts)

    def command(self, *words: str, **variables: str) -> tuple[list[str], dict[str, str]]:
        """A command of the engine on this stack, and its environment. What it needs is made, so that it is not timed."""
        if not self.checkpoints:
            variables["PULUMI_SKIP_CHECKPOINTS"] = "true"
        environment = self.sandbox.environment(**variables)
        copy = ensure_stack(self.sandbox.folder, self.folder, self.name, environment)
        return [
            real_pulumi(self.sandbox.folder),
            *words,
            "-s",
            self.name,
            "--config-file",
            str(copy),
            "--non-interactive",
        ], environment

    def exported(self) -> list[dict[str, Any]]:
        """The resources of the stack's state."""
        words = [real_pulumi(self.sandbox.folder), "stack", "export", "-s", self.name]
        answer = subprocess.run(words, env=self.sandbox.environment(), cwd=self.folder, capture_output=True, text=True, check=True)
        return list(json.loads(answer.stdout)["deployment"].get("resources") or [])

    @property
    def state_size(self) -> int:
        """Bytes of the checkpoint that the engine rewrites."""
        file = self.sandbox.folder.state / ".pulumi" / "stacks" / f"bench-{self.folder.name}" / f"{self.name}.json"
        return file.stat().st_size
