"""Who carries the weights: routes of the Gateway API, VirtualServices, and ingress-nginx' canary Ingresses.

Facts: argo-rollouts v1.10.2 rollout/trafficrouting/{istio/istio,nginx/nginx}.go; the Gateway API's is a program of its own,
argoproj-labs/rollouts-plugin-trafficrouter-gatewayapi v0.17, pkg/plugin/{plugin,httproute,labels}.go: it is known to the
API server by the name of its file.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator

from ....kube import Api, ApiError
from ....kube.client import Object
from .look import MANAGER, PLUGIN, Look, owned

GATEWAY_API, ISTIO, INGRESS = "gateway.networking.k8s.io/v1", "networking.istio.io/v1", "networking.k8s.io/v1"
PLUGIN_MANAGER = PLUGIN.rpartition("/")[2]
ROUTES = {"httpRoute": "HTTPRoute", "grpcRoute": "GRPCRoute"}
IN_PROGRESS = "rollouts.argoproj.io/gatewayapi-canary"
NGINX = "nginx.ingress.kubernetes.io"


class RoutingFailed(Exception):
    """The weights could not be set; the controller tries again and again."""


def need_plugins(look: Look, configured: set[str]) -> None:
    """Raises RoutingFailed where the Rollout names a traffic router that the controller's ConfigMap has not."""
    for name in look.routing.get("plugins") or {}:
        if name not in configured:
            why = f"unable to start plugin system: unable to find plugin ({name}): plugin {name} not configured in configmap"
            raise RoutingFailed(f"failed to get traffic router plugin {name}: {why}")


def set_weight(api: Api, look: Look, weight: int) -> bool | None:
    """Writes the new version's weight into everything that the Rollout names; whether it is known to hold. Raises RoutingFailed."""
    routing = look.routing
    if "istio" in routing:
        for each in virtual_services(look):
            name, namespace = place(look, each)
            _update(api, ISTIO, "VirtualService", name, namespace, MANAGER, _virtual_service(look, each, weight))
    if "nginx" in routing:
        for name in ingresses(look):
            _canary_ingress(api, look, name, weight)
    if given := (routing.get("plugins") or {}).get(PLUGIN):
        for field, kind in ROUTES.items():
            for name in [*([given[field]] if given.get(field) else []), *(each["name"] for each in given.get(f"{field}s") or [])]:
                if not given.get("namespace"):
                    raise RoutingFailed("an empty namespace may not be set when a resource name is provided")
                change = _route(look, weight, not given.get("disableInProgressLabel"))
                _update(api, GATEWAY_API, kind, name, given["namespace"], PLUGIN_MANAGER, change)
        return True
    return None


def virtual_services(look: Look) -> list[Object]:
    """Those that a Rollout names: {name, routes}."""
    istio = look.routing.get("istio") or {}
    return istio.get("virtualServices") or ([istio["virtualService"]] if istio.get("virtualService") else [])


def place(look: Look, named: Object) -> tuple[str, str]:
    """Name and namespace of a VirtualService: what stands behind the first dot is the namespace."""
    name, _, namespace = str(named["name"]).partition(".")
    return name, namespace or look.namespace


def ingresses(look: Look) -> list[str]:
    """Those of ingress-nginx that a Rollout names."""
    nginx = look.routing.get("nginx") or {}
    return nginx.get("stableIngresses") or ([nginx["stableIngress"]] if nginx.get("stableIngress") else [])


# -- the Gateway API --------------------------------------------------------------------------------------------------------------


def _route(look: Look, weight: int, marks: bool) -> Callable[[Object], None]:
    def change(route: Object) -> None:
        references = [each for rule in route["spec"].get("rules") or [] for each in rule.get("backendRefs") or []]
        for name, share in ((look.canary.get("canaryService"), weight), (look.canary.get("stableService"), 100 - weight)):
            mine = [each for each in references if each["name"] == name]
            if not mine:
                raise RoutingFailed(f"failed to set weight via plugin: backendRef was not found in {route['kind']}")
            for each in mine:
                each["weight"] = share
        if marks:  # while a rollout is on its way
            labels = {**(route["metadata"].get("labels") or {})}
            labels.pop(IN_PROGRESS, None)
            labels |= {IN_PROGRESS: "in-progress"} if weight else {}
            if labels != (route["metadata"].get("labels") or {}):
                route["metadata"]["labels"] = labels

    return change


# -- Istio ------------------------------------------------------------------------------------------------------------------------


def _virtual_service(look: Look, named: Object, weight: int) -> Callable[[Object], None]:
    def change(service: Object) -> None:
        for rule in chosen(service, named.get("routes") or []):
            for each in destinations(rule, look):
                mine = each["destination"]["host"].partition(".")[0] == look.canary.get("canaryService")
                if each.get("weight", 0) != (wanted := weight if mine else 100 - weight):
                    each["weight"] = wanted

    return change


