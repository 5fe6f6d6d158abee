"""kube-prometheus-stack's certgen: a Job of the chart patches its admission webhooks (templates/prometheus-operator/admission-webhooks)."""

from __future__ import annotations

from ...kube.client import Object
from .contract import Injector, available


def works(workload: Object) -> bool:
    """The Job is a hook and is deleted when it has succeeded, so the operator counts: it could not run without the Job's Secret."""
    return workload["kind"] == "Deployment" and is_operator(workload) and available(workload)


def is_operator(workload: Object) -> bool:
    labels = workload["metadata"].get("labels") or {}
    return labels.get("app.kubernetes.io/component") == "prometheus-operator" and str(labels.get("app", "")).endswith("-operator")


def concerns(target: Object) -> bool:
    names = [webhook.get("name", "") for webhook in target.get("webhooks") or []]
    return bool(names) and all(name.endswith(".monitoring.coreos.com") for name in names)


INJECTOR = Injector(works, concerns, "kube-webhook-certgen")
