"""What is still right: the bounds of the rules whose mistakes are in invalid/."""

from typing import Any

import pulumi
import pytest

from quayside.settings.registries import RegistrySettings, servers_apart
from quayside.settings.service import ServiceSettings
from quayside.settings.service_rules import patches_keep_names


@pytest.mark.parametrize(
    "given",
    [
        {"scale": {"min": 2, "max": 2}},
        {"scale": {"min": 2, "max": 4}, "replicas": 1},  # the default, which says nothing
        {"scale": {"min": 2, "max": 4}, "replicas": 4},
        {"scale": {"min": 2, "max": 4, "cpu": 399}},
        {"scale": {"min": 2, "max": 4, "memory": 100}, "resources": {"requests": {"memory": "100Mi"}, "limits": {"memory": "101Mi"}}},
        {"probes": {"readiness": {"period": "3s", "timeout": "3s"}}},
        {"probes": {"startup": {"period": "10s", "failures": 12}}, "timeout": "2m"},
        {"probes": {"startup": {}}, "timeout": "1s"},
        {"grace": "0s"},
        {"patches": {"Deployment": {"spec": {"template": {"spec": {"initContainers": []}}}}, "Service": {"metadata": {"annotations": {}}}}},
        {"patches": {"Service": {"spec": None}, "Deployment": {"spec": {"template": {"metadata": None}}}}},
        {"resources": {"requests": {"cpu": "0", "memory": "0Mi"}}},
        {"scale": {"min": 2, "max": 4}, "resources": {"requests": {"memory": "0Mi"}}},
        {"command": [], "args": ["--port", 80]},
    ],
)
def test_services_that_are_right(given: dict[str, Any]) -> None:
    assert ServiceSettings.model_validate({"image": "acme/shop:1", **given})


@pytest.mark.parametrize(
    ("patches", "at"),
    [
        ({"Service": {"metadata": None}}, ["Service.metadata"]),
        ({"Ingress": {"metadata": "x"}}, ["Ingress.metadata"]),
        ({"Deployment": {"metadata": [], "spec": None}}, ["Deployment.metadata", "Deployment.spec"]),
        ({"Deployment": {"spec": {"template": None}}}, ["Deployment.spec.template"]),
        ({"Deployment": {"spec": {"template": {"spec": None}}}}, ["Deployment.spec.template.spec"]),
        ({"Deployment": {"spec": pulumi.Output.from_input(None)}}, []),
    ],
)
def test_patches_take_no_object_apart(patches: dict[str, Any], at: list[str]) -> None:
    assert [key for key, _ in patches_keep_names({"patches": patches})] == [f"patches.{key}" for key in at]


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ({"kind": "gitlab", "username": "ci"}, "registry.gitlab.com"),
        ({"kind": "gitlab", "username": "ci", "server": "gitlab.example.com:5050/acme"}, "gitlab.example.com:5050/acme"),
        ({"kind": "ghcr", "username": "octocat", "server": "ghcr.io/acme"}, "ghcr.io/acme"),
        ({"kind": "digitalocean"}, "registry.digitalocean.com"),
        ({"kind": "other", "username": "acme", "server": "docker.io"}, "docker.io"),
    ],
)
def test_registries_that_are_right(given: dict[str, Any], address: str) -> None:
    assert RegistrySettings.model_validate({"password": "registryToken", **given}).address == address


def test_one_server_has_one_password() -> None:
    ours, theirs = {"kind": "gitlab", "server": "registry.gitlab.com/acme"}, {"kind": "gitlab"}
    assert list(servers_apart({"registries": {"a": ours, "b": theirs}})) == []
    assert list(servers_apart({"registries": {"a": theirs, "b": {"kind": "other", "server": "registry.gitlab.com"}}})) == [
        (
            "registries.b",
            "is for the same server as a; narrow both down by a path, such as registry.gitlab.com/acme, or remove one",
        )
    ]
