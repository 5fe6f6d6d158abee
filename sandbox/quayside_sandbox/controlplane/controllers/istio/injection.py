"""What istiod's injector adds to a pod: its proxy as a sidecar that starts before and ends after the pod's own containers.

Facts: istio files/injection-template.yaml and gateway-injection-template.yaml, pkg/kube/inject/{inject,webhook}.go (1.30). Probes are not
rewritten and no environment is set: nobody reads them in a simulated pod.
"""

from __future__ import annotations

import json
from typing import Any

from ....kube.client import Object
from .revisions import REVISION
from .values import Values

NEVER = {"kube-system", "kube-public", "kube-node-lease", "local-path-storage"}
INJECT, TEMPLATES, STATUS = "sidecar.istio.io/inject", "inject.istio.io/templates", "sidecar.istio.io/status"
PROXY = "istio-proxy"
# Annotation → where among the proxy's resources.
OVERRIDES = {
    "sidecar.istio.io/proxyCPU": ("requests", "cpu"),
    "sidecar.istio.io/proxyMemory": ("requests", "memory"),
    "sidecar.istio.io/proxyCPULimit": ("limits", "cpu"),
    "sidecar.istio.io/proxyMemoryLimit": ("limits", "memory"),
}
MOUNTS = {
    "istio-envoy": "/etc/istio/proxy",
    "istio-data": "/var/lib/istio/data",
    "istio-podinfo": "/etc/istio/pod",
    "istio-token": "/var/run/secrets/tokens",
    "istiod-ca-cert": "/var/run/secrets/istio",
}


def changes(pod: Object, namespace: str, values: Values, revision: str) -> list[Object]:
    """A JSON patch; empty where the pod is left as it is."""
    metadata, spec = pod.get("metadata") or {}, pod["spec"]
    labels, annotations = metadata.get("labels") or {}, metadata.get("annotations") or {}
    if spec.get("hostNetwork") or namespace in NEVER or (labels.get(INJECT) or annotations.get(INJECT)) == "false":
        return []
    if annotations.get(TEMPLATES) == "gateway":
        return _gateway(pod, values, revision)
    if any(each["name"] == PROXY for field in ("containers", "initContainers") for each in spec.get(field) or []):
        return []
    volumes = _volumes()
    resources = _resources(values, annotations)
    setup = _setup(values, resources)
    status = {"initContainers": [setup["name"], PROXY], "containers": None, "volumes": [each["name"] for each in volumes]}
    return [
        _put("/metadata/annotations", {**annotations, STATUS: _status(status, revision)}),
        _put("/metadata/labels", _labels(labels, metadata, revision)),
        _put("/spec/initContainers", [setup, _proxy(values, annotations, resources), *(spec.get("initContainers") or [])]),
        _put("/spec/volumes", [*(spec.get("volumes") or []), *volumes]),
    ]


def _gateway(pod: Object, values: Values, revision: str) -> list[Object]:
    """A gateway's pod says by itself how its proxy runs; what it cannot know is the image."""
    metadata = pod.get("metadata") or {}
    annotations, labels = metadata.get("annotations") or {}, metadata.get("labels") or {}
    containers = [
        {**each, "image": values.image()} if each["name"] == PROXY and each.get("image") == "auto" else each
        for each in pod["spec"]["containers"]
    ]
    status = {"initContainers": None, "containers": [PROXY], "volumes": None}
    return [
        _put("/metadata/annotations", {**annotations, STATUS: _status(status, revision)}),
        _put("/metadata/labels", _labels(labels, metadata, revision)),
        _put("/spec/containers", containers),
    ]


def _resources(values: Values, annotations: dict[str, str]) -> Object:
    found: Object = {}
    for annotation, (kind, what) in OVERRIDES.items():
        if annotation in annotations:
            found.setdefault(kind, {})[what] = annotations[annotation]
    return found or values.resources("proxy")


def _proxy(values: Values, annotations: dict[str, str], resources: Object) -> Object:
    return {
        "name": PROXY,
        "image": annotations.get("sidecar.istio.io/proxyImage") or values.image(),
        "restartPolicy": "Always",
        "args": ["proxy", "sidecar", "--domain", "$(POD_NAMESPACE).svc.cluster.local"],
        "ports": [{"name": "http-envoy-prom", "containerPort": 15090, "protocol": "TCP"}],
        "resources": resources,
        "securityContext": _security(values, root=False),
        "startupProbe": {"httpGet": {"path": "/healthz/ready", "port": 15021}, "failureThreshold": 600, "periodSeconds": 1},
        "readinessProbe": {"httpGet": {"path": "/healthz/ready", "port": 15021}, "failureThreshold": 4, "periodSeconds": 15},
        "volumeMounts": [{"name": name, "mountPath": path} for name, path in MOUNTS.items()],
    }


def _setup(values: Values, resources: Object) -> Object:
    """Redirects the pod's traffic, for which it needs rights that restricted namespaces refuse; or, where the node agent has done so, only
    looks whether it has."""
    arguments = ["istio-iptables", "-p", "15001", "-z", "15006", "-u", "1337", "-m", "REDIRECT", "-i", "*", "-b", "*"]
    return {
        "name": "istio-validation" if values.cni else "istio-init",
        "image": values.image("proxy_init"),
        "args": [*arguments, *(["--run-validation", "--skip-rule-apply"] if values.cni else [])],
        "resources": resources,
        "securityContext": _security(values, root=not values.cni),
    }


def _security(values: Values, *, root: bool) -> Object:
    user = 0 if root else 1337
    return {
        "allowPrivilegeEscalation": bool(values.at("global", "proxy", "privileged")),
        "capabilities": {**({"add": ["NET_ADMIN", "NET_RAW"]} if root else {}), "drop": ["ALL"]},
        "privileged": bool(values.at("global", "proxy", "privileged")),
        "readOnlyRootFilesystem": not root,
        "runAsGroup": user,
        "runAsNonRoot": not root,
        "runAsUser": user,
        **({"seccompProfile": values.seccomp} if values.seccomp else {}),
    }


def _volumes() -> list[Object]:
    fields = [{"path": field, "fieldRef": {"fieldPath": f"metadata.{field}"}} for field in ("labels", "annotations")]
    token = {"serviceAccountToken": {"audience": "istio-ca", "expirationSeconds": 43200, "path": "istio-token"}}
    return [
        {"name": "istio-envoy", "emptyDir": {"medium": "Memory"}},
        {"name": "istio-data", "emptyDir": {}},
        {"name": "istio-podinfo", "downwardAPI": {"items": fields}},
        {"name": "istio-token", "projected": {"sources": [token]}},
        {"name": "istiod-ca-cert", "configMap": {"name": "istio-ca-root-cert"}},
    ]


def _labels(labels: dict[str, str], metadata: Object, revision: str) -> dict[str, str]:
    name = (
        labels.get("app.kubernetes.io/name")
        or labels.get("app")
        or (metadata.get("generateName") or metadata.get("name") or "").rstrip("-")
    )
    version = labels.get("app.kubernetes.io/version") or labels.get("version") or "latest"
    known = {"service.istio.io/canonical-name": name, "service.istio.io/canonical-revision": version}
    return {**known, **labels, "security.istio.io/tlsMode": "istio", REVISION: revision}


def _status(about: Object, revision: str) -> str:
    return json.dumps({**about, "imagePullSecrets": None, "revision": revision}, separators=(",", ":"))


def _put(path: str, value: Any) -> Object:
    return {"op": "add", "path": path, "value": value}
