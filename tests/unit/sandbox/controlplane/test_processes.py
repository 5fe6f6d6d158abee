"""Background processes are found again, ended whole, and never mistaken."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from quayside_sandbox import processes
from quayside_sandbox.folder import Folder, read_json, write_json

SLEEP = [sys.executable, "-I", "-S", "-c", "import time; time.sleep(60)"]
STUBBORN = [
    sys.executable,
    "-I",
    "-S",
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)",
]
PARENT = [
    sys.executable,
    "-I",
    "-S",
    "-c",
    "import subprocess, sys; p = subprocess.Popen(['sleep', '60']); print(p.pid, flush=True); p.wait()",
]


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    one = Folder(tmp_path)
    yield one
    processes.stop_all(one, 1)


def spawn(folder: Folder, name: str, argv: list[str]) -> int:
    return processes.spawn(folder, name, argv, dict(os.environ), folder.logs / f"{name}.log")


def output(folder: Folder, name: str) -> str:
    for _ in range(100):
        if text := (folder.logs / f"{name}.log").read_text():
            return text
        time.sleep(0.05)
    raise AssertionError(f"{name} wrote nothing")


def gone(pid: int) -> bool:
    for _ in range(100):
        if processes.started(pid) is None:
            return True
        time.sleep(0.05)
    return False


def test_a_process_is_alive_until_it_is_stopped(folder: Folder) -> None:
    pid = spawn(folder, "one", SLEEP)
    assert processes.alive(folder, "one")
    assert processes.pid_of(folder, "one") == pid
    assert processes.names(folder) == ["one"]
    processes.stop(folder, "one")
    assert not processes.alive(folder, "one")
    assert processes.names(folder) == []
    assert gone(pid)


def test_what_a_process_started_ends_with_it(folder: Folder) -> None:
    spawn(folder, "parent", PARENT)
    child = int(output(folder, "parent"))
    processes.stop(folder, "parent")
    assert gone(child)


def test_who_does_not_listen_is_killed(folder: Folder) -> None:
    pid = spawn(folder, "stubborn", STUBBORN)
    output(folder, "stubborn")
    began = time.monotonic()
    processes.stop(folder, "stubborn", timeout=0.3)
    assert gone(pid)
    assert time.monotonic() - began < 30


def test_a_recycled_pid_is_not_ours(folder: Folder) -> None:
    """A record whose pid belongs to a process that started at another moment names nobody, and nobody is hurt."""
    stranger = subprocess.Popen(SLEEP)
    try:
        write_json(folder.processes / "old.json", {"name": "old", "pid": stranger.pid, "started": "1", "argv": [], "log": ""})
        assert not processes.alive(folder, "old")
        processes.stop(folder, "old")
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_ps_says_the_same_as_proc_about_who_runs(folder: Folder) -> None:
    pid = spawn(folder, "one", SLEEP)
    assert processes._started_by_ps(pid) == processes._started_by_ps(pid) is not None
    os.kill(pid, signal.SIGKILL)
    assert gone(pid)
    assert processes._started_by_ps(pid) is None


def test_records_are_kept_for_readers(folder: Folder) -> None:
    pid = spawn(folder, "one", SLEEP)
    record = read_json(folder.processes / "one.json", None)
    assert record["pid"] == pid
    assert record["argv"] == SLEEP
    assert record["started"] == processes.started(pid)


def test_the_guard_ends_groups_when_its_owner_is_killed(folder: Folder) -> None:
    pid, freed = spawn(folder, "one", SLEEP), spawn(folder, "two", SLEEP)
    program = (
        "import sys, time; from quayside_sandbox.processes import Guard; guard = Guard();"
        f"guard.add({pid}); guard.add({freed}); guard.remove({freed}); print('up', flush=True); time.sleep(60)"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    owner = subprocess.Popen([sys.executable, "-c", program], env=environment, stdout=subprocess.PIPE)
    assert owner.stdout
    assert owner.stdout.readline() == b"up\n"
    assert processes.alive(folder, "one")
    owner.kill()
    owner.wait()
    owner.stdout.close()
    assert gone(pid)
    assert processes.alive(folder, "two")


def test_free_ports_differ() -> None:
    assert len(set(processes.free_ports(20))) == 20
