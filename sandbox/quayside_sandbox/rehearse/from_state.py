"""A rehearsal that starts from a real stack's exported state: what it lists is made anew in the sandbox, secrets left out."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from ..engine import EngineRefused, project_name, real_pulumi
from ..folder import Folder, write_json, write_text
from ..plugins.kubernetes.release_chart import VERSIONS_VARIABLE
from ..rehearsal import Rehearsal
from ..sandbox import Sandbox
from ..shims import PLUGINS, install_plugin, installed_sdks
from ..stack_files import InvalidStackFile, schema_of, stack_file
from ..steps import Steps
from . import replay_account, replay_values
from .course import complaints, take
from .origin import NotStarted, StandIns
from .replay_export import PROVIDERS, Resource, is_default_provider, not_simulated, read_export, title
from .report import Phase

_VERSION = re.compile(r"[0-9]+(\.[0-9]+)*([-+][0-9A-Za-z.+-]+)?")
"""Of a plugin: it becomes part of a path, and an export may come from anywhere."""

PROGRAM = """from pathlib import Path

from quayside_sandbox.rehearse.replay_program import main

main(Path(__file__).with_name("plan.json"))
"""


class FromState:
    """The origin `FROM_STATE=<exported state>`."""

    def __init__(self, file: Path) -> None:
        self.file = file

    @property
    def title(self) -> str:
        return f"state {self.file.name}"

    def bring_up(self, sandbox: Sandbox, project: Path, stack: str, phase: Phase, steps: Steps) -> StandIns:
        """Raises StackIsNew or NotStarted."""
        name = project_name(project)
        resources = read_export(self.file, name, stack)
        if unknown := not_simulated(resources):
            raise NotStarted(
                f"{self.title} holds resources of types that the sandbox does not simulate: {', '.join(unknown)}. "
                "A further type is one table in quayside_sandbox/clouds; until then, start from a ref (FROM=…) of a program without them"
            )
        resources = _with_plugins(sandbox.folder, [_as_observed(one) for one in resources])
        _list(sandbox.folder, [*replay_account.furnish(sandbox.store, resources), *_secrets(resources)])
        place = sandbox.folder.root / "from" / "replay"
        _write_program(place, project, name, stack, resources)
        rehearsal = Rehearsal(sandbox, place, stack, variables={VERSIONS_VARIABLE: str(sandbox.folder.root / "from" / "charts")})
        with steps.step(f"make the {len(resources)} resources of {self.title} in the sandbox"):
            try:
                outcome = rehearsal.up()
            except (EngineRefused, InvalidStackFile, subprocess.TimeoutExpired) as problem:
                raise NotStarted(f"{self.title} does not come up: {problem}") from problem
            if outcome.code:
                raise NotStarted("\n".join([f"{self.title} does not come up, which says nothing of the new:", *complaints(outcome)]))
            _put_notes_back(rehearsal, resources)
        take(phase, outcome)
        found = stand_ins(resources)
        phase.notes += [
            f"secret in the state, a stand-in here: {title(one)}: {', '.join(sorted(found[one['urn']]))}"
            for one in resources
            if one["urn"] in found
        ]
        return found


def stand_ins(resources: list[Resource]) -> StandIns:
    """The properties that were secret, or held something secret: what they are here is not what the program gave."""
    found: dict[str, set[str]] = {}
    for one, path in _sealed(resources):
        found.setdefault(one["urn"], set()).add(path[0])
    return {urn: frozenset(properties) for urn, properties in found.items()}


def _sealed(resources: list[Resource]) -> list[tuple[Resource, tuple[str, ...]]]:
    """Each secret input with its place; the engine's own providers are configured by the new settings."""
    made = [one for one in resources if not is_default_provider(one)]
    return [(one, path) for one in made for path in replay_values.sealed(one.get("inputs") or {})]


def _as_observed(resource: Resource) -> Resource:
    version = replay_account.observed_version(resource)
    return {**resource, "inputs": {**resource["inputs"], "version": version}} if version else resource


def _with_plugins(folder: Folder, resources: list[Resource]) -> list[Resource]:
    """Our plugins serve the versions that the state was made with; an official one serves in its own alone."""
    served, installed = folder.read_settings().get("served", {}), installed_sdks()
    found = []
    for resource in resources:
        package = resource["type"].removeprefix(PROVIDERS)
        version = (resource.get("inputs") or {}).get("version")
        if resource["type"].startswith(PROVIDERS) and package in PLUGINS and isinstance(version, str) and _VERSION.fullmatch(version):
            if served.get(package) == "stand-in":
                install_plugin(folder, package, version)
            else:
                resource = {**resource, "inputs": {**resource["inputs"], "version": installed.get(package, version)}}
        found.append(resource)
    return found


def _secrets(resources: list[Resource]) -> list[dict[str, str]]:
    by = "what the resource that it came from has in the sandbox, else a placeholder"
    found = _sealed(resources)
    return [{"kind": "secret of the exported state", "what": f"{title(one)}: {'.'.join(path)}", "by": by} for one, path in found]


def _list(folder: Folder, substitutions: list[dict[str, str]]) -> None:
    """Adds to the sandbox's list of what stands in for the real thing (Sandbox.substitutions)."""
    with (folder.root / "substitutions.jsonl").open("a") as handle:
        handle.writelines(json.dumps(one) + "\n" for one in substitutions)


def _write_program(place: Path, project: Path, name: str, stack: str, resources: list[Resource]) -> None:
    """A project of the same name, with the settings of today's stack, which the engine's own providers take their configuration from."""
    place.mkdir(parents=True, exist_ok=True)
    write_json(place / "plan.json", resources)
    options = {"toolchain": "pip", "virtualenv": sys.prefix} if sys.prefix != sys.base_prefix else {"toolchain": "pip"}
    description: dict[str, Any] = {"name": name, "runtime": {"name": "python", "options": options}}
    write_text(place / "Pulumi.yaml", yaml.safe_dump(description))
    write_text(place / "__main__.py", PROGRAM)
    file = stack_file(project, stack)
    if file.exists():
        write_text(place / file.name, _settings(file, place))


def _settings(file: Path, place: Path) -> str:
    """The stack's file, with its schema, which has the examples for secure values, beside it."""
    schema = schema_of(file)
    if schema is None:
        return file.read_text()
    write_json(place / "schema.json", schema)
    return f"# yaml-language-server: $schema=schema.json\n{file.read_text()}"


def _put_notes_back(rehearsal: Rehearsal, resources: list[Resource]) -> None:
    """The plugins' notes on inputs (`__defaults`) are no program's to give, but a name that they made up stays only where they say so."""
    state = rehearsal.exported()
    old = {one["urn"]: one.get("inputs") for one in resources}
    found = state["deployment"].get("resources") or []
    missing = old.keys() - {one["urn"] for one in found} - {one["urn"] for one in resources if one["type"].startswith(PROVIDERS)}
    if missing:
        raise NotStarted(f"these resources of the exported state are not in the sandbox's: {', '.join(sorted(missing))}")
    for resource in found:
        if "inputs" in resource:
            resource["inputs"] = replay_values.with_notes(resource["inputs"], old.get(resource["urn"]))
    words = [real_pulumi(rehearsal.sandbox.folder), "stack", "import", "-s", rehearsal.stack, "--non-interactive"]
    environment = rehearsal.sandbox.environment(**rehearsal.variables)
    answer = subprocess.run(words, input=json.dumps(state), env=environment, cwd=rehearsal.project, capture_output=True, text=True)
    if answer.returncode:
        raise NotStarted(f"the state that was made could not be completed: {answer.stderr.strip()}")
