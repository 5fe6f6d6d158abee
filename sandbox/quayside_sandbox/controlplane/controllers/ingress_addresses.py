"""What controllers of Ingresses have in common: each tells its Ingresses the address of the Service under which it is reached."""

from __future__ import annotations

from ...kube import Api, ApiError
from ...kube.client import Object


def published(service: Object | None) -> list[Object]:
    """The addresses of a Service: its load balancer's, else those that are its own."""
    if service is None:
        return []
    if service["spec"].get("type") == "LoadBalancer":
        ingress = ((service.get("status") or {}).get("loadBalancer") or {}).get("ingress") or []
        return [{key: one[key] for key in ("ip", "hostname") if one.get(key)} for one in ingress]
    return [{"ip": address} for address in service["spec"].get("externalIPs") or service["spec"].get("clusterIPs") or []]


def stated(addresses: str) -> list[Object]:
    """Those that somebody wrote down, with commas between."""
    return [{"ip" if each.replace(".", "").isdigit() else "hostname": each} for each in addresses.replace(" ", "").split(",")]


def tell(api: Api, ingress: Object, wanted: list[Object], manager: str) -> None:
    """Writes the addresses into the status of an Ingress that has others."""
    metadata, status = ingress["metadata"], ingress.get("status") or {}
    if ((status.get("loadBalancer") or {}).get("ingress") or []) == wanted:
        return
    change = {"status": {"loadBalancer": {"ingress": wanted or None}}}
    try:
        api.patch(
            "networking.k8s.io/v1",
            "Ingress",
            metadata["name"],
            change,
            metadata["namespace"],
            subresource="status",
            field_manager=manager,
        )
    except ApiError as problem:
        if problem.code not in (404, 409):
            raise