def chosen(service: Object, names: list[str]) -> Iterator[Object]:
    """The rules to steer: by name, or the only one. Raises RoutingFailed."""
    rules = service["spec"].get("http") or []
    if not names and len(rules) > 1:
        text = "spec.http[] should be set in VirtualService and it must have exactly one route when omitting"
        raise RoutingFailed(f"{text} spec.strategy.canary.trafficRouting.istio.virtualService.routes")
    for name in names or [""]:
        rule = next((each for each in rules if not name or each.get("name") == name), None)
        if rule is None:
            raise RoutingFailed(f"HTTP Route '{name}' is not found in the defined Virtual Service.")
        yield rule


def destinations(rule: Object, look: Look) -> list[Object]:
    """A rule's destinations that are the Rollout's. Any other one with a weight is taken away, as the real controller does. Raises
    RoutingFailed."""
    names = {"Canary": look.canary.get("canaryService"), "Stable": look.canary.get("stableService")}
    found = {each["destination"]["host"].partition(".")[0] for each in rule.get("route") or []}
    for role, name in names.items():
        if name not in found:
            raise RoutingFailed(f"{role} Service '{name}' not found in route")
    mine = [each for each in rule["route"] if each["destination"]["host"].partition(".")[0] in names.values()]
    rule["route"] = [each for each in rule["route"] if each in mine or not each.get("weight")]
    return mine


# -- ingress-nginx ----------------------------------------------------------------------------------------------------------------


def canary_ingress(look: Look, stable: Object, weight: int) -> Object:
    """The Ingress beside the one that leads to the stable Service. Raises RoutingFailed."""
    nginx, service = look.routing["nginx"], look.canary.get("stableService")
    prefix, name = nginx.get("annotationPrefix") or NGINX, stable["metadata"]["name"]
    rules = [copy.deepcopy(each) for each in stable["spec"].get("rules") or [] if leads(each, str(service))]
    if not rules:
        raise RoutingFailed(f"ingress `{name}` has no rules using service {service} backend")
    for path in (path for rule in rules for path in rule["http"]["paths"]):
        if path["backend"]["service"]["name"] == service:
            path["backend"]["service"]["name"] = look.canary.get("canaryService")
    spec: Object = {"rules": rules, **{field: stable["spec"][field] for field in ("tls", "ingressClassName") if field in stable["spec"]}}
    more = nginx.get("additionalIngressAnnotations") or {}
    notes = {key if key.startswith(prefix) else f"{prefix}/{key}": value for key, value in more.items()}
    notes |= {**(nginx.get("canaryIngressAnnotations") or {}), f"{prefix}/canary": "true", f"{prefix}/canary-weight": str(weight)}
    if "maxTrafficWeight" in look.routing:
        notes[f"{prefix}/canary-weight-total"] = str(look.routing["maxTrafficWeight"])
    metadata = {"name": f"{look.name}-{name}-canary", "namespace": look.namespace, "annotations": notes, "ownerReferences": look.owner}
    return {"apiVersion": INGRESS, "kind": "Ingress", "metadata": metadata, "spec": spec}


def leads(rule: Object, service: str) -> bool:
    """Whether a rule of an Ingress leads to the Service."""
    return any((path["backend"].get("service") or {}).get("name") == service for path in (rule.get("http") or {}).get("paths") or [])


def _canary_ingress(api: Api, look: Look, name: str, weight: int) -> None:
    stable = api.find(INGRESS, "Ingress", name, look.namespace)
    if stable is None:
        raise RoutingFailed(f"error retrieving stableIngress `{name}` from cache: ingress.networking.k8s.io {name!r} not found")
    body = canary_ingress(look, stable, weight)
    found = api.find(INGRESS, "Ingress", body["metadata"]["name"], look.namespace)
    if found is None:
        api.create(body, field_manager=MANAGER)
        return
    if not owned([found], look.rollout):
        raise RoutingFailed(f"canary ingress `{body['metadata']['name']}` controlled by different object")
    notes = {**(found["metadata"].get("annotations") or {}), **body["metadata"]["annotations"]}
    if (found["metadata"].get("annotations"), found["spec"]) != (notes, body["spec"]):
        change = {"metadata": {"annotations": notes}, "spec": body["spec"]}
        api.patch(INGRESS, "Ingress", body["metadata"]["name"], change, look.namespace, field_manager=MANAGER)


def _update(api: Api, version: str, kind: str, name: str, namespace: str, manager: str, change: Callable[[Object], None]) -> None:
    """Reads an object, changes it and writes the whole of it back, as both programs do."""
    try:
        before = api.get(version, kind, name, namespace)
    except ApiError as problem:
        raise RoutingFailed(problem.message) from problem
    after = copy.deepcopy(before)
    change(after)
    if after != before:
        api.replace(after, field_manager=manager)
