"""The pods of a service: who they are, what runs in them, how they are asked, spread and replaced."""

from collections.abc import Mapping
from typing import Any

from quayside.settings.merge import merge
from quayside.settings.probes import ProbeSettings
from quayside.settings.service import ServiceSettings
from quayside.workloads.metadata import FORCED, Manifest, metadata, selector
from quayside.workloads.network import NOT_AWAITED, PORT_NAME, container_ports
from quayside.workloads.scaling import first_replicas

CHECKSUM = "quayside/secrets-checksum"
"""Annotation of the pods: another secret is another pod."""

PAUSE = 5
"""Seconds that a pod goes on answering while everybody learns that it is going."""

FAILURES = {"readiness": 3, "liveness": 6}
"""How many failures in a row count: with the default period a pod is out after 15 seconds, and restarted after 30."""


def service_account(name: str, home: Any, labels: Mapping[str, str]) -> Manifest:
    """An identity for the pods. Its token is not mounted: few services talk to the cluster's API, and those can ask for it."""
    return {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata(name, home, labels), "automountServiceAccountToken": False}


def deployment(
    name: str,
    home: Any,
    labels: Mapping[str, str],
    spec: ServiceSettings,
    *,
    config: Any | None = None,
    secret_name: str | None = None,
    secret_checksum: Any | None = None,
    pull_secret: str | None = None,
    annotations: Mapping[str, str] | None = None,
    account: str | None = None,
    awaited: bool = True,
    patch: Mapping[str, Any] | None = None,
) -> Manifest:
    """The pods and how they are replaced.

    config: name of the ConfigMap; secret_name: of the Secret, with the checksum of its values: each makes new pods when it changes.
    pull_secret: name of the Secret that the image is got with.
    annotations: further ones of the pods.
    account: name of the ServiceAccount, the service's where it is not given.
    awaited: whether a run waits for the pods.
    patch: fields for the container.
    A rollout takes no pod away before its successor answers, and gives requests under way five seconds to find another one (preStop) and
    `grace` to finish. Pods are spread over the nodes where that is possible.
    """
    marks = {**(annotations or {}), **({CHECKSUM: secret_checksum} if secret_checksum is not None else {})}
    pod = {
        "serviceAccountName": account or name,
        "automountServiceAccountToken": False,
        **({"imagePullSecrets": [{"name": pull_secret}]} if pull_secret else {}),
        "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
        "terminationGracePeriodSeconds": PAUSE + spec.grace.seconds,
        "topologySpreadConstraints": [
            {
                "maxSkew": 1,
                "topologyKey": "kubernetes.io/hostname",
                "whenUnsatisfiable": "ScheduleAnyway",
                "labelSelector": {"matchLabels": selector(name)},
                "matchLabelKeys": ["pod-template-hash"],  # spread each revision for itself, or a rollout counts the old pods
            }
        ],
        "containers": [merge(container(name, spec, config, secret_name), patch or {})],
    }
    seconds = spec.timeout.seconds
    own = {"pulumi.com/timeoutSeconds": str(seconds), **(FORCED if spec.scale is None else {}), **({} if awaited else NOT_AWAITED)}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": metadata(name, home, labels, own),
        "spec": {
            "replicas": first_replicas(spec),
            "progressDeadlineSeconds": seconds,
            "selector": {"matchLabels": selector(name)},
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}},
            "template": {
                "metadata": {"labels": {**labels, **selector(name)}, **({"annotations": marks} if marks else {})},
                "spec": pod,
            },
        },
    }


def container(name: str, spec: ServiceSettings, config: Any | None, secret_name: str | None) -> Manifest:
    """The one container. Empty lists are left out: the API server drops them, and the next preview would see a difference."""
    sources = [{"configMapRef": {"name": config}}] if config is not None else []
    sources += [{"secretRef": {"name": secret_name}}] if secret_name is not None else []
    whole = {
        "name": name,
        "image": spec.image,
        "command": list(spec.command),
        "args": list(spec.args),
        "ports": container_ports(spec),
        "env": [{"name": key, "value": value} for key, value in sorted(spec.env.items())],
        "envFrom": sources,
        "resources": spec.resources.model_dump(warnings=False),
        **probes(spec),
        "lifecycle": {"preStop": {"sleep": {"seconds": PAUSE}}},
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
    }
    return {key: value for key, value in whole.items() if value != []}


def probes(spec: ServiceSettings) -> Manifest:
    """The container's probes, those that are asked for."""
    asked = {"readiness": spec.probes.readiness, "liveness": spec.probes.liveness, "startup": spec.probes.startup}
    return {f"{kind}Probe": _probe(kind, each, spec.timeout.seconds) for kind, each in asked.items() if each is not None}


def _probe(kind: str, probe: ProbeSettings, limit: int) -> Manifest:
    port = PORT_NAME if probe.port is None else probe.port
    question = {"tcpSocket": {"port": port}} if probe.path is None else {"httpGet": {"path": probe.path, "port": port}}
    failures = probe.failures if probe.failures is not None else FAILURES.get(kind) or max(1, limit // probe.period.seconds)
    return {
        **question,
        "periodSeconds": probe.period.seconds,
        "timeoutSeconds": probe.timeout.seconds,
        "failureThreshold": failures,
    }
