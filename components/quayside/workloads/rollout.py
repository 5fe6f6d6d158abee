"""The pods of a service whose new versions take over step by step: a Rollout of Argo Rollouts, in place of a Deployment. Pure functions.

Argo Rollouts makes a second set of pods for a new image, env or config, and moves requests to it in the routes that this library renders:
between the Services -stable and -next, whose selectors are its own business. It refuses a Rollout whose routes are not there, or lead
nowhere near these Services (argo-rollouts, pkg/apis/rollouts/validation/validation_references.go): so the routes come first. Until it has
pods of its own to tell apart, both Services lead to all pods of the service, also to those of a Deployment that was there before.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from quayside.edge.contract import Version
from quayside.settings.progressive import ProgressiveSettings
from quayside.settings.versions_rules import NEXT, STABLE
from quayside.versions import GATEWAY_API_PLUGIN
from quayside.workloads.metadata import FORCED, Manifest
from quayside.workloads.quantities import canonical
from quayside.workloads.version_specs import versioned

API = "argoproj.io/v1alpha1"

HASH = "rollouts-pod-template-hash"
"""Label by which Argo Rollouts tells one revision's pods from another's."""

OURS = {**FORCED, "pulumi.com/waitFor": "condition=Available"}
"""Annotations of the Rollout. What is applied wins: the controller writes it back with each revision (rollout/sync.go, setRolloutRevision). And
a run waits until as many pods answer as there shall be. That stays so while a new version takes over, whose pods come on top, and when it is
taken back (calculateRolloutConditions): so later runs do not wait for the checks."""

SELECTOR = "spec.selector"
"""Of the two Services: what Pulumi leaves to Argo Rollouts."""

_PLUGIN = {"HTTPRoute": "httpRoutes", "GRPCRoute": "grpcRoutes"}
"""Kind of a route → where the plugin is told of it."""


def services(name: str) -> tuple[str, str]:
    """Names of the Services that lead to the version that has proved itself, and to the new one."""
    return versioned(name, STABLE), versioned(name, NEXT)


def share(name: str) -> Version:
    """The new version, as a route has it."""
    return Version(NEXT, versioned(name, NEXT), steered=True)


def weights(asked: ProgressiveSettings) -> list[int]:
    """The shares of a new version, one after the other."""
    return [*range(asked.step, asked.most, asked.step), asked.most]


def rollout(pods: Manifest, asked: ProgressiveSettings, routes: Sequence[Manifest]) -> Manifest:
    """The Rollout. pods: the Deployment that would be there otherwise; routes: in which requests are moved.

    What does not come up in its time is taken back as what fails its checks is (progressDeadlineAbort).
    """
    name, about = pods["metadata"]["name"], pods["metadata"]
    told = {key: value for key, value in pods["spec"].items() if key != "strategy"}
    template, pod = told["template"], told["template"]["spec"]
    spread = [{**each, "matchLabelKeys": [HASH]} for each in pod["topologySpreadConstraints"]]
    containers = [{**each, "resources": canonical(each["resources"])} for each in pod["containers"]]
    stable, new = services(name)
    return {
        "apiVersion": API,
        "kind": "Rollout",
        "metadata": {**about, "annotations": {**about["annotations"], **OURS}},
        "spec": {
            **told,
            "progressDeadlineAbort": True,
            "template": {**template, "spec": {**pod, "topologySpreadConstraints": spread, "containers": containers}},
            "strategy": {
                "canary": {
                    "stableService": stable,
                    "canaryService": new,
                    "steps": list(_steps(name, asked)),
                    "trafficRouting": traffic_routing(routes),
                }
            },
        },
    }


def traffic_routing(routes: Sequence[Manifest]) -> dict[str, Any]:
    """What Argo Rollouts is told of the routes: each by its name, and of a VirtualService also the rules that lead to both Services."""
    found: dict[str, Any] = {}
    for each in routes:
        name, home = each["metadata"]["name"], each["metadata"]["namespace"]
        if each["kind"] in _PLUGIN:
            plugin = found.setdefault("plugins", {}).setdefault(GATEWAY_API_PLUGIN["name"], {"namespace": home})
            plugin.setdefault(_PLUGIN[each["kind"]], []).append({"name": name})
        elif each["kind"] == "VirtualService" and (rules := _steered(each["spec"])):
            found.setdefault("istio", {"virtualServices": []})["virtualServices"].append({"name": name, "routes": rules})
        elif each["kind"] == "Ingress":
            found.setdefault("nginx", {"stableIngresses": []})["stableIngresses"].append(name)
    return found


def steered(manifest: Manifest) -> bool:
    """Whether it is a route that requests are moved in."""
    return bool(traffic_routing([manifest]))


def _steered(route: Mapping[str, Any]) -> list[str]:
    return [str(rule["name"]) for rule in route.get("http", ()) if "name" in rule and "route" in rule]


def _steps(name: str, asked: ProgressiveSettings) -> Iterator[dict[str, Any]]:
    """Each share with its checks, which take as long as the step does. Checks beside the steps do not hold them where nobody answers: shares
    grow on by the clock (rollout/context.go, haltProgress; argo-rollouts#3850)."""
    for weight in weights(asked):
        yield {"setWeight": weight}
        yield {"analysis": {"templates": [{"templateName": name}]}}
