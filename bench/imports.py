"""What starting costs: `import quayside`, each of its parts, and the program of stack dev."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import Any

from bench.stacks import PROGRAMS, Stack
from quayside_sandbox.sandbox import Sandbox

STATEMENTS = (
    "pass",
    "import quayside",
    "from quayside import Settings",
    "import pulumi",
    "from quayside import Service",
    "import pulumi_cloudflare",
)


def measure(repeat: int) -> list[dict[str, Any]]:
    """CPU seconds and peak memory of a Python that runs one statement; bytecode is compiled before."""
    return [{"what": statement, **_middle([_python(statement) for _ in range(repeat + 1)][1:])} for statement in STATEMENTS]


def measure_dev(sandbox: Sandbox, folder: Path, repeat: int) -> dict[str, Any]:
    """The program's process alone in `pulumi preview -s dev`, before anything is there."""
    shutil.rmtree(folder / "dev", ignore_errors=True)
    stack = Stack.of_project(sandbox, folder / "dev", "dev")
    runs = [stack.preview() for _ in range(repeat + 1)][1:]
    taken = _middle([{"cpu": each.cpu or 0, "memory": each.memory or 0} for each in runs])
    return {"what": "the program of stack dev", **taken, "resources": runs[0].changed, "preview": median(each.wall for each in runs)}


def _python(statement: str) -> dict[str, float]:
    code = f"{statement}\nimport sys, json\nsys.path.insert(0, {str(PROGRAMS)!r})\nimport usage\nprint(json.dumps(usage.used()))"
    answer = subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=True)
    used: dict[str, float] = json.loads(answer.stdout)
    return used


def _middle(runs: list[dict[str, float]]) -> dict[str, float]:
    return {figure: median(each[figure] for each in runs) for figure in ("cpu", "memory")}
