"""One sandbox: its folder, its background process, its clouds; started, looked at and removed as a whole."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import processes, shims, troubles
from .clouds.cloudflare.assumed_zones import assumed
from .clouds.seed import seed
from .clouds.store import Store
from .environment import engine_environment
from .folder import FOLDER_VARIABLE, Folder, locked, write_json
from .places import IGNORED, cache_folder, data_folder, project_folder
from .steps import Steps
from .tools import prepare

PROVISIONER = "provisioner"
MARK = ".quayside-sandbox"  # only a folder with this file in it is ever removed


@dataclass(frozen=True)
class Choices:
    """What a sandbox is started with.

    `charts` is 'stand-in' or 'real'; `crds` a folder of real CustomResourceDefinitions that each cluster gets at its start;
    `official` the packages whose official plugin serves instead of ours.
    """

    charts: str = "stand-in"
    crds: Path | None = None
    official: list[str] = field(default_factory=list)

    def as_settings(self) -> dict[str, Any]:
        return {"charts": self.charts, "crds": str(self.crds) if self.crds else None, "official": self.official}


class SandboxFailed(Exception):
    """The sandbox cannot do what was asked; the message is one line with the remedy."""


class Sandbox:
    """A sandbox by its folder."""

    def __init__(self, folder: Folder) -> None:
        self.folder = folder
        self.store = Store(folder.clouds)

    @classmethod
    def of_project(cls, project: Path | None = None) -> Sandbox:
        """The one that `make up` uses: the folder named in the environment, else the project's own."""
        named = os.environ.get("QUAYSIDE_SANDBOX")
        return cls(Folder(Path(named).resolve() if named else project_folder(project) / IGNORED / "sandbox"))

    @property
    def running(self) -> bool:
        return processes.alive(self.folder, PROVISIONER)

    def environment(self, **more: str) -> dict[str, str]:
        """What the engine is run with."""
        return {**engine_environment(self.folder), **more}

    def start(self, choices: Choices | None = None, steps: Steps | None = None, *, cache: Path | None = None) -> None:
        """Prepares the tools and starts what is not running; a running sandbox with the same choices is left as it is.

        Raises SandboxFailed, tools.ToolFailed or shims.NotInstalled.
        """
        steps = steps or Steps()
        new = not self.folder.root.exists()
        try:
            if said := troubles.file_size_limit():
                raise SandboxFailed(said)
            self._claim()
            with locked(self.folder.root / ".start.lock"):
                self._claim()  # whoever held the lock may have failed and removed all
                self._start(choices, steps, cache or cache_folder(project_folder()))
        except Exception as problem:
            if new:  # half of a sandbox would be taken for one
                self._discard()
            if isinstance(problem, OSError) and (said := troubles.told(problem)):
                raise SandboxFailed(said) from problem
            raise

    def _discard(self) -> None:
        """Removes what a start that failed has made, as far as that is possible."""
        with contextlib.suppress(OSError, SandboxFailed):
            self.stop()

    def _claim(self) -> None:
        """Marks the folder as a sandbox's; one that holds something else is left alone."""
        root = self.folder.root
        if root.is_dir() and not (root / MARK).exists() and any(root.iterdir()):
            raise SandboxFailed(f"{root} is not empty and no sandbox: name a new folder in QUAYSIDE_SANDBOX")
        try:
            root.mkdir(parents=True, exist_ok=True)
            (root / MARK).touch()
        except OSError as problem:
            why = troubles.told(problem, FOLDER_VARIABLE) or f"{problem.strerror}: name another folder in {FOLDER_VARIABLE}"
            raise SandboxFailed(f"no sandbox can be made in {root}: {why}") from problem

    def _start(self, choices: Choices | None, steps: Steps, cache: Path) -> None:
        before = self.folder.read_settings()
        wanted = (choices or _chosen(before)).as_settings()
        if self.running and all(before.get(key) == value for key, value in wanted.items()):
            return
        if self.running:
            raise SandboxFailed("the sandbox runs with other choices (charts, CRDs or plugins): run 'make down' first")
        for package in wanted["official"]:
            shims.find_official(package)  # said before anything is built or made
        processes.stop_together(self.folder, [name for name in processes.names(self.folder) if name != PROVISIONER])
        if said := troubles.taken_port(self.folder):
            raise SandboxFailed(said)
        cache.mkdir(parents=True, exist_ok=True)
        tools = prepare(cache, steps)
        with steps.step("start the sandbox"):
            for place in (self.folder.clouds, self.folder.clusters, self.folder.logs, self.folder.state, self.folder.home / "tmp"):
                place.mkdir(parents=True, exist_ok=True)
            served = shims.install(self.folder, tools, wanted["official"])
            settings = {
                **wanted,
                "tools": {name: str(path) for name, path in tools.items()},
                "served": served,
                "chart_folder": str(data_folder("charts")),
                "api_port": processes.free_ports(1)[0],
            }
            write_json(self.folder.settings, settings)
            seed(self.store)
            words = [sys.executable, "-m", "quayside_sandbox.provisioner"]
            processes.spawn(self.folder, PROVISIONER, words, self.environment(), self.folder.logs / "provisioner.log")

    def stop(self) -> bool:
        """Ends every process of the sandbox and removes its folder; False where there was none. Raises SandboxFailed."""
        if not self.folder.root.exists():
            return False
        if not (self.folder.root / MARK).exists() and any(self.folder.root.iterdir()):
            raise SandboxFailed(f"{self.folder.root} is not a sandbox's folder: nothing was removed; correct QUAYSIDE_SANDBOX")
        # Nothing of it is kept, so nothing needs time to end in order.
        processes.stop_together(self.folder, processes.names(self.folder), timeout=0.2)
        for _ in range(50):  # a process that has just ended may still be writing its last line
            shutil.rmtree(self.folder.root, ignore_errors=True)
            if not self.folder.root.exists():
                break
            time.sleep(0.1)
        parent = self.folder.root.parent
        if parent.name == IGNORED and not any(parent.iterdir()):
            parent.rmdir()
        return True

    def local_cluster(self, name: str, nodes: list[dict[str, Any]]) -> str:
        """Starts a cluster that belongs to no cloud and returns its kubeconfig; `nodes` are {name, cpu, memory, pods, labels, taints}."""
        from .provisioner import request_local_cluster

        return request_local_cluster(self.store, name, nodes)

    def substitutions(self) -> list[dict[str, str]]:
        """What stood in for the real thing: charts, secure values, domains."""
        lines = (
            (self.folder.root / "substitutions.jsonl").read_text().splitlines()
            if (self.folder.root / "substitutions.jsonl").exists()
            else []
        )
        listed = [json.loads(line) for line in lines]
        for file in sorted(self.folder.root.glob("stacks/*/*.substitutions.json")):
            listed += json.loads(file.read_text())
        by = "an active zone in the simulated account, as if the domain were yours"
        listed += [{"kind": "zone", "what": zone["name"], "by": by} for zone in assumed(self.store)]
        return list({json.dumps(one, sort_keys=True): one for one in listed}.values())


def _chosen(settings: dict[str, Any]) -> Choices:
    crds = settings.get("crds")
    return Choices(settings.get("charts", "stand-in"), Path(crds) if crds else None, settings.get("official", []))
