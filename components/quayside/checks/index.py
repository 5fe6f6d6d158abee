"""All checks, in the order in which their findings are told: what others rest on comes first."""

from collections.abc import Mapping

from quayside.checks import (
    addresses,
    autoscalers,
    certificates,
    claims,
    deletions,
    destination_rules,
    disruptions,
    entry,
    extensions,
    gateways,
    grants,
    istio_gateways,
    marks,
    nodes,
    peers,
    pods,
    policies,
    protocols,
    references,
    releases,
    rollouts,
    routes,
    security,
    selectors,
    services,
    virtual_services,
    waypoints,
    workloads,
)
from quayside.checks.contract import Check, Finding, Outputs
from quayside.checks.held import Held

CHECKS: Mapping[str, Check] = {
    "nodes": nodes.check,
    "releases": releases.check,
    "services": services.check,
    "workloads": workloads.check,
    "rollouts": rollouts.check,
    "pods": pods.check,
    "references": references.check,
    "addresses": addresses.check,
    "policies": policies.check,
    "routes": routes.check,
    "gateways": gateways.check,
    "grants": grants.check,
    "istio gateways": istio_gateways.check,
    "virtual services": virtual_services.check,
    "destination rules": destination_rules.check,
    "claims": claims.check,
    "protocols": protocols.check,
    "waypoints": waypoints.check,
    "selectors": selectors.check,
    "peers": peers.check,
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
    "rollouts.argoproj.io", "analysistemplates.argoproj.io",
    "horizontalpodautoscalers.autoscaling", "poddisruptionbudgets.policy",
    "gateways.gateway.networking.k8s.io", "listenersets.gateway.networking.k8s.io", "httproutes.gateway.networking.k8s.io",
    "grpcroutes.gateway.networking.k8s.io", "tlsroutes.gateway.networking.k8s.io", "referencegrants.gateway.networking.k8s.io",
    "gateways.networking.istio.io", "virtualservices.networking.istio.io", "destinationrules.networking.istio.io",
    "serviceentries.networking.istio.io", "sidecars.networking.istio.io", "envoyfilters.networking.istio.io",
    "authorizationpolicies.security.istio.io", "peerauthentications.security.istio.io", "requestauthentications.security.istio.io",
    "telemetries.telemetry.istio.io", "wasmplugins.extensions.istio.io",
    "ingresses.networking.k8s.io", "ingressclasses.networking.k8s.io", "networkpolicies.networking.k8s.io",
    "apiservices.apiregistration.k8s.io",
    "validatingwebhookconfigurations.admissionregistration.k8s.io", "mutatingwebhookconfigurations.admissionregistration.k8s.io",
    "certificates.cert-manager.io", "clusterissuers.cert-manager.io", "issuers.cert-manager.io",
)  # fmt: skip
"""The kinds that checks look at, as kubectl names them, besides Secrets."""


def findings(held: Held, outputs: Outputs) -> list[Finding]:
    """What all checks find."""
    return [finding for check in CHECKS.values() for finding in check(held, outputs)]
