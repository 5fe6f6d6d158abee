"""The objects of a service as plain manifests: pure functions, maps in, maps out. `service.py` registers them."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from quayside.settings.service import ServiceSettings

Manifest = dict[str, Any]

SERVICE_PORT = 80
"""The port on which every service answers inside the cluster, whatever its container listens on."""

PORT_NAME = "http"
CHECKSUM = "quayside/secrets-checksum"


def selector(name: str) -> dict[str, str]:
    """The labels that find a service's pods. They cannot be changed on a Deployment, so nothing that may change is among them."""
    return {"app.kubernetes.io/name": name, "app.kubernetes.io/instance": name}


def service_account(name: str, home: Any, labels: Mapping[str, str]) -> Manifest:
    """An identity for the pods. Its token is not mounted: few services talk to the cluster's API, and those can ask for it."""
    return {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": _metadata(name, home, labels), "automountServiceAccountToken": False}


def service(name: str, home: Any, labels: Mapping[str, str]) -> Manifest:
    """The address inside the cluster.

    Pulumi does not wait for it: that would take ten seconds and prove nothing, while the Deployment is waited for anyway.
    """
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": _metadata(name, home, labels, {"pulumi.com/skipAwait": "true"}),
        "spec": {
            "type": "ClusterIP",
            "selector": selector(name),
            "ports": [{"name": PORT_NAME, "port": SERVICE_PORT, "targetPort": PORT_NAME, "protocol": "TCP"}],
        },
    }


def config_name(name: str, config: Mapping[str, str]) -> str:
    """The name of a ConfigMap with this content: another content is another name, so that pods roll and a rollback finds the old one."""
    content = json.dumps(dict(config), sort_keys=True).encode()
    return f"{name}-config-{hashlib.sha256(content).hexdigest()[:10]}"


def config_map(name: Any, home: Any, labels: Mapping[str, str], config: Mapping[str, Any], account: Mapping[str, Any]) -> Manifest:
    """Plain values for the environment. name: from config_name.

    account: the ServiceAccount's name and uid. As the owner it takes all former ConfigMaps along when the service goes: Pulumi leaves those
    where they are, for rollbacks.
    """
    owner = {"apiVersion": "v1", "kind": "ServiceAccount", **account}
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {**_metadata(name, home, labels), "ownerReferences": [owner]},
        "data": dict(config),
        "immutable": True,
    }


def secret_name(name: str) -> str:
    """The name of a service's Secret."""
    return f"{name}-secrets"


def secret(name: str, home: Any, labels: Mapping[str, str], data: Any) -> Manifest:
    """Secret values for the environment, under a stable name. data: from secret_data."""
    return {"apiVersion": "v1", "kind": "Secret", "metadata": _metadata(name, home, labels), "type": "Opaque", "data": data}


def secret_data(values: Mapping[str, str]) -> dict[str, str]:
    """Values as the API holds them. Not stringData: a key that is taken out of it stays in the Secret under server-side apply."""
    return {key: base64.b64encode(value.encode()).decode() for key, value in values.items()}


def checksum(key: str, values: Mapping[str, str]) -> str:
    """A checksum of secret values that says nothing about them to whoever does not know the key, so that it may stand on the pods."""
    return hmac.new(key.encode(), json.dumps(dict(values), sort_keys=True).encode(), hashlib.sha256).hexdigest()[:32]


def deployment(
    name: str,
    home: Any,
    labels: Mapping[str, str],
    spec: ServiceSettings,
    *,
    config: Any | None = None,
    secret_name: str | None = None,
    secret_checksum: Any | None = None,
) -> Manifest:
    """The pods and how they are replaced.

    config: name of the ConfigMap; secret_name: of the Secret, with the checksum of its values: each makes new pods when it changes.
    A rollout takes no pod away before its successor answers, and gives requests under way five seconds to find another one (preStop) and
    thirty to finish. Pods are spread over the nodes where that is possible.
    """
    annotations = {CHECKSUM: secret_checksum} if secret_checksum is not None else {}
    sources = [{"configMapRef": {"name": config}}] if config is not None else []
    sources += [{"secretRef": {"name": secret_name}}] if secret_name is not None else []
    container = {
        "name": name,
        "image": spec.image,
        "ports": [{"name": PORT_NAME, "containerPort": spec.port, "protocol": "TCP"}],
        "env": [{"name": key, "value": value} for key, value in sorted(spec.env.items())],
        "envFrom": sources,
        "resources": spec.resources.model_dump(warnings=False),
        "readinessProbe": {"tcpSocket": {"port": PORT_NAME}, "periodSeconds": 5},
        "lifecycle": {"preStop": {"sleep": {"seconds": 5}}},
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
    }
    pod = {
        "serviceAccountName": name,
        "automountServiceAccountToken": False,
        "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
        "terminationGracePeriodSeconds": 35,
        "topologySpreadConstraints": [
            {
                "maxSkew": 1,
                "topologyKey": "kubernetes.io/hostname",
                "whenUnsatisfiable": "ScheduleAnyway",
                "labelSelector": {"matchLabels": selector(name)},
                "matchLabelKeys": ["pod-template-hash"],  # spread each revision for itself, or a rollout counts the old pods
            }
        ],
        "containers": [{key: value for key, value in container.items() if value != []}],
    }
    seconds = spec.timeout.seconds
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": _metadata(name, home, labels, {"pulumi.com/timeoutSeconds": str(seconds)}),
        "spec": {
            "replicas": spec.replicas,
            "progressDeadlineSeconds": seconds,
            "selector": {"matchLabels": selector(name)},
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}},
            "template": {
                "metadata": {"labels": {**labels, **selector(name)}, **({"annotations": annotations} if annotations else {})},
                "spec": pod,
            },
        },
    }


def _metadata(name: Any, home: Any, labels: Mapping[str, str], annotations: Mapping[str, str] | None = None) -> Manifest:
    return {"name": name, "namespace": home, "labels": dict(labels), **({"annotations": dict(annotations)} if annotations else {})}
