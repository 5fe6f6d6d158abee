"""What istiod makes of a Gateway: ServiceAccount, Deployment, Service, and what the Gateway's parameters add.

Facts: istio manifests/charts/istio-control/istio-discovery/files/{kube-gateway,waypoint}.yaml, pilot deploymentcontroller.go (1.30).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from ....kube.client import Object
from ...gateway_api import API, Listener
from .classes import GatewayClass
from .overlays import merged
from .values import Values

NAME = "gateway.networking.k8s.io/gateway-name"
CLASS_NAME = "gateway.networking.k8s.io/gateway-class-name"
MANAGED = "gateway.istio.io/managed"
SERVICE_TYPE, NAME_OVERRIDE = "networking.istio.io/service-type", "gateway.istio.io/name-override"
ACCOUNT = "gateway.istio.io/service-account"
NOT_COPIED = ("kubectl.kubernetes.io/last-applied-configuration", NAME_OVERRIDE, ACCOUNT, "gateway.istio.io/controller-version")
OVERLAYS = {
    "ServiceAccount": "serviceAccount",
    "Deployment": "deployment",
    "Service": "service",
    "HorizontalPodAutoscaler": "horizontalPodAutoscaler",
    "PodDisruptionBudget": "podDisruptionBudget",
}
OPTIONAL = ("HorizontalPodAutoscaler", "PodDisruptionBudget")
STATUS_PORT = 15021


class InvalidParameters(ValueError):
    """istiod writes it into its log, and makes nothing of the Gateway."""


@dataclass(frozen=True)
class Ask:
    """What a Gateway's objects depend on; `overlays` are the data of ConfigMaps: its class's, then its own parameters'."""

    gateway: Object
    kind: GatewayClass
    listeners: Sequence[Listener]
    values: Values
    revision: str
    overlays: Sequence[Mapping[str, str]] = ()


def is_managed(gateway: Object) -> bool:
    """Whether istiod runs its pods: not where an address names a Service that does."""
    addresses = gateway["spec"].get("addresses") or []
    return not addresses or (len(addresses) == 1 and addresses[0].get("type", "IPAddress") == "IPAddress")


def name_of(gateway: Object, kind: GatewayClass) -> str:
    """Of its Deployment and Service."""
    metadata = gateway["metadata"]
    default = f"{metadata['name']}-{gateway['spec']['gatewayClassName']}" if kind.suffix else metadata["name"]
    return str((metadata.get("annotations") or {}).get(NAME_OVERRIDE) or default)


def objects(ask: Ask) -> list[Object]:
    """In the order in which istiod applies them. Raises InvalidParameters."""
    unknown = sorted({key for overlay in ask.overlays for key in overlay} - set(OVERLAYS.values()))
    if unknown:
        raise InvalidParameters(f'unsupported overlay "{unknown[0]}" (supported: {sorted(OVERLAYS.values())})')
    found = []
    for made in (_account(ask), _deployment(ask), _service(ask), _autoscaler(ask), _budget(ask)):
        texts = [overlay[OVERLAYS[made["kind"]]] for overlay in ask.overlays if OVERLAYS[made["kind"]] in overlay]
        if not texts and made["kind"] in OPTIONAL:
            continue
        whole = made
        for text in texts:
            try:
                whole = merged(whole, yaml.safe_load(text) or {})
            except yaml.YAMLError as problem:
                raise InvalidParameters(f"strategic merge patch failed: {problem}") from problem
        if any(whole["metadata"].get(field) != made["metadata"].get(field) for field in ("name", "namespace", "ownerReferences")):
            raise InvalidParameters("illegal metadata change")
        whole["metadata"]["labels"] = {**(whole["metadata"].get("labels") or {}), MANAGED: ask.kind.label}
        found.append(whole)
    return found


def infrastructure(ask: Ask, field: str) -> dict[str, str]:
    """Labels or annotations of all objects: those of spec.infrastructure, else the Gateway's own."""
    given = (ask.gateway["spec"].get("infrastructure") or {}).get(field)
    if given is not None:
        return {key: value for key, value in given.items() if not key.startswith("gateway.networking.k8s.io/")}
    return dict(ask.gateway["metadata"].get(field) or {})


def ports(listeners: Sequence[Listener]) -> list[Object]:
    """Of the Service: one for each number, called like the first listener that has it."""
    found = {STATUS_PORT: {"name": "status-port", "port": STATUS_PORT, "protocol": "TCP", "appProtocol": "tcp"}}
    for each in listeners:
        name = each.name.replace(".", "-")[:63]
        about = {"name": name, "port": each.port, "protocol": "TCP", "appProtocol": each.spec["protocol"].lower()}
        found.setdefault(each.port, about)
    return list(found.values())


def _metadata(ask: Ask, *, name: str | None = None, **labels: str) -> Object:
    owner = ask.gateway["metadata"]
    annotations = {key: value for key, value in infrastructure(ask, "annotations").items() if key not in NOT_COPIED}
    return {
        "name": name or name_of(ask.gateway, ask.kind),
        "namespace": owner["namespace"],
        "annotations": annotations,
        "labels": {**_labels(ask), **labels},
        "ownerReferences": [{"apiVersion": API, "kind": "Gateway", "name": owner["name"], "uid": owner["uid"]}],
    }


