"""Registering plain manifests as the SDK's typed resources."""

from collections.abc import Mapping
from operator import attrgetter
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes

from quayside.hooks import helped

KINDS = {
    "ConfigMap": "core.v1.ConfigMap",
    "Deployment": "apps.v1.Deployment",
    "HorizontalPodAutoscaler": "autoscaling.v2.HorizontalPodAutoscaler",
    "Ingress": "networking.v1.Ingress",
    "IngressClass": "networking.v1.IngressClass",
    "MutatingWebhookConfiguration": "admissionregistration.v1.MutatingWebhookConfiguration",
    "Namespace": "core.v1.Namespace",
    "NetworkPolicy": "networking.v1.NetworkPolicy",
    "PodDisruptionBudget": "policy.v1.PodDisruptionBudget",
    "Secret": "core.v1.Secret",
    "Service": "core.v1.Service",
    "ServiceAccount": "core.v1.ServiceAccount",
}
"""Kind of a manifest → the SDK's resource that stands for it. A further kind is one line; every other is a custom resource."""

_ARGUMENTS = {"automountServiceAccountToken": "automount_service_account_token"}
"""Top-level keys whose argument is called otherwise; what lies below is passed on as it stands."""

_USUAL = {"apiVersion", "kind", "metadata", "spec"}
"""Top-level keys that the SDK's custom resource has."""


class _Whole(pulumi.CustomResource):
    """A custom resource with other keys at its top, such as a KongPlugin: the SDK's has spec alone in Python (pulumi-kubernetes#2363)."""

    def __init__(self, name: str, manifest: Mapping[str, Any], opts: pulumi.ResourceOptions) -> None:
        super().__init__(f"kubernetes:{manifest['apiVersion']}:{manifest['kind']}", name, dict(manifest), opts)


def register(name: str, manifest: Mapping[str, Any], opts: pulumi.ResourceOptions) -> Any:
    """Register one object. name: in Pulumi; the name in the cluster is the manifest's."""
    opts = helped(opts)
    if manifest["kind"] not in KINDS:
        if manifest.keys() - _USUAL:
            return _Whole(name, manifest, opts)
        return kubernetes.apiextensions.CustomResource(
            name, api_version=manifest["apiVersion"], kind=manifest["kind"], metadata=manifest["metadata"], spec=manifest["spec"], opts=opts
        )
    arguments = {_ARGUMENTS.get(key, key): value for key, value in manifest.items() if key not in ("apiVersion", "kind")}
    return attrgetter(KINDS[manifest["kind"]])(kubernetes)(name, **arguments, opts=opts)
