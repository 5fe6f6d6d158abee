"""Python environments for old programs: packages of others kept by the hash of what was asked for, and beside them the old checkout's own.

Making one takes minutes, so it is kept in the cache, and a change of the repository's own library makes no new one. What a rehearsal
runs with is a small environment of its own: links to the kept one's packages, and the local distributions as the ref has them.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..folder import locked
from ..language.interpreter import Interpreter, NoInterpreter
from ..steps import Steps
from .origin import NotStarted
from .requirements import Local, normal, project_name, read_requirements, served_by

_MARK = ".made-for"  # written last: an environment without it is half-made


def python_for(wanted: tuple[str, ...], project: Path, options: dict[str, Any], cache: Path, steps: Steps) -> Path:
    """A Python with these packages: today's environment of the project where it serves, else a kept one, made where it is missing.

    Raises NotStarted.
    """
    return _todays(wanted, project, options) or _kept(wanted, cache, steps)


def key(wanted: tuple[str, ...], python: str = sys.version) -> str:
    """What an environment is kept by."""
    return hashlib.sha256("\0".join([python, *wanted]).encode()).hexdigest()[:16]


def assemble(place: Path, python: Path, local: Sequence[Local]) -> None:
    """Makes the environment that the old program runs with: the kept one's packages, the ref's own distributions. Raises NotStarted."""
    _run([str(python), "-m", "venv", "--without-pip", str(place)], "make an environment for the old program")
    packages = next(place.glob("lib/python3*/site-packages"))
    if local:
        words = [str(python), "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(packages)]
        _run([*words, *(str(one.folder) for one in local)], "install the ref's own distributions")
    own = {normal(project_name(one.folder)) for one in local}
    there = {entry.name for entry in packages.iterdir()}
    for folder in _site_packages(python):
        for entry in sorted(folder.iterdir()):
            if entry.name not in there and linked(entry.name, own):
                (packages / entry.name).symlink_to(entry)


def linked(name: str, own: set[str]) -> bool:
    """Whether an entry of a kept environment belongs into the old program's: not what leads to a checkout, nor another state of its own."""
    if name == "__pycache__" or name.endswith(".pth") or name.startswith("__editable__"):
        return False
    return not (name.endswith(".dist-info") and normal(name.split("-")[0]) in own)


def _todays(wanted: tuple[str, ...], project: Path, options: dict[str, Any]) -> Path | None:
    try:
        today = Interpreter.choose(project, options)
        todays = read_requirements(project).third_party
    except (NoInterpreter, NotStarted):
        return None
    return today.executable if served_by(wanted, dict(today.distributions()), todays) else None


def _kept(wanted: tuple[str, ...], cache: Path, steps: Steps) -> Path:
    wanted_for = key(wanted)
    place = cache / "environments" / wanted_for
    mark = place / _MARK
    with locked(cache / "environments" / f".{wanted_for}.lock"):  # two at once: the second finds it made
        if not mark.exists():
            with steps.step(f"make a Python environment for what the ref pins ({len(wanted)} requirements; kept)"):
                _make(place, wanted)
            mark.write_text("\n".join([sys.version, *wanted]) + "\n")
    return place / "bin" / "python"


def _make(place: Path, wanted: tuple[str, ...]) -> None:
    _run([sys.executable, "-m", "venv", "--clear", str(place)], "make a Python environment")
    python, lines = str(place / "bin" / "python"), place / "requirements.txt"
    lines.write_text("\n".join(wanted) + "\n")
    _run([python, "-m", "pip", "install", "--quiet", "-r", str(lines)], "install what the ref requires")
    # Imports of the SDKs take a quarter of the time; what does not compile is not imported either.
    subprocess.run([python, "-m", "compileall", "-q", "-j", "0", str(place)], capture_output=True, env=_environment())


def _site_packages(python: Path) -> list[Path]:
    script = "import sysconfig; print(sysconfig.get_path('purelib')); print(sysconfig.get_path('platlib'))"
    return [Path(line) for line in dict.fromkeys(_run([str(python), "-c", script], "ask the environment for its packages").splitlines())]


def _run(words: list[str], what: str) -> str:
    answer = subprocess.run(words, capture_output=True, text=True, stdin=subprocess.DEVNULL, env=_environment())
    if answer.returncode:
        said = [line for line in answer.stderr.splitlines() if line.strip()]
        wrong = [line for line in said if line.lower().startswith("error")] or said
        raise NotStarted(f"could not {what}: {' '.join(wrong[-3:])}")
    return answer.stdout


def _environment() -> dict[str, str]:
    """Nothing of the caller's Python may lead the other one to its packages."""
    dropped = ("PYTHONPATH", "PYTHONHOME", "PYTHONDONTWRITEBYTECODE", "VIRTUAL_ENV")
    return {name: value for name, value in os.environ.items() if name not in dropped}
