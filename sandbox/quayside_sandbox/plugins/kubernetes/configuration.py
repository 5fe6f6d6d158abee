"""The provider's settings (`kubernetes.Provider` arguments and their environment twins) and the cluster that they lead to."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from ...kube import Api, ApiError, Connection, InvalidKubeconfig
from ...kube.no_answer import in_words
from ..values import UNKNOWN, Secret, plain
from .handler import Problem

# Our field → (argument of the provider, environment variable that stands in for it, default).
_FLAGS = {
    "enable_server_side_apply": ("enableServerSideApply", "PULUMI_K8S_ENABLE_SERVER_SIDE_APPLY", True),
    "enable_patch_force": ("enablePatchForce", "PULUMI_K8S_ENABLE_PATCH_FORCE", False),
    "upsert_existing_objects": ("upsertExistingObjects", "PULUMI_K8S_UPSERT_EXISTING_OBJECTS", False),
    "enable_config_map_mutable": ("enableConfigMapMutable", "PULUMI_K8S_ENABLE_CONFIGMAP_MUTABLE", False),
    "enable_secret_mutable": ("enableSecretMutable", "PULUMI_K8S_ENABLE_SECRET_MUTABLE", False),
    "skip_update_unreachable": ("skipUpdateUnreachable", "PULUMI_K8S_SKIP_UPDATE_UNREACHABLE", False),
    "delete_unreachable": ("deleteUnreachable", "PULUMI_K8S_DELETE_UNREACHABLE", False),
    "suppress_deprecation_warnings": ("suppressDeprecationWarnings", "PULUMI_K8S_SUPPRESS_DEPRECATION_WARNINGS", False),
    "suppress_helm_hook_warnings": ("suppressHelmHookWarnings", "PULUMI_K8S_SUPPRESS_HELM_HOOK_WARNINGS", False),
}
_RELEASE_SETTINGS = {
    "driver": "PULUMI_K8S_HELM_DRIVER",
    "pluginsPath": "PULUMI_K8S_HELM_PLUGINS_PATH",
    "registryConfigPath": "PULUMI_K8S_HELM_REGISTRY_CONFIG_PATH",
    "repositoryConfigPath": "PULUMI_K8S_HELM_REPOSITORY_CONFIG_PATH",
    "repositoryCache": "PULUMI_K8S_HELM_REPOSITORY_CACHE",
}
_CLIENT_SETTINGS = {"burst": "PULUMI_K8S_CLIENT_BURST", "qps": "PULUMI_K8S_CLIENT_QPS", "timeout": "PULUMI_K8S_CLIENT_TIMEOUT"}


@dataclass
class Configuration:
    """A configured provider. Where no cluster can be reached, `api` is None and `unreachable` says why."""

    kubeconfig: str = field(default="", repr=False)  # text or path, as given
    context: str = ""
    cluster: str = ""
    namespace: str = "default"  # where namespaced objects go that name none
    connection: Connection | None = field(default=None, repr=False)
    api: Api | None = field(default=None, repr=False)
    unreachable: str = "the provider is not configured"
    cluster_identifier: str = ""
    enable_server_side_apply: bool = True
    enable_patch_force: bool = False
    upsert_existing_objects: bool = False
    enable_config_map_mutable: bool = False
    enable_secret_mutable: bool = False
    skip_update_unreachable: bool = False
    delete_unreachable: bool = False
    suppress_deprecation_warnings: bool = False
    suppress_helm_hook_warnings: bool = False
    kube_client_settings: dict[str, Any] = field(default_factory=dict)
    helm_release_settings: dict[str, Any] = field(default_factory=dict)

    def need_api(self) -> Api:
        """The cluster's API; raises Problem where it cannot be reached."""
        if self.api is None:
            raise Problem(f"configured Kubernetes cluster is unreachable: {self.unreachable}")
        return self.api


