"""`quayside-sandbox fault …`: pods, nodes, clouds and API servers that fail, on demand."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from ..clouds.store import Store
from ..controlplane import api_faults, faults
from ..folder import Folder
from . import api_server, cloud, engine

app = typer.Typer(no_args_is_help=True)
console = Console(highlight=False, markup=False, soft_wrap=True)


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


app.command("cloud")(cloud.set_cloud_fault)
app.add_typer(api_server.app, name="api")
app.command("kill-engine")(engine.kill_engine)


@app.command("list")
def list_faults() -> None:
    """Show the faults that are set."""
    folder = Folder.from_environment()
    for rule in faults.rules(folder):
        console.print(f"{rule['kind']}  {rule['match']}")
    for line in cloud.lines():
        console.print(line)
    for line in engine.lines():
        console.print(line)
    for cluster in api_faults.stopped(Store(folder.clouds)):
        console.print(f"api stopped  {cluster}")


@app.command("clear")
def clear() -> None:
    """Remove all faults: new pods are well again, clouds answer, API servers run."""
    folder = Folder.from_environment()
    cloud.clear()
    engine.clear()
    api_faults.clear(Store(folder.clouds))
    faults.clear(folder)
