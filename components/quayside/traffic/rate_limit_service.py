"""Envoy's rate limit service, which Istio's proxies ask for a global limit: one pod beside the service whose requests it counts, in Redis."""

import json
from collections.abc import Mapping
from typing import Any

from quayside.edge.contract import Manifest
from quayside.labels import OWNER
from quayside.planes import mesh
from quayside.settings.footprint import RATE_LIMIT
from quayside.settings.traffic.rate_limit import RateLimitSettings, RedisSettings
from quayside.settings.traffic.rate_limiters import limiter
from quayside.traffic.contract import Subject
from quayside.traffic.envoy_filters import pods_of
from quayside.traffic.objects import host_name, joined, pods, short
from quayside.versions import IMAGES

PORT, HEALTH = 8081, 8080
"""Where it answers proxies (gRPC) and says how it is (its settings.go: GRPC_PORT, PORT)."""

LIMITED = "limited"
"""What all requests together are counted as."""

WITHOUT = "without"
"""What requests without the header are counted as."""

NOBODY = 65534
"""User and group of the container: its image names none, and root is refused."""

_CONFIGURATION = "/data/ratelimit/config"
"""Where it reads what is limited: RUNTIME_ROOT, RUNTIME_SUBDIRECTORY, and its own `config`."""


def filter_of(subject: Subject) -> dict[str, Any]:
    """What Envoy's filter says about whom it asks: istiod knows the cluster by this name (istio.io, 'Enabling Rate Limits using Envoy').

    While nobody answers, requests get through. They wait for at most 100 ms: Envoy's own 20 ms are short for a way by two proxies and Redis.
    """
    host = host_name(limiter(subject.service), subject.namespace)
    asked = {"cluster_name": joined(f"outbound|{PORT}||", host), "authority": host}
    return {
        "@type": "type.googleapis.com/envoy.extensions.filters.http.ratelimit.v3.RateLimit",
        "domain": subject.service,
        "failure_mode_deny": False,
        "timeout": "0.1s",
        "rate_limit_service": {"grpc_service": {"envoy_grpc": asked}, "transport_api_version": "V3"},
    }


def rate_limits(spec: RateLimitSettings) -> list[dict[str, Any]]:
    """What of a request a proxy tells. Where something that is told is missing, such as a header, nothing is asked: so requests without the
    header are told by that."""
    if spec.client:
        return [{"actions": [{"remote_address": {}}]}]
    if spec.header is None:
        return [{"actions": [{"generic_key": {"descriptor_key": LIMITED, "descriptor_value": "all"}}]}]
    header = str(spec.header)
    missing = {
        "descriptor_key": WITHOUT,
        "descriptor_value": "header",
        "expect_match": False,
        "headers": [{"name": header, "present_match": True}],
    }
    told = {"header_name": header, "descriptor_key": "header"}
    return [{"actions": [{"request_headers": told}]}, {"actions": [{"header_value_match": missing}]}]


def rate_limit_service(spec: RateLimitSettings, redis: RedisSettings, subject: Subject) -> list[Manifest]:
    """The pod, what it reads, its address, and who may call it."""
    name = limiter(subject.service)
    found = pods_of(subject, name)
    labels = {**subject.labels, **found}
    said = json.dumps(_configuration(spec, subject), indent=2)
    # another limit is another name: the pod is replaced, and asked all the while
    config = f"{name}-{short(said)}"

    def made(api: str, kind: str, called: str, about: Mapping[str, Any], **fields: Any) -> Manifest:
        metadata = {"name": called, "namespace": subject.namespace, "labels": labels, **about}
        return {"apiVersion": api, "kind": kind, "metadata": metadata, **fields}

    port = {"name": "grpc", "port": PORT, "targetPort": "grpc", "protocol": "TCP", "appProtocol": "grpc"}
    return [
        made("v1", "ConfigMap", config, {}, data={"config.yaml": said}, immutable=True),
        made("networking.k8s.io/v1", "NetworkPolicy", name, {}, spec=_callers(subject, found)),
        made(
            "v1",
            "Service",
            name,
            {"annotations": {"pulumi.com/skipAwait": "true"}},
            spec={"type": "ClusterIP", "selector": found, "ports": [port]},
        ),
        made(
            "apps/v1",
            "Deployment",
            name,
            {"annotations": {"pulumi.com/patchForce": "true"}},
            spec={
                "replicas": 1,
                "selector": {"matchLabels": found},
                "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}},
                "template": {
                    "metadata": _pod_metadata(labels, subject),
                    "spec": {
                        "automountServiceAccountToken": False,
                        "securityContext": {
                            "runAsNonRoot": True,
                            "runAsUser": NOBODY,
                            "runAsGroup": NOBODY,
                            "seccompProfile": {"type": "RuntimeDefault"},
                        },
                        "containers": [_container(redis, subject)],
                        "volumes": [{"name": "config", "configMap": {"name": config}}],
                    },
                },
            },
        ),
    ]


