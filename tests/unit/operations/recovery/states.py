"""States of a killed stack, as `pulumi stack export` tells them."""

from __future__ import annotations

from typing import Any

from quayside.operations.recovery.exported import SECRET, Exported

URN = "urn:pulumi:dev::shop::"
STACK = {"urn": f"{URN}pulumi:pulumi:Stack::shop-dev", "type": "pulumi:pulumi:Stack"}
VPC, POOL = "digitalocean:index/vpc:Vpc", "digitalocean:index/kubernetesNodePool:KubernetesNodePool"
CLUSTER = "digitalocean:index/kubernetesCluster:KubernetesCluster"
RECORD = "cloudflare:index/dnsRecord:DnsRecord"
SERVICE = "kubernetes:core/v1:Service"
RELEASE = "kubernetes:helm.sh/v3:Release"
TAG, MARK = "quayside:shop:dev", "shop.dev"


def secret(plaintext: str) -> dict[str, str]:
    return {SECRET: "1b47061264138c4ac30d75fd1eb44270", "plaintext": plaintext}


def provider(package: str, **inputs: Any) -> dict[str, Any]:
    """A provider, its inputs secret."""
    hidden = {key: secret(f'"{value}"') for key, value in inputs.items()}
    return {
        "urn": f"{URN}pulumi:providers:{package}::p",
        "type": f"pulumi:providers:{package}",
        "id": "1-2-3",
        "custom": True,
        "inputs": hidden,
    }


def resource(type: str, name: str = "it", id: str = "", **inputs: Any) -> dict[str, Any]:
    package = type.partition(":")[0]
    made = {"urn": f"{URN}parent${type}::{name}", "type": type, "custom": True, "inputs": inputs}
    return {**made, "provider": f"{URN}pulumi:providers:{package}::p::1-2-3", **({"id": id, "outputs": {"a": 1}} if id else {})}


def document(*resources: dict[str, Any], pending: list[tuple[str, dict[str, Any]]] | None = None) -> dict[str, Any]:
    operations = [{"type": doing, "resource": each} for doing, each in pending or []]
    return {"version": 3, "deployment": {"resources": [STACK, *resources], "pending_operations": operations}}


def exported(*resources: dict[str, Any], pending: list[tuple[str, dict[str, Any]]] | None = None) -> Exported:
    made = document(*resources, pending=pending)
    return Exported(made, made)
