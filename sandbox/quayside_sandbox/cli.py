"""The command line: few verbs, each a thin line over the sandbox."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from . import clusters, doctor, fault_commands, load_command, measured_command, summary
from .clouds import commands as cloud_commands
from .engine import EngineRefused, ensure_stack, real_pulumi
from .environment import vendors
from .folder import FOLDER_VARIABLE
from .options import ChartsOption, CrdsOption, OfficialOption, choices, known_stack
from .places import project_folder
from .rehearse.command import command as rehearse_command
from .sandbox import Sandbox, SandboxFailed
from .shims import NotInstalled
from .stack_files import InvalidStackFile, stack_file
from .steps import Steps
from .tools import ToolFailed
from .troubles import told

app = typer.Typer(help=__doc__, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
console = Console(highlight=False)


@app.command()
def up(
    context: typer.Context,
    stack: Annotated[str, typer.Argument(help="The stack to bring up.")] = "dev",
    charts: ChartsOption = "stand-in",
    crds: CrdsOption = None,
    official: OfficialOption = None,
) -> None:
    """Start the sandbox and bring a stack up in it; then show what is there."""
    wanted = choices(charts, crds, official)
    project = project_folder()
    known_stack(project, stack)
    sandbox = Sandbox.of_project()
    steps = Steps()
    new = not sandbox.running
    source = context.get_parameter_source("charts")
    given = (source and source.name != "DEFAULT") or crds or official  # typed as such, also where it is what a new sandbox gets anyway
    try:
        sandbox.start(wanted if new or given else None, steps)
        with steps.step(f"bring up stack {stack}"):
            _pulumi(sandbox, project, stack, ["up", "--yes", "--skip-preview"])
    except EngineEnded as ended:
        if not sandbox.running:
            log = sandbox.folder.logs / "provisioner.log"
            steps.note(f"the sandbox's own process has ended meanwhile ({log} says why): run this again, and it takes up what was there")
        raise SystemExit(ended.code) from None
    except KeyboardInterrupt:
        if new:
            sandbox.stop()
            steps.note("interrupted: what this command started is stopped and removed")
        raise SystemExit(130) from None
    clusters.write_kubeconfig(sandbox)
    summary.show(sandbox, stack, console)


@app.command()
def down() -> None:
    """Stop the sandbox and remove everything of it."""
    sandbox = Sandbox.of_project()
    steps = Steps()
    with steps.step("stop the sandbox"):
        found = sandbox.stop()
    if not found:
        steps.note("there was none")


@app.command()
def status(stack: Annotated[str, typer.Argument(help="The stack to show.")] = "dev") -> None:
    """Show what runs in the sandbox."""
    sandbox = _running()
    clusters.write_kubeconfig(sandbox)
    summary.show(sandbox, stack, console)


@app.command()
def env(stack: Annotated[str, typer.Argument(help="The stack that commands without '-s' act on.")] = "dev") -> None:
    """Print the shell lines after which `pulumi` acts in the sandbox: eval "$(quayside-sandbox env)"."""
    sandbox = Sandbox.of_project()
    sandbox.start(None, Steps())
    project = project_folder()
    if stack_file(project, stack).exists():
        environment = sandbox.environment()
        ensure_stack(sandbox.folder, project, stack, environment)
        words = [real_pulumi(sandbox.folder), "stack", "select", stack, "--non-interactive"]
        subprocess.run(words, env=environment, cwd=project, check=True, stdout=subprocess.DEVNULL)
    clusters.write_kubeconfig(sandbox)
    entries = [entry for entry in os.environ.get("PATH", "").split(os.pathsep) if entry != str(sandbox.folder.binaries)]
    for name, value in {
        FOLDER_VARIABLE: str(sandbox.folder.root),
        "PATH": os.pathsep.join([str(sandbox.folder.binaries), str(Path(sys.executable).parent), *entries]),
        "KUBECONFIG": str(clusters.kubeconfig_file(sandbox)),
        **vendors(sandbox.folder),
    }.items():
        print(f"export {name}={shlex.quote(value)}")


@app.command("doctor")
def doctor_command() -> None:
    """Look for what would keep the sandbox from working, and say how to mend it."""
    raise SystemExit(0 if doctor.examine(console) else 1)


def _running() -> Sandbox:
    sandbox = Sandbox.of_project()
    if not sandbox.running:
        raise SandboxFailed("the sandbox does not run: start it with 'make up' or 'quayside-sandbox up STACK'")
    return sandbox


def _need_sandbox() -> None:
    if "--help" not in sys.argv:
        _running()


app.command("rehearse")(rehearse_command)
app.add_typer(
    cloud_commands.app, name="cloud", callback=_need_sandbox, help="Look at the simulated clouds and change them behind Pulumi's back."
)
app.add_typer(fault_commands.app, name="fault", callback=_need_sandbox, help="Make pods, nodes, clouds and API servers fail on purpose.")
app.add_typer(load_command.app, name="load", callback=_need_sandbox, help="Say how busy pods are, for autoscalers.")
app.add_typer(measured_command.app, name="measured", callback=_need_sandbox, help="Say what Prometheus answers, for progressive delivery.")


class EngineEnded(Exception):
    """The engine ended with an error, which it has told."""

    def __init__(self, code: int) -> None:
        super().__init__(f"the engine ended with exit status {code}")
        self.code = code


def _pulumi(sandbox: Sandbox, project: Path, stack: str, words: list[str]) -> None:
    """Runs the engine in the foreground; an interrupt goes to it first, so that it can end in order. Raises EngineEnded."""
    environment = sandbox.environment()
    copy = ensure_stack(sandbox.folder, project, stack, environment)
    command = [real_pulumi(sandbox.folder), *words, "-s", stack, "--config-file", str(copy)]
    engine = subprocess.Popen(command, env=environment, cwd=project)
    try:
        if code := engine.wait():
            raise EngineEnded(code)
    except KeyboardInterrupt:
        try:
            engine.wait(timeout=30)
        except (subprocess.TimeoutExpired, KeyboardInterrupt):
            engine.kill()
            engine.wait()
        raise


def main() -> None:
    """Entry point: what a user can mend is one line, without a traceback."""
    for number in (
        signal.SIGINT,
        signal.SIGTERM,
    ):  # a script's background jobs inherit an ignored SIGINT, and the engine does not ignore it
        signal.signal(number, signal.default_int_handler)
    if named := os.environ.get(FOLDER_VARIABLE):
        os.environ[FOLDER_VARIABLE] = str(Path(named).resolve())
    else:
        os.environ[FOLDER_VARIABLE] = str(Sandbox.of_project().folder.root)
    try:
        app()
    except (SandboxFailed, ToolFailed, NotInstalled, EngineRefused, InvalidStackFile) as problem:
        Console(stderr=True, highlight=False).print(f"[red]error:[/red] {escape(str(problem))}", soft_wrap=True)
        raise SystemExit(1) from None
    except OSError as problem:
        if not (said := told(problem)):
            raise
        Console(stderr=True, highlight=False).print(f"[red]error:[/red] {escape(said)}", soft_wrap=True)
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None
