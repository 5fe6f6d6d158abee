"""The programs without engine and plugins, against Pulumi's mocks: what of their CPU and memory is the library's, by size.

Quick, and not disturbed by what else runs on the machine. The mocks answer in the same process, for both programs alike: so a ratio is lower
here than with the engine, where that work is others'; that it does not grow with the size holds there as well.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from bench import objects
from bench.stacks import PROGRAMS, ROOT


def measure(folder: Path, sizes: list[int], repeat: int) -> Iterator[dict[str, Any]]:
    """CPU seconds and peak memory of both programs, run in turn; `own` is what the library adds for each service."""
    for size in sizes:
        ours = _program(folder / "alone" / f"library-{size}", "library")
        (ours / "services.json").write_text(objects.services(size))
        bare = _program(folder / "alone" / f"bare-{size}", "bare")
        (bare / "resources.json").write_text(objects.for_bare(objects.recorded(ours)))
        pairs = [(_run(ours), _run(bare)) for _ in range(repeat)]
        row: dict[str, Any] = {"size": size}
        for figure in ("cpu", "memory"):
            row[figure] = {
                "library": median(one[figure] for one, _ in pairs),
                "bare": median(other[figure] for _, other in pairs),
                "ratio": median(one[figure] / other[figure] for one, other in pairs),
                "own": median((one[figure] - other[figure]) / size for one, other in pairs),
            }
        yield row


def _program(place: Path, name: str) -> Path:
    place.mkdir(parents=True)
    shutil.copy(PROGRAMS / f"{name}.py", place / "__main__.py")
    shutil.copy(PROGRAMS / "usage.py", place)
    (place / "kubeconfig").write_text("not read")
    return place


def _run(program: Path) -> dict[str, float]:
    usage = program / "usage.json"
    words = [sys.executable, "-m", "bench.recording", str(program)]
    subprocess.run(words, cwd=ROOT, env={**os.environ, "BENCH_USAGE": str(usage)}, stdout=subprocess.DEVNULL, check=True)
    used: dict[str, float] = json.loads(usage.read_text())
    return used
