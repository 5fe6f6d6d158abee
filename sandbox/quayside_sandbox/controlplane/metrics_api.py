"""What metrics-server answers in a simulated cluster: the API metrics.k8s.io/v1beta1 over the pods that run, as busy as load.py says.

Facts: k8s.io/metrics pkg/apis/metrics/v1beta1/types.go, kubernetes-sigs/metrics-server pkg/api.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from http import HTTPStatus
from urllib.parse import parse_qs, urlsplit

from ..folder import Folder
from ..kube import Api, ApiError
from ..kube.client import Object
from . import load
from .nodes import is_ready
from .quantity import number

GROUP, VERSION = "metrics.k8s.io", "v1beta1"
ROOT = f"/apis/{GROUP}/{VERSION}"
# Over how many seconds a measure is taken. The real one's is 10 to 20; an autoscaler passes over what a pod used in its first such
# span of being ready (kubernetes pkg/controller/podautoscaler/replica_calculator.go), and a rehearsal need not wait that long.
WINDOW = 5

Answer = tuple[HTTPStatus, Object]


class MetricsApi:
    """Of one cluster."""

    def __init__(self, folder: Folder, api: Api) -> None:
        self.folder, self.api = folder, api

    def runs_in(self, pod: Object) -> bool:
        return bool((pod["metadata"].get("labels") or {}).get("app.kubernetes.io/name") == "metrics-server")

    def respond(self, method: str, url: str) -> Answer:
        """What is not known here, the OpenAPI documents among it, is not found: the API server makes do without."""
        address = urlsplit(url)
        labels = parse_qs(address.query).get("labelSelector", [None])[0]
        steps = [step for step in address.path.removeprefix(ROOT).split("/") if step]
        if method != "GET" or not f"{address.path}/".startswith(f"{ROOT}/"):
            return _no(HTTPStatus.NOT_FOUND, f"{method} {address.path}: there is no such thing in the metrics API")
        try:
            match steps:
                case []:
                    return HTTPStatus.OK, RESOURCES
                case ["nodes", *name]:
                    return _chosen("NodeMetrics", name, self._nodes(labels))
                case ["pods"]:
                    return _chosen("PodMetrics", [], self._pods(labels))
                case ["namespaces", namespace, "pods", *name]:
                    return _chosen("PodMetrics", name, self._pods(labels, namespace))
        except ApiError as problem:
            return _no(HTTPStatus(problem.code), problem.message)
        return _no(HTTPStatus.NOT_FOUND, f"{address.path} is not found")

    def _pods(self, labels: str | None, namespace: str | None = None) -> Iterator[Object]:
        return (measured for _, measured in self._running(labels, namespace))

    def _nodes(self, labels: str | None) -> Iterator[Object]:
        """Each with what its pods use."""
        containers: dict[str, list[Object]] = {}
        for home, pod in self._running():
            containers.setdefault(home, []).extend(pod["containers"])
        for node in self.api.list("v1", "Node", labels=labels):
            if is_ready(node):
                used = [each["usage"] for each in containers.get(node["metadata"]["name"], [])]
                whole = _written(*(sum(number(each[key]) for each in used) for key in ("cpu", "memory")))
                yield {**_measured("NodeMetrics", node), "usage": whole}

    def _running(self, labels: str | None = None, namespace: str | None = None) -> Iterator[tuple[str, Object]]:
        """Pods that run on nodes which answer, each with its node."""
        given = load.rules(self.folder)
        alive = {node["metadata"]["name"] for node in self.api.list("v1", "Node") if is_ready(node)}
        for pod in self.api.list("v1", "Pod", namespace, labels=labels):
            node = pod["spec"].get("nodeName")
            if node in alive and (pod.get("status") or {}).get("phase") == "Running":
                busy = load.of(given, f"{pod['metadata']['namespace']}/{pod['metadata']['name']}")
                containers = [{"name": each["name"], "usage": usage(each, busy)} for each in pod["spec"]["containers"]]
                yield node, {**_measured("PodMetrics", pod), "containers": containers}


def usage(container: Object, busy: load.Load) -> Object:
    """What a container uses: nothing where it requests nothing."""
    resources = container.get("resources") or {}
    requests, limits = resources.get("requests") or {}, resources.get("limits") or {}
    shares = {"cpu": busy.cpu, "memory": busy.memory}
    wanted = {key: number(requests.get(key)) * share / 100 for key, share in shares.items()}
    used = {key: min(amount, number(limits[key])) if key in limits else amount for key, amount in wanted.items()}
    return _written(used["cpu"], used["memory"])


def _written(cores: float, size: float) -> Object:
    """In the units of metrics-server."""
    return {"cpu": f"{round(cores * 1e9)}n", "memory": f"{round(size / 1024)}Ki"}


def _measured(kind: str, thing: Object) -> Object:
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    metadata = {key: thing["metadata"][key] for key in ("name", "namespace", "labels") if key in thing["metadata"]}
    span = {"timestamp": now, "window": f"{WINDOW}s"}
    return {"kind": kind, "apiVersion": f"{GROUP}/{VERSION}", "metadata": {**metadata, "creationTimestamp": now}, **span}


def _chosen(kind: str, name: list[str], found: Iterator[Object]) -> Answer:
    """All, or the one that is asked for."""
    if not name:
        return HTTPStatus.OK, {"kind": f"{kind}List", "apiVersion": f"{GROUP}/{VERSION}", "metadata": {}, "items": list(found)}
    one = next((each for each in found if [each["metadata"]["name"]] == name), None)
    return (HTTPStatus.OK, one) if one else _no(HTTPStatus.NOT_FOUND, f"there are no measures of {'/'.join(name)}")


def _no(status: HTTPStatus, message: str) -> Answer:
    reason = status.phrase.replace(" ", "")
    return status, {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": reason, "code": status.value, "message": message}


def _resource(name: str, kind: str, namespaced: bool) -> Object:
    return {"name": name, "singularName": "", "namespaced": namespaced, "kind": kind, "verbs": ["get", "list"]}


RESOURCES: Object = {
    "kind": "APIResourceList",
    "apiVersion": "v1",
    "groupVersion": f"{GROUP}/{VERSION}",
    "resources": [_resource("nodes", "NodeMetrics", False), _resource("pods", "PodMetrics", True)],
}
