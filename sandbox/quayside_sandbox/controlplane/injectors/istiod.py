"""istiod, which patches its own webhook configurations: the authority (istio pkg/webhooks/webhookpatch.go), and failurePolicy of the
validating ones, which the chart sets to Ignore (pkg/webhooks/validation/controller)."""

from __future__ import annotations

from ...kube.client import Object
from .contract import Injector, available, services


def works(workload: Object) -> bool:
    labels = workload["metadata"].get("labels") or {}
    return workload["kind"] == "Deployment" and labels.get("app") == "istiod" and available(workload)


def concerns(target: Object) -> bool:
    return any(name == "istiod" or name.startswith("istiod-") for name in services(target))


INJECTOR = Injector(works, concerns, "pilot-discovery", closes=True)
