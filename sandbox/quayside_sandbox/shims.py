"""Puts what the engine starts where it looks: tools, plugins, the language host, stand-ins of vendors' command lines.

- `bin/` stands first on PATH: the tools, `pulumi` (engine.py) and `doctl`.
- `engine/` holds the real engine with the language host beside it, as Pulumi's own distribution does.
- `home/.pulumi/plugins/` holds the provider plugins under the versions of the SDKs. They are not on PATH: there the engine warns of
  each at every run, and `pulumi package` commands, which look up all that a component's environment names, do not find them.
"""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from importlib import metadata
from pathlib import Path

from .folder import Folder, write_text

PLUGINS = {
    "kubernetes": "quayside_sandbox.plugins.kubernetes",
    "digitalocean": "quayside_sandbox.plugins.cloud digitalocean",
    "cloudflare": "quayside_sandbox.plugins.cloud cloudflare",
}
COMMANDS = {"pulumi": "quayside_sandbox.engine", "doctl": "quayside_sandbox.doctl"}
OFFICIAL = ("kubernetes",)  # speaks to the simulated clusters like anybody else; the clouds' own would speak to the clouds
LANGUAGE_HOST = "pulumi-language-python"


class NotInstalled(Exception):
    """An official plugin was asked for and is not there."""


def install(folder: Folder, tools: dict[str, Path], official: list[str]) -> dict[str, str]:
    """Fills the folders; returns who serves each plugin ('stand-in' or the official one's path). Raises NotInstalled."""
    for name, path in tools.items():
        if name != "pulumi":
            _link(folder.binaries / name, path)
    for name, module in COMMANDS.items():
        _script(folder.binaries / name, module)
    _engine(folder, tools["pulumi"])
    served = dict.fromkeys(PLUGINS, "stand-in")
    for package in official:
        path = find_official(package)
        _link(_plugin_place(folder, package, installed_sdks().get(package) or _version_of(path)), path)
        served[package] = str(path)
    for package, version in installed_sdks().items():
        if served.get(package) == "stand-in":
            install_plugin(folder, package, version)
    return {**served, "python": _language_host(folder)}


def install_plugin(folder: Folder, package: str, version: str) -> None:
    """Makes our plugin of a package serve for one version of its SDK."""
    place = _plugin_place(folder, package, version)
    if not place.exists():
        _script(place, f"quayside_sandbox.plugins {PLUGINS[package]}")


def installed_sdks() -> dict[str, str]:
    """The SDKs, of the packages we have plugins for, that are installed beside the sandbox: package → version."""
    found = {}
    for package in PLUGINS:
        try:
            found[package] = metadata.version(f"pulumi-{package}")
        except metadata.PackageNotFoundError:
            continue
    return found


def find_official(package: str) -> Path:
    """The official plugin of a package: on PATH, or the newest in PULUMI_HOME. Raises NotInstalled."""
    if package not in OFFICIAL:
        raise NotInstalled(
            f"the official {package} plugin is not used: it would speak to a real account; write one of: {', '.join(OFFICIAL)}"
        )
    name = f"pulumi-resource-{package}"
    home = Path(os.environ.get("PULUMI_HOME") or Path.home() / ".pulumi")
    kept = sorted(home.glob(f"plugins/resource-{package}-v*/{name}"), key=_version)
    for candidate in (shutil.which(name), *(str(path) for path in reversed(kept))):
        if candidate and not _is_stand_in(Path(candidate)):
            return Path(candidate)
    raise NotInstalled(
        f"the official {package} plugin is neither on PATH nor in {home}: run 'pulumi plugin install resource {package}' first"
    )


def _plugin_place(folder: Folder, package: str, version: str) -> Path:
    return folder.home / ".pulumi" / "plugins" / f"resource-{package}-v{version}" / f"pulumi-resource-{package}"


def _version_of(plugin: Path) -> str:
    """What a plugin in PULUMI_HOME has in its folder's name."""
    return plugin.parent.name.rpartition("-v")[2] or "0.0.0"


def _engine(folder: Folder, pulumi: Path) -> None:
    """The engine looks for its language hosts beside its own file, links resolved: so a link will not do."""
    place = folder.root / "engine" / "pulumi"
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.exists() and place.stat().st_size == pulumi.stat().st_size:
        return
    place.unlink(missing_ok=True)
    try:
        os.link(pulumi.resolve(), place)
    except OSError:  # another file system
        shutil.copy2(pulumi, place)


def _language_host(folder: Folder) -> str:
    """The official host where it is installed, with the script that it starts programs by; else ours."""
    outside = os.pathsep.join(entry for entry in os.environ.get("PATH", "").split(os.pathsep) if Path(entry or ".") != folder.binaries)
    official = shutil.which(LANGUAGE_HOST, path=outside)
    if official and not _is_stand_in(Path(official)):
        for name in (LANGUAGE_HOST, f"{LANGUAGE_HOST}-exec"):
            beside = Path(official).with_name(name)
            if beside.exists():
                _link(folder.root / "engine" / name, beside.resolve())
        return official
    _script(folder.root / "engine" / LANGUAGE_HOST, "quayside_sandbox.plugins quayside_sandbox.language")
    return "stand-in"


def _version(path: Path) -> list[int]:
    return [int(part) for part in path.parent.name.rpartition("-v")[2].split(".") if part.isdigit()]


def _is_stand_in(path: Path) -> bool:
    with path.open("rb") as handle:
        return b"quayside_sandbox" in handle.read(400)


def _script(path: Path, module: str) -> None:
    write_text(path, f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m {module} "$@"\n', mode=0o755)


def _link(path: Path, target: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.symlink_to(target)
