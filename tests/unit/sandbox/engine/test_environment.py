"""What of the surrounding environment reaches the engine."""

from pathlib import Path

import pytest

from quayside_sandbox.environment import engine_environment
from quayside_sandbox.folder import Folder

CREDENTIALS = [
    "DIGITALOCEAN_TOKEN",
    "DIGITALOCEAN_ACCESS_TOKEN",
    "CLOUDFLARE_API_TOKEN",
    "GITLAB_TOKEN",
    "VULTR_API_KEY",
    "KUBECONFIG",
    "PULUMI_ACCESS_TOKEN",
    "PULUMI_CONFIG_PASSPHRASE",
    "PULUMI_CONFIG_PASSPHRASE_FILE",
    "PULUMI_BACKEND_URL",
    "AWS_SECRET_ACCESS_KEY",
    "SPACES_SECRET_ACCESS_KEY",
    "GITHUB_TOKEN",
    "SSH_AUTH_SOCK",
    "XDG_CONFIG_HOME",
    "HTTPS_PROXY",
    "UV_PUBLISH_TOKEN",
    "UV_INDEX_ACME_PASSWORD",
    "PIP_PASSWORD",
    "PULUMI_DEPLOY_TOKEN",
]


@pytest.mark.parametrize("name", CREDENTIALS)
def test_no_credential_comes_through(name: str, tmp_path: Path) -> None:
    made = engine_environment(Folder(tmp_path), {name: "really-secret", "PATH": "/usr/bin"})
    assert "really-secret" not in made.values()


def test_homes_lie_in_the_sandbox(tmp_path: Path) -> None:
    made = engine_environment(Folder(tmp_path), {"HOME": "/home/somebody", "PATH": "/usr/bin", "TMPDIR": "/var/tmp"})
    for name in ("HOME", "TMPDIR", "PULUMI_HOME", "KUBECONFIG"):
        assert Path(made[name]).is_relative_to(tmp_path), name
    assert made["PULUMI_BACKEND_URL"] == f"file://{tmp_path}/state"


def test_options_of_the_user_come_through(tmp_path: Path) -> None:
    made = engine_environment(Folder(tmp_path), {"PULUMI_RUN_PROGRAM": "true", "LC_ALL": "C.UTF-8", "PATH": "/usr/bin", "EDITOR": "vi"})
    assert made["PULUMI_RUN_PROGRAM"] == "true"
    assert made["LC_ALL"] == "C.UTF-8"
    assert "EDITOR" not in made


def test_an_index_address_with_a_password_stays_outside(tmp_path: Path) -> None:
    given = {"PIP_INDEX_URL": "https://me:pass@index.example/simple", "PIP_CERT": "/etc/ca.pem", "PATH": ""}
    made = engine_environment(Folder(tmp_path), given)
    assert "PIP_INDEX_URL" not in made
    assert made["PIP_CERT"] == "/etc/ca.pem"


def test_plugins_on_the_users_path_are_not_started(tmp_path: Path) -> None:
    assert engine_environment(Folder(tmp_path), {"PATH": "/usr/bin"})["PULUMI_IGNORE_AMBIENT_PLUGINS"] == "true"


def test_the_sandbox_folder_is_first_and_only_once_on_path(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    made = engine_environment(folder, {"PATH": f"/usr/bin:{folder.binaries}:/bin"})
    assert made["PATH"] == f"{folder.binaries}:/usr/bin:/bin"