def configure(
    arguments: Mapping[str, Any], environment: Mapping[str, str] = os.environ, on_warning: Callable[[str], None] | None = None
) -> Configuration:
    """Reads the provider's arguments and tries the cluster. An unusable kubeconfig or cluster is no error yet: previews go on without."""
    given = {key: plain(value) for key, value in arguments.items() if plain(value) is not UNKNOWN}
    if given.get("renderYamlToDirectory"):
        raise Problem(RENDERING_REFUSED)
    configuration = Configuration(
        kubeconfig=_text(given.get("kubeconfig")),
        context=_text(given.get("context")),
        cluster=_text(given.get("cluster")),
        cluster_identifier=_text(given.get("clusterIdentifier")),
        kube_client_settings=_settings(given, "kubeClientSettings", _CLIENT_SETTINGS, environment),
        helm_release_settings=_settings(given, "helmReleaseSettings", _RELEASE_SETTINGS, environment),
    )
    for attribute, (argument, variable, default) in _FLAGS.items():
        value = given.get(argument)
        if value is None or value == "":
            value = environment.get(variable, default)
        setattr(configuration, attribute, value is True or value == "true")
    _connect(configuration, environment, on_warning)
    configuration.namespace = (
        _text(given.get("namespace")) or (configuration.connection.namespace if configuration.connection else None) or "default"
    )
    return configuration


RENDERING_REFUSED = (
    "this stand-in of the kubernetes plugin does not render YAML: "
    "remove renderYamlToDirectory from the provider's arguments, or use the official plugin (--official kubernetes)"
)


def _connect(configuration: Configuration, environment: Mapping[str, str], on_warning: Callable[[str], None] | None) -> None:
    kubeconfig = configuration.kubeconfig or _ambient_kubeconfig(environment)
    timeout = float(configuration.kube_client_settings.get("timeout") or 60)
    try:
        if not kubeconfig:
            raise InvalidKubeconfig("no kubeconfig: set the provider's argument `kubeconfig`, or KUBECONFIG")
        configuration.connection = Connection.parse(kubeconfig, configuration.context or None, configuration.cluster or None)
    except (InvalidKubeconfig, OSError) as problem:
        configuration.unreachable = f"failed to parse kubeconfig data in `kubernetes:config:kubeconfig`- {problem}"
        return
    try:
        api = Api(configuration.connection, timeout=timeout, on_warning=on_warning, user_agent="pulumi-kubernetes")
        # Credentials count as well: a cluster that answers 401 is as good as unreachable.
        api.kinds("v1")
        configuration.api, configuration.unreachable = api, ""
    except (ApiError, InvalidKubeconfig, httpx.HTTPError, OSError) as problem:
        configuration.unreachable = (
            f"unable to load schema information from the API server: {_unanswered(problem, configuration.connection)}"
        )


def _unanswered(problem: Exception, connection: Connection) -> str:
    """The official plugin asks for the whole schema at once, with client-go's 32 s for discovery, and hides what a 401 says
    (pulumi-kubernetes#1544, keras-team/kinetic#285)."""
    if isinstance(problem, httpx.TransportError) and problem.__cause__:
        cause = problem.__cause__
        assert isinstance(cause, httpx.TransportError)
        return in_words(cause, httpx.URL(f"{connection.server}/openapi/v2?timeout=32s"))
    return (
        "the server has asked for the client to provide credentials"
        if isinstance(problem, ApiError) and problem.code == 401
        else str(problem)
    )


def _ambient_kubeconfig(environment: Mapping[str, str]) -> str:
    """The path that kubectl would use; of a list the first file that exists."""
    home = environment.get("HOME")
    paths = environment.get("KUBECONFIG", f"{home}/.kube/config" if home else "").split(os.pathsep)
    return next((path for path in paths if path and Path(path).is_file()), "")


def _settings(given: Mapping[str, Any], argument: str, twins: dict[str, str], environment: Mapping[str, str]) -> dict[str, Any]:
    value = given.get(argument) or {}
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError as problem:
            raise Problem(f"failed to unmarshal {argument} option: it is neither an object nor its JSON text") from problem
    ambient = {key: environment[variable] for key, variable in twins.items() if environment.get(variable)}
    return {**ambient, **{key: setting for key, setting in value.items() if setting is not None}}


def _text(value: Any) -> str:
    if isinstance(value, Secret):
        value = plain(value)
    if isinstance(value, dict):
        return json.dumps(value)
    return value if isinstance(value, str) else ""
