"""The background processes of a sandbox: started in sessions of their own, remembered in files, ended whole.

Each has a record <folder>/processes/<name>.json with its pid and the moment it started, so that a pid that the system has given to
somebody else since is never taken for ours. Processes that must not outlive the one that started them are told to a guard (guard.py).
"""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from .folder import Folder, read_json, write_json

_children: dict[int, subprocess.Popen[bytes]] = {}  # ours, to be reaped: a zombie looks alive


def spawn(folder: Folder, name: str, argv: Sequence[str], env: Mapping[str, str], log: Path, cwd: Path | None = None) -> int:
    """Starts a program in the background, its output appended to the log file, and returns its pid."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        process = subprocess.Popen(
            list(argv),
            env=dict(env),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    _children[process.pid] = process
    write_json(
        _record(folder, name), {"name": name, "pid": process.pid, "started": started(process.pid), "argv": list(argv), "log": str(log)}
    )
    return process.pid


def pid_of(folder: Folder, name: str) -> int | None:
    """The pid of the named process; None where it has ended or was never started."""
    record = read_json(_record(folder, name), None)
    return record["pid"] if record and _runs(record) else None


def alive(folder: Folder, name: str) -> bool:
    return pid_of(folder, name) is not None


def names(folder: Folder) -> list[str]:
    """All processes that were started and not stopped, whether they still run or not; the oldest first."""
    records = [(path.stat().st_mtime_ns, path.stem) for path in folder.processes.glob("*.json")]
    return [name for _, name in sorted(records)]


def stop(folder: Folder, name: str, timeout: float = 10.0) -> None:
    """Asks the named process and all of its group to end (SIGTERM), and ends them (SIGKILL) where that takes too long."""
    stop_together(folder, [name], timeout)


def stop_together(folder: Folder, which: Sequence[str], timeout: float = 10.0) -> None:
    """Like stop, for several at once: they share the time."""
    records = [record for name in which if (record := read_json(_record(folder, name), None))]
    running = [record for record in records if _runs(record)]
    for record in running:
        _signal(record, signal.SIGTERM)
    if not _ended(running, timeout):
        for record in running:
            _signal(record, signal.SIGKILL)
        _ended(running, 5.0)
    for name in which:
        _record(folder, name).unlink(missing_ok=True)


def stop_all(folder: Folder, timeout: float = 20.0) -> None:
    """Ends every process of the sandbox, the oldest first: it looks after those that it has started, and would start them again."""
    while present := names(folder):
        stop(folder, present[0], timeout)


def started(pid: int) -> str | None:
    """When the process of this pid started, in the system's own notation; None where there is none (or only a zombie)."""
    child = _children.get(pid)
    if child is not None and child.poll() is not None:
        del _children[pid]
        return None
    return _started_by_proc(pid) if Path("/proc/self/stat").exists() else _started_by_ps(pid)


def _started_by_proc(pid: int) -> str | None:
    try:
        state, *fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if state == "Z" else fields[18]


def _started_by_ps(pid: int) -> str | None:
    """Where there is no /proc: macOS."""
    answer = subprocess.run(["ps", "-o", "state=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    state, _, moment = answer.stdout.strip().partition(" ")
    return None if not moment or state.startswith("Z") else moment.strip()


def free_ports(count: int) -> list[int]:
    """Loopback ports that nobody listens on now, all different."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def is_free(port: int) -> bool:
    """Whether nobody listens on a loopback port."""
    try:
        with socket.create_server(("127.0.0.1", port)):
            return True
    except OSError as problem:
        return problem.errno != errno.EADDRINUSE


class Guard:
    """Ends process groups when the process that made the guard is gone, even by SIGKILL.

    A tiny process reads from a pipe whose other end only we hold; at its end it kills the groups it was told of.
    """

    def __init__(self) -> None:
        reading, self._writing = os.pipe()
        program = Path(__file__).with_name("guard.py")
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", str(program)],
            stdin=reading,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        os.close(reading)

    def add(self, pid: int) -> None:
        """The group that this process leads is to end with us."""
        os.write(self._writing, b"+%d\n" % pid)

    def remove(self, pid: int) -> None:
        os.write(self._writing, b"-%d\n" % pid)

    def close(self) -> None:
        """Ends the guard, and every group still on its list."""
        with contextlib.suppress(OSError):
            os.close(self._writing)
        self._process.wait()


def _record(folder: Folder, name: str) -> Path:
    return folder.processes / f"{name}.json"


def _runs(record: dict[str, Any]) -> bool:
    return record["started"] is not None and started(record["pid"]) == record["started"]


def _ended(records: Sequence[dict[str, Any]], timeout: float) -> bool:
    deadline = time.monotonic() + timeout
    while any(_runs(record) for record in records):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _signal(record: dict[str, Any], number: int) -> None:
    if _runs(record):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(record["pid"], number)
