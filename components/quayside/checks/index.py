"""All checks, in the order in which their findings are told: what others rest on comes first."""

from collections.abc import Mapping

from quayside.checks import (
    addresses,
    autoscalers,
    certificates,
    deletions,
    disruptions,
    entry,
    extensions,
    marks,
    nodes,
    pods,
    policies,
    references,
    releases,
    routes,
    security,
    services,
    workloads,
)
from quayside.checks.contract import Check, Finding, Outputs
from quayside.checks.held import Held

CHECKS: Mapping[str, Check] = {
    "nodes": nodes.check,
    "releases": releases.check,
    "services": services.check,
    "workloads": workloads.check,
    "pods": pods.check,
    "references": references.check,
    "addresses": addresses.check,
    "policies": policies.check,
    "routes": routes.check,
    "certificates": certificates.check,
    "entry": entry.check,
    "autoscalers": autoscalers.check,
    "disruptions": disruptions.check,
    "extensions": extensions.check,
    "security": security.check,
    "marks": marks.check,
    "deletions": deletions.check,
}
"""What is looked at → the check."""

KINDS = (
    "nodes", "namespaces", "pods", "services", "configmaps", "serviceaccounts", "persistentvolumeclaims",
    "deployments.apps", "statefulsets.apps", "daemonsets.apps", "jobs.batch",
    "horizontalpodautoscalers.autoscaling", "poddisruptionbudgets.policy",
    "ingresses.networking.k8s.io", "ingressclasses.networking.k8s.io", "networkpolicies.networking.k8s.io",
    "apiservices.apiregistration.k8s.io",
    "validatingwebhookconfigurations.admissionregistration.k8s.io", "mutatingwebhookconfigurations.admissionregistration.k8s.io",
    "certificates.cert-manager.io", "clusterissuers.cert-manager.io", "issuers.cert-manager.io",
)  # fmt: skip
"""The kinds that checks look at, as kubectl names them, besides Secrets."""


def findings(held: Held, outputs: Outputs) -> list[Finding]:
    """What all checks find."""
    return [finding for check in CHECKS.values() for finding in check(held, outputs)]
