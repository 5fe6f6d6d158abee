"""What the machine refuses: one line with the remedy, exit status 1, and no half-made sandbox that the next start stumbles over."""

from __future__ import annotations

import errno
import functools
import os
import resource
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from quayside_sandbox import cli, doctor, sandbox, troubles
from quayside_sandbox.controlplane.components import Ports
from quayside_sandbox.controlplane.plane import _without_taken
from quayside_sandbox.folder import Folder, write_json
from quayside_sandbox.sandbox import Choices, Sandbox, SandboxFailed
from quayside_sandbox.steps import Steps

STACK = "config: {}\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project in which no tool is ever built and nothing is started."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "Pulumi.yaml").write_text("name: tried\nruntime: python\n")
    (folder / "Pulumi.dev.yaml").write_text(STACK)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("QUAYSIDE_SANDBOX", str(tmp_path / "sandbox"))
    monkeypatch.setenv("QUAYSIDE_CACHE", str(tmp_path / "cache"))
    return folder


Up = Callable[[], str]


@pytest.fixture
def up(project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Up:
    """`quayside-sandbox up dev`, as typed; returns its one line of an error."""
    monkeypatch.setattr(sys, "argv", ["quayside-sandbox", "up", "dev"])
    monkeypatch.setattr(cli.signal, "signal", lambda *_: None)
    monkeypatch.setattr(troubles, "PATIENCE", 0)

    def run() -> str:
        with pytest.raises(SystemExit) as ended:
            cli.main()
        assert ended.value.code == 1
        return one_line(capsys.readouterr().err)

    return run


def one_line(text: str) -> str:
    (line,) = text.strip().splitlines()
    assert line.startswith("error: ")
    return line


def said(line: str, *parts: str) -> None:
    assert all(part in line for part in parts), line


def test_a_limit_on_the_size_of_files(project: Path, tmp_path: Path) -> None:
    words = [sys.executable, "-m", "quayside_sandbox", "up", "dev"]
    limit = functools.partial(resource.setrlimit, resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))
    answer = subprocess.run(words, preexec_fn=limit, capture_output=True, text=True)
    assert answer.returncode == 1
    said(one_line(answer.stderr), "not grow beyond 1 MiB", "'ulimit -f unlimited'")
    assert not (tmp_path / "sandbox").exists()


def test_a_file_where_the_sandbox_should_be(up: Up, tmp_path: Path) -> None:
    (tmp_path / "sandbox").write_text("mine")
    said(up(), str(tmp_path / "sandbox"), "a file stands where a folder is needed")
    assert (tmp_path / "sandbox").read_text() == "mine"


def test_a_file_where_the_tools_should_be(up: Up, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("mine")
    said(up(), str(tmp_path / "cache"), "a file stands where a folder is needed", "QUAYSIDE_CACHE")
    assert not (tmp_path / "sandbox").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="where nobody may make a folder, not even root")
def test_no_folder_may_be_made(up: Up, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUAYSIDE_SANDBOX", "/proc/sandbox")
    said(up(), "no sandbox can be made in /proc/sandbox", "name another folder in QUAYSIDE_SANDBOX")


@pytest.mark.parametrize(
    ("number", "remedy"),
    [
        (errno.ENOSPC, "free some disk"),
        (errno.EACCES, "give yourself permission to write there"),
        (errno.EROFS, "give yourself permission to write there"),
        (errno.EFBIG, "'ulimit -f unlimited'"),
        (errno.EMFILE, "'ulimit -n 4096'"),
    ],
)
def test_what_the_system_refuses_at_the_start_leaves_no_half_of_a_sandbox(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, remedy: str
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number), str(tmp_path / "sandbox" / "bin" / "pulumi"))

    monkeypatch.setattr(sandbox, "prepare", lambda *_: {})
    monkeypatch.setattr(sandbox.shims, "install", refuse)
    with pytest.raises(SandboxFailed, match=remedy) as failure:
        Sandbox.of_project().start(None, Steps())
    assert str(tmp_path / "sandbox" / "bin" / "pulumi") in str(failure.value)
    assert "\n" not in str(failure.value)
    assert not (tmp_path / "sandbox").exists()


