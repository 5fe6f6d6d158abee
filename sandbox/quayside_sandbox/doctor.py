"""`quayside-sandbox doctor`: what would keep the sandbox from working, each with its remedy; it changes nothing."""

from __future__ import annotations

import os
import shutil
import socket
import sys
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from . import troubles
from .places import cache_folder, project_folder
from .sandbox import Sandbox
from .shims import installed_sdks
from .tools import TOOLS, ToolFailed
from .tools.prepare import find_go, find_ready

Finding = tuple[bool, str]

DISK_GB = 5  # Go's caches and the built tools, measured: 3.4 GB


def examine(console: Console) -> bool:
    """Prints one line a check; returns whether all is well."""
    well = True
    for check in CHECKS:
        fine, text = check()
        well &= fine
        console.print(f"{'[green]✓[/green]' if fine else '[red]✗[/red]'} {escape(text)}", soft_wrap=True)
    return well


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    return sys.version_info >= (3, 11), f"Python {version}" + ("" if sys.version_info >= (3, 11) else ": 3.11 or newer is needed")


def _tools() -> Finding:
    ready = find_ready(cache_folder(project_folder()))
    missing = [tool.name for tool in TOOLS if tool.name not in ready]
    if not missing:
        return True, f"tools: all {len(TOOLS)} are there"
    try:
        find_go()
    except ToolFailed as problem:
        return False, f"tools: {', '.join(missing)} are to be built. {problem}"
    return True, f"tools: {', '.join(missing)} are built at the next 'make up'"


def _disk() -> Finding:
    folder = project_folder()
    free = shutil.disk_usage(folder).free / 1e9
    return free > DISK_GB, f"disk: {free:.0f} GB free" + ("" if free > DISK_GB else f"; {DISK_GB} GB are needed to build the tools")


def _writable() -> Finding:
    for variable, wanted in (("QUAYSIDE_SANDBOX", Sandbox.of_project().folder.root), ("QUAYSIDE_CACHE", cache_folder(project_folder()))):
        there = next(folder for folder in (wanted, *wanted.parents) if folder.exists())
        if not there.is_dir():
            return False, f"{there} is a file, where a folder is needed: move it away, or name another folder in {variable}"
        if not os.access(there, os.W_OK):
            return False, f"folder {there} is not writable: name another one in {variable}"
    return True, "the folders of the sandbox and of the tools are writable"


def _file_size() -> Finding:
    said = troubles.file_size_limit()
    return said is None, said or "files may grow as large as they must"


def _ports() -> Finding:
    sandbox = Sandbox.of_project()
    said = None if sandbox.running else troubles.taken_port(sandbox.folder, patience=0)
    return said is None, said or "the ports of the sandbox's clusters are free or its own"


def _loopback() -> Finding:
    try:
        with socket.create_server(("127.0.0.1", 0)):
            return True, "loopback ports can be opened"
    except OSError as problem:
        return False, f"no port can be opened on 127.0.0.1 ({problem.strerror}): the control planes and plugins need it"


def _plugins() -> Finding:
    found = installed_sdks()
    return bool(found), "Pulumi SDKs: " + (
        ", ".join(f"{name} {version}" for name, version in found.items()) or "none installed beside the sandbox"
    )


def _sandbox() -> Finding:
    sandbox = Sandbox.of_project()
    if sandbox.running:
        return True, f"a sandbox runs in {_short(sandbox.folder.root)}"
    if sandbox.folder.settings.exists():
        return (
            False,
            f"a sandbox in {_short(sandbox.folder.root)} has ended without 'down': 'make up' takes it up again, 'make down' removes it",
        )
    return True, "no sandbox runs"


def _short(path: Path) -> str:
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


CHECKS: tuple[Callable[[], Finding], ...] = (_python, _tools, _disk, _writable, _file_size, _loopback, _ports, _plugins, _sandbox)
