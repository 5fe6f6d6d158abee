"""Carries out what the simulated clouds were asked for: one process in each sandbox, `python -m quayside_sandbox.provisioner`.

It watches the clouds' memory for clusters, runs each with its control plane, and takes up after a crash what was there before.
SIGTERM ends it and all that it started; what it cannot end itself (it was killed) its guard ends.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from . import processes
from .clouds import http
from .clouds.digitalocean.catalog import PLACEHOLDER_TOKEN
from .clouds.store import Missing, Store
from .controlplane.cluster import KINDS, Cluster
from .controlplane.plane import kubeconfig
from .folder import Folder

log = logging.getLogger(__name__)

POLL = 0.1  # seconds between looks at the clouds' memory
TOKENS = {PLACEHOLDER_TOKEN: "digitalocean-api-token"}


class ClusterFailed(RuntimeError):
    """A cluster that was asked for did not come up; the message says why."""


class Provisioner:
    """All clusters of one sandbox."""

    def __init__(self, folder: Folder) -> None:
        self.folder, self.store = folder, Store(folder.clouds)
        self.stopping = threading.Event()
        self._clusters: dict[tuple[str, str], Cluster] = {}

    def run(self) -> None:
        """Until `stopping` is set."""
        self._end_leftovers()
        guard = processes.Guard()
        seen: dict[Path, int] = {}
        try:
            while not self.stopping.is_set():
                fresh = {**_modified(self.folder.clouds), **_modified_file(self.folder.root / "faults.json")}
                if fresh != seen:
                    seen = fresh
                    self._look(guard)
                self._forget_ended()
                self.stopping.wait(POLL)
        finally:
            for cluster in self._clusters.values():
                cluster.ask_to_stop()
            for cluster in self._clusters.values():
                cluster.stop()
            guard.close()

    def _look(self, guard: processes.Guard) -> None:
        for cloud, kind in KINDS.items():
            for record in self.store.list(cloud, kind):
                key = (cloud, record["id"])
                if key not in self._clusters:
                    with contextlib.suppress(Missing):
                        self._clusters[key] = Cluster(self.folder, self.store, cloud, record["id"], guard, TOKENS)
                        self._clusters[key].start()
        for cluster in self._clusters.values():
            cluster.store_changed()

    def _forget_ended(self) -> None:
        for key, cluster in list(self._clusters.items()):
            if cluster.ended:
                del self._clusters[key]

    def _end_leftovers(self) -> None:
        """Components of a provisioner that was killed; its guard is ending them too."""
        leftovers = [name for name in processes.names(self.folder) if "." in name]
        processes.stop_together(self.folder, leftovers)


def _modified(root: Path) -> dict[Path, int]:
    """When something was last written in each folder of the clouds' memory: files are replaced, never edited."""
    found: dict[Path, int] = {}
    for cloud in _folders(root):
        for kind in _folders(cloud):
            with contextlib.suppress(FileNotFoundError):
                found[kind] = kind.stat().st_mtime_ns
    return found


def _modified_file(path: Path) -> dict[Path, int]:
    try:
        return {path: path.stat().st_mtime_ns}
    except FileNotFoundError:
        return {}


def _folders(path: Path) -> Iterator[Path]:
    with contextlib.suppress(FileNotFoundError), os.scandir(path) as entries:
        for entry in entries:
            if entry.is_dir():
                yield Path(entry.path)


def request_local_cluster(store: Store, name: str, nodes: list[dict[str, Any]], timeout: float = 180.0) -> str:
    """Asks the running provisioner for a cluster that belongs to no cloud, waits for it and returns its kubeconfig.

    One that already runs under this name is taken as it is. Raises ClusterFailed.
    """
    found = store.list("local", "clusters", name=name)
    id = found[0]["id"] if found else store.create("local", "clusters", {"name": name, "nodes": nodes, "status": "provisioning"})["id"]
    folder = Folder(store.folder.parent)
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        record = store.get("local", "clusters", id)
        if record["status"] == "running":
            return kubeconfig(record["name"], record["endpoint"], record["_ca"], record["_token"])
        if record["status"] == "error":
            raise ClusterFailed(record["_error"])
        if "provisioner" in processes.names(folder) and not processes.alive(folder, "provisioner"):
            raise ClusterFailed(
                f"cluster {name} cannot start: the sandbox's provisioner has ended; {folder.logs / 'provisioner.log'} says why"
            )
        time.sleep(0.1)
    raise ClusterFailed(f"cluster {name} does not run after {timeout:.0f} s: see {folder.logs / 'provisioner.log'}")


def delete_local_cluster(store: Store, name: str, timeout: float = 60.0) -> None:
    """Takes a local cluster away and waits until it is gone."""
    found = store.list("local", "clusters", name=name)
    for record in found:
        with contextlib.suppress(Missing):
            store.update("local", "clusters", record["id"], {"status": "deleting"})
    deadline = time.monotonic() + timeout
    while store.list("local", "clusters", name=name):
        if time.monotonic() > deadline:
            raise ClusterFailed(f"cluster {name} is still there after {timeout:.0f} s")
        time.sleep(0.1)


@contextlib.contextmanager
def _only_one(folder: Folder) -> Iterator[None]:
    lock = folder.root / ".provisioner.lock"
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SystemExit(f"another provisioner runs in {folder.root}") from None
        yield


def main() -> None:
    folder = Folder(Folder.from_environment().root.absolute())
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    with _only_one(folder):
        os.chdir(folder.root)  # sockets have short names only when they are told from here
        provisioner = Provisioner(folder)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: provisioner.stopping.set())
        with contextlib.ExitStack() as until:
            _serve_lists(folder, provisioner.store, until)
            provisioner.run()


def _serve_lists(folder: Folder, store: Store, until: contextlib.ExitStack) -> None:
    """The vendors' HTTP APIs, beside the clusters: where they cannot be had, clusters run all the same."""
    try:
        until.enter_context(http.served(store, int(folder.read_settings()["api_port"])))
    except (OSError, KeyError) as problem:
        log.error("the vendors' HTTP APIs are not served: %s", problem)


if __name__ == "__main__":
    main()
