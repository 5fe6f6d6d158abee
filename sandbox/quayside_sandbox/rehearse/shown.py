"""A rehearsal's report on a terminal: its phases, what they found, what it costs, and the verdict in the last line."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ..summary import costs
from ..summary.titled import titled
from .report import Phase, Report, Verdict

COLOURS = {Verdict.PASSED: "green", Verdict.FAILED: "red", Verdict.SKIPPED: "dim", Verdict.NEW: "green", Verdict.NOT_STARTED: "red"}


def show(report: Report, console: Console) -> None:
    """Prints the whole report."""
    for table in (phases(report), resources(report), costs.table(report.estimate or {})):
        if table is not None:
            console.print()
            console.print(table)
    _listed(console, "Warnings", dict.fromkeys(text for phase in report.phases for text in phase.warnings))
    _listed(console, "Stood in for the real thing", [f"{one['kind']} {one['what']}: {one['by']}" for one in report.substitutions])
    for phase in report.phases:
        _listed(console, f"{phase.name}: to know", phase.notes if phase.verdict is not Verdict.SKIPPED else [])
    for phase in report.phases:
        _listed(console, f"[red]{phase.name} failed[/red]", phase.problems)
    console.print()
    console.print(verdict(report), soft_wrap=True)


def phases(report: Report) -> Table:
    """One row for each phase."""
    table = titled(f"Rehearsal of stack {escape(report.stack)}" + (f", from {escape(report.origin)}" if report.origin else ""))
    table.add_column("phase", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    table.add_column("time", justify="right", no_wrap=True)
    table.add_column("what it did", overflow="fold")
    for phase in report.phases:
        colour = COLOURS[phase.verdict]
        table.add_row(phase.name, f"[{colour}]{phase.verdict}[/{colour}]", f"{phase.seconds:.1f} s", escape(_did(phase)))
    return table


def resources(report: Report) -> Table | None:
    """How many resources of each type the stack has; None where it did not come so far."""
    if not report.resources:
        return None
    table = titled("Resources")
    table.add_column("type", "sum", overflow="fold")
    table.add_column("how many", str(sum(report.resources.values())), justify="right")
    table.show_footer = True
    for kind, count in sorted(report.resources.items(), key=lambda item: (-item[1], item[0])):
        table.add_row(escape(kind), str(count))
    return table


def verdict(report: Report) -> str:
    """One line: how it ended, where, and how long it took."""
    colour, took = COLOURS[report.verdict], sum(phase.seconds for phase in report.phases)
    said = {
        Verdict.PASSED: "passed",
        Verdict.NEW: "passed; the stack is new, so there was nothing to compare it with",
        Verdict.NOT_STARTED: "not started: the old state did not come up, which says nothing of the new",
    }.get(
        report.verdict
    ) or f"failed: {', '.join(phase.name for phase in report.phases if phase.verdict is Verdict.FAILED) or 'nothing was done'}"
    return f"[bold {colour}]Rehearsal of {escape(report.stack)} {escape(said)}[/bold {colour}] [dim]{took:.0f} s[/dim]"


def _did(phase: Phase) -> str:
    if phase.verdict is Verdict.SKIPPED:
        return "; ".join(phase.notes)
    done = ", ".join(f"{count} {op}" for op, count in phase.changes.items())
    return "; ".join(
        text for text in (done, f"{len(phase.problems)} problem{'s' if len(phase.problems) > 1 else ''}" if phase.problems else "") if text
    )


def _listed(console: Console, title: str, lines: Iterable[str]) -> None:
    texts = list(lines)
    if texts:
        console.print(f"\n[bold]{title}[/bold]")
        for text in texts:
            console.print(f"  • {escape(text)}", soft_wrap=True)
