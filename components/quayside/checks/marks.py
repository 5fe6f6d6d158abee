"""What the stack made carries its owner mark, and nothing of it is where only the cluster's own things belong."""

from collections.abc import Iterator

from quayside.checks.contract import Finding, Outputs
from quayside.checks.held import VENDOR, Held, home, labels, owner, place, title
from quayside.labels import OWNER

KINDS = (
    "Deployment",
    "Rollout",
    "AnalysisTemplate",
    "Service",
    "ServiceAccount",
    "NetworkPolicy",
    "PodDisruptionBudget",
    "HorizontalPodAutoscaler",
    "Ingress",
    "ConfigMap",
)
"""Kinds that a service is made of; its Secrets too, but other Secrets have such names as well."""


def check(held: Held, outputs: Outputs) -> Iterator[Finding]:
    """See the module. What a killed run made is found again by its mark."""
    services = outputs.get("services") or {}
    for name, told in services.items():
        for each in held.of(*KINDS, namespace=told.get("namespace") or name):
            belongs = title(each) == name or labels(each).get("app.kubernetes.io/instance") == name
            if belongs and not owner(each):
                yield Finding(place(each), f"carries no label {OWNER}", "pulumi up --refresh; a transform of yours must leave it")
    for each in held.objects:
        if owner(each) and home(each) in (*VENDOR, "default"):
            yield Finding(place(each), f"of stack {owner(each)} is in a namespace of the cluster's own", "move it to another namespace")
