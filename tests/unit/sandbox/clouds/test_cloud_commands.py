"""`quayside-sandbox cloud …` and the stand-in of doctl."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from quayside_sandbox import doctl
from quayside_sandbox.clouds import commands
from quayside_sandbox.clouds.store import Store
from quayside_sandbox.folder import FOLDER_VARIABLE

from .account import Account


@pytest.fixture
def run(store: Store, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(commands, "store", lambda: store)
    return lambda *words: CliRunner().invoke(commands.app, list(words))


def test_objects_are_listed_shown_changed_and_deleted(run: Any, ocean: Account, store: Store) -> None:
    id, _ = ocean.create("Vpc", name="net", region="sgp1")
    assert id in run("list", "digitalocean", "vpcs").output
    assert id not in run("list", "cloudflare").output
    store.update("digitalocean", "vpcs", id, {"_private": "hidden"})
    assert "name: net" in run("show", id).output
    assert "hidden" not in run("show", "net").output
    assert run("set", "net", "description=by hand", "nested.deep.list=[1, 2]", "nested.deep.list.0=3").exit_code == 0
    changed = store.get("digitalocean", "vpcs", id)
    assert (changed["description"], changed["nested"]) == ("by hand", {"deep": {"list": [3, 2]}})
    assert run("delete", "net").exit_code == 0
    assert store.find("digitalocean", "vpcs", id) is None


def test_what_is_made_by_hand_follows_the_vendors_rules(run: Any, flare: Account, store: Store) -> None:
    assert run("create", "cloudflare", "zones", "name=example.com").exit_code == 0
    zone = flare.invoke("getZone", filter={"name": "example.com", "match": "all"})
    assert zone["nameServers"]
    given = ["create", "cloudflare", "DnsRecord", f"zoneId={zone['zoneId']}", "name=www", "type=A", "content=203.0.113.1", "ttl=1"]
    assert run(*given).exit_code == 0
    _refused(run(*given), "81058")
    _refused(run("create", "digitalocean", "vpcs", "name=a", "rgion=sgp1"), "Invalid or unknown key", 'argument "region" is required')


def test_a_vpc_with_members_is_not_deleted_and_nobody_waits(run: Any, store: Store) -> None:
    run("create", "digitalocean", "vpcs", "name=net", "region=sgp1")
    id = store.list("digitalocean", "vpcs", name="net")[0]["id"]
    run("create", "digitalocean", "droplets", "name=guest", f"vpcUuid={id}")
    _refused(run("delete", "net"), "Can not delete VPC with members")
    run("delete", "guest")
    assert run("delete", "net").exit_code == 0


def test_what_is_not_clear_is_said(run: Any, ocean: Account) -> None:
    ocean.create("Project", name="twice")
    ocean.create("Vpc", name="twice", region="sgp1")
    _refused(run("show", "twice"), "2 objects have the name twice")
    _refused(run("show", "nobody"), "no object has the id or name nobody")
    _refused(run("set", "first-project", "description"), "'description' is no field=value")
    _refused(run("create", "digitalocean", "boats", "name=a"), "digitalocean boats is not simulated", "vpcs")


def _refused(result: Result, *words: str) -> None:
    assert result.exit_code == 1
    assert all(word in result.stderr for word in words), result.stderr


@pytest.fixture
def shell(store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    monkeypatch.setenv(FOLDER_VARIABLE, str(store.folder.parent))
    monkeypatch.setenv("DIGITALOCEAN_ACCESS_TOKEN", "t")

    def run(*words: str) -> tuple[int, str, str]:
        code = doctl.main(list(words))
        return (code, *capsys.readouterr())

    return run


COMMAND = ("kubernetes", "cluster", "kubeconfig", "exec-credential", "--version=v1beta1")


def test_doctl_hands_out_a_token_that_ends_soon(shell: Any, store: Store) -> None:
    store.create("digitalocean", "kubernetesClusters", {"_token": "the-token"}, id="c1")
    for words in ((*COMMAND, "c1"), ("k8s", "c", "kubecfg", "exec-credential", "c1", "--version", "v1beta1", "--context", "work")):
        code, out, _ = shell(*words)
        assert code == 0
        credential = json.loads(out)
        assert (credential["kind"], credential["apiVersion"]) == ("ExecCredential", "client.authentication.k8s.io/v1beta1")
        assert credential["status"]["token"] == "the-token"
        left = datetime.fromisoformat(credential["status"]["expirationTimestamp"]) - datetime.now(UTC)
        assert 0 < left.total_seconds() <= 15 * 60


def test_doctl_fails_as_the_real_one_does(shell: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert shell(*COMMAND, "nobody")[0] == 1
    assert "404" in shell(*COMMAND, "nobody")[2]
    assert 'invalid version "v1"' in shell(*COMMAND[:-1], "--version=v1", "c1")[2]
    assert "missing required arguments" in shell(*COMMAND)[2]
    assert "'doctl compute droplet list' is not simulated" in shell("compute", "droplet", "list")[2]
    monkeypatch.delenv("DIGITALOCEAN_ACCESS_TOKEN")
    assert "access token is required" in shell(*COMMAND, "c1")[2]
    assert "404" in shell(*COMMAND, "c1", "--access-token", "t")[2]
