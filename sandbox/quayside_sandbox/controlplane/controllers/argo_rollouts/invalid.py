"""What keeps the controller from taking up a Rollout: what it names has to be there, and to fit.

Facts: argo-rollouts v1.10.2 pkg/apis/rollouts/validation/{validation,validation_references}.go, rollout/controller.go.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from ....kube import Api
from ....kube.client import Object
from . import canary, hurry
from .look import HASH, PLUGIN, Look, annotation
from .routers import INGRESS, ISTIO, RoutingFailed, chosen, destinations, ingresses, leads, place, virtual_services
from .runs import TemplateMissing, spec_of
from .services import MANAGED_BY

CANARY = "spec.strategy.canary"
_STEPS = ("setWeight", "pause", "analysis", "setCanaryScale")


def problem(api: Api, look: Look) -> str | None:
    """The first one, as the InvalidSpec condition says it."""
    found = next(problems(api, look), None)
    if found is None:
        return None
    path, value, message = found
    return f'The Rollout "{look.name}" is invalid: {path}: Invalid value: {json.dumps(value)}: {message}'


def problems(api: Api, look: Look) -> Iterator[tuple[str, object, str]]:
    """Path, value and message."""
    yield from _beyond(look)
    if look.canary.get("stableService") == look.canary.get("canaryService"):
        yield (
            f"{CANARY}.stableService",
            look.canary.get("stableService"),
            "This rollout uses the same service for the stable and canary services, but two different services are required.",
        )
    yield from _steps(look)
    for field in ("stableService", "canaryService"):
        yield from _service(api, look, field)
    for path, given in [("analysis", look.canary.get("analysis") or {})] + [
        (f"steps[{index}].analysis", step["analysis"]) for index, step in enumerate(canary.steps(look)) if "analysis" in step
    ]:
        try:
            spec_of(api, look, given)
        except TemplateMissing as missing:
            yield f"{CANARY}.{path}.templates", [each["templateName"] for each in given.get("templates") or []], str(missing)
    for name in ingresses(look):
        found = api.find(INGRESS, "Ingress", name, look.namespace)
        service, path = str(look.canary.get("stableService")), f"{CANARY}.trafficRouting.nginx.stableIngress"
        if found is None:
            yield path, name, f'ingress.networking.k8s.io "{name}" not found'
        elif not any(leads(rule, service) for rule in found["spec"].get("rules") or []):
            yield path, name, f"ingress `{name}` has no rules using service {service} backend"
    for each in virtual_services(look):
        yield from _virtual_service(api, look, each)


def _beyond(look: Look) -> Iterator[tuple[str, object, str]]:
    """What the real controller knows and this one does not: better refused than passed over."""
    text = "the sandbox's simulated controller does not know it"
    for field in ("workloadRef", "restartAt", "rollbackWindow"):
        if field in look.spec:
            yield f"spec.{field}", look.spec[field], text
    for field in ("pingPong", "dynamicStableScale", "canaryMetadata", "stableMetadata", "antiAffinity", "replicaProgressThreshold"):
        if look.canary.get(field):
            yield f"{CANARY}.{field}", look.canary[field], text
    known = {"istio", "nginx", "plugins", "maxTrafficWeight"}
    for field in look.routing.keys() - known:
        yield f"{CANARY}.trafficRouting.{field}", look.routing[field], text
    if not look.routing.keys() & known:
        yield f"{CANARY}.trafficRouting", look.routing, f"{text} without one"
    if "destinationRule" in (look.routing.get("istio") or {}):
        yield f"{CANARY}.trafficRouting.istio.destinationRule", look.routing["istio"]["destinationRule"], text
    for name in (look.routing.get("plugins") or {}).keys() - {PLUGIN}:
        yield f"{CANARY}.trafficRouting.plugins", name, text
    for index, step in enumerate(canary.steps(look)):
        if beyond := step.keys() - set(_STEPS):
            yield f"{CANARY}.steps[{index}]", sorted(beyond), text


def _steps(look: Look) -> Iterator[tuple[str, object, str]]:
    for index, step in enumerate(canary.steps(look)):
        path = f"{CANARY}.steps[{index}]"
        if not step:
            yield (
                path,
                step,
                "Step must have one of the following set: experiment, setWeight, setCanaryScale, pause, analysis, setHeaderRoute, setMirrorRoute or plugin",
            )
        if not 0 <= int(step.get("setWeight", 0)) <= canary.most(look):
            yield f"{path}.setWeight", step["setWeight"], f"SetWeight needs to be between 0 and {canary.most(look)}"
        try:
            hurry.seconds((step.get("pause") or {}).get("duration"))
        except ValueError as wrong:
            yield f"{path}.pause.duration", step["pause"]["duration"], str(wrong)


def _service(api: Api, look: Look, field: str) -> Iterator[tuple[str, object, str]]:
    name, path = str(look.canary.get(field) or ""), f"{CANARY}.{field}"
    found = api.find("v1", "Service", name, look.namespace) if name else None
    if found is None:
        yield path, name, f'service "{name}" not found'
        return
    labels = look.spec["template"].get("metadata", {}).get("labels") or {}
    for key, value in (found["spec"].get("selector") or {}).items():
        if key != HASH and labels.get(key) != value:
            yield path, name, f'Service "{name}" has unmatch label "{key}" in rollout'
    if annotation(found, MANAGED_BY) not in ("", look.name):
        yield path, name, f'Service "{name}" is managed by another Rollout'


def _virtual_service(api: Api, look: Look, named: Object) -> Iterator[tuple[str, object, str]]:
    path = f"{CANARY}.trafficRouting.istio.virtualService.name"
    name, namespace = place(look, named)
    found = api.find(ISTIO, "VirtualService", name, namespace)
    if found is None:
        yield path, name, f'virtualservices.networking.istio.io "{name}" not found'
        return
    try:
        for rule in chosen(found, named.get("routes") or []):
            destinations({"route": list(rule.get("route") or [])}, look)
    except RoutingFailed as wrong:
        yield path, named["name"], f"Istio VirtualService has invalid HTTP routes. Error: {wrong}"
