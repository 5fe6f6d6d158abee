"""`quayside-sandbox rehearse` as it is typed: one that passes beside one that fails, and one that is interrupted."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from .conftest import ROOT, processes_of

PROGRAM = Path(__file__).parent / "programs" / "rehearsed"
COMMAND = Path(sys.executable).with_name("quayside-sandbox")
# The password is the placeholder of a secure value; kubectl is the sandbox's.
LOOK = "sh -c 'grep -q example-of-rehearsed:password && command -v kubectl | grep /.quayside/rehearse/ && test -f $KUBECONFIG'"
NET = "digitalocean:index/vpc:Vpc::net"


class Project:
    """A program in a folder of its own, whose user knows no passphrase."""

    def __init__(self, folder: Path) -> None:
        self.folder = Path(shutil.copytree(PROGRAM, folder / "rehearsed"))
        self.room = self.folder / ".quayside" / "rehearse"
        kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        cache = os.environ.get("QUAYSIDE_CACHE") or str(ROOT / ".quayside" / "cache")
        self.environment = {**kept, "HOME": str(folder), "QUAYSIDE_CACHE": cache}

    def start(self, *words: str) -> subprocess.Popen[str]:
        whole = [str(COMMAND), "rehearse", *words]
        pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        return subprocess.Popen(whole, cwd=self.folder, env=self.environment, start_new_session=True, **pipes)

    def report(self, stack: str) -> dict[str, Any]:
        report: dict[str, Any] = json.loads((self.room / f"{stack}.json").read_text())
        return report

    def sandboxes(self) -> list[Path]:
        return [path for path in self.room.glob("*") if path.is_dir()]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def phases(report: dict[str, Any]) -> dict[str, str]:
    return {phase["name"]: phase["verdict"] for phase in report["phases"]}


ALL_WELL = dict.fromkeys(
    ["fresh sandbox", "up", "second preview", "refresh", "own checks", "destroy is refused", "destroy", "nothing left"], "passed"
)


def test_two_at_once_one_passes_and_one_fails(project: Project) -> None:
    good, restless = project.start("good", "--check", LOOK), project.start("restless", "--check", "sh -c 'echo no network is well; exit 1'")
    said, complained = (one.communicate(timeout=300)[0] for one in (good, restless))

    assert good.returncode == 0, said
    report = project.report("good")
    assert phases(report) == ALL_WELL
    assert (report["verdict"], report["left"], report["resources"][NET.partition("::")[0]]) == ("passed", [], 1)
    assert {(one["kind"], one["what"]) for one in report["substitutions"]} == {
        ("secure value", "rehearsed:password"),
        ("plugin", "digitalocean"),
    }
    assert said.count("networks are slow") == 1 and "Rehearsal of good passed" in said

    assert restless.returncode == 1, complained
    report = project.report("restless")
    skipped = {"destroy is refused": "skipped"}  # nothing is protected, and no setting says that something should be
    assert phases(report) == {**ALL_WELL, "second preview": "failed", "own checks": "failed", **skipped}
    problems = {phase["name"]: phase["problems"] for phase in report["phases"] if phase["problems"]}
    assert problems == {
        "second preview": [f"a second preview would update {NET} (description)"],
        "own checks": ["no network is well"],
    }
    assert "Rehearsal of restless failed: second preview, own checks" in complained
    assert project.sandboxes() == []


@pytest.mark.skipif(sys.platform != "linux", reason="looks at processes through /proc")
def test_an_interrupt_leaves_a_report_and_nothing_else(project: Project) -> None:
    before = {path for path in project.folder.rglob("*") if path.is_file()}
    process = project.start("good")
    deadline = time.monotonic() + 120

    def running() -> dict[int, str]:
        return {pid: command for folder in roots for pid, command in processes_of(folder).items()}

    roots: list[Path] = []
    while not any("plugins.cloud" in command for command in running().values()):
        assert time.monotonic() < deadline and process.poll() is None, "no engine was seen"
        time.sleep(0.1)
        roots = project.sandboxes()
    os.kill(process.pid, signal.SIGINT)  # not to the engine: nobody but the command looks after it
    process.communicate(timeout=60)
    assert process.returncode == 130
    report = project.report("good")
    assert (report["verdict"], phases(report)) == ("failed", {"fresh sandbox": "passed", "up": "failed"})
    assert report["phases"][1]["problems"] == ["interrupted"]
    while running():
        assert time.monotonic() < deadline, running()
        time.sleep(0.1)
    after = {path for path in project.folder.rglob("*") if path.is_file() and path.parent.name != "__pycache__"}
    assert after - before == {project.room / "good.json"}
    assert project.sandboxes() == []
