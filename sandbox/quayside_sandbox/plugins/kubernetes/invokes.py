"""The plugin's functions: `kubernetes:yaml:decode` and `kubernetes:helm:template`, which yaml.ConfigFile and helm.v3.Chart of the SDKs call."""

from __future__ import annotations

import json
import threading
from typing import Any

from .configuration import Configuration
from .groups_manifest import load
from .handler import Problem
from .kinds import Scopes
from .release_chart import source
from .release_helm import Helm, HelmFailed
from .release_values import documents, without_nulls


def invoke(token: str, args: dict[str, Any], configuration: Configuration) -> dict[str, Any]:
    """Answers a function call; raises Problem."""
    if token == "kubernetes:yaml:decode":
        return {"result": _decode(args, configuration)}
    if token == "kubernetes:helm:template":
        return {"result": _template(args, configuration)}
    if token.startswith("kubernetes:kustomize:"):
        raise Problem(
            "this stand-in of the kubernetes plugin has no kustomize: render with `kustomize build` and give the result to "
            "yaml/v2.ConfigGroup, or use the official plugin (--official kubernetes)"
        )
    raise Problem(f'there is no function "{token}" in this stand-in of the kubernetes plugin (it has yaml:decode and helm:template)')


def _decode(args: dict[str, Any], configuration: Configuration) -> list[Any]:
    found = [entry for entry in load(str(args.get("text") or ""), "the text") if entry.get("kind") and entry.get("apiVersion")]
    return _placed(found, args.get("defaultNamespace"), configuration)


def _placed(found: list[Any], namespace: str | None, configuration: Configuration) -> list[Any]:
    """The objects, those without a namespace in the given one where their kind has namespaces."""
    scopes = Scopes(configuration.api)
    for entry in found:
        scopes.learn(entry)
    for entry in found:
        metadata = entry.get("metadata") or {}
        if namespace and not metadata.get("namespace") and scopes.namespaced(entry["apiVersion"], entry["kind"]):
            entry["metadata"] = {**metadata, "namespace": namespace}
    return found


def _template(args: dict[str, Any], configuration: Configuration) -> list[Any]:
    """Renders as the SDK's helm.v3.Chart asks: JSON of its options, with the names of Python's and Node's SDK alike."""
    try:
        options: dict[str, Any] = json.loads(str(args.get("jsonOpts") or ""))
    except ValueError as problem:
        raise Problem("helm:template needs `jsonOpts`: the chart's options as JSON text") from problem
    fetch = options.get("fetch_opts") or {}
    repository = fetch.get("repo") or options.get("repo")
    if str(options.get("repo") or "").startswith("http"):
        raise Problem(
            "'repo' option specifies the name of the Helm Chart repo, not the URL: use 'fetch_opts.repo' for the URL of a remote Chart"
        )
    login = {key: fetch.get(key) for key in ("username", "password")}
    files = {"caFile": fetch.get("ca_file"), "certFile": fetch.get("cert_file"), "keyFile": fetch.get("key_file")}
    inputs = without_nulls(
        {
            "chart": options.get("path") or options.get("chart"),
            "version": options.get("version") or fetch.get("version"),
            "devel": fetch.get("devel"),
            "verify": fetch.get("verify"),
            "keyring": fetch.get("keyring"),
            "repositoryOpts": {"repo": repository, **login, **files} if repository else None,
        }
    )
    words = ["--namespace", str(options.get("namespace") or "default")]
    words += [] if options.get("skip_crd_rendering") else ["--include-crds"]
    words += [] if options.get("include_test_hook_resources") else ["--skip-tests"]
    words += [word for version in options.get("api_versions") or [] for word in ("--api-versions", version)]
    version = options.get("kube_version") or _server_version(configuration)
    words += ["--kube-version", version] if version else []
    with Helm(configuration, threading.Event(), [str(fetch.get("password") or "")]) as helm:
        try:
            values = helm.private_file("values.yaml", json.dumps(options.get("values") or {}))
            name = str(options.get("release_name") or options.get("resource_prefix") or options.get("chart") or "release")
            manifest = helm.run("template", name, *source(helm, inputs), "--values", values, *words, cluster=False)
        except HelmFailed as problem:
            raise Problem(f"failed to generate YAML for specified Helm chart: {problem}") from problem
    return _placed(documents(manifest), options.get("namespace"), configuration)


def _server_version(configuration: Configuration) -> str:
    if configuration.api is None:
        return ""
    return str(configuration.api.request("GET", "/version").get("gitVersion") or "")
