"""The options that say what a sandbox is started with: the same for every command that starts one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .sandbox import Choices, SandboxFailed
from .stack_files import stack_file

ChartsOption = Annotated[
    str, typer.Option(help="Where charts come from: 'stand-in' (the sandbox's own) or 'real' (the public repositories).")
]
CrdsOption = Annotated[
    Path | None, typer.Option(help="A folder of real CustomResourceDefinitions for each cluster.", exists=True, file_okay=False)
]
OfficialOption = Annotated[
    list[str] | None, typer.Option(help="Use the official plugin of this package where it is installed, e.g. kubernetes.")
]


def choices(charts: str, crds: Path | None, official: list[str] | None) -> Choices:
    """What the three options say together."""
    if charts not in ("stand-in", "real"):
        raise typer.BadParameter("write 'stand-in' or 'real'", param_hint="--charts")
    return Choices(charts, crds.resolve() if crds else None, official or [])


def known_stack(project: Path, stack: str) -> None:
    """Raises SandboxFailed where the project has no file for a stack of this name."""
    if not stack_file(project, stack).exists():
        known = ", ".join(sorted(file.name.split(".")[1] for file in project.glob("Pulumi.*.yaml"))) or "none"
        raise SandboxFailed(f"there is no Pulumi.{stack}.yaml in {project}: the stacks here are {known}")
