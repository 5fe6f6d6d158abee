"""The project's own checks of what the clusters hold, run as a command in the sandbox.

The command reads the stack's outputs as JSON on standard input (secrets shown), prints a finding a line, and ends with 0 (well),
1 (findings) or 2 (it could not check). It runs in the project's folder; `kubectl` acts on the sandbox's clusters.
"""

from __future__ import annotations

import json
import shlex
import subprocess
from pathlib import Path
from typing import Any

LIMIT = 600.0  # seconds; a check that waits for something has limits of its own
SHOWN = 5  # lines of a command's complaint


def run(command: str, outputs: dict[str, Any], environment: dict[str, str], folder: Path) -> tuple[list[str], list[str]]:
    """(problems, notes): what it found, and what it had to say although all is well."""
    try:
        words = shlex.split(command)
        answer = subprocess.run(
            words, input=json.dumps(outputs), env=environment, cwd=folder, capture_output=True, text=True, errors="replace", timeout=LIMIT
        )
    except (OSError, ValueError, IndexError) as problem:
        return [f"--check {shlex.quote(command)} cannot be run: {getattr(problem, 'strerror', None) or problem}"], []
    except subprocess.TimeoutExpired:
        return [f"--check {shlex.quote(command)} did not end within {LIMIT:.0f} s"], []
    return judge(command, answer.returncode, answer.stdout, answer.stderr)


def judge(command: str, code: int, printed: str, complaint: str) -> tuple[list[str], list[str]]:
    """(problems, notes) of what a command printed and how it ended."""
    lines = [line.strip() for line in printed.splitlines() if line.strip()]
    if code == 0:
        return [], lines
    if code == 1 and lines:
        return lines, []
    said = " / ".join([*lines, *complaint.strip().splitlines()][-SHOWN:]) or "it did not say why"
    return [f"--check {shlex.quote(command)} could not check (exit status {code}): {said}"], []
