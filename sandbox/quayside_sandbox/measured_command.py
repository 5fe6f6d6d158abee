"""`quayside-sandbox measured …`: what the simulated Prometheus answers, so that progressive delivery has something to judge by."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from .controlplane import measured
from .folder import Folder

app = typer.Typer(no_args_is_help=True)
console = Console(highlight=False)
NONE = "none"


@app.command("set")
def set_measured(
    pattern: Annotated[
        str, typer.Argument(help=f"A regular expression, looked for in the measurement's name and query, for example {measured.EXAMPLE}.")
    ],
    values: Annotated[list[str], typer.Argument(help="A number, or NaN; several are several samples; 'none' is no answer.")],
) -> None:
    """From now on, a query that matches has this answer."""
    try:
        measured.set(Folder.from_environment(), pattern, [] if values == [NONE] else [float(value) for value in values])
    except ValueError as problem:
        raise typer.BadParameter(str(problem)) from problem


@app.command("list")
def list_measured() -> None:
    """Show what is set; of several that match a query, the last one holds."""
    for rule in measured.rules(Folder.from_environment()):
        console.print(f"{escape(rule['pattern'])}  {' '.join(rule['values']) or NONE}")


@app.command("clear")
def clear() -> None:
    """Leave every query without an answer again."""
    measured.clear(Folder.from_environment())