def _labels(ask: Ask) -> dict[str, str]:
    labels = infrastructure(ask, "labels")
    if not ask.kind.name.endswith("waypoint"):
        labels.setdefault("istio.io/dataplane-mode", "none")
    return {**labels, NAME: ask.gateway["metadata"]["name"], CLASS_NAME: ask.gateway["spec"]["gatewayClassName"]}


def _account_name(ask: Ask) -> str:
    default = f"{ask.gateway['metadata']['name']}-{ask.gateway['spec']['gatewayClassName']}" if ask.kind.suffix else ""
    return (ask.gateway["metadata"].get("annotations") or {}).get(ACCOUNT) or default or str(ask.gateway["metadata"]["name"])


def _account(ask: Ask) -> Object:
    return {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": _metadata(ask, name=_account_name(ask))}


def _deployment(ask: Ask) -> Object:
    name, owner = name_of(ask.gateway, ask.kind), ask.gateway["metadata"]["name"]
    metadata = _metadata(ask, **{MANAGED: ask.kind.label})
    mesh = {"service.istio.io/canonical-name": name, "service.istio.io/canonical-revision": "latest", "sidecar.istio.io/inject": "false"}
    if ask.kind.name.endswith("waypoint"):
        mesh["istio.io/dataplane-mode"] = "none"
    scraped = {"prometheus.io/path": "/stats/prometheus", "prometheus.io/port": "15020", "prometheus.io/scrape": "true"}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": metadata,
        "spec": {
            "selector": {"matchLabels": {NAME: owner}},
            "template": {
                "metadata": {
                    "annotations": {**metadata["annotations"], "istio.io/rev": ask.revision, **scraped},
                    "labels": {**mesh, **metadata["labels"]},
                },
                "spec": _pod(ask),
            },
        },
    }


def _pod(ask: Ask) -> Object:
    waypoint = ask.kind.name.endswith("waypoint")
    seccomp = {"seccompProfile": ask.values.gateway_seccomp} if ask.values.gateway_seccomp else {}
    probe = {"httpGet": {"path": "/healthz/ready", "port": STATUS_PORT, "scheme": "HTTP"}}
    security: dict[str, Any] = {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "privileged": False,
        "readOnlyRootFilesystem": True,
        "runAsGroup": 1337,
        "runAsNonRoot": True,
        "runAsUser": 1337,
        **(seccomp if waypoint else {}),
    }
    container: Object = {
        "name": "istio-proxy",
        "image": ask.values.image(),
        "args": ["proxy", "waypoint" if waypoint else "router", "--domain", "$(POD_NAMESPACE).svc.cluster.local"],
        "ports": [
            {"name": name, "containerPort": number, "protocol": "TCP"}
            for name, number in (("metrics", 15020), ("status-port", STATUS_PORT), ("http-envoy-prom", 15090))
        ],
        "resources": ask.values.resources(ask.kind.resources),
        "securityContext": security,
        "startupProbe": {**probe, "failureThreshold": 30, "initialDelaySeconds": 1, "periodSeconds": 1, "timeoutSeconds": 1},
        "readinessProbe": {**probe, "failureThreshold": 4, "initialDelaySeconds": 0, "periodSeconds": 15, "timeoutSeconds": 1},
    }
    spec: Object = {"serviceAccountName": _account_name(ask), "containers": [container]}
    if waypoint:
        for field in ("affinity", "topologySpreadConstraints", "nodeSelector", "tolerations"):
            if given := ask.values.at("global", "waypoint", field):
                spec[field] = given
    else:
        sysctls = [{"name": "net.ipv4.ip_unprivileged_port_start", "value": "0"}]
        spec["securityContext"] = ask.values.at("gateways", "securityContext") or {"sysctls": sysctls, **seccomp}
    return spec


def _service(ask: Ask) -> Object:
    kind = (ask.gateway["metadata"].get("annotations") or {}).get(SERVICE_TYPE) or ask.kind.service_type
    selector = {NAME: ask.gateway["metadata"]["name"]}
    spec: Object = {"type": kind, "ipFamilyPolicy": "PreferDualStack", "selector": selector, "ports": ports(ask.listeners)}
    addresses = ask.gateway["spec"].get("addresses") or []
    if addresses and kind == "LoadBalancer":
        spec["loadBalancerIP"] = addresses[0].get("value")
    metadata = _metadata(ask)
    if ask.kind.name.endswith("waypoint"):
        metadata["annotations"] = {"networking.istio.io/traffic-distribution": "PreferClose", **metadata["annotations"]}
    return {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": spec}


def _autoscaler(ask: Ask) -> Object:
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": name_of(ask.gateway, ask.kind)}
    spec = {"scaleTargetRef": target, "maxReplicas": 1}
    return {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": _metadata(ask), "spec": spec}


def _budget(ask: Ask) -> Object:
    spec = {"selector": {"matchLabels": {NAME: ask.gateway["metadata"]["name"]}}}
    return {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": _metadata(ask), "spec": spec}
