"""`pulumi`, as typed in a sandbox: the real engine, in the sandbox's environment, on a stack's file without secure values.

`eval "$(quayside-sandbox env)"` puts this first on PATH, so that `pulumi preview -s dev` and all other commands work as they are typed.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import yaml

from .environment import engine_environment
from .folder import Folder, locked, read_json, write_json
from .places import project_folder
from .processes import started
from .stack_files import InvalidStackFile, stack_file, write_copy
from .yaml_files import InvalidYaml, pairs, parse, read_text

# Commands that read a stack's configuration and take --config-file; everything else goes through as typed.
_WITH_CONFIG = {"preview", "pre", "up", "update", "refresh", "destroy", "down", "watch", "import"}


# Options that may stand before the command and take the next word.
_TAKE_A_VALUE = {
    "-C",
    "--cwd",
    "-s",
    "--stack",
    "--color",
    "-v",
    "--verbose",
    "--tracing",
    "--otel-traces",
    "--profiling",
    "--memprofilerate",
}
# What writes or renames the stack's own file, or ties it to the sandbox's passphrase.
_REFUSED = {("stack", name) for name in ("init", "new", "create", "setup", "rename", "change-secrets-provider")} | {("config", "refresh")}


class EngineRefused(Exception):
    """The sandbox cannot run the command; the message says why and what to do."""


def main() -> None:
    try:
        folder = Folder.from_environment()
        arguments = sys.argv[1:]
        environment = engine_environment(folder)
        binary = real_pulumi(folder)
        words = [binary, *prepare_arguments(folder, arguments, environment, Path.cwd())]
    except (EngineRefused, InvalidStackFile) as problem:
        raise SystemExit(f"error: {problem}") from problem
    os.execve(binary, words, environment)


def real_pulumi(folder: Folder) -> str:
    """The engine's own path. Raises EngineRefused where the sandbox is not there."""
    engine = folder.root / "engine" / "pulumi"
    if not engine.exists():
        raise EngineRefused(f"there is no sandbox in {folder.root}: start it with 'make up' or 'quayside-sandbox up STACK'")
    return str(engine)


def prepare_arguments(folder: Folder, arguments: list[str], environment: dict[str, str], directory: Path) -> list[str]:
    """The arguments with the stack's copy named, after making sure that the stack exists."""
    command, subcommand = [*_words(arguments), "", ""][:2]
    if (command, subcommand) in _REFUSED:
        raise EngineRefused(
            f"'pulumi {command} {subcommand}' would change the stack's own file: use a shell without the sandbox's environment"
        )
    if (command, subcommand) in (("stack", "rm"), ("stack", "remove")) and "--preserve-config" not in arguments:
        return [*arguments, "--preserve-config"]
    if command in ("destroy", "down") and any(word.startswith("--remove") for word in arguments):
        raise EngineRefused(
            "'pulumi destroy --remove' would delete the stack's own file: leave '--remove' out, and 'make down' removes the rest"
        )
    if command == "config" and "--secret" in arguments:
        raise EngineRefused(
            "secure values are not set from inside the sandbox, which replaces them by examples: use a shell without its environment"
        )
    if command not in _WITH_CONFIG or _option(arguments, "--config-file") or {"-h", "--help"} & set(arguments):
        return arguments
    directory = Path(_option(arguments, "-C", "--cwd") or directory)
    project = project_folder(directory)
    stack = (_option(arguments, "-s", "--stack") or _selected_stack(folder, environment, directory)).rpartition("/")[2]
    if not stack_file(project, stack).exists() and not _state(folder, project_name(project), stack).exists():
        raise EngineRefused(f"there is no stack {stack}: neither a file Pulumi.{stack}.yaml nor a state of that name")
    copy = ensure_stack(folder, project, stack, environment)
    return [*arguments, "--config-file", str(copy)]


