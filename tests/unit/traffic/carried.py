"""A service whose traffic is shaped, and the routes that come of it."""

from typing import Any

from quayside.edge.contract import Exposure, Parts, Route, Version
from quayside.edge.index import routes
from quayside.traffic.contract import Planes, Subject

CANARY = Version("canary", "shop-canary", weight=10)


def subject(plane: str, *, versions: tuple[Version, ...] = (), **more: Any) -> Subject:
    """Of a service `shop` that one plane carries."""
    mesh = plane in ("sidecar", "ambient")
    said: dict[str, Any] = {
        "service": "shop",
        "namespace": "shop",
        "port": 80,
        "container_port": 8080,
        "planes": Planes(mesh=plane) if mesh else Planes(entry=plane),
        "hosts": () if mesh else ("shop.example.com", "www.example.com"),
        "labels": {"quayside/owner": "x"},
        "selector": {"app.kubernetes.io/name": "shop", "app.kubernetes.io/instance": "shop"},
        "versions": versions,
        "entry_namespace": None if mesh else f"{plane}-ns",
        "ingress_class": {"ingress-nginx": "nginx"}.get(plane, plane),
    }
    return Subject(**{**said, **more})


def routed(entry: str, parts: Parts, paths: dict[str, str] | None = None, versions: tuple[Version, ...] = ()) -> list[dict[str, Any]]:
    """What leads to the service at an entry, with what policies add."""
    hosts = {"shop.example.com": paths or {"/": "Prefix"}}
    exposure = Exposure(service="shop", namespace="shop", port=80, hosts=hosts, parts=parts, versions=versions)
    return routes(Route(entry=entry, namespace=f"{entry}-ns", issuer="letsencrypt-prod"), exposure)


def of_kind(kind: str, objects: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those of a kind."""
    return [each for each in objects if each["kind"] == kind]
