"""The objects of the Gateway API entry itself, as plain functions. `gateway_api.py` registers them."""

import json
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from quayside.edge.contract import WILDCARD_SECRET, Manifest
from quayside.edge.fronted import FrontedEntry
from quayside.edge.gateway_api_routes import APEX, API, GATEWAY, HTTP, PODS, WILDCARD
from quayside.edge.istio_values import DRAIN, GOING, proxy_config
from quayside.labels import MANAGED_BY
from quayside.settings.base import Rule, empty
from quayside.settings.entry_rules import body_limit_is_kept, one_load_balancer, overlays_are_known
from quayside.settings.footprint import GATEWAY as FOOTPRINT
from quayside.settings.merge import merge
from quayside.settings.mesh import DEFAULT_REVISION, Revision

NAME = "gateway-api"
"""Of the entry and its namespace."""

CLASS = "istio"
"""GatewayClass of the Gateways whose pods Istio runs. istiod makes it itself, as soon as it finds the definitions."""

OPTIONS = "gateway-options"
"""ConfigMap with what is to be added to the objects that Istio makes for the Gateway."""

LOAD_BALANCER = "gateway-load-balancer"

TIMEOUT = 600
"""Seconds until the Gateway's pods must answer: new nodes fetch images in that time, as for a release."""

_OURS = {"namespaces": {"from": "Selector", "selector": {"matchLabels": dict(MANAGED_BY)}}}
"""Namespaces that quayside made, in whatever stack. Any other could claim hosts with an object of its own."""


class GatewayEntrySpec(FrontedEntry):
    """What takes requests from outside and leads them to services, by the Gateway API."""

    rules: ClassVar[tuple[Rule, ...]] = (body_limit_is_kept, one_load_balancer, overlays_are_known)
    known: ClassVar[frozenset[str]] = FrontedEntry.known | {"issuer", "tcp", "revision"}

    kind: Literal["gateway-api"] = "gateway-api"
    """Which one: gateway-api. Default: gateway-api."""
    values: dict[str, Any] = empty()
    """Fields of the objects that Istio makes for the Gateway, merged over ours: object (deployment, horizontalPodAutoscaler,
    podDisruptionBudget, service or serviceAccount) → fields. For every field that has no key here."""
    tcp: dict[str, Annotated[int, Field(ge=1, le=65535)]] = empty()
    """Further TCP ports on which the load balancer listens: name → number. Default: none."""
    revision: Revision = Revision(DEFAULT_REVISION)
    """Name of the control plane (Istio's revision) that it follows. Default: default."""


def gateway(spec: GatewayEntrySpec, namespace: Any, labels: Mapping[str, str]) -> Manifest:
    """The Gateway. Istio runs its pods and a Service, which stays inside the cluster: the load balancer's is ours (edge/load_balancer.py).

    It counts as made when Istio has set up its pods. TLS of 1.2 and newer, with the ciphers that Istio chose, is what its proxies speak.
    """
    follows = {} if spec.revision == DEFAULT_REVISION else {"istio.io/rev": str(spec.revision)}
    return {
        "apiVersion": API,
        "kind": "Gateway",
        "metadata": {
            "name": GATEWAY,
            "namespace": namespace,
            "labels": {**labels, **follows},
            "annotations": {
                "networking.istio.io/service-type": "ClusterIP",
                "pulumi.com/waitFor": "condition=Programmed",
                "pulumi.com/timeoutSeconds": str(TIMEOUT),
            },
        },
        "spec": {
            "gatewayClassName": CLASS,
            "infrastructure": {
                "labels": {**labels, **follows},
                "annotations": {"proxy.istio.io/config": json.dumps(proxy_config(spec), sort_keys=True)},
                "parametersRef": {"group": "", "kind": "ConfigMap", "name": OPTIONS},
            },
            "listeners": listeners(spec.wildcard),
            "allowedListeners": _OURS,
        },
    }


def listeners(wildcard: str | None) -> list[dict[str, Any]]:
    """What belongs to no service: all hosts in clear, and the domain and the names right below it where they have a certificate."""
    found = [{"name": HTTP, "port": 80, "protocol": "HTTP", "allowedRoutes": _OURS}]
    for name, host in ((WILDCARD, f"*.{wildcard}"), (APEX, wildcard)) if wildcard else ():
        tls = {"mode": "Terminate", "certificateRefs": [{"name": WILDCARD_SECRET}]}
        found.append({"name": name, "hostname": host, "port": 443, "protocol": "HTTPS", "tls": tls, "allowedRoutes": _OURS})
    return found


def redirect(namespace: Any, labels: Mapping[str, str]) -> Manifest:
    """Leads all that comes in clear to https.

    A route with a host wins over it: one of a service without certificate, and for a few seconds the one by which cert-manager answers a
    challenge.
    """
    filters = [{"type": "RequestRedirect", "requestRedirect": {"scheme": "https", "statusCode": 308}}]
    return {
        "apiVersion": API,
        "kind": "HTTPRoute",
        "metadata": {"name": "redirect", "namespace": namespace, "labels": dict(labels)},
        "spec": {"parentRefs": [{"name": GATEWAY, "sectionName": HTTP}], "rules": [{"filters": filters}]},
    }


def options(spec: GatewayEntrySpec) -> dict[str, Any]:
    """What is added to the objects that Istio makes for the Gateway: object → fields (a strategic merge patch)."""
    several = spec.replicas > 1
    pod = {
        # Istio's own, which lets a pod without privileges listen on 80 and 443, has no profile, and the restricted one asks for it
        "securityContext": {"seccompProfile": {"type": "RuntimeDefault"}},
        "terminationGracePeriodSeconds": GOING + 15,
        "containers": [{"name": "istio-proxy", "resources": {"requests": FOOTPRINT.requests}}],
        **({"topologySpreadConstraints": [_spread()]} if several else {}),
    }
    deployment = {
        "spec": {
            "replicas": spec.replicas,
            "minReadySeconds": DRAIN if several else 0,
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}},
            "template": {"spec": pod},
        }
    }
    # one at a time, and none of them keeps a node from being drained because it is broken
    budget = {"podDisruptionBudget": {"spec": {"maxUnavailable": 1, "unhealthyPodEvictionPolicy": "AlwaysAllow"}}} if several else {}
    return merge({"deployment": deployment, **budget}, spec.values)


def options_map(namespace: Any, labels: Mapping[str, str], data: Any) -> Manifest:
    """The ConfigMap of the options. data: object → fields as JSON."""
    about = {"name": OPTIONS, "namespace": namespace, "labels": dict(labels)}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": about, "data": data}


def load_balancer_ports(spec: GatewayEntrySpec) -> dict[str, Any]:
    """The load balancer's ports. Istio's proxies listen on the very ports that a Gateway names."""
    numbers = {"http": 80, "https": 443, **{f"tcp-{number}": number for number in spec.tcp.values()}}
    return {name: {"port": number, "target_port": str(number)} for name, number in numbers.items()}


def _spread() -> dict[str, Any]:
    """Over nodes where that is possible, each revision for itself."""
    return {
        "maxSkew": 1,
        "topologyKey": "kubernetes.io/hostname",
        "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": {"matchLabels": dict(PODS)},
        "matchLabelKeys": ["pod-template-hash"],
    }
