"""Objects of the Gateway API, for FakeCluster.put."""

from __future__ import annotations

import base64
from typing import Any

from quayside_sandbox.controlplane.certificates import Authority, Key
from quayside_sandbox.kube.client import Object

from .fake_cluster import AVAILABLE, FakeCluster

API = "gateway.networking.k8s.io/v1"
SELECTED = {"namespaces": {"from": "Selector", "selector": {"matchLabels": {"team": "shop"}}}}


def listener(name: str, port: int = 80, protocol: str = "HTTP", host: str = "", secret: str = "", **more: Any) -> Object:
    found: Object = {"name": name, "port": port, "protocol": protocol, **more}
    if host:
        found["hostname"] = host
    if secret:
        found["tls"] = {"mode": "Terminate", "certificateRefs": [{"name": secret}]}
    return found


def gateway(name: str = "gateway", *listeners: Object, namespace: str = "edge", **spec: Any) -> Object:
    return {
        "kind": "Gateway",
        "name": name,
        "namespace": namespace,
        "api_version": API,
        "spec": {"gatewayClassName": "istio", "listeners": list(listeners or [listener("http")]), **spec},
    }


def listener_set(name: str, *listeners: Object, namespace: str = "shop", to: str = "gateway", born: str = "") -> Object:
    parent = {"kind": "Gateway", "group": "gateway.networking.k8s.io", "name": to, "namespace": "edge"}
    metadata = {"creationTimestamp": born or "2026-01-01T00:00:00Z"}
    spec = {"parentRef": parent, "listeners": list(listeners)}
    return {"kind": "ListenerSet", "name": name, "namespace": namespace, "api_version": API, "spec": spec, "metadata": metadata}


def route(
    name: str, *hosts: str, to: str = "web", kind: str = "HTTPRoute", parent: Object | None = None, namespace: str = "shop", **more: Any
) -> Object:
    """`more` goes into its one rule."""
    rule = {"backendRefs": [{"name": to, "port": 80}], **more}
    spec = {"parentRefs": [parent or {"name": "gateway", "namespace": "edge"}], "rules": [rule]}
    if hosts:
        spec["hostnames"] = list(hosts)
    return {"kind": kind, "name": name, "namespace": namespace, "api_version": API, "spec": spec}


def secret(name: str, *hosts: str, namespace: str = "shop") -> Object:
    """With a certificate for the hosts."""
    key = Key.new()
    content = {"tls.crt": Authority.new("authority").issue(hosts[0], list(hosts), key), "tls.key": key.pem()}
    data = {part: base64.b64encode(text).decode() for part, text in content.items()}
    return {"kind": "Secret", "name": name, "namespace": namespace, "data": data}


def istiod(revision: str | None = None, name: str = "istiod") -> Object:
    labels = {"app": "istiod", **({"istio.io/rev": revision} if revision else {})}
    about = {"kind": "Deployment", "name": name, "namespace": "istio-system", "api_version": "apps/v1"}
    return {**about, "metadata": {"labels": labels}, "spec": {"template": {"metadata": {}, "spec": {}}}, "status": AVAILABLE}


def mesh(cluster: FakeCluster, **namespaces: dict[str, str]) -> None:
    """istiod, its class, and namespaces with their labels."""
    cluster.put(**istiod())
    for name, labels in {"edge": {}, "shop": {}, **namespaces}.items():
        cluster.put("Namespace", name, metadata={"labels": labels})
    spec = {"controllerName": "istio.io/gateway-controller"}
    cluster.put("GatewayClass", "istio", api_version=API, spec=spec)


def condition(thing: Object, kind: str) -> tuple[str, str, str]:
    """Status, reason and message of an object's, listener's or parent's condition."""
    found = next(each for each in (thing.get("status") or thing)["conditions"] if each["type"] == kind)
    return found["status"], found["reason"], found["message"]
