"""Prometheus' operator: a Prometheus and an Alertmanager become StatefulSets with what they ask for, and learn how many of their pods run.

Facts: prometheus-operator/prometheus-operator pkg/prometheus/server/statefulset.go, pkg/alertmanager/statefulset.go, pkg/operator/status.go.
One shard alone is made; what ServiceMonitors, rules and the like say is not looked at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...kube import Api, ApiError
from ...kube.client import Object
from ..injectors.contract import available
from ..injectors.prometheus_operator import is_operator
from ..watched import Watched
from .cert_manager.conditions import conditions
from .surroundings import Surroundings, arguments

API, MANAGER = "monitoring.coreos.com/v1", "PrometheusOperator"
SETS = "apps/v1", "StatefulSet"
AGAIN = 3.0  # seconds until the definitions are looked for again
_CLOSED = {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}
_POD_FIELDS = (
    "serviceAccountName",
    "nodeSelector",
    "tolerations",
    "affinity",
    "topologySpreadConstraints",
    "priorityClassName",
    "securityContext",
)


@dataclass(frozen=True)
class Kind:
    """What a custom resource of the operator becomes."""

    name: str
    program: str
    port: int

    def selector(self, owner: str) -> dict[str, str]:
        more = {"operator.prometheus.io/name": owner, "operator.prometheus.io/shard": "0"} if self.program == "prometheus" else {}
        common = {"app.kubernetes.io/name": self.program, "app.kubernetes.io/instance": owner}
        return {**common, "app.kubernetes.io/managed-by": "prometheus-operator", self.program: owner, **more}


KINDS = (Kind("Prometheus", "prometheus", 9090), Kind("Alertmanager", "alertmanager", 9093))


class PrometheusOperator:
    """The operator of one cluster."""

    def __init__(self, around: Surroundings) -> None:
        self.around, self.api = around, around.api
        self.deployments, self.sets = around.watch("apps/v1", "Deployment"), around.watch(*SETS)
        self._own: list[Watched] = []  # of kinds that come with the operator
        self._made: dict[str, object] = {}  # by uid of the owner: what was made for it

    @property
    def watches(self) -> Sequence[Watched]:
        return [self.deployments, self.sets, *self._own]

    def reconcile(self) -> float | None:
        operator = next((each for each in self.deployments.items() if is_operator(each) and available(each)), None)
        if operator is None:
            return None
        if not self._own:
            if not {kind.kind for kind in self.api.kinds(API)} >= {kind.name for kind in KINDS}:
                return AGAIN
            self._own = [self.around.watch(API, kind.name) for kind in KINDS]
        reloader = reloader_size(arguments(operator["spec"]["template"], operator["metadata"]["namespace"]))
        for kind, watched in zip(KINDS, self._own, strict=True):
            for owner in watched.items():
                if not owner["metadata"].get("deletionTimestamp"):
                    self._make(kind, owner, reloader)
                    self._tell(kind, owner)
        return None

    def _make(self, kind: Kind, owner: Object, reloader: Object) -> None:
        wanted = objects(kind, owner, reloader)
        found = self.sets.get(f"{kind.program}-{owner['metadata']['name']}", owner["metadata"]["namespace"])
        if found and self._made.get(owner["metadata"]["uid"]) == wanted:
            return
        for thing in wanted:
            self.api.apply(thing, field_manager=MANAGER, force=True)
        self._made[owner["metadata"]["uid"]] = wanted

    def _tell(self, kind: Kind, owner: Object) -> None:
        metadata = owner["metadata"]
        made = self.sets.get(f"{kind.program}-{metadata['name']}", metadata["namespace"]) or {}
        replicas, ready = _replicas(owner), int((made.get("status") or {}).get("readyReplicas") or 0)
        up = ready >= replicas
        told = {
            "paused": bool(owner["spec"].get("paused")),
            "replicas": replicas,
            "updatedReplicas": ready,
            "availableReplicas": ready,
            "unavailableReplicas": max(replicas - ready, 0),
            "conditions": conditions(owner, Available=(up, "" if up else "NoPodReady", ""), Reconciled=(True, "", "")),
        }
        if (owner.get("status") or {}) != told:
            _patch_status(self.api, kind, metadata, told)


def objects(kind: Kind, owner: Object, reloader: Object) -> list[Object]:
    """What the operator makes for a custom resource."""
    metadata, spec = owner["metadata"], owner["spec"]
    name, selector = f"{kind.program}-{metadata['name']}", kind.selector(metadata["name"])
    about = {
        "namespace": metadata["namespace"],
        "labels": {**(metadata.get("labels") or {}), **selector},
        "ownerReferences": [{"apiVersion": API, "kind": kind.name, "name": metadata["name"], "uid": metadata["uid"], "controller": True}],
    }
    claim = ((spec.get("storage") or {}).get("volumeClaimTemplate") or {}).get("spec")
    volume = f"{name}-db"
    main = {
        "name": kind.program,
        "image": spec.get("image") or f"quay.io/prometheus/{kind.program}",
        "ports": [{"name": spec.get("portName") or "web", "containerPort": kind.port, "protocol": "TCP"}],
        "resources": spec.get("resources") or {},
        "securityContext": _CLOSED,
        "volumeMounts": [{"name": volume, "mountPath": f"/{kind.program}"}],
    }
    beside = {
        "name": "config-reloader",
        "image": "quay.io/prometheus-operator/prometheus-config-reloader",
        "ports": [{"name": "reloader-web", "containerPort": 8080, "protocol": "TCP"}],
        "resources": reloader,
        "securityContext": _CLOSED,
    }
    pod: Object = {field: spec[field] for field in _POD_FIELDS if spec.get(field)}
    pod["containers"] = [main, beside, *(spec.get("containers") or [])]
    more = spec.get("podMetadata") or {}
    template = {
        "metadata": {"labels": {**(more.get("labels") or {}), **selector}, "annotations": more.get("annotations") or {}},
        "spec": pod,
    }
    body: Object = {"replicas": _replicas(owner), "serviceName": f"{kind.program}-operated", "selector": {"matchLabels": selector}}
    body |= {"podManagementPolicy": "Parallel", "template": template}
    if claim:
        body["volumeClaimTemplates"] = [{"metadata": {"name": volume}, "spec": {"accessModes": ["ReadWriteOnce"], **claim}}]
    else:
        pod["volumes"] = [{"name": volume, "emptyDir": {}}]
    ports = [{"name": spec.get("portName") or "web", "port": kind.port, "targetPort": spec.get("portName") or "web"}]
    chosen = {"app.kubernetes.io/name": kind.program}
    service = {"clusterIP": "None", "ports": ports, "selector": chosen}
    labels = {"operated-by": "prometheus-operator", f"operated-{kind.program}": "true"}
    return [
        {"apiVersion": SETS[0], "kind": SETS[1], "metadata": {"name": name, **about}, "spec": body},
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {**about, "name": f"{kind.program}-operated", "labels": labels},
            "spec": service,
        },
    ]


def reloader_size(told: Mapping[str, str]) -> Object:
    """The resources of the container beside each of them, as the operator's command line says; 0 is none."""
    size: Object = {}
    for part in ("request", "limit"):
        amounts = {name: told.get(f"config-reloader-{name}-{part}", "0") for name in ("cpu", "memory")}
        if given := {name: amount for name, amount in amounts.items() if amount != "0"}:
            size[f"{part}s"] = given
    return size


def _replicas(owner: Object) -> int:
    return int(owner["spec"].get("replicas", 1))


def _patch_status(api: Api, kind: Kind, metadata: Object, told: Object) -> None:
    try:
        api.patch(API, kind.name, metadata["name"], {"status": told}, metadata["namespace"], subresource="status", field_manager=MANAGER)
    except ApiError as problem:
        if problem.code not in (404, 409):
            raise
