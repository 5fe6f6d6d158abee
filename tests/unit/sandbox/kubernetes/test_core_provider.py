"""The provider's arguments: their environment twins, and which change of them replaces every object."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from quayside_sandbox.plugins.kubernetes import providers
from quayside_sandbox.plugins.kubernetes.configuration import configure
from quayside_sandbox.plugins.kubernetes.handler import Problem
from quayside_sandbox.plugins.values import UNKNOWN, Secret

URN = "urn:pulumi:dev::shop::pulumi:providers:kubernetes::cluster"


def kubeconfig(user: dict[str, Any] | None = None, namespace: str | None = None, **cluster: Any) -> str:
    context = {"cluster": "c", "user": "u", **({"namespace": namespace} if namespace else {})}
    return json.dumps(
        {
            "current-context": "x",
            "contexts": [{"name": "x", "context": context}],
            "clusters": [{"name": "c", "cluster": {"server": "https://127.0.0.1:1", **cluster}}],
            "users": [{"name": "u", "user": user or {"token": "t"}}],
        }
    )


BASE = kubeconfig()


@pytest.mark.parametrize(
    ("old", "new", "replaces"),
    [
        ({"kubeconfig": BASE}, {"kubeconfig": kubeconfig(server="https://127.0.0.1:2")}, ["kubeconfig"]),
        ({"kubeconfig": BASE}, {"kubeconfig": kubeconfig(**{"proxy-url": "http://127.0.0.1:3"})}, ["kubeconfig"]),
        ({"kubeconfig": BASE}, {"kubeconfig": kubeconfig(**{"insecure-skip-tls-verify": True})}, ["kubeconfig"]),
        ({"kubeconfig": BASE}, {"kubeconfig": kubeconfig(**{"certificate-authority-data": "QQ=="})}, ["kubeconfig"]),
        ({"kubeconfig": BASE}, {"kubeconfig": UNKNOWN}, ["kubeconfig"]),
        ({"kubeconfig": BASE}, {"kubeconfig": BASE, "context": UNKNOWN}, ["context"]),
        ({"kubeconfig": BASE}, {"kubeconfig": kubeconfig({"token": "other"})}, []),
        ({"kubeconfig": BASE}, {"kubeconfig": kubeconfig({"exec": {"command": "doctl"}})}, []),
        ({"kubeconfig": BASE}, {"kubeconfig": kubeconfig(namespace="n")}, []),
        ({"kubeconfig": BASE}, {"kubeconfig": BASE.replace(", ", ",\n")}, []),
        ({"kubeconfig": Secret(BASE)}, {"kubeconfig": BASE}, []),
        ({"kubeconfig": BASE}, {"kubeconfig": BASE, "clusterIdentifier": "a"}, []),
        ({"clusterIdentifier": "a"}, {"clusterIdentifier": "b"}, ["clusterIdentifier"]),
        ({"clusterIdentifier": "a", "kubeconfig": BASE}, {"clusterIdentifier": "a", "kubeconfig": UNKNOWN}, []),
        ({"clusterIdentifier": "a", "kubeconfig": BASE}, {"clusterIdentifier": "a", "kubeconfig": kubeconfig(server="https://x")}, []),
        ({"kubeconfig": BASE}, {"kubeconfig": BASE, "deleteUnreachable": "true"}, []),
        ({"kubeconfig": ""}, {"kubeconfig": BASE}, []),
    ],
)
def test_what_replaces_the_provider(old: dict[str, Any], new: dict[str, Any], replaces: list[str]) -> None:
    assert providers.diff(old, new).replaces == replaces


def test_the_same_file_is_the_same_cluster(tmp_path: Path) -> None:
    path = tmp_path / "kubeconfig"
    path.write_text(BASE)
    result = providers.diff({"kubeconfig": BASE}, {"kubeconfig": str(path)})
    assert result.some
    assert not result.replaces
    assert not providers.diff({"kubeconfig": BASE}, {"kubeconfig": BASE}).some


def test_strict_mode_and_rendering() -> None:
    assert [failure.property for failure in providers.check(URN, {"strictMode": "true"})] == ["kubeconfig", "context"]
    assert providers.check(URN, {"strictMode": "true", "kubeconfig": BASE, "context": "x"}) == []
    refused = providers.check(URN, {"renderYamlToDirectory": "out"})
    assert [failure.property for failure in refused] == ["renderYamlToDirectory"]
    assert "--official kubernetes" in refused[0].reason


@pytest.mark.parametrize(
    ("attribute", "argument", "variable"),
    [
        ("enable_patch_force", "enablePatchForce", "PULUMI_K8S_ENABLE_PATCH_FORCE"),
        ("upsert_existing_objects", "upsertExistingObjects", "PULUMI_K8S_UPSERT_EXISTING_OBJECTS"),
        ("enable_config_map_mutable", "enableConfigMapMutable", "PULUMI_K8S_ENABLE_CONFIGMAP_MUTABLE"),
        ("enable_secret_mutable", "enableSecretMutable", "PULUMI_K8S_ENABLE_SECRET_MUTABLE"),
        ("skip_update_unreachable", "skipUpdateUnreachable", "PULUMI_K8S_SKIP_UPDATE_UNREACHABLE"),
        ("delete_unreachable", "deleteUnreachable", "PULUMI_K8S_DELETE_UNREACHABLE"),
        ("suppress_helm_hook_warnings", "suppressHelmHookWarnings", "PULUMI_K8S_SUPPRESS_HELM_HOOK_WARNINGS"),
        ("suppress_deprecation_warnings", "suppressDeprecationWarnings", "PULUMI_K8S_SUPPRESS_DEPRECATION_WARNINGS"),
    ],
)
def test_arguments_win_over_their_environment_twins(attribute: str, argument: str, variable: str) -> None:
    assert getattr(configure({}, {}), attribute) is False
    assert getattr(configure({}, {variable: "true"}), attribute) is True
    assert getattr(configure({argument: "false"}, {variable: "true"}), attribute) is False
    assert getattr(configure({argument: True}, {}), attribute) is True


def test_server_side_apply_is_on_unless_switched_off() -> None:
    assert configure({}, {}).enable_server_side_apply
    assert not configure({}, {"PULUMI_K8S_ENABLE_SERVER_SIDE_APPLY": "false"}).enable_server_side_apply
    assert not configure({"enableServerSideApply": "false"}, {}).enable_server_side_apply


def test_settings_that_are_objects_come_as_json_text() -> None:
    found = configure({"kubeClientSettings": '{"burst": 5}'}, {"PULUMI_K8S_CLIENT_QPS": "9", "PULUMI_K8S_CLIENT_BURST": "1"})
    assert found.kube_client_settings == {"burst": 5, "qps": "9"}
    assert configure({}, {"PULUMI_K8S_HELM_DRIVER": "configmap"}).helm_release_settings == {"driver": "configmap"}
    with pytest.raises(Problem, match="failed to unmarshal kubeClientSettings"):
        configure({"kubeClientSettings": "{"}, {})


def test_an_unusable_kubeconfig_is_no_error_until_the_cluster_is_needed() -> None:
    for given, reason in (({}, "no kubeconfig"), ({"kubeconfig": "{"}, "not valid"), ({"kubeconfig": BASE}, "unable to load schema")):
        configuration = configure(given, {})
        assert configuration.api is None
        assert reason in configuration.unreachable
        with pytest.raises(Problem, match="configured Kubernetes cluster is unreachable"):
            configuration.need_api()


def test_the_default_namespace() -> None:
    assert configure({}, {}).namespace == "default"
    assert configure({"kubeconfig": kubeconfig(namespace="of-context")}, {}).namespace == "of-context"
    assert configure({"kubeconfig": kubeconfig(namespace="of-context"), "namespace": "given"}, {}).namespace == "given"


def test_the_kubeconfig_is_not_printed() -> None:
    assert "hunter2" not in repr(configure({"kubeconfig": kubeconfig({"token": "hunter2"})}, {}))
