"""Kubeconfigs made by us. Those that clouds hand out hold a token which runs out after days (pulumi-digitalocean#312, #77, #445)."""

import json
from typing import Any


def kubeconfig(name: str, server: str, certificate: str, user: dict[str, Any]) -> str:
    """A kubeconfig with one cluster and one user, as JSON.

    server: address of the API server. certificate: its authority's certificate in base64.
    user: how to log in, see below.
    """
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": name,
            "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
            "clusters": [{"name": name, "cluster": {"server": server, "certificate-authority-data": certificate}}],
            "users": [{"name": name, "user": user}],
        }
    )


def by_token(token: str) -> dict[str, Any]:
    """Log in with a bearer token."""
    return {"token": token}


def by_doctl(cluster_id: str) -> dict[str, Any]:
    """Log in through DigitalOcean's own program, which fetches a short-lived token each time: nothing secret is kept."""
    return {
        "exec": {
            "apiVersion": "client.authentication.k8s.io/v1beta1",
            "command": "doctl",
            "args": ["kubernetes", "cluster", "kubeconfig", "exec-credential", "--version=v1beta1", cluster_id],
            "interactiveMode": "Never",
        }
    }
