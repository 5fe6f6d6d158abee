"""An API server in memory, as far as simulated controllers speak to one: objects by kind, watches that are always current."""

from __future__ import annotations

import copy
import itertools
import threading
from typing import Any, cast

from quayside_sandbox.clouds.store import Store
from quayside_sandbox.controlplane.controllers.surroundings import Surroundings
from quayside_sandbox.kube import Api, ApiError
from quayside_sandbox.kube.client import Object, ResourceKind

CLUSTER = "c-1"
SERVED = {
    "argoproj.io/v1alpha1": ("Rollout", "AnalysisRun", "AnalysisTemplate"),
    "cert-manager.io/v1": ("Certificate", "Issuer", "ClusterIssuer"),
    "gateway.networking.k8s.io/v1": ("GatewayClass", "Gateway", "ListenerSet", "HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute"),
    "gateway.networking.k8s.io/v1beta1": ("ReferenceGrant",),
    "monitoring.coreos.com/v1": ("Prometheus", "Alertmanager"),
    "networking.istio.io/v1": ("VirtualService",),
    "networking.k8s.io/v1": ("Ingress", "IngressClass"),
}
UNSCOPED = ("ClusterIssuer", "IngressClass", "GatewayClass", "Namespace", "Node", "MutatingWebhookConfiguration")


class FakeCluster:
    """Stands for kube.Api; `writes` counts what was changed."""

    def __init__(self, store: Store, *missing: str) -> None:
        self.missing = missing
        self.objects: dict[tuple[str, str, str], Object] = {}
        self.writes = 0
        self._numbers = itertools.count(1)
        self.around = Surroundings(cast(Api, self), store, "digitalocean", CLUSTER, cast(Any, self._watch))

    def put(self, kind: str, name: str, namespace: str = "", api_version: str = "v1", **more: Any) -> Object:
        """An object that is there; `metadata` and the rest are merged in."""
        metadata = {"name": name, "uid": f"uid-{next(self._numbers)}", **({"namespace": namespace} if namespace else {})}
        thing = {"apiVersion": api_version, "kind": kind, **more, "metadata": {**metadata, **more.get("metadata", {})}}
        self.objects[kind, namespace, name] = thing
        return thing

    def events(self) -> list[tuple[str, str]]:
        return [(each["reason"], each["message"]) for each in self.list("v1", "Event")]

    # -- kube.Api -------------------------------------------------------------------------------------------------------------

    def kinds(self, api_version: str) -> list[ResourceKind]:
        served = SERVED.get(api_version, ())
        return [ResourceKind(api_version, kind, kind.lower() + "s", True) for kind in served if kind not in self.missing]

    def find(self, api_version: str, kind: str, name: str, namespace: str | None = None) -> Object | None:
        scoped = "" if kind in UNSCOPED else namespace or ""
        return self.objects.get((kind, scoped, name))

    def get(self, api_version: str, kind: str, name: str, namespace: str | None = None) -> Object:
        found = self.find(api_version, kind, name, namespace)
        if found is None:
            raise ApiError(404, "NotFound", f"{kind} {name} not found")
        return found

    def list(self, api_version: str, kind: str, namespace: str | None = None, *, labels: str | None = None) -> list[Object]:
        """labels: one, as key=value."""
        group = api_version.partition("/")[0]
        found = [
            thing
            for (one, place, _), thing in self.objects.items()
            if one == kind and namespace in (None, place) and thing["apiVersion"].partition("/")[0] == group
        ]
        key, _, value = (labels or "").partition("=")
        return [thing for thing in found if not key or (thing["metadata"].get("labels") or {}).get(key) == value]

    def create(self, body: Object, **_: Any) -> Object:
        metadata = body["metadata"]
        if self.find("", body["kind"], metadata["name"], metadata.get("namespace")):
            raise ApiError(409, "AlreadyExists", "already exists")
        return self._keep({**body, "metadata": {"uid": f"uid-{next(self._numbers)}", "generation": 1, **metadata}})

    def apply(self, body: Object, **_: Any) -> Object:
        """What nobody says anything of, such as the status, stays."""
        metadata = body["metadata"]
        return self._keep(_merged(self.find("", body["kind"], metadata["name"], metadata.get("namespace")) or {}, body))

    def replace(self, body: Object, **_: Any) -> Object:
        metadata = body["metadata"]
        return self._keep({**body, "metadata": {**metadata, "generation": metadata.get("generation", 1) + 1}})

    def patch(self, api_version: str, kind: str, name: str, body: Object, namespace: str | None = None, **_: Any) -> Object:
        return self._keep(_merged(self.get(api_version, kind, name, namespace), body))

    def delete(self, api_version: str, kind: str, name: str, namespace: str | None = None) -> None:
        self.writes += 1
        del self.objects[kind, namespace or "", name]

    def _keep(self, thing: Object) -> Object:
        self.writes += 1
        self.objects[thing["kind"], thing["metadata"].get("namespace", ""), thing["metadata"]["name"]] = copy.deepcopy(thing)
        return thing

    # -- watches ----------------------------------------------------------------------------------------------------------------

    def _watch(self, api_version: str, kind: str, labels: str | None = None) -> FakeWatched:
        return FakeWatched(self, api_version, kind, labels)


