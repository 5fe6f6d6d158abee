"""`quayside-sandbox fault api stop|start`: API servers of simulated clusters that cannot be reached for a while."""

from __future__ import annotations

from typing import Annotated

import typer

from ..clouds.store import Store
from ..controlplane import api_faults
from ..folder import Folder

app = typer.Typer(no_args_is_help=True, help="Stop and start the API server of a cluster.")

ClusterArgument = Annotated[str | None, typer.Argument(help="Name of the cluster; default: all.")]


@app.command()
def stop(cluster: ClusterArgument = None) -> None:
    """Connections to the API server are refused from now on; what the cluster holds stays."""
    _switch(cluster, stopped=True)


@app.command()
def start(cluster: ClusterArgument = None) -> None:
    """The API server answers again: the same cluster with all that it held."""
    _switch(cluster, stopped=False)


def _switch(cluster: str | None, *, stopped: bool) -> None:
    try:
        api_faults.switch(Store(Folder.from_environment().clouds), cluster, stopped=stopped)
    except api_faults.NotSwitched as problem:
        raise typer.BadParameter(str(problem), param_hint="CLUSTER") from problem
