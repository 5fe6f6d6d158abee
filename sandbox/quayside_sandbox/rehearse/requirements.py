"""What an old program needs to run: packages of others, which an environment is kept for, and its own, which come from its own checkout."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .origin import NotStarted

# 'name[extras]==1.2.3' and what pip allows around it; anything else is no exact pin.
_PIN = re.compile(r"(?P<name>[A-Za-z0-9._-]+)\s*(\[[^]]*])?\s*==\s*(?P<version>[A-Za-z0-9.+!]+)\s*$")
_NAME = re.compile(r"[A-Za-z0-9._-]+")
_INCLUDE = re.compile(r"(?:-r|--requirement)[\s=]+(?P<file>\S+)")
_EDITABLE = re.compile(r"(?:-e|--editable)[\s=]+(?P<path>.+)")
_EXTRAS = re.compile(r"(?P<path>[^\[]+?)\s*(?:\[(?P<extras>[^]]*)])?$")


@dataclass(frozen=True)
class Local:
    """A distribution that lies in the repository itself."""

    folder: Path
    extras: tuple[str, ...] = ()


@dataclass(frozen=True)
class Requirements:
    """`third_party` are lines as pip takes them, what the local distributions need included."""

    third_party: tuple[str, ...]
    local: tuple[Local, ...]


def read_requirements(project: Path) -> Requirements:
    """From requirements.txt, as Pulumi's own host installs it; where there is none, from the project's pyproject.toml. Raises NotStarted."""
    file = project / "requirements.txt"
    local: list[Local] = []
    if file.exists():
        lines = list(_lines(file, local))
    elif (project / "pyproject.toml").exists():
        lines = _needs(Local(project))
    else:
        raise NotStarted(f"{project.name} has neither requirements.txt nor pyproject.toml: nothing says what its program needs")
    for one in local:
        lines += _needs(one)
    return Requirements(tuple(sorted(set(lines))), tuple(local))


def served_by(wanted: tuple[str, ...], installed: dict[str, str], todays: tuple[str, ...]) -> bool:
    """Whether an environment that was made for the lines `todays` has what `wanted` asks for.

    A line fits where it stands in both, or where it is an exact pin of what is installed. `installed` is name → version.
    """
    versions = {normal(name): version for name, version in installed.items()}
    return all(line in todays or _installed(line, versions) for line in wanted)


def normal(name: str) -> str:
    """A distribution's name as names are compared (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def project_name(folder: Path) -> str:
    return str(_description(folder).get("name", folder.name))


def _installed(line: str, versions: dict[str, str]) -> bool:
    pin = _PIN.match(line)
    return bool(pin) and versions.get(normal(pin["name"])) == pin["version"] if pin else False


def _lines(file: Path, local: list[Local]) -> Iterator[str]:
    """The lines of a requirements file for packages of others; the local ones are added to `local`."""
    text = file.read_text().replace("\\\n", " ")
    for written in text.splitlines():
        line = re.sub(r"(^|\s)#.*$", "", written).strip()
        if not line:
            continue
        if included := _INCLUDE.match(line):
            yield from _lines(file.parent / included["file"], local)
        elif editable := _EDITABLE.match(line):
            local.append(_local(file.parent, editable["path"]))
        elif _is_path(line):
            local.append(_local(file.parent, line))
        else:
            yield line


def _is_path(line: str) -> bool:
    """Whether pip takes it for a folder: it has a slash or is a dot, and is no address, option or comparison."""
    place = line.split(";")[0].split("[")[0].strip()
    return not line.startswith("-") and "://" not in place and " @ " not in place and (place in (".", "..") or "/" in place)


def _local(base: Path, written: str) -> Local:
    found = _EXTRAS.match(written.split(";")[0].strip())
    assert found
    extras = tuple(extra.strip() for extra in (found["extras"] or "").split(",") if extra.strip())
    return Local((base / found["path"]).resolve(), extras)


def _needs(local: Local) -> list[str]:
    """The lines that a local distribution asks for. Raises NotStarted."""
    described = _description(local.folder)
    if not described or "dependencies" in described.get("dynamic", []):
        raise NotStarted(
            f"{local.folder.name}/pyproject.toml does not list its dependencies in [project]: an environment cannot be kept for "
            "what only a build would tell; list them there, in the ref too"
        )
    name, optional = normal(str(described.get("name", ""))), described.get("optional-dependencies", {})
    found, waiting = list(described.get("dependencies", [])), list(local.extras)
    for extra in waiting:  # grows below: an extra may name further ones of the same distribution
        for line in optional.get(extra, []):
            own = _NAME.match(line)
            if own and normal(own[0]) == name:
                waiting += [more for more in (_local(local.folder, line).extras) if more not in waiting]
            else:
                found.append(line)
    return [re.sub(r"\s+", " ", line).strip() for line in found]


def _description(folder: Path) -> dict[str, Any]:
    """The table [project] of a pyproject.toml; empty where there is none."""
    try:
        found: dict[str, Any] = tomllib.loads((folder / "pyproject.toml").read_text()).get("project", {})
    except (OSError, tomllib.TOMLDecodeError):
        return {}
    return found