class FakeWatched:
    """Stands for controlplane.watched.Watched."""

    def __init__(self, cluster: FakeCluster, api_version: str, kind: str, labels: str | None) -> None:
        self.cluster, self.api_version, self.kind = cluster, api_version, kind
        self.label = (labels or "").partition("=")[0]
        self.version = 0
        self.synced = threading.Event()
        self.synced.set()

    def items(self) -> list[Object]:
        found = self.cluster.list(self.api_version, self.kind)
        return [thing for thing in found if not self.label or self.label in (thing["metadata"].get("labels") or {})]

    def get(self, name: str, namespace: str = "") -> Object | None:
        return next((t for t in self.items() if (t["metadata"].get("namespace", ""), t["metadata"]["name"]) == (namespace, name)), None)


def _merged(old: Any, new: Any) -> Any:
    """A JSON merge patch."""
    if not isinstance(old, dict) or not isinstance(new, dict):
        return new
    both = {**old, **{key: _merged(old.get(key), value) for key, value in new.items()}}
    return {key: value for key, value in both.items() if value is not None}


AVAILABLE = {"conditions": [{"type": "Available", "status": "True"}]}


def deployment(name: str, namespace: str, *args: str, component: str = "controller") -> Object:
    """For FakeCluster.put: the controller of a chart, running."""
    labels = {"app.kubernetes.io/name": name, "app.kubernetes.io/component": component}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "c", "image": "i", "args": list(args)}]}}
    spec = {"selector": {"matchLabels": labels}, "template": template}
    return {
        "kind": "Deployment",
        "name": name,
        "namespace": namespace,
        "api_version": "apps/v1",
        "metadata": {"labels": labels},
        "spec": spec,
        "status": AVAILABLE,
    }


def running(name: str, namespace: str, labels: dict[str, str], **container: Any) -> Object:
    """For FakeCluster.put: a pod that is ready."""
    spec = {"containers": [{"name": "app", "image": "i", **container}]}
    status = {"podIP": "10.1.0.1", "conditions": [{"type": "Ready", "status": "True"}]}
    return {"kind": "Pod", "name": name, "namespace": namespace, "metadata": {"labels": labels}, "spec": spec, "status": status}


def service(name: str, namespace: str, labels: dict[str, str], **ports: int) -> Object:
    """For FakeCluster.put: a Service that leads to pods with these labels; port=target port, as in p80=8080."""
    listed = [{"name": each, "port": int(each[1:]), "targetPort": target} for each, target in ports.items()]
    return {"kind": "Service", "name": name, "namespace": namespace, "spec": {"selector": labels, "ports": listed, "clusterIP": "10.2.0.1"}}


def ingress(name: str, *hosts: str, path: str = "/", class_name: str | None = "nginx", **metadata: Any) -> Object:
    """For FakeCluster.put, and as an object."""
    backend = {"service": {"name": "web", "port": {"number": 80}}}
    rules = [{"host": host, "http": {"paths": [{"path": path, "pathType": "Prefix", "backend": backend}]}} for host in hosts]
    spec = {"rules": rules, **({"ingressClassName": class_name} if class_name else {})}
    return {
        "kind": "Ingress",
        "name": name,
        "namespace": "shop",
        "api_version": "networking.k8s.io/v1",
        "metadata": {"name": name, "namespace": "shop", **metadata},
        "spec": spec,
    }
