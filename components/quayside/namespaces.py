"""Namespaces as this library makes them."""

from collections.abc import Mapping
from typing import Any

SECURITY = {
    "pod-security.kubernetes.io/enforce": "restricted",
    # Pods alone are held to it. A Deployment whose pods will be refused passes, and would only fail by its time limit: the warning
    # says why at once, in the preview already. No audit: a managed control plane shows its audit log to nobody.
    "pod-security.kubernetes.io/warn": "restricted",
}
"""Labels by which the API server holds pods to the restricted security profile."""


PRIVILEGED = dict.fromkeys(SECURITY, "privileged")
"""Labels by which the API server lets pods do anything."""


def manifest(name: str, labels: Mapping[str, str]) -> dict[str, Any]:
    """A namespace whose pods the API server holds to the restricted security profile: no root, no privileges, no host."""
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": {**labels, **SECURITY}}}


def privileged(name: str, labels: Mapping[str, str]) -> dict[str, Any]:
    """A namespace for what changes the nodes themselves, such as their network: pods there may do anything."""
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": {**labels, **PRIVILEGED}}}
