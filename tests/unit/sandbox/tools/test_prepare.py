"""Tools: used where installed, built once where not, and a half-built one is never taken for whole."""

import os
import stat
import threading
import time
from pathlib import Path

import pytest

from quayside_sandbox.steps import Steps
from quayside_sandbox.tools import TOOLS, ToolFailed, prepare
from quayside_sandbox.tools.prepare import find_ready

ETCD = next(tool for tool in TOOLS if tool.name == "etcd")


def script(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty machine: a PATH of our own, with the few commands that scripts need."""
    monkeypatch.setenv("PATH", f"{tmp_path / 'path'}:/usr/bin:/bin")
    return tmp_path


# A Go that 'builds' by writing a file, slowly; it notes each build it was asked for.
GO = """
if [ "$1" = env ]; then echo "${FAKE_GO_VERSION:-go1.26.1}"; exit 0; fi
while [ "$1" != -o ]; do shift; done
echo built >> "$FAKE_GO_LOG"
printf half > "$2"; sleep "${FAKE_GO_SECONDS:-0}"; ${FAKE_GO_FAILS:-true} || { echo "dial tcp: i/o timeout"; exit 1; }
printf '#!/bin/sh\\necho etcd Version: 3.7.3\\n' > "$2"; chmod +x "$2"
"""


@pytest.fixture
def go(place: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    script(place / "path" / "go", GO)
    monkeypatch.setenv("FAKE_GO_LOG", str(place / "builds"))
    return place


def test_an_installed_tool_in_a_fitting_version_is_used(place: Path) -> None:
    installed = script(place / "path" / "etcd", "echo etcd Version: 3.7.9")
    assert prepare(place / "cache", Steps(), ["etcd"]) == {"etcd": installed}


@pytest.mark.parametrize("version", ["3.6.9", "3.70.1", "3.7.3-rc.0", "nonsense"])
def test_an_installed_tool_in_another_version_is_not(place: Path, version: str) -> None:
    script(place / "path" / "etcd", f"echo etcd Version: {version}")
    assert "etcd" not in find_ready(place / "cache")


def test_a_tool_is_built_once(go: Path) -> None:
    (go / "cache").mkdir()
    first = prepare(go / "cache", Steps(), ["etcd"])
    assert prepare(go / "cache", Steps(), ["etcd"]) == first
    assert (go / "builds").read_text().count("built") == 1
    assert ETCD.installed_version(first["etcd"]) == "3.7.3"


def test_two_runs_at_once_build_it_once(go: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_GO_SECONDS", "0.5")
    (go / "cache").mkdir()
    found: list[Path] = []
    runs = [threading.Thread(target=lambda: found.append(prepare(go / "cache", Steps(), ["etcd"])["etcd"])) for _ in range(2)]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert len(set(found)) == 1
    assert (go / "builds").read_text().count("built") == 1


def test_a_half_built_tool_is_never_taken_for_whole(go: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_GO_SECONDS", "30")
    (go / "cache").mkdir()
    child = os.fork()
    if child == 0:
        prepare(go / "cache", Steps(), ["etcd"])
        os._exit(0)
    while not (go / "builds").exists():
        time.sleep(0.02)
    os.kill(child, 9)
    os.waitpid(child, 0)
    assert "etcd" not in find_ready(go / "cache")
    monkeypatch.setenv("FAKE_GO_SECONDS", "0")
    assert ETCD.installed_version(prepare(go / "cache", Steps(), ["etcd"])["etcd"]) == "3.7.3"


def test_a_build_that_fails_says_why_and_what_to_do(go: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_GO_FAILS", "false")
    (go / "cache").mkdir()
    with pytest.raises(ToolFailed, match=r"etcd 3\.7\.3 could not be built: dial tcp.*check the network"):
        prepare(go / "cache", Steps(), ["etcd"])
    assert "etcd" not in find_ready(go / "cache")


def test_no_go_is_said_with_the_remedy(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(place / "path"))
    with pytest.raises(ToolFailed, match=r"Go 1\.26 or newer is needed .* not on PATH"):
        prepare(place / "cache", Steps(), ["etcd"])


def test_an_old_go_is_said(go: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_GO_VERSION", "go1.22.3")
    with pytest.raises(ToolFailed, match=r"is go1\.22\.3: install a newer one"):
        prepare(go / "cache", Steps(), ["etcd"])


def test_a_built_tool_that_has_lost_its_end_is_built_again(go: Path) -> None:
    (go / "cache").mkdir()
    place = prepare(go / "cache", Steps(), ["etcd"])["etcd"]
    place.write_text(place.read_text()[:-8])
    assert "etcd" not in find_ready(go / "cache")
    assert prepare(go / "cache", Steps(), ["etcd"])["etcd"] == place
    assert (go / "builds").read_text().count("built") == 2
    assert "etcd" in find_ready(go / "cache")


def test_a_built_tool_of_which_no_size_is_noted_is_asked_whether_it_runs(go: Path) -> None:
    (go / "cache").mkdir()
    place = prepare(go / "cache", Steps(), ["etcd"])["etcd"]
    place.with_name("size.json").unlink()
    assert "etcd" in find_ready(go / "cache")
    place.write_bytes(b"\x7fELF and then nothing")
    assert "etcd" not in find_ready(go / "cache")


@pytest.mark.parametrize(
    ("said", "remedy"),
    [
        ("write /tmp/x: file too large", "'ulimit -f unlimited'"),
        ("write /tmp/x: no space left on device", "Free about 5 GB of disk"),
        ("go: creating work dir: stat /nowhere: no such file or directory", "name a writable one in TMPDIR"),
        ("internal compiler error", "or install etcd yourself"),
    ],
)
def test_what_keeps_go_from_building_has_its_remedy(go: Path, said: str, remedy: str) -> None:
    script(go / "path" / "go", f'if [ "$1" = env ]; then echo go1.26.1; exit 0; fi; echo "{said}"; exit 1')
    (go / "cache").mkdir()
    with pytest.raises(ToolFailed) as failure:
        prepare(go / "cache", Steps(), ["etcd"])
    assert remedy in str(failure.value)
    assert "\n" not in str(failure.value)
