"""The small cluster with Istio in it: its service as the library makes it for an entry and a mesh, with policies and a canary."""

from dataclasses import replace
from typing import Any

from quayside.edge import index
from quayside.edge.contract import Exposure, Route, Version
from quayside.edge.istio_values import PODS, SELECTOR
from quayside.planes import mesh
from quayside.planes.waypoint import use_waypoint, waypoint
from quayside.settings.traffic.index import TrafficSettings
from quayside.traffic.contract import Planes, Subject
from quayside.traffic.envoy_filters import patched
from quayside.traffic.index import shape
from unit.checks.cluster import MARK, SHOP, Cluster, Object, pods_of, ready, thing, workload

ACCEPTED = [{"type": "Accepted", "status": "True"}, {"type": "ResolvedRefs", "status": "True"}]
CANARY = Version("canary", "shop-canary", weight=10)
ALL: Object = {
    "profile": "business",
    "rateLimit": {"requests": 100},
    "cors": {"origins": ["https://example.com"]},
    "mirroring": {"service": "shop-canary"},
    "redirects": {"paths": {"/old": {"to": "/new"}}},
}


def cluster(entry: str, mode: str = "off", traffic: Object | None = None, versions: tuple[Version, ...] = ()) -> Cluster:
    """entry: gateway-api or istio. The cluster as istiod leaves it."""
    found = Cluster()
    for kind, name in (("Ingress", "shop"), ("IngressClass", "nginx"), ("Certificate", "shop-tls")):
        found.remove(kind, name)
    found.get("Namespace", "shop")["metadata"]["labels"] |= mesh.namespace_labels(mode)
    found.add(thing("Namespace", "istio-system"))
    strict = {"mtls": {"mode": "STRICT"}}
    if mode != "off":
        found.add({**thing("PeerAuthentication", "default", "istio-system", spec=strict), "apiVersion": "security.istio.io/v1"})
    _entry(found, entry)
    for version in versions:
        labels = {**SHOP, "app.kubernetes.io/name": version.service, "app.kubernetes.io/instance": version.service}
        for each in workload(version.service, "shop", labels, pods_of("acme/shop:2", 3000)):
            found.add(each)
    if mode == "sidecar":
        for pod in [each for each in found.objects if each["kind"] == "Pod" and each["metadata"]["namespace"] == "shop"]:
            with_proxy(pod)
    namespace = {"gateway-api": "gateway-api", "istio": "istio-ingress"}[entry]
    route = Route(entry, "istio", namespace, "signer")
    subject = Subject(
        service="shop",
        namespace="shop",
        port=80,
        container_port=3000,
        planes=Planes(entry, mode),
        hosts=("shop.example.com",),
        labels=MARK,
        selector=SHOP,
        versions=versions,
        entry_namespace=namespace,
        ingress_class="istio",
    )
    shaped = shape(subject, TrafficSettings.model_validate(traffic or {}))
    exposure = Exposure(
        service="shop", namespace="shop", port=80, hosts={"shop.example.com": {"/": "Prefix"}}, labels=MARK, versions=versions
    )
    made = [*shaped.objects, *patched(index.routes(route, replace(exposure, parts=shaped.entry)), shaped.entry, subject)]
    if shaped.needs_waypoint:
        made += waypoint("shop", "shop", MARK, [{"podSelector": {}}])
        labels = {"gateway.networking.k8s.io/gateway-name": "shop-waypoint"}
        for each in workload("shop-waypoint", "shop", labels, pods_of("proxyv2:1", 15020)):
            found.add(with_proxy(each) if each["kind"] == "Pod" else each)
        for name in ("shop", *(version.service for version in versions)):
            found.get("Service", name)["metadata"]["labels"] |= use_waypoint("shop", entry=shaped.entry_by_waypoint)
    for each in made:
        found.add({**each, **_status(each)})
    found.get("NetworkPolicy", "shop")["spec"]["ingress"][0]["from"] = [
        {"podSelector": {}},
        {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}}},
    ]
    return found


def with_proxy(pod: Object) -> Object:
    """A pod with Istio's proxy in it."""
    pod["spec"].setdefault("initContainers", []).append({"name": "istio-proxy", "image": "proxyv2:1"})
    return pod


def _entry(found: Cluster, entry: str) -> None:
    name, labels = ("istio-ingress", PODS) if entry == "istio" else ("gateway-api", {"gateway.networking.k8s.io/gateway-name": "gateway"})
    assert entry != "istio" or SELECTOR.items() <= labels.items()
    found.add(thing("Namespace", name))
    found.get("Namespace", name)["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] = "restricted"
    for each in workload("proxy", name, labels, pods_of("proxyv2:1", 15020)):
        found.add(with_proxy(each) if each["kind"] == "Pod" else each)
    if entry == "gateway-api":
        running = {"conditions": [{"type": "Accepted", "status": "True"}, {"type": "Programmed", "status": "True"}]}
        listeners = [{"name": "http", "port": 80, "protocol": "HTTP"}]
        gateway = thing("Gateway", "gateway", name, spec={"gatewayClassName": "istio", "listeners": listeners}, status=running)
        found.add({"apiVersion": "gateway.networking.k8s.io/v1", **gateway})


def _status(made: Object) -> dict[str, Any]:
    match made["kind"], made["apiVersion"].partition("/")[0]:
        case "Certificate", _:
            return {"status": ready()}
        case "Gateway" | "ListenerSet", "gateway.networking.k8s.io":
            return {"status": {"conditions": [*ACCEPTED, {"type": "Programmed", "status": "True"}]}}
        case "HTTPRoute", _:
            return {"status": {"parents": [{"parentRef": made["spec"]["parentRefs"][0], "conditions": ACCEPTED}]}}
    return {}
