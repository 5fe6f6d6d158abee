"""Shows what was measured, each goal with whether it was met, and writes it to bench/results.json."""

from __future__ import annotations

import json
import os
import platform
import time
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench import policies, services, warm_start

RESULTS = Path(__file__).parent / "results.json"

FIGURES = {"wall": "wall time", "cpu": "program's CPU", "memory": "program's memory"}


class Report:
    """What was measured. Each part is written as soon as it is there, with when and on what: a run that is ended keeps what it had, and
    one with `--only` leaves the other parts as they were."""

    def __init__(self, console: Console, file: Path, official: list[str]) -> None:
        self.console, self.file, self.official = console, file, official
        self.kind = "official plugins" if official else "modelled"
        self.began, self.load = time.gmtime(), os.getloadavg()[0]

    def add(self, part: str, found: Any) -> None:
        """Keep one part's figures. Those of stand-ins and of official plugins stand beside each other."""
        circumstances = {
            "figures": self.kind,
            "began": time.strftime("%Y-%m-%dT%H:%M:%SZ", self.began),
            "cores": os.cpu_count(),
            "load before": round(self.load, 1),
            "python": platform.python_version(),
        }
        data = json.loads(self.file.read_text()) if self.file.exists() else {}
        data.setdefault(self.kind, {})[part] = {**circumstances, "found": found}
        self.file.write_text(json.dumps(data, indent=2) + "\n")

    def services(self, found: list[services.Compared]) -> None:
        """The library against the bare program, and against the naive one where there is one."""
        others = [program for program in found[0].runs if program != "library"] if found else []
        for other in others:
            title = f"through the library, as a multiple of the {other} program ({self.kind}); goals {_goals()}"
            table = self._table(title, "services", "command", *FIGURES.values(), "library s", f"{other} s")
            for each in found:
                ratios = [_ratio(each.ratio(figure, other), services.LIMITS[figure] if other == "bare" else None) for figure in FIGURES]
                table.add_row(
                    str(each.size), each.command, *ratios, _number(each.middle("library", "wall")), _number(each.middle(other, "wall"))
                )
            self.console.print(table)
        table = self._table("our own share for each service; it is linear where this does not grow", "services", "CPU ms", "memory KiB")
        for (size, cpu), (_, memory) in zip(services.growth(found), services.growth(found, "memory"), strict=True):
            table.add_row(str(size), f"{cpu * 1000:.1f}", f"{memory / 1024:.0f}")
        self.console.print(table)

    def alone(self, found: list[dict[str, Any]]) -> None:
        """The program without the engine."""
        title = "the program alone, as a multiple of the bare one; and what each service adds to it"
        table = self._table(title, "services", "CPU", "memory", "CPU ms a service", "KiB a service")
        for row in found:
            cpu, memory = row["cpu"], row["memory"]
            ratios = [_ratio(each["ratio"], services.LIMITS[figure]) for figure, each in (("cpu", cpu), ("memory", memory))]
            table.add_row(str(row["size"]), *ratios, f"{cpu['own'] * 1000:.1f}", f"{memory['own'] / 1024:.0f}")
        self.console.print(table)

    def components(self, found: list[dict[str, Any]]) -> None:
        """The floor."""
        title = f"the bare program with an empty component for each service, as a multiple of it without, first preview ({self.kind})"
        table = self._table(title, "services", "wall time", "engine's CPU", "program's CPU", "program's memory")
        for row in found:
            table.add_row(str(row["size"]), *(f"{row[figure]:.2f}" for figure in ("wall", "engine", "cpu", "memory")))
        self.console.print(table)

    def policies(self, found: list[dict[str, Any]]) -> None:
        """What traffic policies add."""
        title = f"traffic policies and a canary, first preview ({self.kind}); goal: rendering adds at most {policies.GOAL:.0%} of a preview"
        table = self._table(title, "services", "policies", "ms a service", "of a preview", "s without", "s with", "objects", "s an object")
        for row in found:
            share = f"[{'green' if row['added share'] <= policies.GOAL else 'red'}]{row['added share']:.1%}[/]"
            seconds = (_number(row["preview"][kind]) for kind in ("none", row["policies"]))
            numbers = f"{row['added registrations']:+.0%}", f"{row['a registration']:+.0%}"
            table.add_row(str(row["size"]), row["policies"], f"{row['ms a service']:.1f}", share, *seconds, *numbers)
        self.console.print(table)

    def checkpoints(self, found: list[dict[str, Any]]) -> None:
        """With and without them."""
        title = f"writing the state ({self.kind})"
        table = self._table(title, "services", "resources", "state KiB", "up s with", "without", "engine's CPU s with", "without")
        for row in found:
            on, off = row["with"], row["without"]
            numbers = (_number(each) for each in (on["up"], off["up"], on["up engine"], off["up engine"]))
            table.add_row(str(row["size"]), str(on["resources"]), f"{on['state'] / 1024:.0f}", *numbers)
        self.console.print(table)

    def kubectl(self, found: list[dict[str, Any]]) -> None:
        """Against kubectl."""
        table = self._table(f"kubectl apply --server-side and the rollouts ({self.kind})", "services", "up s", "kubectl s", "up / kubectl")
        for row in found:
            table.add_row(str(row["size"]), _number(row["up"]), _number(row["apply and rollouts"]), f"{row['ratio']:.2f}")
        self.console.print(table)

    def imports(self, found: list[dict[str, Any]]) -> None:
        """What starting costs."""
        table = self._table("starting: one process", "what", "CPU s", "peak MiB")
        for row in found:
            table.add_row(row["what"], f"{row['cpu']:.2f}", f"{row['memory'] / 2**20:.0f}")
        self.console.print(table)

    def warm_start(self, found: dict[str, float]) -> None:
        """Where the seconds go."""
        table = self._table(f"make up, tools built, nothing running ({self.kind}); aim {warm_start.GOAL:.0f} s", "phase", "s")
        for phase, seconds in found.items():
            table.add_row(phase, f"{seconds:.1f}", style=("green" if seconds <= warm_start.GOAL else "red") if phase == "whole" else None)
        self.console.print(table)

    def _table(self, title: str, *columns: str) -> Table:
        table = Table(title=title, title_justify="left", title_style="bold")
        for index, column in enumerate(columns):
            table.add_column(column, justify="left" if index == 0 or column == "command" else "right")
        return table


def _goals() -> str:
    return ", ".join(f"{FIGURES[figure]} {limit:.2f}" for figure, limit in services.LIMITS.items())


def _ratio(value: float | None, limit: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:.2f}" if limit is None else f"[{'green' if value <= limit else 'red'}]{value:.2f}[/]"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"
