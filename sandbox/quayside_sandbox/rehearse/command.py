"""`quayside-sandbox rehearse STACK`: a stack's whole life in a sandbox of its own, and the report of it."""

from __future__ import annotations

import os
import shlex
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from ..folder import FOLDER_VARIABLE, write_json
from ..options import ChartsOption, CrdsOption, OfficialOption, choices, known_stack
from ..places import project_folder
from ..sandbox import Sandbox, SandboxFailed
from ..steps import Steps
from ..summary.following import this_command
from .fresh import fresh_sandbox, room
from .origin import Origin
from .phases import rehearse
from .report import Report
from .shown import show


def command(
    stack: Annotated[str, typer.Argument(help="The stack to rehearse.")],
    check: Annotated[
        str | None,
        typer.Option(
            help="A command that checks what the clusters hold: it reads the stack's outputs as JSON, prints a finding a line, ends with 0 or 1."
        ),
    ] = None,
    report: Annotated[Path | None, typer.Option(help="Where the report goes; default: .quayside/rehearse/STACK.json.")] = None,
    keep: Annotated[
        bool, typer.Option("--keep", help="Leave the sandbox as the first failed phase left it, or as it is at the end.")
    ] = False,
    charts: ChartsOption = "stand-in",
    crds: CrdsOption = None,
    official: OfficialOption = None,
    from_ref: Annotated[str | None, typer.Option("--from", metavar="REF", help="Start from the stack as this git ref had it.")] = None,
    from_state: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Start from a real stack's exported state.", exists=True, dir_okay=False)
    ] = None,
) -> None:
    """Rehearse a stack in a fresh sandbox: up, quiet preview, no drift, checks, refused and real destroy, nothing left; and a report."""
    project, steps = project_folder(), Steps()
    wanted = choices(charts, crds, official)
    origin = _origin(from_ref, from_state)
    known_stack(project, stack)
    file = _report_file(report or room(project) / f"{stack}.json")
    done = Report(stack, datetime.now(UTC).isoformat(timespec="seconds"))
    console = Console(highlight=False, emoji=False)
    sandbox: Sandbox | None = None
    try:
        with fresh_sandbox(project, stack, keep=keep) as sandbox:
            rehearse(done, sandbox, project, steps=steps, choices=wanted, check=check, origin=origin, stop_at_failure=keep)
    finally:
        try:
            _write(file, done)
        finally:
            show(done, console)
        console.print(f"[dim]report: {escape(str(file))}[/dim]", soft_wrap=True)
        if sandbox and sandbox.running:
            console.print(f"[dim]{escape(_kept(sandbox, stack))}[/dim]", soft_wrap=True)
    raise SystemExit(done.exit_status)


def _kept(sandbox: Sandbox, stack: str) -> str:
    """What to type to look around, and to be rid of it."""
    named, own = f"{FOLDER_VARIABLE}={shlex.quote(str(sandbox.folder.root))}", this_command()
    return f'kept: export {named}; eval "$({own} env {stack})" acts in it, and {own} down removes it'


def _write(file: Path, report: Report) -> None:
    try:
        write_json(file, report.as_json())
    except OSError as problem:
        raise SandboxFailed(f"the report could not be written to {file}: {problem.strerror}; the terminal shows it") from problem


def _origin(ref: str | None, state: Path | None) -> Origin | None:
    if ref and state:
        raise typer.BadParameter("choose one of --from and --from-state", param_hint="--from-state")
    if ref:
        from .from_ref import FromRef

        return FromRef(ref)
    if state:
        from .from_state import FromState

        return FromState(state)
    return None


def _report_file(file: Path) -> Path:
    """The report's place, checked before the work: an older report is gone from there, so that nobody takes it for this run's."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.unlink(missing_ok=True)
        if not os.access(file.parent, os.W_OK):
            raise PermissionError(13, "no permission to write there")
    except OSError as problem:
        raise SandboxFailed(f"the report cannot be written to {file}: {problem.strerror}; name another place with --report") from problem
    return file
