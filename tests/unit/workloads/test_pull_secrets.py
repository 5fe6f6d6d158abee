"""Images from registries that want a password."""

import base64
import json
from typing import Any

import pulumi
import pytest

from quayside.settings.registries import RegistrySettings
from quayside.workloads import pull_secrets


@pytest.mark.parametrize(
    ("image", "repository"),
    [
        ("nginx:1.29", "docker.io/library/nginx"),
        ("acme/shop:1", "docker.io/acme/shop"),
        ("docker.io/acme/shop:1", "docker.io/acme/shop"),
        ("ghcr.io/acme/shop:1", "ghcr.io/acme/shop"),
        ("registry.example.com:5050/acme/shop:1", "registry.example.com:5050/acme/shop"),
        ("localhost/shop:1", "localhost/shop"),
        ("ghcr.io/acme/shop@sha256:" + "a" * 64, "ghcr.io/acme/shop"),
        ("ghcr.io/acme/shop:1@sha256:" + "a" * 64, "ghcr.io/acme/shop"),
    ],
)
def test_an_images_whole_name(image: str, repository: str) -> None:
    assert pull_secrets.repository(image) == repository


SERVERS: dict[str, Any] = {
    name: {} for name in ("docker.io", "ghcr.io", "registry.gitlab.com", "registry.gitlab.com/acme", "registry.example.com")
}


@pytest.mark.parametrize(
    ("image", "server"),
    [
        ("nginx:1.29", "docker.io"),
        ("ghcr.io/acme/shop:1", "ghcr.io"),
        ("registry.gitlab.com/other/shop:1", "registry.gitlab.com"),
        ("registry.gitlab.com/acme/shop:1", "registry.gitlab.com/acme"),
        ("registry.gitlab.com/acme2/shop:1", "registry.gitlab.com"),
        ("registry.example.com:5050/shop:1", None),
        ("quay.io/acme/shop:1", None),
    ],
)
def test_the_server_that_an_image_is_from(image: str, server: str | None) -> None:
    assert pull_secrets.server_of(image, SERVERS) == server


def test_a_service_gets_the_one_login_that_it_needs() -> None:
    logins = {"ghcr.io": "a", "registry.gitlab.com": "b"}
    assert pull_secrets.chosen("ghcr.io/acme/shop:1", logins) == {"ghcr.io": "a"}
    assert pull_secrets.chosen("acme/shop:1", logins) == {}
    assert pull_secrets.chosen(pulumi.Output.from_input("acme/shop:1"), logins) == logins


def registry(**given: Any) -> RegistrySettings:
    return RegistrySettings.model_validate({"password": "registryToken", **given})


def test_the_logins_of_a_stack() -> None:
    registries = {
        "ours": registry(kind="gitlab", username="deploy"),
        "private": registry(kind="gitlab", username="deploy", server="registry.example.com:5050"),
        "github": registry(kind="ghcr", username="octocat"),
        "ocean": registry(kind="digitalocean"),
        "hub": registry(kind="other", username="acme", server="docker.io"),
    }
    found = pull_secrets.logins(registries, lambda name: f"<{name}>")
    assert {server: login["username"] for server, login in found.items()} == {
        "registry.gitlab.com": "deploy",
        "registry.example.com:5050": "deploy",
        "ghcr.io": "octocat",
        "registry.digitalocean.com": "<registryToken>",  # the API token is both
        "docker.io": "acme",
    }
    assert {login["password"] for login in found.values()} == {"<registryToken>"}


def test_a_pull_secret() -> None:
    login = {"username": "octocat", "password": "pass:word"}
    data = pull_secrets.pull_secret_data({"ghcr.io": login, "docker.io": login})
    found = pull_secrets.pull_secret("shop", "home", {"team": "a"}, data)
    assert found["type"] == "kubernetes.io/dockerconfigjson"
    assert list(found["data"]) == [".dockerconfigjson"]
    auths = json.loads(base64.b64decode(found["data"][".dockerconfigjson"]))["auths"]
    assert list(auths) == ["https://index.docker.io/v1/", "ghcr.io"]
    assert auths["ghcr.io"] == {**login, "auth": base64.b64encode(b"octocat:pass:word").decode()}
