"""N services through the library, against a bare program that registers the same resources, command by command in turn."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from bench import clusters, objects
from bench.stacks import BenchFailed, Figures, Stack
from quayside_sandbox.sandbox import Sandbox

LIMITS = {"wall": 1.10, "cpu": 1.25, "memory": 1.25}
"""The goals: at most this many times what the bare program takes."""

Tell = Callable[[str], None]


@dataclass
class Compared:
    """One command at one size: what each program took each time, in the order in which it was run."""

    size: int
    command: str
    runs: dict[str, list[Figures]] = field(default_factory=dict)

    def ratio(self, figure: str, against: str = "bare") -> float | None:
        """Median of the ratios pair by pair; None where the command runs no program."""
        pairs = [
            (getattr(ours, figure), getattr(theirs, figure)) for ours, theirs in zip(self.runs["library"], self.runs[against], strict=True)
        ]
        return median(ours / theirs for ours, theirs in pairs) if all(ours and theirs for ours, theirs in pairs) else None

    def middle(self, program: str, figure: str) -> float | None:
        """Median over the runs of one program."""
        values = [getattr(each, figure) for each in self.runs[program]]
        return None if None in values else median(values)

    def as_data(self) -> dict[str, Any]:
        """For results.json."""
        others = [program for program in self.runs if program != "library"]
        ratios = {f"{figure} against {other}": self.ratio(figure, other) for other in others for figure in LIMITS}
        runs = {program: [asdict(each) for each in figures] for program, figures in self.runs.items()}
        return {"size": self.size, "command": self.command, "ratios": ratios, "runs": runs}


class Life:
    """The stacks of one size, from nothing to nothing."""

    def __init__(self, sandbox: Sandbox, folder: Path, size: int, *, official: bool, tell: Tell) -> None:
        self.size, self.official, self.tell = size, official, tell
        programs = {"library": "library", "bare": "bare", **({"naive": "bare"} if official else {})}
        shutil.rmtree(folder, ignore_errors=True)
        self.stacks = {
            name: Stack.of_services(sandbox, folder / name, program, clusters.kubeconfig(sandbox, f"bench-{name}"))
            for name, program in programs.items()
        }
        self.write("1")

    def write(self, tag: str) -> None:
        """Tell each program what to make. tag: of the first service's image."""
        ours = self.stacks["library"]
        ours.write("services.json", objects.services(self.size, tag=tag, charts=self.official))
        resources = objects.recorded(ours.folder)
        for name, stack in self.stacks.items():
            if name != "library":
                stack.write("resources.json", objects.for_bare(resources, naive=name == "naive"))

    def compare(self, command: str, run: Callable[[Stack], Figures], times: int, *, change: bool = False) -> Compared:
        """Run a command of each stack, in turn; every other time in the other order. change: one image before each time."""
        found = Compared(self.size, command, {name: [] for name in self.stacks})
        for time in range(times):
            if change:
                self.write(str(time + 2))
            for name, stack in list(self.stacks.items())[:: 1 if time % 2 == 0 else -1]:
                found.runs[name].append(run(stack))
                self.tell(f"{self.size} services, {command}, {name}: {found.runs[name][-1].wall:.1f} s")
        return found

    def check_alike(self) -> None:
        """Raises BenchFailed where the bare program's objects are not the library's."""
        wrong = objects.differences(self.stacks["library"].exported(), self.stacks["bare"].exported())
        if wrong:
            raise BenchFailed(f"the two programs did not make the same objects: {', '.join(wrong[:5])} …")


def measure(
    sandbox: Sandbox, folder: Path, sizes: list[int], *, repeat: int, previews_above: int, official: bool, tell: Tell
) -> Iterator[Compared]:
    """Each command at each size. previews_above: larger sizes are only previewed. Raises BenchFailed."""
    for size in sizes:
        life = Life(sandbox, folder / "services", size, official=official, tell=tell)
        if size == sizes[0]:
            life.compare("warm-up", Stack.preview, 1)  # compiles bytecode, fills the page cache
        yield life.compare("preview, nothing there yet", Stack.preview, repeat)
        if size > previews_above:
            continue
        yield life.compare("up", Stack.up, 1)
        life.check_alike()
        again = life.compare("preview, nothing changed", Stack.preview, repeat)
        if any(figures.changed for runs in again.runs.values() for figures in runs):
            raise BenchFailed("the second preview was not empty")
        yield again
        changed = life.compare("up, one image changed", Stack.up, repeat, change=True)
        if any(figures.changed != 1 for runs in changed.runs.values() for figures in runs):
            raise BenchFailed("one changed image was not one changed resource")
        yield changed
        yield life.compare("destroy", Stack.destroy, 1)


def growth(found: list[Compared], figure: str = "cpu") -> list[tuple[int, float]]:
    """Our own share by size: what the library's program takes more than the bare one, for each service.

    It is linear where the figure for a service does not grow with their number; what is paid once (imports) lets it shrink.
    """
    first = [each for each in found if each.command.startswith("preview, nothing there")]
    return [(each.size, ((each.middle("library", figure) or 0) - (each.middle("bare", figure) or 0)) / each.size) for each in first]
