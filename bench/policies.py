"""What traffic policies add: services with a profile or with every policy that their data planes can do, and a canary, against the same without.

Two figures, because "the added share of a preview's time" has two readings:

- rendering: the CPU time in which policies are checked and said to the data planes (rendering.py), as a share of the time of a preview without
  them. This is what quayside itself adds, and what the goal is for: whoever writes the same objects by hand saves this and nothing else.
- the whole: the time of a preview with them against one without. The objects that policies are made of (a canary's pods, DestinationRules,
  routes of the mesh …) are registered like any others, whoever writes them; the engine's time follows their number. So it stands beside the
  number of registrations, and what it is for each of them says whether those of policies cost more than others.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

from bench import clusters, objects
from bench.stacks import ROOT, BenchFailed, Figures, Stack
from quayside_sandbox.sandbox import Sandbox

GOAL = 0.15
"""Of a preview's time, at most what rendering may add."""

SIZE = 300
"""The number of services that the goal is for."""

KINDS = tuple(objects.POLICIES)


def rendering(folder: Path, size: int, repeat: int) -> dict[str, dict[str, float]]:
    """CPU seconds of rendering alone, and objects, for each set of policies: the least of several times, which nothing disturbed."""
    folder.mkdir(parents=True, exist_ok=True)
    found = {}
    for kind in KINDS:
        file = folder / f"{kind}.json"
        file.write_text(objects.services(size, policies=kind))
        runs = [_rendered(file) for _ in range(repeat)]
        found[kind] = {"cpu": min(run["cpu"] for run in runs), "objects": runs[0]["objects"]}
    return found


def measure(sandbox: Sandbox, folder: Path, sizes: list[int], repeat: int, tell: Callable[[str], None]) -> Iterator[dict[str, Any]]:
    """First previews with each set of policies, in turn, every other time in the other order, and rendering alone."""
    for size in sizes:
        shutil.rmtree(folder / "policies", ignore_errors=True)
        alone = rendering(folder / "policies" / "rendering", size, repeat)
        config = clusters.kubeconfig(sandbox, "bench-library")
        stacks = {kind: Stack.of_services(sandbox, folder / "policies" / kind, "library", config) for kind in KINDS}
        for kind, stack in stacks.items():
            stack.write("services.json", objects.services(size, policies=kind))
        runs: dict[str, list[Figures]] = {kind: [] for kind in KINDS}
        for time in range(repeat):
            for kind, stack in list(stacks.items())[:: 1 if time % 2 == 0 else -1]:
                runs[kind].append(stack.preview())
                tell(f"{size} services, preview, policies: {kind}: {runs[kind][-1].wall:.1f} s")
        for kind in KINDS[1:]:
            yield {"size": size, "policies": kind, **shares(size, kind, alone, runs)}


def shares(size: int, kind: str, alone: dict[str, dict[str, float]], runs: dict[str, list[Figures]]) -> dict[str, Any]:
    """The figures of one set of policies; each ratio of previews is the median of the ratios pair by pair."""
    pairs = list(zip(runs[kind], runs["none"], strict=True))
    more = [one.changed / other.changed for one, other in pairs]
    longer = [one.wall / other.wall for one, other in pairs]
    added = alone[kind]["cpu"] - alone["none"]["cpu"]
    return {
        "rendering": added,
        "ms a service": added / size * 1000,
        "rendered objects": {each: alone[each]["objects"] for each in ("none", kind)},
        "preview": {each: median(run.wall for run in runs[each]) for each in ("none", kind)},
        "registrations": {each: runs[each][0].changed for each in ("none", kind)},
        "added share": added / median(other.wall for _, other in pairs),
        "added preview": median(longer) - 1,
        "added registrations": median(more) - 1,
        "a registration": median(time / number for time, number in zip(longer, more, strict=True)) - 1,
    }


def _rendered(file: Path) -> dict[str, float]:
    answer = subprocess.run([sys.executable, "-m", "bench.rendering", str(file)], cwd=ROOT, capture_output=True, text=True)
    if answer.returncode:
        raise BenchFailed(f"policies could not be rendered:\n{answer.stderr[-3000:]}")
    found: dict[str, float] = json.loads(answer.stdout)
    return found