def ensure_stack(folder: Folder, project: Path, stack: str, environment: dict[str, str]) -> Path:
    """Makes the stack where it is not there, and the copy of its file; returns the copy's path.

    The stack is made from a scratch folder with the project's name: `pulumi stack init` writes a salt beside the project file.
    """
    name = project_name(project)
    scratch = folder.root / "stacks" / name
    copy = scratch / "config" / f"Pulumi.{stack}.yaml"
    with locked(scratch / f".{stack}.lock"):
        salt_file = copy.with_suffix(".salt.json")
        state = _state(folder, name, stack)
        if not salt_file.exists() or not state.exists():
            state.unlink(missing_ok=True)  # of a start that was ended half-way
            scratch.mkdir(parents=True, exist_ok=True)
            (scratch / "Pulumi.yaml").write_text(f"name: {name}\nruntime: python\n")
            _run(folder, ["stack", "init", stack, "--no-select"], environment, scratch)
            made = yaml.safe_load((scratch / f"Pulumi.{stack}.yaml").read_text())
            write_json(salt_file, made["encryptionsalt"])
        _drop_dead_locks(folder, name, stack)
        found = write_copy(stack_file(project, stack), copy)
        if found:
            pairs = [word for one in found for word in ("--secret", f"{one.key}={one.example}")]
            words = ["config", "set-all", "--path", "-s", stack, "--config-file", str(copy), *pairs]
            _run(folder, words, environment, scratch)
        listed = [{"kind": "secure value", "what": one.key, "by": "the schema's example"} for one in found]
        write_json(scratch / f"{stack}.substitutions.json", listed)
    return copy


def _state(folder: Folder, project: str, stack: str) -> Path:
    """Where the file backend keeps a stack."""
    return folder.state / ".pulumi" / "stacks" / project / f"{stack}.json"


def _drop_dead_locks(folder: Folder, project: str, stack: str) -> None:
    """An engine that was killed leaves its lock; the state is the sandbox's own, and only a live engine of this machine can hold one."""
    for lock in (folder.state / ".pulumi" / "locks" / "organization" / project / stack).glob("*.json"):
        holder = read_json(lock, {}).get("pid")
        if holder and started(int(holder)) is None:
            lock.unlink(missing_ok=True)


def _words(arguments: list[str]) -> list[str]:
    """The arguments that are neither options nor options' values: the command and what it is given."""
    found, value = [], False
    for word in arguments:
        if value:
            value = False
        elif word.startswith("-"):
            value = word in _TAKE_A_VALUE
        else:
            found.append(word)
    return found


def _selected_stack(folder: Folder, environment: dict[str, str], directory: Path) -> str:
    words = [real_pulumi(folder), "stack", "--show-name", "--non-interactive"]
    answer = subprocess.run(words, env=environment, cwd=directory, capture_output=True, text=True)
    if answer.returncode or not answer.stdout.strip():
        raise EngineRefused("no stack is selected: name one with '-s', for example 'pulumi preview -s dev'")
    return answer.stdout.strip().rpartition("/")[2]


def project_name(project: Path) -> str:
    """What the project file names it. Raises EngineRefused."""
    file = project / "Pulumi.yaml"
    if not file.exists():
        raise EngineRefused(f"there is no Pulumi.yaml in {project}: change to the project's folder")
    try:
        name = pairs(parse(read_text(file), file.name)).get("name")
    except InvalidYaml as problem:
        raise EngineRefused(f"in {project}: {problem}") from None
    if not isinstance(name, yaml.ScalarNode) or not re.fullmatch(r"(?!\.+$)[A-Za-z0-9_.-]{1,100}", name.value):  # the engine's own rule
        raise EngineRefused(f"{file} names no project: write 'name:' and letters, digits, hyphens, dots or underscores")
    return str(name.value)


def _run(folder: Folder, words: list[str], environment: dict[str, str], directory: Path) -> None:
    answer = subprocess.run(
        [real_pulumi(folder), *words, "--non-interactive"], env=environment, cwd=directory, capture_output=True, text=True
    )
    if answer.returncode:
        raise EngineRefused(f"'pulumi {' '.join(words[:2])}' failed: {answer.stderr.strip()}")


def _option(arguments: list[str], *names: str) -> str | None:
    for index, word in enumerate(arguments):
        for name in names:
            if word == name and index + 1 < len(arguments):
                return arguments[index + 1]
            if word.startswith(f"{name}="):
                return word.partition("=")[2]
    return None


if __name__ == "__main__":
    main()
