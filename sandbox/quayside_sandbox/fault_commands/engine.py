"""`quayside-sandbox fault kill-engine`: the engine dies in the middle of its next run."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from ..folder import Folder
from ..plugins import kill

console = Console(highlight=False)


def kill_engine(
    at: Annotated[int, typer.Option(help="At which Create, Update or Delete call of the plugins.", min=1)] = 1,
    when: Annotated[str, typer.Option(help=f"{', '.join(kill.WHEN)}: relative to what the call does.")] = "after",
    operation: Annotated[str, typer.Option(help="Count only these: create, update or delete.")] = "*",
    type: Annotated[str, typer.Option(help="Count only calls for these types, a pattern such as 'kubernetes:*'.")] = "*",
    seconds: Annotated[float, typer.Option(help="With --when during: how long the call has lasted.", min=0)] = 1.0,
    seed: Annotated[int | None, typer.Option(help="Choose the call and before or after by this number, the same each time.")] = None,
    calls: Annotated[int, typer.Option(help="With --seed: how many calls the run has at most.", min=1)] = 40,
) -> None:
    """Kill the engine (SIGKILL) once, in the middle of its next run; then `quayside recover STACK`."""
    moment = kill.Moment(at, when, operation, type, seconds) if seed is None else kill.seeded(seed, calls)
    try:
        kill.set(Folder.from_environment(), moment)
    except ValueError as problem:
        raise typer.BadParameter(str(problem)) from problem
    console.print(f"the engine will be killed {moment}")


def lines() -> list[str]:
    """The rule that is set, for `fault list`."""
    moment = kill.planned(Folder.from_environment())
    return [f"kill-engine  {moment}"] if moment else []


def clear() -> None:
    kill.clear(Folder.from_environment())
