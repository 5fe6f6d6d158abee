"""What the chart of Kong is told: pure functions. `kong.py` installs it."""

from collections.abc import Mapping
from math import ceil
from typing import Any, ClassVar, Literal

from quayside.edge.fronted import FrontedEntry
from quayside.edge.load_balancer_arguments import AddressRange
from quayside.settings.base import Rule
from quayside.settings.entry_rules import body_has_limit, one_load_balancer
from quayside.settings.merge import merge
from quayside.settings.types import Memory

NAME = "kong"
"""Of the release and its namespace, and of the class that it serves."""

PODS = {"app.kubernetes.io/name": NAME, "app.kubernetes.io/component": "app", "app.kubernetes.io/instance": NAME}
"""Labels of its pods, as the chart sets them."""

LOAD_BALANCER = "kong-load-balancer"

MAX_BODY = Memory("20Mi")
"""Largest request body where nothing is said. Kong itself has no limit."""

DRAIN = 15
"""Seconds for which a pod that ends goes on taking requests, and for which a new one is watched before an old one goes (see
ingress_nginx_values.DRAIN)."""

PROXY, CONTROLLER = {"cpu": "100m", "memory": "256Mi"}, {"cpu": "50m", "memory": "128Mi"}
"""What the two containers of a pod ask for (see footprint.KONG)."""


class KongSpec(FrontedEntry):
    """What takes requests from outside and leads them to services."""

    rules: ClassVar[tuple[Rule, ...]] = (body_has_limit, one_load_balancer)
    known: ClassVar[frozenset[str]] = FrontedEntry.known | {"max_body", "issuer"}

    kind: Literal["kong"] = "kong"
    """Which one: kong. Default: kong."""
    load_balancer_network: AddressRange | None = None
    """Address range from which the load balancer reaches the nodes: only from there a client's address is believed. Default: the
    cluster's where it is handed over, else any."""


def values(spec: KongSpec, labels: Mapping[str, str], network: Any) -> dict[str, Any]:
    """The chart's values: Kong without a database, told by its controller in the same pod, and nothing of it open but the proxy.

    labels: for all its objects. network: address range from which the load balancer comes; None for any.
    The chart's pods meet the restricted security profile as they are.
    """
    several = spec.replicas > 1
    listens = ["proxy_protocol"] if spec.proxy_protocol else []
    ours = {
        "extraLabels": dict(labels),
        "replicaCount": spec.replicas,
        "deployment": {"minReadySeconds": DRAIN if several else 0},
        "podDisruptionBudget": {
            "enabled": several,
            "unhealthyPodEvictionPolicy": "AlwaysAllow",
            **({"maxUnavailable": 1} if several else {}),
        },
        "topologySpreadConstraints": [_spread()] if several else [],
        "resources": {"requests": PROXY},
        "env": {
            "database": "off",
            "router_flavor": "traditional",  # the one that looks for headers by regular expressions too
            "headers": "off",  # neither Kong nor its version is told
            "nginx_http_client_max_body_size": nginx_size(spec.max_body or MAX_BODY),
            **client_address(spec, network),
        },
        # The load balancer's Service is ours (edge/load_balancer.py). The chart's stays: without it, it takes the ports off the pods.
        "proxy": {"type": "ClusterIP", "http": {"parameters": listens}, "tls": {"parameters": ["http2", *listens]}},
        "admin": {"enabled": False},  # it listens to the controller alone, on the pod's own loopback
        "manager": {"enabled": False},
        "portal": {"enabled": False},
        "portalapi": {"enabled": False},
        "lifecycle": {"preStop": {"exec": {"command": ["kong", "quit", f"--wait={DRAIN}", "--timeout=45"]}}},
        "terminationGracePeriodSeconds": DRAIN + 60,
        "ingressController": {
            "ingressClass": NAME,
            "resources": {"requests": CONTROLLER},
            "env": {"publish_service": f"{NAME}/{LOAD_BALANCER}", "anonymous_reports": "false"},
        },
    }
    return merge(ours, spec.values)


def client_address(spec: KongSpec, network: Any) -> dict[str, Any]:
    """How Kong learns the client's address. See Kong."""
    believed = {"trusted_ips": network if network is not None else "0.0.0.0/0"}
    if spec.proxy_protocol:
        return {"real_ip_header": "proxy_protocol", **believed}
    if spec.behind_cloudflare:
        return {"real_ip_header": "CF-Connecting-IP", **believed}
    return {}


def response_headers(*, secure: bool) -> dict[str, dict[str, list[str]]]:
    """What Kong's plugin response-transformer does with each answer. HSTS as in ingress_nginx_values.config."""
    hsts = ["Strict-Transport-Security:max-age=31536000"] if secure else []
    return {"add": {"headers": ["X-Content-Type-Options:nosniff", *hsts]}, "remove": {"headers": ["X-Powered-By"]}}


def beside_ours(edits: Mapping[str, Mapping[str, list[str]]]) -> dict[str, dict[str, list[str]]]:
    """Edits of a service's own answers, with those of all answers: Kong runs one plugin of a name for a request, that of the route.

    What the edits say of a header takes the place of what we say of it.
    """
    said = {each.partition(":")[0].lower() for edit in edits.values() for each in edit["headers"]}
    ours = {
        key: [each for each in edit["headers"] if each.partition(":")[0].lower() not in said]
        for key, edit in response_headers(secure=True).items()
    }
    both = {key: [*ours.get(key, []), *edits.get(key, {}).get("headers", [])] for key in {**ours, **edits}}
    return {key: {"headers": each} for key, each in both.items() if each}


def headers_plugin(spec: KongSpec, labels: Mapping[str, str]) -> dict[str, Any]:
    """The plugin for all answers."""
    return {
        "apiVersion": "configuration.konghq.com/v1",
        "kind": "KongClusterPlugin",
        "metadata": {
            "name": "response-headers",
            "labels": {**labels, "global": "true"},
            "annotations": {"kubernetes.io/ingress.class": NAME},
        },
        "plugin": "response-transformer",
        "config": response_headers(secure=spec.issuer is not None or spec.wildcard is not None),
    }


def nginx_size(size: Memory) -> str:
    """An amount of memory in bytes, as nginx takes it. A part of a byte counts as a whole one."""
    return str(ceil(size.amount))


def _spread() -> dict[str, Any]:
    """Over nodes where that is possible, each revision for itself."""
    return {
        "maxSkew": 1,
        "topologyKey": "kubernetes.io/hostname",
        "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": {"matchLabels": PODS},
        "matchLabelKeys": ["pod-template-hash"],
    }
