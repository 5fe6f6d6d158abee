"""Registering plain manifests as the SDK's typed resources."""

from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi_kubernetes import apps, core

KINDS: dict[str, Any] = {
    "ConfigMap": core.v1.ConfigMap,
    "Deployment": apps.v1.Deployment,
    "Namespace": core.v1.Namespace,
    "Secret": core.v1.Secret,
    "Service": core.v1.Service,
    "ServiceAccount": core.v1.ServiceAccount,
}
"""Kind of a manifest → the resource that stands for it. A further kind is one line."""

_ARGUMENTS = {"automountServiceAccountToken": "automount_service_account_token"}
"""Top-level keys whose argument is called otherwise; what lies below is passed on as it stands."""


def register(name: str, manifest: Mapping[str, Any], opts: pulumi.ResourceOptions) -> Any:
    """Register one object. name: in Pulumi; the name in the cluster is the manifest's."""
    arguments = {_ARGUMENTS.get(key, key): value for key, value in manifest.items() if key not in ("apiVersion", "kind")}
    return KINDS[manifest["kind"]](name, **arguments, opts=opts)
