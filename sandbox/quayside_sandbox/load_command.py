"""`quayside-sandbox load …`: how busy simulated pods are, so that autoscalers have something to do."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from .controlplane import load
from .folder import Folder

app = typer.Typer(no_args_is_help=True)
console = Console(highlight=False)
REST = load.Load()


@app.command("set")
def set_load(
    pod: Annotated[str, typer.Argument(help=f"NAMESPACE/GLOB, for example {load.EXAMPLE}.")],
    cpu: Annotated[int, typer.Option(help="Percent of the CPU that a pod requests.")] = REST.cpu,
    memory: Annotated[int, typer.Option(help="Percent of the memory that a pod requests.")] = REST.memory,
) -> None:
    """From now on, pods that match are so busy, those that come later too."""
    try:
        load.set(Folder.from_environment(), pod, load.Load(cpu, memory))
    except ValueError as problem:
        raise typer.BadParameter(str(problem)) from problem


@app.command("list")
def list_loads() -> None:
    """Show what is set; of several that match a pod, the last one holds."""
    for rule in load.rules(Folder.from_environment()):
        console.print(f"{rule['pod']}  cpu {rule['cpu']}%  memory {rule['memory']}%")


@app.command("clear")
def clear() -> None:
    """Let all pods rest again."""
    load.clear(Folder.from_environment())
