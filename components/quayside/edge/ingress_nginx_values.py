"""What the chart of ingress-nginx is told: pure functions. `ingress_nginx.py` installs it."""

from collections.abc import Iterator, Mapping
from math import ceil
from typing import Any, ClassVar

from quayside.edge.contract import WILDCARD_SECRET
from quayside.edge.fronted import FrontedEntry
from quayside.edge.load_balancer_arguments import AddressRange
from quayside.settings.base import Rule
from quayside.settings.claims import part
from quayside.settings.entry_rules import body_has_limit, one_load_balancer
from quayside.settings.footprint import INGRESS_NGINX
from quayside.settings.merge import merge
from quayside.settings.types import Memory

NAME = "ingress-nginx"
"""Of the release and its namespace: one for each cluster, because its class and webhook are the cluster's."""

CONTROLLER = "ingress-nginx-controller"
"""The chart's name for the pods' Deployment. Ours for their load balancer: others' instructions look for it under that name."""

PODS = {"app.kubernetes.io/name": NAME, "app.kubernetes.io/instance": NAME, "app.kubernetes.io/component": "controller"}
"""Labels of its pods, as the chart sets them."""

CLASS = "nginx"

MAX_BODY = Memory("20Mi")
"""Largest request body where nothing is said."""

DRAIN = 15
"""Seconds for which a pod that ends goes on taking requests, and for which a new one is watched before an old one goes: DigitalOcean's health
check asks every 3 s, and 3 answers take a node out of service, 5 into it (its docs on load balancers for DOKS)."""


def clients_told_once(entry: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """With proxy protocol nginx looks at no header (its nginx.tmpl, real_ip_header), and all it sees is Cloudflare."""
    if entry.get("behindCloudflare") is True and part(entry, "loadBalancer").get("proxyProtocol") is True:
        yield "loadBalancer.proxyProtocol", "would hide all clients behind Cloudflare, which proxies every name; remove it"


class IngressNginxSpec(FrontedEntry):
    """What takes requests from outside and leads them to services."""

    rules: ClassVar[tuple[Rule, ...]] = (body_has_limit, one_load_balancer, clients_told_once)
    known: ClassVar[frozenset[str]] = FrontedEntry.known | {"max_body", "issuer"}

    load_balancer_network: AddressRange | None = None
    """Address range from which the load balancer reaches the nodes: only from there a client's address is believed. Default: the
    cluster's where it is handed over, else any."""


def values(spec: IngressNginxSpec, labels: Mapping[str, str], network: Any) -> dict[str, Any]:
    """The chart's values.

    labels: for all its objects, without Helm's own (see planes.cert_manager.values).
    network: address range from which the load balancer comes; None for any.
    """
    several = spec.replicas > 1
    controller = {
        "replicaCount": spec.replicas,
        # one at a time, and none of them keeps a node from being drained because it is broken; the chart makes no PDB for a single pod
        "maxUnavailable": 1,
        "unhealthyPodEvictionPolicy": "AlwaysAllow",
        "minReadySeconds": DRAIN if several else 0,
        "topologySpreadConstraints": [_spread()] if several else [],
        "resources": {"requests": INGRESS_NGINX.requests},
        "service": {"enabled": False},  # the load balancer's Service is ours (edge/load_balancer.py)
        "extraArgs": {
            "publish-service": f"{NAME}/{CONTROLLER}",  # the chart's own value for it works only with its own Service
            "shutdown-grace-period": str(DRAIN),
            **({"default-ssl-certificate": f"{NAME}/{WILDCARD_SECRET}"} if spec.wildcard else {}),
        },
        "terminationGracePeriodSeconds": 300,  # DRAIN and then 240 s for requests under way (worker-shutdown-timeout)
        # nothing is exposed because somebody forgot to say by whom
        "ingressClassResource": {"name": CLASS, "default": False},
        "allowSnippetAnnotations": False,  # whoever may write an Ingress could read all Secrets (CVE-2021-25742)
        "admissionWebhooks": {"enabled": True, "createSecretJob": _job(), "patchWebhookJob": _job()},
        "metrics": {"enabled": True},
        "config": {**config(spec), **client_address(spec, network)},
        # it takes the place of what a service says, so it holds only what no service says otherwise
        "addHeaders": {"X-Content-Type-Options": "nosniff"},
    }
    return merge({"commonLabels": dict(labels), "controller": controller}, spec.values)


def config(spec: IngressNginxSpec) -> dict[str, str]:
    """What all hosts have in common. TLS 1.2 and 1.3 with the ciphers that upstream chose are its defaults already."""
    return {
        "proxy-body-size": nginx_size(spec.max_body or MAX_BODY),
        # Neither nginx nor what stands behind it tells its name or version.
        "server-tokens": "false",
        "hide-headers": "X-Powered-By",
        # Browsers keep to https for a year, on this host alone: upstream's default binds all names below it as well, and below the
        # domain itself are hosts that others serve.
        "hsts": "true",
        "hsts-max-age": "31536000",
        "hsts-include-subdomains": "false",
        "hsts-preload": "false",
    }


def client_address(spec: IngressNginxSpec, network: Any) -> dict[str, Any]:
    """How the controller learns the client's address. See IngressNginx."""
    believed = {"proxy-real-ip-cidr": network} if network is not None else {}
    if spec.proxy_protocol:
        return {"use-proxy-protocol": "true", **believed}
    if spec.behind_cloudflare:
        return {"enable-real-ip": "true", "forwarded-for-header": "CF-Connecting-IP", **believed}
    return {}


def nginx_size(size: Memory) -> str:
    """An amount of memory as nginx writes it: k, m and g are its only units, and powers of 1024. A part of a byte counts as a whole one."""
    amount = ceil(size.amount)
    for unit, scale in (("g", 2**30), ("m", 2**20), ("k", 2**10)):
        if amount % scale == 0:
            return f"{amount // scale}{unit}"
    return str(amount)


def _spread() -> dict[str, Any]:
    """Over nodes where that is possible, each revision for itself."""
    return {
        "maxSkew": 1,
        "topologyKey": "kubernetes.io/hostname",
        "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": {"matchLabels": PODS},
        "matchLabelKeys": ["pod-template-hash"],
    }


def _job() -> dict[str, Any]:
    """The two Jobs that make the webhook's certificate run for seconds; without requests they would be the first to be evicted."""
    return {"resources": {"requests": {"cpu": "10m", "memory": "20Mi"}}}
