"""A sandbox of its own for each rehearsal, in a folder of its own: several at once on one machine don't disturb each other.

It is removed however the rehearsal ends. One whose rehearsal was killed outright ends by itself (its guard), and the next rehearsal
removes its folder.
"""

from __future__ import annotations

import contextlib
import fcntl
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from .. import processes
from ..folder import Folder
from ..places import IGNORED
from ..sandbox import MARK, PROVISIONER, Choices, Sandbox, SandboxFailed
from ..steps import Steps

USED = ".rehearsal.lock"
PLUGINS_LOOK = 1.0  # seconds in which plugins see that their engine is gone (plugins/server.py looks twice a second)


def room(project: Path) -> Path:
    """Where rehearsals have their folders and their reports."""
    return project / IGNORED / "rehearse"


@contextlib.contextmanager
def fresh_sandbox(project: Path, stack: str, *, keep: bool = False) -> Iterator[Sandbox]:
    """A sandbox that is not started yet. Raises SandboxFailed."""
    place = room(project)
    try:
        place.mkdir(parents=True, exist_ok=True)
        remove_abandoned(place)
        root = Path(tempfile.mkdtemp(dir=place, prefix=f"{stack}-"))
        used = (root / USED).open("w")
    except OSError as problem:
        raise SandboxFailed(f"a rehearsal needs room in {place}: {problem.strerror or problem}") from problem
    with used:
        fcntl.flock(used, fcntl.LOCK_EX)
        (root / MARK).touch()  # from now on others look whether it is used
        guard = None if keep else processes.Guard()
        sandbox = _Guarded(Folder(root), guard)
        try:
            yield sandbox
        except BaseException:
            time.sleep(PLUGINS_LOOK)  # else a plugin in the middle of its work makes the folder anew
            raise
        finally:
            if not keep or not sandbox.running:
                sandbox.stop()
            if guard:
                guard.close()


class _Guarded(Sandbox):
    """Ends with the process that started it, even by SIGKILL."""

    def __init__(self, folder: Folder, guard: processes.Guard | None) -> None:
        super().__init__(folder)
        self._guard = guard

    def start(self, choices: Choices | None = None, steps: Steps | None = None, *, cache: Path | None = None) -> None:
        super().start(choices, steps, cache=cache)
        if self._guard and (pid := processes.pid_of(self.folder, PROVISIONER)):
            self._guard.add(pid)

    def stop(self) -> bool:
        pid = processes.pid_of(self.folder, PROVISIONER)
        found = super().stop()
        if self._guard and pid:
            self._guard.remove(pid)  # its number may be another's soon
        return found


def remove_abandoned(place: Path) -> list[Path]:
    """Removes the sandboxes in a folder whose rehearsal is gone and in which nothing runs; returns them."""
    gone = []
    for mark in place.glob(f"*/{MARK}"):
        sandbox = Sandbox(Folder(mark.parent))
        # Another rehearsal may be removing it just now.
        with contextlib.suppress(OSError, SandboxFailed):
            if not _used(mark.parent) and not processes.alive(sandbox.folder, PROVISIONER):
                sandbox.stop()
                gone.append(mark.parent)
    return gone


def _used(root: Path) -> bool:
    """Whether a rehearsal holds the folder's lock, which the system frees however the rehearsal ends."""
    with (root / USED).open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
