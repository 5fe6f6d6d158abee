"""Where a sandbox keeps everything: one ignored folder, so that removing it leaves nothing behind."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER_VARIABLE = "QUAYSIDE_SANDBOX"


@dataclass(frozen=True)
class Folder:
    """The places inside a sandbox's folder, each with one owner."""

    root: Path

    @classmethod
    def from_environment(cls) -> Folder:
        """The sandbox that a plugin or a stand-in was started in."""
        root = os.environ.get(FOLDER_VARIABLE)
        if not root:
            raise SystemExit(f"{FOLDER_VARIABLE} is not set: start this through 'quayside-sandbox', or eval \"$(quayside-sandbox env)\"")
        return cls(Path(root))

    @property
    def settings(self) -> Path:
        """What this sandbox was started with (chart source, CRDs, official plugins, clocks): one JSON file."""
        return self.root / "sandbox.json"

    @property
    def clouds(self) -> Path:
        """The simulated clouds' memory (clouds/store.py)."""
        return self.root / "clouds"

    @property
    def clusters(self) -> Path:
        """One folder for each simulated cluster's control plane: data, keys, logs."""
        return self.root / "clusters"

    @property
    def binaries(self) -> Path:
        """Plugins, language host and stand-ins of vendors' command lines: first on the engine's PATH."""
        return self.root / "bin"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def processes(self) -> Path:
        """One file for each process that runs in the background (processes.py)."""
        return self.root / "processes"

    @property
    def home(self) -> Path:
        """HOME, TMPDIR and PULUMI_HOME of what runs in the sandbox lie below it."""
        return self.root / "home"

    @property
    def state(self) -> Path:
        """The engine's state backend."""
        return self.root / "state"

    def read_settings(self) -> dict[str, Any]:
        settings: dict[str, Any] = read_json(self.settings, {})
        return settings


def read_json(path: Path, default: Any) -> Any:
    """The file's content, or the default where there is no file."""
    try:
        return json.loads(path.read_text())
    except FileNotFoundError:
        return default


def write_json(path: Path, value: Any) -> None:
    """Writes whole or not at all: a reader never sees half a file, even after a crash."""
    write_text(path, json.dumps(value, indent=1, sort_keys=True) + "\n")


def write_text(path: Path, text: str, mode: int = 0o600) -> None:
    """Like write_json, for text; `mode` is the file's mode."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w") as handle:
            handle.write(text)
        Path(temporary).chmod(mode)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """One process at a time holds the lock file; it is freed when the holder ends, however it ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
