"""Which Python a program, component package or policy pack runs with, and what is installed there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Run inside the other interpreter: what it is, and which distributions carry a Pulumi provider's description.
_LIST_PACKAGES = """
import importlib.metadata as m, json
found = []
for d in m.distributions():
    for f in d.files or ():
        if f.name == "pulumi-plugin.json" and len(f.parts) <= 2:
            found.append([d.metadata["Name"], d.version, json.loads(f.locate().read_text())])
            break
print(json.dumps(found))
"""
_LIST_DISTRIBUTIONS = """
import importlib.metadata as m, json
print(json.dumps(sorted([d.metadata["Name"], d.version] for d in m.distributions())))
"""


class NoInterpreter(Exception):
    """The environment named in the project file is not there; the message says how to make it."""


@dataclass(frozen=True)
class Interpreter:
    """A Python, by the path of its executable."""

    executable: Path

    @classmethod
    def choose(cls, root: Path, options: dict[str, Any], default_folder: str | None = None) -> Interpreter:
        """The one in the `virtualenv` of the runtime options, relative to the project's root; else the one the sandbox runs on.

        `default_folder` is the virtual environment to look for where the options name none (plugins: `venv`).
        """
        named = str(options.get("virtualenv") or "")
        if not named and default_folder and (root / default_folder).is_dir():
            named = default_folder
        if not named:
            return cls(Path(sys.executable))
        folder = environment_folder(root, named)
        executable = folder / "bin" / "python"
        if not executable.exists():
            raise NoInterpreter(f"the virtual environment {named} of {root} does not exist: run 'pulumi install' there")
        return cls(executable)

    def packages(self) -> list[tuple[str, str, dict[str, Any]]]:
        """(distribution, version, its pulumi-plugin.json) of each Pulumi provider installed."""
        return [(name, version, facts) for name, version, facts in self._ask(_LIST_PACKAGES)]

    def distributions(self) -> list[tuple[str, str]]:
        return [(name, version) for name, version in self._ask(_LIST_DISTRIBUTIONS)]

    def version(self) -> str:
        return str(self._ask("import json, platform; print(json.dumps(platform.python_version()))"))

    def _ask(self, script: str) -> Any:
        words = [str(self.executable), "-c", script]
        answer = subprocess.run(words, capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL, cwd="/")
        return json.loads(answer.stdout)


def environment_folder(root: Path, named: str) -> Path:
    """The folder of a virtual environment, which the options may name relative to the project's root."""
    return Path(os.path.normpath(root / named))


def plugin_arguments(folder: Path) -> list[str]:
    """How the official host starts the component package in a folder (pulumi-language-python, RunPlugin)."""
    if (folder / "__main__.py").exists():
        return [str(folder)]
    description = folder / "pyproject.toml"
    if description.exists():
        content = tomllib.loads(description.read_text())
        name = content.get("project", {}).get("name")
        if name and content.get("build-system", {}).get("build-backend"):
            return ["-m", "pulumi.run.plugin", name]
    raise NoInterpreter(f"{folder} is not a plugin that can be run: it has neither __main__.py nor a pyproject.toml with a build backend")
