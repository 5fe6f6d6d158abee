"""`quayside preview`: looks first, says what it sees, and is `pulumi preview` otherwise. Programs on PATH stand in for pulumi and kubectl."""

import stat
from pathlib import Path

import pytest

from quayside.operations.command import main

KUBECONFIG = "kubeconfig-of-prod"


class Programs:
    """A PATH of our own, on which programs write down how they were called."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.calls = folder, folder / "calls"
        self.calls.touch()

    def put(self, name: str, script: str) -> None:
        file = self.folder / name
        file.write_text(f'#!/bin/sh\necho "{name} $*" >> {self.calls}\n{script}\n')
        file.chmod(file.stat().st_mode | stat.S_IXUSR)

    def pulumi(self, output: str, preview: int = 0) -> None:
        self.put("pulumi", f'case "$1" in stack) {output};; *) exit {preview};; esac')

    @property
    def previews(self) -> list[str]:
        return [line for line in self.calls.read_text().splitlines() if line.startswith("pulumi preview")]


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    monkeypatch.setenv("PATH", str(tmp_path))
    one = Programs(tmp_path)
    one.pulumi(f"echo {KUBECONFIG}")
    # the file that it is given holds the kubeconfig, and nobody else may read it
    one.put("kubectl", f'read kept < "$2"; [ "$kept" = {KUBECONFIG} ] || exit 9; [ -z "$(/usr/bin/find "$2" -perm /077)" ]')
    return one


def test_a_cluster_that_answers_is_previewed(programs: Programs) -> None:
    assert main(["preview", "prod"]) == 0
    assert programs.previews == ["pulumi preview -s prod"]
    assert "get --raw /readyz" in programs.calls.read_text()


def test_options_and_the_exit_status_are_passed_on(programs: Programs) -> None:
    programs.pulumi(f"echo {KUBECONFIG}", preview=7)
    assert main(["preview", "prod", "--", "--diff", "--expect-no-changes"]) == 7
    assert programs.previews == ["pulumi preview -s prod --diff --expect-no-changes"]


@pytest.mark.parametrize("said", ["current stack does not have output property 'kubeconfig'", "no stack named 'prod' found"])
def test_without_a_cluster_there_is_nothing_to_look_at(programs: Programs, said: str) -> None:
    programs.pulumi(f'echo "error: {said}" >&2; exit 255')
    assert main(["preview", "prod"]) == 0
    assert "kubectl" not in programs.calls.read_text()


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("The connection to the server 127.0.0.1:1 was refused - did you specify the right host or port?", "See whether the cluster runs"),
        ("Unable to connect to the server: dial tcp 10.1.2.3:443: i/o timeout", "network, VPN, firewall"),
        ("error: You must be logged in to the server (Unauthorized)", "refuses the credentials"),
        ("Error from server (InternalError): an error on the server has prevented the request from succeeding", "healthy"),
    ],
)
def test_a_cluster_that_does_not_answer_is_told(programs: Programs, capsys: pytest.CaptureFixture[str], said: str, told: str) -> None:
    programs.put("kubectl", f"echo '{said}' >&2; exit 1")
    assert main(["preview", "prod"]) == 1
    errors = capsys.readouterr().err
    assert f"the cluster of stack prod does not answer: {said.removeprefix('error: ')}" in errors
    assert told in errors
    assert programs.previews == []


def test_what_is_missing_is_named(programs: Programs, capsys: pytest.CaptureFixture[str]) -> None:
    (programs.folder / "kubectl").unlink()
    assert main(["preview", "prod"]) == 1
    assert "kubectl is not on PATH" in capsys.readouterr().err
    (programs.folder / "pulumi").unlink()
    assert main(["preview", "prod"]) == 1
    assert "pulumi is not on PATH" in capsys.readouterr().err


def test_a_state_that_cannot_be_read_is_no_missing_cluster(programs: Programs, capsys: pytest.CaptureFixture[str]) -> None:
    programs.pulumi('echo "error: incorrect passphrase" >&2; exit 255')
    assert main(["preview", "prod"]) == 1
    assert "the state of stack prod cannot be read: error: incorrect passphrase" in capsys.readouterr().err
    assert programs.previews == []


def test_a_file_that_no_program_can_be_given_is_refused_before_the_engine_reads_it(
    programs: Programs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "Pulumi.prod.yaml").write_text("#" * (512 * 1024 + 1))
    assert main(["preview", "prod"]) == 1
    assert "Pulumi.prod.yaml is larger than 512 KiB" in capsys.readouterr().err
    assert programs.previews == []
