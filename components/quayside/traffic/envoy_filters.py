"""EnvoyFilters: what Istio's own objects cannot say, said to its proxies in Envoy's words. Istio supports them at sidecars and gateways."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pulumi

from quayside.edge import gateway_api_routes
from quayside.edge.contract import Manifest, Parts
from quayside.edge.istio_values import SELECTOR
from quayside.edge.methods import split_by_method
from quayside.traffic.contract import Subject

_RULES = {"GRPCRoute": "rules", "HTTPRoute": "rules", "VirtualService": "http"}
"""Kind of a route → the field with its rules."""


def envoy_filter(
    name: Any, namespace: Any, labels: Mapping[str, str], where: Mapping[str, Any], patches: Sequence[Mapping[str, Any]]
) -> Manifest:
    """An EnvoyFilter. where: a workloadSelector or targetRefs, for proxies in its namespace."""
    return {
        "apiVersion": "networking.istio.io/v1alpha3",
        "kind": "EnvoyFilter",
        "metadata": {"name": name, "namespace": namespace, "labels": dict(labels)},
        "spec": {**where, "configPatches": [dict(each) for each in patches]},
    }


def before_router(context: str, value: Mapping[str, Any]) -> dict[str, Any]:
    """A patch that puts an HTTP filter before the router, the last one."""
    manager = {"name": "envoy.filters.network.http_connection_manager", "subFilter": {"name": "envoy.filters.http.router"}}
    return {
        "applyTo": "HTTP_FILTER",
        "match": {"context": context, "listener": {"filterChain": {"filter": manager}}},
        "patch": {"operation": "INSERT_BEFORE", "value": dict(value)},
    }


def label(subject: Subject) -> str:
    """What tells a service from others among the proxies of an entry. A namespace that is known only later is left out: this is a key."""
    return f"{subject.namespace}.{subject.service}" if isinstance(subject.namespace, str) else subject.service


def pods_of(subject: Subject, service: str) -> dict[str, str]:
    """The labels that find the pods of one of the service's versions: those of the main one, with its name."""
    return {key: service if value == subject.service else value for key, value in subject.selector.items()}


def patched(manifests: Sequence[Manifest], parts: Parts, subject: Subject) -> list[Manifest]:
    """A service's routes at its Istio entry, with an EnvoyFilter beside them that patches what the proxies make of their rules.

    The rules get names for it: Istio gives them to the Envoy routes (its docs, EnvoyFilter, RouteMatch; for a HTTPRoute convertHTTPRoute in
    pilot/pkg/config/kube/gateway), by which an EnvoyFilter finds them, and no others of the same host.
    """
    if not (parts.patch or parts.unsafe_patch or parts.patches):
        return list(manifests)
    patches = list(parts.patches)
    found = [_named(each, parts, subject, patches) for each in manifests]
    return [*found, envoy_filter(_entry_name(subject), subject.entry_namespace, subject.labels, _entry(subject), patches)]


def _named(manifest: Manifest, parts: Parts, subject: Subject, patches: list[dict[str, Any]]) -> Manifest:
    """A route whose rules have names; their patches are added to the others. What leads nowhere, such as a redirect, has none."""
    field = _RULES.get(manifest["kind"])
    if field is None or field not in manifest["spec"]:
        return manifest
    rules = []
    for rule, unsafe in _by_method(manifest["kind"], manifest["spec"][field], parts):
        name = f"{label(subject)}.{len(patches) - len(parts.patches)}"
        if "backendRefs" in rule or "route" in rule:
            rules.append({**rule, "name": name})
            patches.append(_at_route(name, {**parts.patch, **(parts.unsafe_patch if unsafe else {})}))
        else:
            rules.append(rule)
    return {**manifest, "spec": {**manifest["spec"], field: rules}}


def _by_method(kind: str, rules: Sequence[dict[str, Any]], parts: Parts) -> Iterable[tuple[dict[str, Any], bool]]:
    """The rules, and whether they are for requests that may not be sent twice. All requests of gRPC are POST."""
    if kind == "HTTPRoute" and parts.unsafe_patch:
        return split_by_method(rules)
    return ((rule, kind == "GRPCRoute") for rule in rules)


def _entry(subject: Subject) -> dict[str, Any]:
    """Which of the proxies in the entry's namespace an EnvoyFilter is for: the entry's own."""
    if subject.planes.entry == "gateway-api":
        return {"targetRefs": [{"group": gateway_api_routes.GROUP, "kind": "Gateway", "name": gateway_api_routes.GATEWAY}]}
    return {"workloadSelector": {"labels": dict(SELECTOR)}}


def _entry_name(subject: Subject) -> Any:
    """Name of an object in the entry's namespace, where services of all namespaces have theirs."""
    home, service = subject.namespace, subject.service
    return f"{home}-{service}-routes" if isinstance(home, str) else pulumi.Output.concat(home, f"-{service}-routes")


def _at_route(name: str, value: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "applyTo": "HTTP_ROUTE",
        "match": {"context": "GATEWAY", "routeConfiguration": {"vhost": {"route": {"name": name}}}},
        "patch": {"operation": "MERGE", "value": dict(value)},
    }
