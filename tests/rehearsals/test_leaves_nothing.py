"""`down`, Ctrl-C and a crash leave no process, port or file outside the sandbox's folder; and nothing of the user's comes in."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from .conftest import ROOT, Project, processes_of

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at processes through /proc")
COMMAND = Path(sys.executable).with_name("quayside-sandbox")


class User:
    """Somebody with a home full of credentials, who types commands in the project."""

    def __init__(self, project: Project, home: Path) -> None:
        self.project, self.home = project.folder, home
        self.folder = project.folder / ".quayside" / "sandbox"
        for name, text in {
            ".kube/config": "token: real",
            ".config/doctl/config.yaml": "access-token: real",
            ".pulumi/credentials.json": "{}",
        }.items():
            (home / name).parent.mkdir(parents=True, exist_ok=True)
            (home / name).write_text(text)
        credentials = dict.fromkeys(
            (
                "DIGITALOCEAN_TOKEN",
                "DIGITALOCEAN_ACCESS_TOKEN",
                "CLOUDFLARE_API_TOKEN",
                "GITLAB_TOKEN",
                "VULTR_API_KEY",
                "PULUMI_ACCESS_TOKEN",
            ),
            "REAL-CREDENTIAL",
        )
        cache = os.environ.get("QUAYSIDE_CACHE") or str(ROOT / ".quayside" / "cache")
        kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        self.environment = {
            **kept,
            **credentials,
            "HOME": str(home),
            "KUBECONFIG": str(home / ".kube/config"),
            "QUAYSIDE_CACHE": cache,
            "TMPDIR": str(home / "tmp"),
        }
        (home / "tmp").mkdir()

    def start(self, *words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [str(COMMAND), *words],
            cwd=self.project,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def run(self, *words: str, expect: int = 0) -> str:
        process = self.start(*words)
        output, _ = process.communicate(timeout=300)
        assert process.returncode == expect, output
        return output

    def files(self) -> set[Path]:
        """All files outside the sandbox's folder; Python's cache of the program, which any run of it leaves, does not count."""
        found = {path for place in (self.home, self.project) for path in place.rglob("*") if path.is_file()}
        return {path for path in found if not path.is_relative_to(self.folder) and path.parent.name != "__pycache__"}

    def ports(self) -> set[int]:
        """The loopback ports on which the sandbox listens."""
        found = set()
        for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A":
                found.add((int(fields[1].partition(":")[2], 16), fields[9]))
        inodes = {os.readlink(link) for pid in processes_of(self.folder) for link in _links(pid)}
        return {port for port, inode in found if f"socket:[{inode}]" in inodes}


def _links(pid: int) -> list[Path]:
    try:
        return [link for link in Path(f"/proc/{pid}/fd").iterdir() if link.is_symlink()]
    except OSError:
        return []


@pytest.fixture
def user(project: Project, tmp_path: Path):
    home = tmp_path / "home"
    home.mkdir()
    one = User(project, home)
    yield one
    one.run("down")


def wait_until(what, seconds: float = 180) -> None:
    until = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < until, "nothing happened"
        time.sleep(0.1)


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def assert_nothing_left(user: User, ports: set[int], files: set[Path]) -> None:
    wait_until(lambda: not processes_of(user.folder), 20)
    for port in ports:
        wait_until(lambda port=port: not answers(port), 10)  # a process that has just ended gives its memory back before its sockets
    assert user.files() == files


def test_down_leaves_nothing(user: User) -> None:
    files = user.files()
    user.run("up", "dev")
    ports = user.ports()
    assert ports, "a control plane listens somewhere"
    assert "unchanged" in user.run("up", "dev")
    user.run("down")
    assert_nothing_left(user, ports, files)
    assert not user.folder.exists()


def test_an_interrupt_stops_what_was_started(user: User) -> None:
    files = user.files()
    process = user.start("up", "dev")
    wait_until(lambda: any("kube-apiserver" in command for command in processes_of(user.folder).values()))
    ports = user.ports()
    os.killpg(process.pid, signal.SIGINT)
    process.communicate(timeout=90)
    assert process.returncode == 130
    assert_nothing_left(user, ports, files)
    assert not user.folder.exists()


def test_a_crash_leaves_no_process_and_the_next_up_goes_on(user: User) -> None:
    files = user.files()
    user.run("up", "dev")
    ports = user.ports()
    provisioner = next(pid for pid, command in processes_of(user.folder).items() if "quayside_sandbox.provisioner" in command)
    os.kill(provisioner, signal.SIGKILL)
    assert_nothing_left(user, ports, files)
    assert "unchanged" in user.run("up", "dev")


def test_no_credential_reaches_any_process_and_only_loopback_is_spoken_to(user: User) -> None:
    """The second half without trust: the whole `up` runs where there is no network but loopback."""
    lonely = ["unshare", "--user", "--map-root-user", "--net"]
    if subprocess.run([*lonely, "true"], capture_output=True).returncode:
        pytest.skip("this machine lets nobody make a network namespace")
    raise_loopback = (
        "import fcntl,os,socket,struct,sys\n"
        "s=socket.socket(); fcntl.ioctl(s,0x8914,struct.pack('16sH14x',b'lo',0x1|0x40))\n"  # SIOCSIFFLAGS: up and running
        "os.execv(sys.argv[1],sys.argv[1:])"
    )
    words = [*lonely, sys.executable, "-c", raise_loopback, str(COMMAND), "up", "dev"]
    process = subprocess.Popen(
        words, cwd=user.project, env=user.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )
    seen: set[str] = set()
    while process.poll() is None:
        for pid, command in processes_of(user.folder).items():
            seen.add(command)
            try:
                environ = Path(f"/proc/{pid}/environ").read_bytes()
            except OSError:
                continue
            own = command.startswith(str(COMMAND)) or "quayside-sandbox up" in command  # the user's own command, which hands nothing on
            assert own or b"REAL-CREDENTIAL" not in environ, command
            assert own or f"HOME={user.home}".encode() not in environ.split(b"\0"), command
        time.sleep(0.05)
    output = process.communicate()[0]
    assert process.returncode == 0, output
    for expected in ("pulumi", "plugins.kubernetes", "plugins.cloud", "kube-apiserver", "execute.py"):
        assert any(expected in command for command in seen), f"{expected} was never seen: {sorted(seen)}"