def _configuration(spec: RateLimitSettings, subject: Subject) -> dict[str, Any]:
    """What is limited (its README, 'The configuration format'): YAML, of which JSON is a part. A key without a value stands for each value
    apart."""
    limit = {"unit": spec.unit, "requests_per_unit": spec.requests}
    keys = ["remote_address"] if spec.client else ["header", WITHOUT] if spec.header else [LIMITED]
    return {"domain": subject.service, "descriptors": [{"key": key, "rate_limit": limit} for key in keys]}


def _callers(subject: Subject, found: Mapping[str, str]) -> dict[str, Any]:
    """Who counts: the sidecars of the service's pods, or the entry."""
    if subject.planes.mesh == "sidecar":
        callers: list[dict[str, Any]] = [{"podSelector": {"matchLabels": pods_of(subject, name)}} for name in pods(subject)]
    else:
        entries = sorted({each for each in (subject.entry_namespace, *subject.further_entries) if each})
        callers = [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": each}}} for each in entries]
    ports = [{"protocol": "TCP", "port": PORT}, *mesh.ports(subject.planes.mesh)]
    rules = [{"from": callers, "ports": ports}, *mesh.probes(subject.planes.mesh)]
    return {"podSelector": {"matchLabels": dict(found)}, "policyTypes": ["Ingress"], "ingress": rules}


def _pod_metadata(labels: Mapping[str, str], subject: Subject) -> dict[str, Any]:
    annotations = mesh.pod_annotations(subject.planes.mesh, subject.revision)
    return {"labels": dict(labels), **({"annotations": annotations} if annotations else {})}


def _container(redis: RedisSettings, subject: Subject) -> dict[str, Any]:
    """Its variables are those of its settings.go, as Istio's example has them (samples/ratelimit). Keys in Redis begin with the stack and the
    namespace: several may share one."""
    said = {
        "CACHE_KEY_PREFIX": joined(subject.labels.get(OWNER, ""), ".", subject.namespace, "."),
        "LOG_LEVEL": "warn",
        "REDIS_SOCKET_TYPE": "tcp",
        "REDIS_URL": f"{redis.host}:{redis.port}",
        "RUNTIME_IGNOREDOTFILES": "true",
        "RUNTIME_ROOT": "/data",
        "RUNTIME_SUBDIRECTORY": "ratelimit",
        "RUNTIME_WATCH_ROOT": "false",
        "USE_STATSD": "false",
    }
    asked = {"httpGet": {"path": "/healthcheck", "port": HEALTH}, "timeoutSeconds": 1}
    return {
        "name": "rate-limit",
        "image": IMAGES["rate-limit"],
        "command": ["/bin/ratelimit"],
        "env": [{"name": key, "value": value} for key, value in said.items()],
        "ports": [{"name": "grpc", "containerPort": PORT, "protocol": "TCP"}],
        "readinessProbe": {**asked, "periodSeconds": 5},
        "livenessProbe": {**asked, "periodSeconds": 10, "failureThreshold": 6},
        "resources": {"requests": RATE_LIMIT.requests, "limits": {"memory": "256Mi"}},
        "securityContext": {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}},
        "volumeMounts": [{"name": "config", "mountPath": _CONFIGURATION, "readOnly": True}],
    }
