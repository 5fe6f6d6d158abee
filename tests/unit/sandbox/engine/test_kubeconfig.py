"""What a kubeconfig says."""

import base64
import json
from pathlib import Path

import pytest
import yaml

from quayside_sandbox.kube import Connection, InvalidKubeconfig

CONFIG = {
    "current-context": "a",
    "contexts": [
        {"name": "a", "context": {"cluster": "one", "user": "me", "namespace": "shop"}},
        {"name": "b", "context": {"cluster": "two"}},
    ],
    "clusters": [
        {"name": "one", "cluster": {"server": "https://127.0.0.1:1/", "certificate-authority-data": base64.b64encode(b"CA").decode()}},
        {"name": "two", "cluster": {"server": "http://127.0.0.1:2"}},
    ],
    "users": [{"name": "me", "user": {"token": "t"}}],
}


@pytest.mark.parametrize("written", [yaml.safe_dump(CONFIG), json.dumps(CONFIG)])
def test_yaml_and_json(written: str) -> None:
    one = Connection.parse(written)
    assert (one.server, one.ca, one.namespace, one.authorization()) == ("https://127.0.0.1:1", b"CA", "shop", "Bearer t")


def test_a_path_and_another_context(tmp_path: Path) -> None:
    (tmp_path / "config").write_text(yaml.safe_dump(CONFIG))
    assert Connection.parse(str(tmp_path / "config"), context="b").server == "http://127.0.0.1:2"


def test_exec_credentials(tmp_path: Path) -> None:
    command = tmp_path / "login"
    command.write_text('#!/bin/sh\necho \'{"status": {"token": "from \'$1\'"}}\'\n')
    command.chmod(0o755)
    user = {"exec": {"apiVersion": "client.authentication.k8s.io/v1beta1", "command": str(command), "args": ["vendor"]}}
    assert Connection("https://127.0.0.1:1", user=user).authorization() == "Bearer from vendor"


def test_a_missing_command_is_named() -> None:
    with pytest.raises(InvalidKubeconfig, match='executable "no-such-vendor" not found'):
        Connection("https://127.0.0.1:1", user={"exec": {"command": "no-such-vendor"}}).authorization()


@pytest.mark.parametrize("text", ["", "a: [\n", "just: text\n", "/nowhere/config"])
def test_what_leads_to_no_cluster_is_said(text: str) -> None:
    with pytest.raises(InvalidKubeconfig):
        Connection.parse(text)


def test_a_token_is_not_printed() -> None:
    assert "geheim" not in repr(Connection("https://127.0.0.1:1", user={"token": "geheim"}))
