"""What to type next, in the words that work where the command was started: by make, from a virtual environment, as a module."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from ..places import project_folder

PROGRAM = "quayside-sandbox"


def next_commands(stack: str) -> list[tuple[str, str]]:
    """(command, purpose) of each; those after the first are for the shell that it prepares."""
    command = this_command()
    return [
        (f'eval "$({command} env{"" if stack == "dev" else f" {stack}"})"', "lets this shell's pulumi and kubectl act in the sandbox"),
        (f"pulumi preview -s {stack}", f"after an edit of Pulumi.{stack}.yaml: what would change"),
        ("kubectl get pods --all-namespaces", "look around in the cluster"),
        (f"{PROGRAM} cloud list", "look at the simulated cloud"),
        (down(command, os.environ, project_folder()), "removes everything again"),
    ]


def this_command() -> str:
    """How to call this program again from the shell that called it."""
    return own_command(sys.argv, sys.executable, os.environ.get("PATH", ""), Path.cwd())


def own_command(arguments: Sequence[str], python: str, path: str, here: Path) -> str:
    """How to call this program again: by its name where PATH leads to it, by its file, or as a module."""
    script = Path(arguments[0])
    if script.name == PROGRAM:
        on_path = shutil.which(PROGRAM, path=path)
        return PROGRAM if on_path and Path(on_path).resolve() == script.resolve() else _from(here, script)
    on_path = shutil.which("python", path=path)
    same = bool(on_path) and Path(str(on_path)).absolute() == Path(python).absolute()
    return f"{'python' if same else _from(here, Path(python))} -m quayside_sandbox"


def down(command: str, environment: Mapping[str, str], project: Path) -> str:
    """How to end it: by make where make started it and has a target for it."""
    makefile = project / "Makefile"
    by_make = "MAKELEVEL" in environment and makefile.is_file()
    if by_make and any(line.startswith("down:") for line in makefile.read_text().splitlines()):
        return "make down"
    return f"{command} down"


def _from(here: Path, file: Path) -> str:
    """A file's path for the shell, short where it lies below the current folder. Links stay: a virtual environment's python is one."""
    whole = file if file.is_absolute() else here / file
    return shlex.quote(str(whole.relative_to(here) if whole.is_relative_to(here) else whole))
