"""`quayside-sandbox fault …`: what is set is listed, refused with what to write instead, and taken back."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from quayside_sandbox import fault_commands
from quayside_sandbox.clouds import seed
from quayside_sandbox.clouds.store import Store
from quayside_sandbox.folder import FOLDER_VARIABLE, Folder


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    one = Folder(tmp_path)
    seed.seed(Store(one.clouds))
    return one


def fault(*words: str) -> Result:
    return CliRunner().invoke(fault_commands.app, list(words), env={"COLUMNS": "300", "NO_COLOR": "1", "TERM": "dumb"})


def limit(folder: Folder) -> int:
    return int(Store(folder.clouds).list("digitalocean", "accounts")[0]["dropletLimit"])


def test_a_fault_of_a_cloud_is_listed_and_cleared(folder: Folder) -> None:
    assert (
        fault("cloud", "digitalocean", "create vpcs", "--status", "429", "--retry-after", "2", "--call", "2", "--times", "1").exit_code == 0
    )
    assert fault("cloud", "cloudflare", "* dnsRecords", "--seconds", "1.5").exit_code == 0
    assert fault("list").output.splitlines() == [
        "digitalocean  create vpcs  429 Too many requests  Retry-After 2  from request 2 on, 1 times",
        "cloudflare  * dnsRecords  takes 1.5 s",
    ]
    assert fault("clear").exit_code == 0
    assert fault("list").output == ""


def test_a_quota_that_is_used_up_is_given_back(folder: Folder) -> None:
    usual = limit(folder)
    Store(folder.clouds).create("digitalocean", "kubernetesNodePools", {"nodeCount": 3})
    for _ in range(2):
        assert fault("cloud", "digitalocean", "quota").exit_code == 0
    assert limit(folder) == 3
    assert fault("cloud", "cloudflare", "quota").exit_code == 0
    assert "the account may have 3 Droplets, and has them" in fault("list").output
    assert "Record quota exceeded" in fault("list").output
    fault("clear")
    assert limit(folder) == usual


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("cloud", "hetzner", "create vpcs", "--status", "500"), "there are cloudflare, digitalocean"),
        (("cloud", "digitalocean", "vpcs", "--status", "500"), "write for example 'create vpcs'"),
        (("cloud", "digitalocean", "create vpcs", "--after", "--seconds", "1"), "--status 503"),
        (("cloud", "digitalocean", "make vpcs", "--status", "500"), "is no operation"),
        (("cloud", "digitalocean", "create vpcs"), "--status 503"),
        (("cloud", "digitalocean", "create vpcs", "--status", "200"), "write 400 to 599"),
        (("api", "stop", "prod"), "there is no cluster prod; there are: none yet"),
    ],
)
def test_what_cannot_be_set_says_what_to_write(folder: Folder, words: tuple[str, ...], told: str) -> None:
    answer = fault(*words)
    assert answer.exit_code == 2
    assert told in " ".join(answer.output.replace("│", " ").split())
    assert fault("list").output == ""


def test_a_kind_that_no_resource_has_is_set_and_said(folder: Folder) -> None:
    answer = fault("cloud", "digitalocean", "create droplets", "--status", "500")
    assert answer.exit_code == 0
    assert "no resource of digitalocean is of kind 'droplets'" in answer.output
    assert "vpcs" in answer.output
    assert "no resource" not in fault("cloud", "digitalocean", "create vpc*", "--status", "500").output
