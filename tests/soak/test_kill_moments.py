"""Stack dev, its engine killed at many seeded moments of `up` and of `destroy`: recovered, completed, and nothing is left over.

`make soak ONLY=kill_moments`: QUAYSIDE_KILLS is how many seeds are tried (default 12); QUAYSIDE_SEED replays one.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from quayside_sandbox.plugins import kill
from quayside_sandbox.rehearsal import Outcome, Rehearsal
from rehearsals.conftest import Project

from .orphans import orphans, records

CALLS = {"up": 39, "destroy": 5}
"""How many Create and Delete calls of plugins stack dev takes; a later moment is never reached, and the run ends as usual."""

SEEDS = [int(os.environ["QUAYSIDE_SEED"])] if os.environ.get("QUAYSIDE_SEED") else list(range(int(os.environ.get("QUAYSIDE_KILLS", "12"))))


@pytest.mark.parametrize("seed", SEEDS)
def test_killed_and_recovered(seed: int, rehearsal: Callable[..., Rehearsal], sandbox: Any, project: Project) -> None:
    dev = rehearsal(project.folder, "dev", checkpoints=True)
    before = records(dev)
    said = _killed(dev, seed, "up", dev.up)
    dev.up().check()
    assert dev.preview().check().changed == [], said
    _nothing_pending(dev)
    assert orphans(dev, before) == [], said
    said = _killed(dev, seed, "destroy", dev.destroy)
    dev.destroy().check()
    assert not dev.has_resources()
    left = {each for each in records(dev) - before if each[:2] != ("cloudflare", "zones")}  # the assumed zone stays
    assert left == set(), said


def _killed(dev: Rehearsal, seed: int, command: str, run: Callable[[], Outcome]) -> str:
    """Kills the engine in a run, and recovers; what recovery said."""
    folder = dev.sandbox.folder
    moment = kill.seeded(seed, CALLS[command])
    kill.set(folder, moment)
    outcome = run()
    kill.clear(folder)
    if outcome.code != -signal.SIGKILL:
        outcome.check()
        print(f"seed {seed}: {command} ended before it was killed {moment}")
        return ""
    said = recover(dev, "--yes", "--cancel")
    print(f"seed {seed}: {command} killed {moment}: {kill.struck(folder)}\n{said}")
    return said


def _nothing_pending(dev: Rehearsal) -> None:
    assert not dev.exported()["deployment"].get("pending_operations")


def recover(dev: Rehearsal, *words: str) -> str:
    environment = dev.sandbox.environment(**dev.variables)
    environment["PATH"] = os.pathsep.join([str(dev.sandbox.folder.binaries), str(Path(sys.executable).parent), environment["PATH"]])
    command = [sys.executable, "-m", "quayside.operations.command", "recover", dev.stack, *words]
    answer = subprocess.run(command, env=environment, cwd=dev.project, capture_output=True, text=True, timeout=1800)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return answer.stdout
