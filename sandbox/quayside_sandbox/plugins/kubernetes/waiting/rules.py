"""Which rule says when an object is ready; a kind without one is ready as soon as the API server has it."""

from __future__ import annotations

import os

from . import expressions
from .annotations import WAIT_FOR, annotation, skips_await
from .progress import Object
from .rule import Rule
from .storage import PersistentVolumeClaimRule, PersistentVolumeRule, ResourceQuotaRule, SecretRule
from .traffic import IngressRule, ServiceRule
from .workloads import DaemonSetRule, DeploymentRule, JobRule, PodRule, ReplicationControllerRule, StatefulSetRule

# By API group and kind. Not in it: a ServiceAccount gets no token Secret since Kubernetes 1.24, a HorizontalPodAutoscaler may never
# have metrics, and a custom resource's readiness is its own matter: `pulumi.com/waitFor` says it.
_RULES: dict[tuple[str, str], type[Rule]] = {
    ("apps", "Deployment"): DeploymentRule,
    ("apps", "StatefulSet"): StatefulSetRule,
    ("apps", "DaemonSet"): DaemonSetRule,
    ("batch", "Job"): JobRule,
    ("", "Pod"): PodRule,
    ("", "ReplicationController"): ReplicationControllerRule,
    ("", "Service"): ServiceRule,
    ("networking.k8s.io", "Ingress"): IngressRule,
    ("", "PersistentVolumeClaim"): PersistentVolumeClaimRule,
    ("", "PersistentVolume"): PersistentVolumeRule,
    ("", "ResourceQuota"): ResourceQuotaRule,
    ("", "Secret"): SecretRule,
}


def rule_for(live: Object) -> Rule | None:
    """skipAwait before waitFor before the kind's own rule. Raises expressions.InvalidExpression."""
    if skips_await(live):
        return None
    own = annotation(live, WAIT_FOR)
    if own:
        return expressions.ExpressionsRule(expressions.parse(own))
    group, _, _ = str(live.get("apiVersion") or "").rpartition("/")
    kind = _RULES.get((group, str(live.get("kind"))))
    if kind:
        return kind()
    return expressions.AnyKindRule() if os.environ.get("PULUMI_K8S_AWAIT_ALL") == "true" else None