def test_what_ran_before_is_kept_when_a_start_fails(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sandbox").mkdir()
    (tmp_path / "sandbox" / sandbox.MARK).touch()
    write_json(tmp_path / "sandbox" / "clouds" / "kept.json", {})
    monkeypatch.setattr(sandbox, "prepare", lambda *_: (_ for _ in ()).throw(OSError(errno.ENOSPC, "No space left on device")))
    with pytest.raises(SandboxFailed, match="free some disk"):
        Sandbox.of_project().start(None, Steps())
    assert (tmp_path / "sandbox" / "clouds" / "kept.json").exists()


def test_an_error_that_nobody_can_mend_keeps_its_traceback(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(errno.EPIPE, "Broken pipe")

    monkeypatch.setattr(cli, "app", fail)
    with pytest.raises(OSError, match="Broken pipe"):
        cli.main()


@pytest.fixture
def listener() -> Iterator[int]:
    """Another program's port."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other.getsockname()[1]


def test_an_api_port_that_somebody_else_has_taken(up: Up, tmp_path: Path, listener: int) -> None:
    (tmp_path / "sandbox").mkdir()
    (tmp_path / "sandbox" / sandbox.MARK).touch()
    write_json(tmp_path / "sandbox" / "clusters" / "dev" / "plane.json", {"ports": {"api": listener}})
    said(up(), f"port {listener}, at which cluster dev answers, is taken by another program", "'quayside-sandbox down'")
    assert (tmp_path / "sandbox" / "clusters" / "dev" / "plane.json").exists()


def test_a_port_that_is_free_or_of_which_nothing_is_known_is_no_trouble(tmp_path: Path, listener: int) -> None:
    write_json(tmp_path / "clusters" / "dev" / "plane.json", {"ports": {"api": 1}})
    (tmp_path / "clusters" / "half").mkdir()
    (tmp_path / "clusters" / "half" / "plane.json").write_text("{")
    assert troubles.taken_port(Folder(tmp_path), patience=0) is None


def test_ports_inside_of_a_control_plane_move(listener: int) -> None:
    before = Ports(api=listener, etcd=listener, etcd_peer=1, kubelet=listener)
    after = _without_taken(before)
    assert (after.api, after.etcd_peer) == (listener, 1)
    assert listener not in (after.etcd, after.kubelet)
    assert _without_taken(after) == after


def test_the_doctor_names_each_trouble(project: Path, tmp_path: Path, listener: int) -> None:
    assert doctor._writable()[0]
    assert doctor._file_size()[0]
    assert doctor._ports()[0]
    write_json(tmp_path / "sandbox" / "clusters" / "dev" / "plane.json", {"ports": {"api": listener}})
    (tmp_path / "cache").write_text("")
    assert doctor._ports() == (False, troubles.taken_port(Folder(tmp_path / "sandbox"), 0))
    fine, line = doctor._writable()
    assert not fine
    said(line, "name another folder in QUAYSIDE_CACHE")


@pytest.mark.parametrize(
    ("typed", "given"), [((), None), (("--charts", "stand-in"), Choices("stand-in")), (("--charts", "real"), Choices("real"))]
)
def test_charts_that_were_typed_are_asked_of_a_running_sandbox_too(
    project: Path, monkeypatch: pytest.MonkeyPatch, typed: tuple[str, ...], given: Choices | None
) -> None:
    """It refuses others than it runs with; without the option it keeps its own."""
    asked: list[Choices | None] = []

    def start(self: Sandbox, choices: Choices | None, steps: Steps) -> None:
        asked.append(choices)
        raise SandboxFailed("enough")

    monkeypatch.setattr(Sandbox, "running", True)
    monkeypatch.setattr(Sandbox, "start", start)
    assert isinstance(CliRunner().invoke(cli.app, ["up", "dev", *typed]).exception, SandboxFailed)
    assert asked == [given]
