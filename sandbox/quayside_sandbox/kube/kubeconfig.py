"""What a kubeconfig says about one cluster: where it is, whom to trust, who is asking."""

from __future__ import annotations

import base64
import json
import os
import ssl
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml


class InvalidKubeconfig(ValueError):
    """The text is not a kubeconfig that leads to a cluster."""


@dataclass(frozen=True)
class Connection:
    """The active cluster entry of a kubeconfig and the user that goes with it."""

    server: str
    ca: bytes | None = None
    insecure: bool = False
    tls_server_name: str | None = None
    proxy_url: str | None = None
    namespace: str | None = None
    user: dict[str, Any] = field(default_factory=dict, repr=False)

    @classmethod
    def parse(cls, kubeconfig: str, context: str | None = None, cluster: str | None = None) -> Connection:
        """Reads YAML or JSON text, or a path to such a file, as the official plugin does.

        `context` and `cluster` override the current context and its cluster. Raises InvalidKubeconfig.
        """
        document = _document(kubeconfig)
        contexts, clusters, users = (_by_name(document, kind) for kind in ("context", "cluster", "user"))
        name = context or document.get("current-context") or ""
        chosen = contexts.get(name, {})
        if not chosen and not cluster:
            known = ", ".join(sorted(contexts)) or "none"
            raise InvalidKubeconfig(f'context "{name}" does not exist in the kubeconfig (it has: {known})')
        entry = clusters.get(cluster or chosen.get("cluster", ""))
        if not entry or not entry.get("server"):
            raise InvalidKubeconfig(f'cluster "{cluster or chosen.get("cluster")}" of context "{name}" has no server')
        return cls(
            server=str(entry["server"]).rstrip("/"),
            ca=_bytes(entry, "certificate-authority"),
            insecure=bool(entry.get("insecure-skip-tls-verify", False)),
            tls_server_name=entry.get("tls-server-name"),
            proxy_url=entry.get("proxy-url"),
            namespace=chosen.get("namespace"),
            user=users.get(chosen.get("user", ""), {}),
        )

    def ssl_context(self) -> ssl.SSLContext | bool:
        """How to check the server's certificate, and which of ours to show."""
        if not self.server.startswith("https://"):
            return False
        context = ssl.create_default_context(cadata=self.ca.decode() if self.ca else None)
        if self.insecure:
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        certificate, key = _bytes(self.user, "client-certificate"), _bytes(self.user, "client-key")
        if certificate and key:
            with tempfile.NamedTemporaryFile() as pem:  # ssl reads a client's certificate only from a file
                pem.write(certificate + b"\n" + key)
                pem.flush()
                context.load_cert_chain(pem.name)
        return context

    def authorization(self) -> str | None:
        """The Authorization header: a token, a password, or what the configured command answers."""
        user = self.user
        if user.get("token"):
            return f"Bearer {user['token']}"
        if user.get("tokenFile"):
            return f"Bearer {Path(user['tokenFile']).read_text().strip()}"
        if user.get("username"):
            pair = f"{user['username']}:{user.get('password', '')}"
            return "Basic " + base64.b64encode(pair.encode()).decode()
        if user.get("exec"):
            return f"Bearer {_exec_token(user['exec'])}"
        return None


def _document(kubeconfig: str) -> dict[str, Any]:
    text = kubeconfig
    if "\n" not in text and "{" not in text and text.strip():
        path = Path(text).expanduser()
        try:
            text = path.read_text()
        except OSError as problem:
            raise InvalidKubeconfig(f"cannot read the kubeconfig file {path}: {problem.strerror}") from problem
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as problem:
        raise InvalidKubeconfig("the kubeconfig is not valid YAML or JSON") from problem
    if not isinstance(document, dict):
        raise InvalidKubeconfig("the kubeconfig is empty or not a mapping")
    return document


def _by_name(document: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    return {str(entry.get("name")): entry.get(kind) or {} for entry in document.get(f"{kind}s") or []}


def _bytes(entry: dict[str, Any], key: str) -> bytes | None:
    if entry.get(f"{key}-data"):
        return base64.b64decode(entry[f"{key}-data"])
    return Path(entry[key]).read_bytes() if entry.get(key) else None


def _exec_token(command: dict[str, Any]) -> str:
    environment = {**os.environ, **{pair["name"]: pair["value"] for pair in command.get("env") or []}}
    environment["KUBERNETES_EXEC_INFO"] = json.dumps(
        {"apiVersion": command.get("apiVersion"), "kind": "ExecCredential", "spec": {"interactive": False}}
    )
    words = [command["command"], *(command.get("args") or [])]
    try:
        answer = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=60, check=True)
        return str(json.loads(answer.stdout)["status"]["token"])
    except FileNotFoundError as problem:
        hint = command.get("installHint") or "install it, or choose credentials that need no command"
        raise InvalidKubeconfig(f'getting credentials: exec: executable "{words[0]}" not found: {hint}') from problem
    except subprocess.CalledProcessError as problem:
        raise InvalidKubeconfig(f"getting credentials: {words[0]} failed: {problem.stderr.strip()}") from problem
    except (ValueError, KeyError, TypeError) as problem:
        raise InvalidKubeconfig(f"getting credentials: {words[0]} did not answer with an ExecCredential") from problem
