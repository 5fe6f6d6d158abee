"""What chart argo-rollouts is told: a pure function. Argo Rollouts leads requests to new versions of services step by step (`progressive`).

The keys are those of the chart's values.yaml (argoproj/argo-helm, charts/argo-rollouts); nothing checks them when it is installed.
"""

from typing import Any

from quayside.settings.footprint import ARGO_ROLLOUTS
from quayside.settings.progressive_rules import ENTRIES, controllers
from quayside.settings.stack import Settings
from quayside.versions import GATEWAY_API_PLUGIN

NAME = "argo-rollouts"
"""Of the release and its namespace."""

RULES = [
    {"apiGroups": [""], "resources": ["services"], "verbs": ["get"]},
    {
        "apiGroups": ["gateway.networking.k8s.io"],
        "resources": ["grpcroutes", "httproutes"],
        "verbs": ["get", "list", "patch", "update"],
    },
]
"""What the plugin may do (its docs, 'Installation', Permissions)."""

_PROVIDERS = {
    "ambassador",
    "apisix",
    "awsAppMesh",
    "awsLoadBalancerController",
    "contour",
    "gatewayAPI",
    "glooPlatform",
    "istio",
    "smi",
    "traefik",
}
"""Whose routes the chart would let the controller write, unless it is told not to."""

_PROVIDER = {"gateway-api": "gatewayAPI", "istio": "istio"}
"""Kind of entry → whose routes it has. What an Ingress needs, the controller has anyway."""


def values(settings: Settings) -> dict[str, Any]:
    """The chart's values.

    The definitions stay when the release goes: without them, Rollouts would go, and their pods. The plugin is fetched when the controller
    starts, which it does not do without it; a second controller, in prod, has its own.
    """
    entry, replicas = settings.entry.kind, controllers(settings.environment)
    assert entry in ENTRIES
    plugins = [GATEWAY_API_PLUGIN] if entry == "gateway-api" else []
    return {
        "installCRDs": True,
        "keepCRDs": True,
        "dashboard": {"enabled": False},
        "controller": {
            "replicas": replicas,
            "resources": {"requests": ARGO_ROLLOUTS.requests},
            "pdb": {"enabled": replicas > 1, "maxUnavailable": 1},
            "metrics": {"enabled": True, "serviceMonitor": {"enabled": True}},
            "trafficRouterPlugins": plugins,
        },
        "providerRBAC": {
            "enabled": True,
            "providers": {each: each == _PROVIDER.get(entry) for each in sorted(_PROVIDERS)},
            "additionalRules": RULES if plugins else [],
        },
    }
