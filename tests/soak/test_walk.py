"""Random walks through what a stack's settings may say, each from a seed of its own: `make soak ONLY=walk`.

QUAYSIDE_SEED=123 replays one; QUAYSIDE_WALKS and QUAYSIDE_EDITS say how many there are, and how long (5 walks of 12 edits; an edit takes
half a minute to a minute on two cores).
"""

from __future__ import annotations

import os
from random import SystemRandom

import pytest

from quayside_sandbox.rehearsal import Rehearsal
from quayside_sandbox.sandbox import Sandbox
from rehearsals.conftest import Project

from .walking import Walk

SEEDS = (
    [int(os.environ["QUAYSIDE_SEED"])]
    if os.environ.get("QUAYSIDE_SEED")
    else [SystemRandom().randrange(10**6) for _ in range(int(os.environ.get("QUAYSIDE_WALKS", "5")))]
)
EDITS = int(os.environ.get("QUAYSIDE_EDITS", "12"))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_walk(seed: int, sandbox: Sandbox, project: Project) -> None:
    stack = Rehearsal(sandbox, project.folder, "dev")
    try:
        life = Walk(project, stack)
        life.go(seed, EDITS)
        life.end()
    finally:
        if stack.has_resources():  # after a failure; else the next walk would find it
            stack.destroy()
