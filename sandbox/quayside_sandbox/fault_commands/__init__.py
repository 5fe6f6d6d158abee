"""`quayside-sandbox fault …`: pods and nodes that fail, on demand."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from .controlplane import faults
from .folder import Folder

app = typer.Typer(no_args_is_help=True)
console = Console(highlight=False)


@app.command("set")
def set_fault(
    kind: Annotated[str, typer.Argument(help=f"One of: {', '.join(faults.KINDS)}.")],
    match: Annotated[str, typer.Argument(help="image=GLOB, pod=NAMESPACE/GLOB, volume=NAMESPACE/GLOB or node=GLOB.")],
) -> None:
    """From now on, what matches fails in this way; image-missing makes matching pods anew, the others strike where pods are."""
    try:
        faults.set(Folder.from_environment(), kind, match)
    except ValueError as problem:
        raise typer.BadParameter(str(problem)) from problem


@app.command("list")
def list_faults() -> None:
    """Show the faults that are set."""
    for rule in faults.rules(Folder.from_environment()):
        console.print(f"{rule['kind']}  {rule['match']}")


@app.command("clear")
def clear() -> None:
    """Remove all faults; new pods are well again."""
    faults.clear(Folder.from_environment())
