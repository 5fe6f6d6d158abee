"""cert-manager's cainjector (cert-manager.io/docs/concepts/ca-injector)."""

from __future__ import annotations

from ...kube.client import Object
from .contract import Injector, available

ANNOTATIONS = ("cert-manager.io/inject-ca-from", "cert-manager.io/inject-ca-from-secret")


def works(workload: Object) -> bool:
    labels = workload["metadata"].get("labels") or {}
    return workload["kind"] == "Deployment" and labels.get("app.kubernetes.io/name") == "cainjector" and available(workload)


def concerns(target: Object) -> bool:
    return any(name in (target["metadata"].get("annotations") or {}) for name in ANNOTATIONS)


INJECTOR = Injector(works, concerns, "cert-manager-cainjector")
