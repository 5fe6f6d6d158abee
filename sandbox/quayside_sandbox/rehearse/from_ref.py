"""A rehearsal that starts from a git ref: the stack as that ref's code, pins and settings had it, brought up in today's sandbox."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import yaml

from ..engine import EngineRefused
from ..places import cache_folder, project_folder
from ..plugins.kubernetes.release_chart import VERSIONS_VARIABLE
from ..rehearsal import Rehearsal
from ..sandbox import Sandbox
from ..stack_files import InvalidStackFile, stack_file
from ..steps import Steps
from . import environments
from .course import complaints, take
from .old_checkout import checkout, commit_of
from .origin import NotStarted, StackIsNew, StandIns
from .report import Phase
from .requirements import read_requirements

ENVIRONMENT = ".venv-of-the-ref"  # in the old checkout; no name that a repository might use itself


class FromRef:
    """The origin `FROM=<git ref>`."""

    def __init__(self, ref: str, project: Path | None = None) -> None:
        self.ref = ref
        try:
            self._commit = commit_of(project or project_folder(), ref)
        except NotStarted:  # told in its phase
            self._commit = ""

    @property
    def title(self) -> str:
        return f"ref {self.ref}" + (f" (commit {self._commit[:12]})" if self._commit else "")

    def bring_up(self, sandbox: Sandbox, project: Path, stack: str, phase: Phase, steps: Steps) -> StandIns:
        """Raises StackIsNew or NotStarted."""
        commit = commit_of(project, self.ref)
        with checkout(project, commit, sandbox.folder.root / "from" / "checkout") as old:
            if not stack_file(old, stack).exists() or not (old / "Pulumi.yaml").exists():
                raise StackIsNew(f"{self.title} has no Pulumi.{stack}.yaml: the stack is new, and there is nothing to compare with")
            before, now = _description(old, self.ref), _description(project, "the checkout")
            same_project(before, now, self.title)
            requirements = read_requirements(old)
            with steps.step(f"prepare the program of {self.title}"):
                options = runtime_options(now)
                python = environments.python_for(requirements.third_party, project, options, cache_folder(project), steps)
                environments.assemble(old / ENVIRONMENT, python, requirements.local)
                (old / "Pulumi.yaml").write_text(yaml.safe_dump(with_environment(before, ENVIRONMENT), sort_keys=False))
            with steps.step(f"bring up stack {stack} as {self.title} has it"):
                _up(sandbox, old, stack, phase, self.title)
        return {}


def same_project(before: dict[str, Any], now: dict[str, Any], title: str) -> None:
    """The state belongs to a project by its name: under another name nothing goes on. Raises NotStarted."""
    if before.get("name") != now.get("name"):
        raise NotStarted(
            f"in {title} the project is named {before.get('name')!r}, and now {now.get('name')!r}: to Pulumi these are different "
            "resources. Give it its old name again, or move the real state over first ('pulumi stack rename' takes a project's name too)"
        )


def runtime_options(description: dict[str, Any]) -> dict[str, Any]:
    """The options of a project's runtime, which may be given by its name alone. Raises NotStarted."""
    runtime = description.get("runtime")
    name, options = (runtime.get("name"), runtime.get("options")) if isinstance(runtime, dict) else (runtime, None)
    if name != "python":
        raise NotStarted(
            f"the project's runtime is {name!r}: an environment of its own can only be made for python; use FROM_STATE instead"
        )
    return dict(options or {})


def with_environment(description: dict[str, Any], folder: str) -> dict[str, Any]:
    """A project's description that names this environment and no tool that would make one. Raises NotStarted."""
    options = {**runtime_options(description), "toolchain": "pip", "virtualenv": folder}
    return {**description, "runtime": {"name": "python", "options": options}}


def _description(project: Path, whose: str) -> dict[str, Any]:
    try:
        found = yaml.safe_load((project / "Pulumi.yaml").read_text())
    except (OSError, ValueError, yaml.YAMLError) as problem:
        raise NotStarted(f"Pulumi.yaml of {whose} cannot be read: {problem}") from problem
    if not isinstance(found, dict):
        raise NotStarted(f"Pulumi.yaml of {whose} describes no project")
    return found


def _up(sandbox: Sandbox, old: Path, stack: str, phase: Phase, title: str) -> None:
    try:
        # Charts in the versions that were pinned then: the sandbox's stand-ins are made for today's.
        outcome = Rehearsal(sandbox, old, stack, variables={VERSIONS_VARIABLE: str(sandbox.folder.root / "from" / "charts")}).up()
    except (EngineRefused, InvalidStackFile, subprocess.TimeoutExpired) as problem:
        raise NotStarted(f"{title} does not come up: {problem}") from problem
    if outcome.code:
        raise NotStarted("\n".join([f"{title} does not come up, which says nothing of the new:", *complaints(outcome)]))
    take(phase, outcome)
