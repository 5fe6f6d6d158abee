"""What a component costs by itself: the bare program against the same with an empty component around each service's objects.

It is the floor under the library's figures. Pulumi registers and completes a component like any resource; the engine's work follows the
number of registrations, and no library with components has fewer.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from bench import clusters, objects
from bench.stacks import Stack
from quayside_sandbox.sandbox import Sandbox

FIGURES = ("wall", "engine", "cpu", "memory")


def measure(sandbox: Sandbox, folder: Path, sizes: list[int], repeat: int, tell: Callable[[str], None]) -> list[dict[str, Any]]:
    """First previews, in turn, every other time in the other order; each ratio is the median of the ratios pair by pair."""
    found = []
    for size in sizes:
        shutil.rmtree(folder / "components", ignore_errors=True)
        config = clusters.kubeconfig(sandbox, "bench-library")
        source = Stack.of_services(sandbox, folder / "components" / "library", "library", config)
        source.write("services.json", objects.services(size))
        resources = objects.recorded(source.folder)
        bare = Stack.of_services(sandbox, folder / "components" / "bare", "bare", config)
        bare.write("resources.json", objects.for_bare(resources))
        grouped = Stack.of_services(sandbox, folder / "components" / "grouped", "bare", config)
        grouped.write("resources.json", objects.for_bare(resources, grouped=True))
        pairs = []
        for time in range(repeat):
            ran = {stack: stack.preview() for stack in ((bare, grouped) if time % 2 else (grouped, bare))}
            pairs.append((ran[grouped], ran[bare]))
            tell(f"{size} services, preview: {ran[bare].wall:.1f} s bare, {ran[grouped].wall:.1f} s in empty components")
        ratios = {figure: median(getattr(ours, figure) / getattr(theirs, figure) for ours, theirs in pairs) for figure in FIGURES}
        found.append({"size": size, "pairs": len(pairs), **ratios})
    return found
