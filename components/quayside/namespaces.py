"""Namespaces as this library makes them."""

from collections.abc import Mapping
from typing import Any


def manifest(name: str, labels: Mapping[str, str]) -> dict[str, Any]:
    """A namespace whose pods the API server holds to the restricted security profile: no root, no privileges, no host."""
    return {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": name, "labels": {**labels, "pod-security.kubernetes.io/enforce": "restricted"}},
    }
