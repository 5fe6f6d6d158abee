"""A sandbox for the bench, and clusters in it that have room for everything."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.stacks import ROOT
from quayside_sandbox.folder import Folder
from quayside_sandbox.places import IGNORED, cache_folder
from quayside_sandbox.sandbox import Choices, Sandbox

NODES = [{"name": f"node-{index}", "cpu": "96", "memory": "384Gi", "pods": "500"} for index in range(3)]


@contextlib.contextmanager
def sandbox(official: list[str]) -> Iterator[tuple[Sandbox, Path]]:
    """A fresh sandbox and a folder for programs; both are removed at the end. Official plugins fetch the charts from where they really are."""
    place = ROOT / IGNORED
    place.mkdir(exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix="bench-", dir=place))
    one = Sandbox(Folder(work / "sandbox"))
    try:
        one.start(Choices(charts="real" if official else "stand-in", official=official), cache=cache_folder(ROOT))
        yield one, work
    finally:
        one.stop()
        shutil.rmtree(work, ignore_errors=True)


def kubeconfig(of: Sandbox, name: str) -> str:
    """The cluster with this name, started if need be."""
    return of.local_cluster(name, nodes=NODES)
