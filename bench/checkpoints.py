"""What writing the state costs: the engine rewrites the whole of it at each step on file and bucket backends."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench import clusters, objects
from bench.stacks import Stack
from quayside_sandbox.sandbox import Sandbox


def measure(sandbox: Sandbox, folder: Path, sizes: list[int], tell: Callable[[str], None]) -> list[dict[str, Any]]:
    """`up` and `destroy` of the library's program without and with checkpoints."""
    found = []
    for size in sizes:
        row: dict[str, Any] = {"size": size}
        for checkpoints in (False, True):
            place = folder / "checkpoints" / ("with" if checkpoints else "without")
            shutil.rmtree(place, ignore_errors=True)
            stack = Stack.of_services(sandbox, place, "library", clusters.kubeconfig(sandbox, "bench-library"), checkpoints=checkpoints)
            stack.write("services.json", objects.services(size))
            up = stack.up()
            tell(f"{size} services, up {place.name} checkpoints: {up.wall:.1f} s")
            size_of_state = stack.state_size
            down = stack.destroy()
            row[place.name] = {"up": up.wall, "up engine": up.engine, "destroy": down.wall, "state": size_of_state, "resources": up.changed}
        found.append(row)
    return found
