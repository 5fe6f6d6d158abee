"""Finds or builds the tools, each once, shared by all later runs."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from ..folder import FOLDER_VARIABLE, locked, read_json, write_json
from ..places import data_folder
from ..steps import Steps
from ..troubles import told
from .catalog import GO, TOOLS, Tool


class ToolFailed(Exception):
    """A tool is missing and cannot be built; the message says why and what to do."""


def prepare(cache: Path, steps: Steps, names: list[str] | None = None) -> dict[str, Path]:
    """The path of each tool: one on PATH in a fitting version, one built before, or one built now. Raises ToolFailed.

    `cache` holds the built ones, a folder for each version and build recipe. Another run that builds the same tool is waited for.
    """
    wanted = [tool for tool in TOOLS if names is None or tool.name in names]
    found = {name: path for name, path in find_ready(cache).items() if any(tool.name == name for tool in wanted)}
    missing = [tool for tool in wanted if tool.name not in found]
    for tool in wanted:
        if tool.name in found and found[tool.name] == _place(cache, tool):
            _note_size(found[tool.name])
    if missing:
        go = find_go()
        minutes = max(1, round(sum(tool.seconds for tool in missing) / 60))
        steps.note(f"{len(missing)} tools are built once, about {minutes} min on two cores: {', '.join(tool.name for tool in missing)}")
        for number, tool in enumerate(missing, start=1):
            with steps.step(f"build {tool.name} {tool.version} ({number} of {len(missing)}, about {tool.seconds} s)"):
                found[tool.name] = _build(cache, tool, go)
    return found


def find_ready(cache: Path) -> dict[str, Path]:
    """The tools that need no build: on PATH in a fitting version, or built before."""
    return {tool.name: path for tool in TOOLS if (path := _built(cache, tool) or _on_path(tool))}


def _on_path(tool: Tool) -> Path | None:
    own = Path(os.environ.get(FOLDER_VARIABLE) or "/nowhere") / "bin"  # a sandbox's stand-ins are no installation
    outside = [entry for entry in os.environ.get("PATH", "").split(os.pathsep) if entry and Path(entry) != own]
    place = shutil.which(tool.name, path=os.pathsep.join(outside))
    return Path(place) if place and tool.accepts(tool.installed_version(Path(place))) else None


def _place(cache: Path, tool: Tool) -> Path:
    """Keyed by the version and by all that decides what is built, so that a change of the pins never meets an old binary."""
    module = data_folder("tools") / tool.module
    recipe = (module / "go.mod").read_bytes() + (module / "go.sum").read_bytes() + tool.ldflags.encode() + tool.package.encode()
    return cache / f"{tool.name}-{tool.version}-{hashlib.sha256(recipe).hexdigest()[:12]}" / tool.name


def _built(cache: Path, tool: Tool) -> Path | None:
    place = _place(cache, tool)
    return place if place.exists() and _whole(tool, place) else None


def _whole(tool: Tool, place: Path) -> bool:
    """Whether a built tool is as it was built: a disk that was full, or a cache that was copied by half, leaves less. One of which no
    size is noted is asked for its version, which takes its time."""
    noted = read_json(_size_file(place), None)
    return place.stat().st_size == noted if noted else tool.installed_version(place) is not None


def _note_size(place: Path) -> None:
    if not _size_file(place).exists():
        with contextlib.suppress(OSError):  # a cache that several share may be for reading only
            write_json(_size_file(place), place.stat().st_size)


def _size_file(place: Path) -> Path:
    return place.with_name("size.json")


def _build(cache: Path, tool: Tool, go: str) -> Path:
    place = _place(cache, tool)
    try:
        with locked(cache / f".{place.parent.name}.lock"):
            if place.exists() and _whole(tool, place):  # another run built it meanwhile
                return place
            _size_file(place).unlink(missing_ok=True)
            place.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=cache, prefix=f".{tool.name}.") as scratch:
                _go_build(tool, go, Path(scratch))
                (Path(scratch) / tool.name).replace(place)  # whole or not there at all
                _note_size(place)
    except OSError as problem:
        why = told(problem, "QUAYSIDE_CACHE") or f"{problem.strerror or problem}: name a writable folder in QUAYSIDE_CACHE"
        raise ToolFailed(f"{tool.name} cannot be put into {cache}: {why}") from problem
    return place


def _go_build(tool: Tool, go: str, scratch: Path) -> None:
    words = [
        go,
        "build",
        "-trimpath",
        "-buildvcs=false",
        "-ldflags",
        f"-s -w {tool.ldflags}".strip(),
        "-o",
        str(scratch / tool.name),
        tool.package,
    ]
    environment = {**os.environ, "GOTOOLCHAIN": "local", "GOWORK": "off", "GOFLAGS": "-mod=readonly", "CGO_ENABLED": "0"}
    log = scratch / "build.log"
    with log.open("w") as output:
        build = subprocess.Popen(
            words, cwd=data_folder("tools") / tool.module, env=environment, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            code = build.wait()
        except BaseException:
            os.killpg(build.pid, signal.SIGKILL)  # the compiler's own children, too
            build.wait()
            raise
    if code:
        last = " / ".join(log.read_text(errors="replace").strip().splitlines()[-3:])
        raise ToolFailed(f"{tool.name} {tool.version} could not be built: {last}. {_remedy(tool.name, last)}")


def _remedy(name: str, output: str) -> str:
    if "no space left" in output:
        return "Free about 5 GB of disk and run again; what is built is kept."
    if re.search(r"dial tcp|i/o timeout|proxyconnect|TLS handshake|no such host|Forbidden|403", output):
        return "Go's module proxy was not reached: check the network and 'go env GOPROXY', then run again; what is built is kept."
    if "file too large" in output:
        return "Files may not grow as large as they must: run 'ulimit -f unlimited', then again."
    if "creating work dir" in output:
        return "Go has no folder to work in: name a writable one in TMPDIR, then run again."
    return f"Run it again, or install {name} yourself in a fitting version and put it on PATH."


def find_go() -> str:
    """Go's command, in a version that the modules ask for. Raises ToolFailed."""
    go = shutil.which("go")
    need = ".".join(map(str, GO))
    if not go:
        raise ToolFailed(
            f"Go {need} or newer is needed to build the tools and is not on PATH: install it (go.dev/doc/install), then run again."
        )
    said = subprocess.run([go, "env", "GOVERSION"], capture_output=True, text=True, env={**os.environ, "GOTOOLCHAIN": "local"}).stdout
    version = re.search(r"go(\d+)\.(\d+)", said)
    if not version or tuple(map(int, version.groups())) < GO:
        raise ToolFailed(
            f"Go {need} or newer is needed to build the tools; {go} is {said.strip() or 'of an unknown version'}: install a newer one."
        )
    return go
