"""A service's pull secret, as it is registered."""

import base64
import json
from typing import Any

import pytest

from quayside.settings.problems import InvalidSettings
from unit.examples import PASSWORD
from unit.recorder import Recorded
from unit.workloads.specs import Late, shop

REGISTRIES = {
    "ghcr.io": {"username": "octocat", "password": PASSWORD},
    "registry.gitlab.com": {"username": Late("deploy"), "password": Late(PASSWORD, secret=True)},
}


def pulling(image: Any, **args: Any) -> Recorded:
    return shop(**{"image": image, "registries": REGISTRIES, **args})


def servers(recorded: Recorded) -> set[str]:
    secret = recorded.one("Secret", "shop-pull")
    return set(json.loads(base64.b64decode(secret.inputs["data"][".dockerconfigjson"]))["auths"])


def pulls_with(recorded: Recorded) -> Any:
    return recorded.one("Deployment").inputs["spec"]["template"]["spec"].get("imagePullSecrets")


@pytest.mark.parametrize("preview", [False, True])
@pytest.mark.parametrize("server", ["ghcr.io", "registry.gitlab.com"])
def test_the_login_that_its_image_needs(server: str, preview: bool) -> None:
    recorded = pulling(f"{server}/acme/shop:1", preview=preview)
    secret = recorded.one("Secret")
    assert secret.inputs["metadata"]["name"] == "shop-pull"
    assert secret.inputs["metadata"]["namespace"] == "shop"
    assert secret.inputs["type"] == "kubernetes.io/dockerconfigjson"
    assert servers(recorded) == {server}
    assert pulls_with(recorded) == [{"name": "shop-pull"}]
    assert "shop-pull" in recorded.one("Deployment").after


def test_logins_are_sealed() -> None:
    recorded = pulling("ghcr.io/acme/shop:1")
    assert recorded.one("Secret").sealed == {"data"}
    for each in recorded:
        assert PASSWORD not in each.plain
        assert base64.b64encode(f"octocat:{PASSWORD}".encode()).decode() not in each.plain


def test_an_image_that_needs_no_login() -> None:
    recorded = pulling("acme/shop:1")
    assert recorded.of("Secret") == []
    assert pulls_with(recorded) is None


def test_an_image_that_is_known_late_gets_all() -> None:
    recorded = pulling(Late("acme/shop:1"))
    assert servers(recorded) == {"ghcr.io", "registry.gitlab.com"}


def test_it_stands_beside_the_services_own_secrets() -> None:
    recorded = pulling("ghcr.io/acme/shop:1", secrets={"A": "b"})
    assert sorted(each.inputs["metadata"]["name"] for each in recorded.of("Secret")) == ["shop-pull", "shop-secrets"]


def test_registries_are_checked() -> None:
    with pytest.raises(InvalidSettings) as error:
        pulling("acme/shop:1", registries={"https://ghcr.io": {"username": "octocat"}})
    assert [line.partition(";")[0] for line in error.value.lines] == [
        "registries.https://ghcr.io is not the server of a registry",
        "registries.https://ghcr.io.password is missing",
    ]
