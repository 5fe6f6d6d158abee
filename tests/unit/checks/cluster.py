"""A small cluster in which all is well, for tests to break in one place each."""

import copy
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from quayside.checks.held import Held
from quayside.checks.index import findings

Object = dict[str, Any]

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)

OUTPUTS: Object = {
    "clusterName": "quayside-dev",
    "entryAddress": "203.0.113.1",
    "hosts": {"shop.example.com": "203.0.113.1", "docs.example.com": "acme.netlify.app"},
    "nodePools": {"system": {"size": "s-2vcpu-4gb", "count": 1}},
    "services": {"shop": {"namespace": "shop", "image": "acme/shop:1", "urls": ["https://shop.example.com"]}},
}

SHOP = {"app.kubernetes.io/name": "shop", "app.kubernetes.io/instance": "shop"}
MARK = {"quayside/owner": "quayside.dev"}


def thing(kind: str, name: str, namespace: str = "", **fields: Any) -> Object:
    """An object of the stack."""
    where = {"namespace": namespace} if namespace else {}
    return {"kind": kind, "metadata": {"name": name, **where, "labels": {**MARK}}, **fields}


def ready(kind: str = "Ready", status: str = "True", **more: str) -> Object:
    """A status with one condition."""
    return {"conditions": [{"type": kind, "status": status, **more}]}


def pods_of(image: str, port: int, **more: Any) -> Object:
    return {"containers": [{"name": "main", "image": image, "ports": [{"name": "http", "containerPort": port}], **more}]}


def workload(name: str, namespace: str, labels: Object, spec: Object) -> list[Object]:
    """A Deployment with its one pod, and a Service."""
    template = {"metadata": {"labels": labels}, "spec": spec}
    done = {"observedGeneration": 1, "updatedReplicas": 1, "availableReplicas": 1}
    deployment = thing("Deployment", name, namespace, spec={"replicas": 1, "template": template}, status=done)
    deployment["metadata"]["generation"] = 1
    pod = thing("Pod", f"{name}-1", namespace, spec=copy.deepcopy(spec), status={"phase": "Running", **ready()})
    pod["metadata"]["labels"] |= labels
    service = thing("Service", name, namespace, spec={"selector": labels, "ports": [{"name": "http", "port": 80, "targetPort": "http"}]})
    return [deployment, pod, service]


def objects() -> list[Object]:
    backend = {"service": {"name": "shop", "port": {"number": 80}}}
    rules = [{"host": "shop.example.com", "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}}]
    shop = {**pods_of("acme/shop:1", 3000, envFrom=[{"configMapRef": {"name": "shop-config"}}]), "serviceAccountName": "shop"}
    called = {"service": {"name": "controller", "namespace": "ingress-nginx"}, "caBundle": "Y2E="}
    namespace, node = thing("Namespace", "shop"), thing("Node", "system-1", spec={}, status=ready())
    namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] = "restricted"
    node["metadata"]["labels"]["quayside/pool"] = "system"
    front = thing("Service", "front", "ingress-nginx", spec={"type": "LoadBalancer", "selector": {"app": "nginx"}})
    front["status"] = {"loadBalancer": {"ingress": [{"ip": "203.0.113.1"}]}}
    release = thing("Secret", "sh.helm.release.v1.nginx.v1", "ingress-nginx", type="helm.sh/release.v1")
    release["metadata"]["labels"] = {"name": "nginx", "version": "1", "status": "deployed"}
    return [
        node,
        namespace,
        *workload("shop", "shop", SHOP, shop),
        *workload("controller", "ingress-nginx", {"app": "nginx"}, pods_of("nginx:1", 80)),
        thing("ServiceAccount", "shop", "shop"),
        thing("ConfigMap", "shop-config", "shop"),
        thing("NetworkPolicy", "shop", "shop", spec={"podSelector": {"matchLabels": SHOP}, "ingress": [{"ports": [{"port": 3000}]}]}),
        thing(
            "PodDisruptionBudget", "shop", "shop", spec={"selector": {"matchLabels": SHOP}}, status={"expectedPods": 2, "desiredHealthy": 1}
        ),
        thing(
            "HorizontalPodAutoscaler",
            "shop",
            "shop",
            spec={"scaleTargetRef": {"kind": "Deployment", "name": "shop"}, "minReplicas": 1, "maxReplicas": 2},
            status=ready("ScalingActive"),
        ),
        thing("APIService", "v1beta1.metrics.k8s.io", spec={"service": {"name": "m", "namespace": "m"}}, status=ready("Available")),
        thing(
            "Ingress",
            "shop",
            "shop",
            spec={"ingressClassName": "nginx", "rules": rules, "tls": [{"hosts": ["shop.example.com"], "secretName": "shop-tls"}]},
            status={"loadBalancer": {"ingress": [{"ip": "203.0.113.1"}]}},
        ),
        thing("IngressClass", "nginx"),
        thing(
            "Certificate",
            "shop-tls",
            "shop",
            spec={"secretName": "shop-tls", "dnsNames": ["shop.example.com"], "issuerRef": {"kind": "ClusterIssuer", "name": "signer"}},
            status=ready(),
        ),
        thing("ClusterIssuer", "signer", status=ready()),
        thing("ValidatingWebhookConfiguration", "admission", webhooks=[{"name": "judge.nginx", "clientConfig": called}]),
        front,
        release,
    ]


class Cluster:
    """The cluster, to be changed by the names of its objects."""

    def __init__(self) -> None:
        self.objects, self.outputs = objects(), copy.deepcopy(OUTPUTS)

    def get(self, kind: str, name: str) -> Object:
        return next(each for each in self.objects if each["kind"] == kind and each["metadata"]["name"] == name)

    def add(self, each: Object) -> None:
        self.objects.append(each)

    def remove(self, kind: str, name: str) -> None:
        self.objects.remove(self.get(kind, name))

    def findings(self) -> list[str]:
        return [str(each) for each in findings(Held(self.objects, NOW), self.outputs)]


def found(change: Callable[[Cluster], Any]) -> list[str]:
    """What is found after a change."""
    cluster = Cluster()
    change(cluster)
    return cluster.findings()
