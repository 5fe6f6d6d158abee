"""Runs the real `helm`: credentials and values reach it in private files that are gone afterwards, never by its command line."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import re
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from .configuration import Configuration, _ambient_kubeconfig
from .handler import Problem

# What a person's environment may say to helm and what the provider's arguments say instead.
_NOT_FROM_OUTSIDE = ("KUBECONFIG", "HELM_NAMESPACE", "HELM_KUBECONTEXT", "HELM_KUBETOKEN", "HELM_KUBEAPISERVER", "HELM_DEBUG")
_SETTINGS = {"driver": "HELM_DRIVER", "pluginsPath": "HELM_PLUGINS"}
_OPTIONS = {
    "registryConfigPath": "--registry-config",
    "repositoryConfigPath": "--repository-config",
    "repositoryCache": "--repository-cache",
}
_SERVER_WARNING = re.compile(r"^[IW]\d{4} .*? warnings\.go:\d+\] (.*)$", re.MULTILINE)
# helm ends by itself after an interrupt, and writes down that the release has failed.
_GRACE = 20.0
# A release that is not ready after this long is looked into, again and again.
LOOK = 4.0


class HelmFailed(Exception):
    """helm's own words."""


class Helm:
    """Commands of one Release's operation, with their private folder. Use it in a `with`."""

    def __init__(
        self,
        configuration: Configuration,
        cancelled: threading.Event,
        secrets: list[str],
        warn: Callable[[str], None] = lambda text: None,
    ) -> None:
        """`secrets` are texts that must not appear in what helm says; `warn` is told what the API server warns of."""
        self._configuration, self._cancelled, self._warn = configuration, cancelled, warn
        self._warned: set[str] = set()
        self._secrets = sorted((text for text in secrets if len(text) > 3), key=len, reverse=True)
        self._folder = Path()
        self._environment: dict[str, str] = {}
        self._options: list[str] = []

    def __enter__(self) -> Helm:
        self._folder = Path(tempfile.mkdtemp(prefix="release-"))  # only its owner can read it
        settings = self._configuration.helm_release_settings
        self._environment = {key: value for key, value in os.environ.items() if key not in _NOT_FROM_OUTSIDE}
        self._environment |= {variable: str(settings[key]) for key, variable in _SETTINGS.items() if settings.get(key)}
        self._options = [word for key, option in _OPTIONS.items() if settings.get(key) for word in (option, str(settings[key]))]
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)

    def run(self, *words: str, cluster: bool = True, meanwhile: Callable[[], None] | None = None) -> str:
        """helm's output; raises HelmFailed. Commands that need no cluster are not given its credentials.

        `meanwhile` is called every few seconds while a command lasts.
        """
        binary = shutil.which("helm")
        if not binary:
            raise HelmFailed("helm is not on PATH: a Release needs it; install helm 3, or start this through the sandbox, which builds it")
        credentials = ["--kubeconfig", self._kubeconfig()] if cluster else ["--kubeconfig", os.devnull]
        command = [binary, *words, *credentials, *self._options]
        with subprocess.Popen(
            command, env=self._environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process:
            output, errors = self._communicate(process, meanwhile)
        self._pass_on(server_warnings(errors))
        if process.returncode != 0:
            raise HelmFailed(self.hidden(_message(errors) or f"helm {words[0]} ended with {process.returncode}"))
        return output

    def json(self, *words: str, meanwhile: Callable[[], None] | None = None) -> Any:
        return json.loads(self.run(*words, "--output", "json", meanwhile=meanwhile))

    def private_file(self, name: str, text: str) -> str:
        """A file that only this user can read, gone with the operation; returns its path."""
        path = self._folder / name
        path.touch(0o600)
        path.write_text(text)
        return str(path)

    def fetched(self, chart: list[str]) -> str:
        """The chart as an archive in the private folder."""
        folder = self._folder / "chart"
        self.run("pull", *chart, "--destination", str(folder), cluster=False)
        return str(next(folder.glob("*.tgz")))

    def own_repository(self, url: str, options: dict[str, str], username: str, password: str) -> None:
        """Makes `private/<chart>` a name for a chart of a repository that wants a password (a command line would show it)."""
        entry = {"name": "private", "url": url, "username": username, "password": password, **options}
        file = self.private_file("repositories.yaml", json.dumps({"apiVersion": "", "repositories": [entry]}))
        self._options = ["--repository-config", file, "--repository-cache", str(self._folder / "cache")]
        self.run("repo", "update", cluster=False)

    def own_registry(self, host: str, username: str, password: str) -> None:
        """Lets an OCI registry know who asks."""
        login = base64.b64encode(f"{username}:{password}".encode()).decode()
        self._options += ["--registry-config", self.private_file("registry.json", json.dumps({"auths": {host: {"auth": login}}}))]

    def own_cache(self) -> None:
        """Two processes that fetch the index of one repository into one file at the same time hurt each other."""
        if "--repository-cache" not in self._options:
            self._options += ["--repository-cache", str(self._folder / "cache")]

    def hidden(self, text: str) -> str:
        """The text without secrets."""
        for secret in self._secrets:
            text = text.replace(secret, "[secret]")
        return text

    def _pass_on(self, warnings: list[str]) -> None:
        """The official plugin's helm leaves them on stderr, where a program's user sees them but no test finds them."""
        for text in warnings:
            if text not in self._warned and not (self._configuration.suppress_deprecation_warnings and "deprecated" in text):
                self._warned.add(text)
                self._warn(self.hidden(text))

    def _communicate(self, process: subprocess.Popen[str], meanwhile: Callable[[], None] | None) -> tuple[str, str]:
        deadline: float | None = None
        next_look = time.monotonic() + LOOK
        while True:
            try:
                return process.communicate(timeout=0.2)
            except subprocess.TimeoutExpired:
                if self._cancelled.is_set() and deadline is None:
                    process.terminate()
                    deadline = time.monotonic() + _GRACE
                elif deadline is not None and time.monotonic() > deadline:
                    process.kill()
                elif meanwhile and deadline is None and time.monotonic() >= next_look:
                    meanwhile()
                    next_look = time.monotonic() + LOOK

    def _kubeconfig(self) -> str:
        path = self._folder / "kubeconfig"
        return str(path) if path.exists() else self.private_file("kubeconfig", json.dumps(kubeconfig_document(self._configuration)))


def kubeconfig_document(configuration: Configuration) -> dict[str, Any]:
    """The provider's kubeconfig with its `context` and `cluster` arguments applied, and no path that depends on where it lies."""
    text, place = configuration.kubeconfig or _ambient_kubeconfig(os.environ), Path.cwd()
    if text and "\n" not in text and "{" not in text:
        place = Path(text).expanduser().resolve().parent
        text = Path(text).expanduser().read_text()
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as problem:
        raise Problem("the kubeconfig is not valid YAML or JSON") from problem
    if not isinstance(document, dict):
        raise Problem("the kubeconfig is empty: helm cannot reach a cluster with it")
    if configuration.context:
        document["current-context"] = configuration.context
    for entry in document.get("contexts") or []:
        if configuration.cluster and entry.get("name") == document.get("current-context"):
            entry["context"]["cluster"] = configuration.cluster
    for kind in ("cluster", "user"):
        for entry in document.get(f"{kind}s") or []:
            values = entry.get(kind) or {}
            for key in ("certificate-authority", "client-certificate", "client-key", "tokenFile"):
                if values.get(key):
                    values[key] = str(place / values[key])
    return document


def server_warnings(errors: str) -> list[str]:
    """The API server's Warning headers in helm's stderr, in the form of klog: `I1121 12:00:00.000000 1 warnings.go:107] "Warning: …"`."""
    found = []
    for text in _SERVER_WARNING.findall(errors):
        with contextlib.suppress(ValueError):
            text = str(json.loads(text))
        found.append(text.removeprefix("Warning: "))
    return found


def _message(errors: str) -> str:
    """What helm says after `Error: `, without the words that its command line puts before the library's."""
    lines = [line for line in errors.splitlines() if line.strip() and not _SERVER_WARNING.match(line)]
    start = next((at for at, line in enumerate(lines) if line.startswith("Error: ")), None)
    if start is None:
        return "\n".join(lines[-5:])
    text = "\n".join(lines[start:]).removeprefix("Error: ")
    return text.removeprefix("INSTALLATION FAILED: ").removeprefix("UPGRADE FAILED: ")
