"""What several rehearsals share: the project as a user has it, in a folder of its own, and its stack files to edit."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent.parent


class Project:
    """A copy of the program and its stacks; the library and the environment are the checkout's."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("Pulumi.yaml", "__main__.py", *(file.name for file in ROOT.glob("Pulumi.*.yaml"))):
            shutil.copy(ROOT / name, folder / name)
        (folder / "components").symlink_to(ROOT / "components")
        (folder / ".venv").symlink_to(sys.prefix)

    def edit(self, stack: str, key: str, value: Any) -> None:
        """Sets `quayside:<topic>.<path>` in a stack's file; None removes nothing but writes null, as a user would."""
        file = self.folder / f"Pulumi.{stack}.yaml"
        content = yaml.safe_load(file.read_text())
        topic, *path = key.split(".")
        node = content.setdefault("config", {})
        for part in [f"quayside:{topic}", *path][:-1]:
            node = node.setdefault(part, {})
        node[path[-1] if path else f"quayside:{topic}"] = value
        file.write_text(yaml.safe_dump(content, sort_keys=False))

    def remove(self, stack: str, topic: str) -> None:
        """Takes `quayside:<topic>` out of a stack's file."""
        file = self.folder / f"Pulumi.{stack}.yaml"
        content = yaml.safe_load(file.read_text())
        del content["config"][f"quayside:{topic}"]
        file.write_text(yaml.safe_dump(content, sort_keys=False))


@pytest.fixture
def project(tmp_path: Path) -> Project:
    folder = tmp_path / "project"
    folder.mkdir()
    return Project(folder)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The real CRDs, chart values and recordings; on a user's machine they are not there, in CI they must be."""
    folder = Path(os.environ.get("QUAYSIDE_SHARED_DATA") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        if os.environ.get("CI"):
            pytest.fail(f"CI needs the test data in {folder.name}/ (QUAYSIDE_SHARED_DATA)")
        pytest.skip("the real CRDs and chart values are not on this machine (QUAYSIDE_SHARED_DATA)")
    return folder


Snapshot = Callable[[], set[Path]]


def processes_of(root: Path) -> dict[int, str]:
    """pid → command line of every live process of the sandbox in this folder: it says so in its environment or on its command line."""
    mark = f"QUAYSIDE_SANDBOX={root}".encode()
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                if state != "Z" and (f"{root}/" in command or mark in (entry / "environ").read_bytes().split(b"\0")):
                    found[int(entry.name)] = command
            except OSError:
                continue
    return found
