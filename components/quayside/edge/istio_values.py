"""What the chart of Istio's gateway is told: pure functions. `istio.py` installs it."""

import json
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Protocol

from pydantic import Field

from quayside.edge.fronted import FrontedEntry
from quayside.settings.base import Rule, empty
from quayside.settings.entry_rules import one_load_balancer
from quayside.settings.footprint import GATEWAY
from quayside.settings.merge import merge
from quayside.settings.mesh import DEFAULT_REVISION, IstioVersion, Revision

NAME = "istio-ingress"
"""Of the release and its namespace."""

SELECTOR = {"istio": "ingress"}
"""Label by which Gateways find its pods: the release's name without `istio-`, as the chart makes it."""

PODS = {"app": NAME, **SELECTOR}
"""Labels of its pods, as the chart sets them."""

LOAD_BALANCER = "istio-ingress-load-balancer"

CLASS = "istio"
"""Class of the Ingresses by which cert-manager answers challenges: the only ones that it serves."""

MESH_CONFIG = {"ingressControllerMode": "STRICT", "ingressClass": CLASS, "ingressSelector": SELECTOR["istio"]}
"""Fields of Istio's MeshConfig by which istiod leads those Ingresses to these pods, and no others."""

DRAIN = 15
"""Seconds for which a new pod is watched before an old one goes, as the load balancer needs them (see ingress_nginx_values.DRAIN)."""

GOING = DRAIN + 45
"""Seconds for which a pod that ends goes on: until the load balancer sends it nothing more, and for requests under way."""


class IstioIngressSpec(FrontedEntry):
    """What takes requests from outside and leads them to services."""

    rules: ClassVar[tuple[Rule, ...]] = (one_load_balancer,)
    known: ClassVar[frozenset[str]] = FrontedEntry.known | {"tcp", "revision", "version"}

    kind: Literal["istio"] = "istio"
    """Which one: istio. Default: istio."""
    tcp: dict[str, Annotated[int, Field(ge=1, le=65535)]] = empty()
    """Further TCP ports on which the load balancer listens: name → number. Default: none."""
    revision: Revision = Revision(DEFAULT_REVISION)
    """Name of the control plane (Istio's revision) that it follows. Default: default."""
    version: IstioVersion | None = None
    """Version of Istio's chart, where its control plane is held at one. Default: the one that quayside installs."""


def values(spec: IstioIngressSpec, labels: Mapping[str, str]) -> dict[str, Any]:
    """The chart's values. It refuses keys that it does not know, at the top alone.

    labels: for all its objects.
    """
    several = spec.replicas > 1
    ours = {
        "revision": spec.revision,
        "labels": dict(labels),
        "autoscaling": {"enabled": False},
        "replicaCount": spec.replicas,
        "minReadySeconds": DRAIN if several else 0,
        # one at a time, and none of them keeps a node from being drained because it is broken
        **({"podDisruptionBudget": {"maxUnavailable": 1, "unhealthyPodEvictionPolicy": "AlwaysAllow"}} if several else {}),
        "topologySpreadConstraints": [_spread()] if several else [],
        "resources": {"requests": GATEWAY.requests},
        "service": {"type": "None"},  # the load balancer's Service is ours (edge/load_balancer.py)
        "podAnnotations": {"proxy.istio.io/config": json.dumps(proxy_config(spec), sort_keys=True)},
        "terminationGracePeriodSeconds": GOING + 15,
        # The chart's own, which lets a pod without privileges listen on 80 and 443, and what the restricted profile asks for beyond it.
        "securityContext": {
            "sysctls": [{"name": "net.ipv4.ip_unprivileged_port_start", "value": "0"}],
            "seccompProfile": {"type": "RuntimeDefault"},
        },
    }
    return merge(ours, spec.values)


class Clients(Protocol):
    """How an entry learns who its clients are."""

    @property
    def proxy_protocol(self) -> bool: ...

    @property
    def behind_cloudflare(self) -> bool: ...


def proxy_config(spec: Clients) -> dict[str, Any]:
    """What an entry's proxies do otherwise than others: how they learn the client's address (see IstioIngress), and when they end."""
    topology: dict[str, Any] = {}
    if spec.proxy_protocol:
        topology = {"proxyProtocol": {}}
    elif spec.behind_cloudflare:
        topology = {"numTrustedProxies": 1}  # Cloudflare: the last address in X-Forwarded-For is the one that it saw
    return {
        "terminationDrainDuration": f"{GOING}s",
        # neither Envoy nor what stands behind it tells its name, or how long it took
        "proxyHeaders": {"server": {"disabled": True}, "envoyDebugHeaders": {"disabled": True}},
        **({"gatewayTopology": topology} if topology else {}),
    }


def _spread() -> dict[str, Any]:
    """Over nodes where that is possible, each revision for itself."""
    return {
        "maxSkew": 1,
        "topologyKey": "kubernetes.io/hostname",
        "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": {"matchLabels": PODS},
        "matchLabelKeys": ["pod-template-hash"],
    }
