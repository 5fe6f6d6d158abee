"""ingress-nginx' certgen: a Job of the chart patches the admission webhook (charts/ingress-nginx templates/admission-webhooks/job-patch)."""

from __future__ import annotations

from ...kube.client import Object
from .contract import Injector, available, complete, services


def works(workload: Object) -> bool:
    """The Job is a hook and is deleted when it has succeeded, so a controller that runs counts too: it could not without the Job's Secret."""
    labels = workload["metadata"].get("labels") or {}
    ours = labels.get("app.kubernetes.io/name") == "ingress-nginx"
    return ours and (complete(workload) if workload["kind"] == "Job" else available(workload))


def concerns(target: Object) -> bool:
    labels = target["metadata"].get("labels") or {}
    return labels.get("app.kubernetes.io/name") == "ingress-nginx" and any(
        name.endswith("-controller-admission") for name in services(target)
    )


INJECTOR = Injector(works, concerns, "kube-webhook-certgen")
