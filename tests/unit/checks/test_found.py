"""Each thing that goes wrong is found by one check, which names the object and what to do."""

from collections.abc import Callable
from typing import Any

import pytest

from unit.checks.cluster import Cluster, found, pods_of, ready, thing, workload

Change = Callable[[Cluster], Any]


def on(kind: str, name: str, path: str, value: Any) -> Change:
    """Sets one field of an object; None takes it away."""

    def change(cluster: Cluster) -> None:
        *steps, last = path.split(".")
        node: Any = cluster.get(kind, name)
        for step in steps:
            node = node[int(step)] if isinstance(node, list) else node.setdefault(step, {})
        if value is None:
            del node[last]
        else:
            node[last] = value

    return change


def gone(kind: str, name: str) -> Change:
    return lambda cluster: cluster.remove(kind, name)


def told(key: str, value: Any) -> Change:
    return lambda cluster: cluster.outputs.update({key: value})


def told_of_a_canary(cluster: Cluster) -> None:
    cluster.outputs["services"]["shop"]["versions"] = {"canary": "acme/shop:2"}


def versions(cluster: Cluster, said: str) -> None:
    """The service has a canary, and the stack's outputs say that this is its image."""
    cluster.outputs["services"]["shop"]["versions"] = {"canary": said}
    for each in workload("shop-canary", "shop", {"app": "shop-canary"}, pods_of("acme/shop:2", 3000)):
        cluster.add(each)


WAITING = {
    "name": "main",
    "state": {"waiting": {"reason": "CrashLoopBackOff"}},
    "lastState": {"terminated": {"reason": "Error", "exitCode": 3}},
}
TARGET = {"kind": "Deployment", "name": "other"}
REFUSED = {**ready("Issuing", "False", reason="Failed", message="no such name"), "lastFailureTime": "2026-11-21T11:00:00Z"}
SCHEDULED = ready("PodScheduled", "False", reason="Unschedulable", message="0/1 nodes: Insufficient cpu.")["conditions"]
SECOND_RELEASE = thing("Secret", "sh.helm.release.v1.nginx.v2", "ingress-nginx", type="helm.sh/release.v1")
SECOND_RELEASE["metadata"]["labels"] = {"name": "nginx", "version": "2", "status": "pending-upgrade"}
RIVAL = {
    "ingressClassName": "nginx",
    "rules": [
        {
            "host": "shop.example.com",
            "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": {"service": {"name": "shop", "port": {"number": 80}}}}]},
        }
    ],
}
TAKEN = {"loadBalancer": {"ingress": [{"ip": "203.0.113.1"}]}}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (on("Node", "system-1", "status", ready(status="Unknown", reason="NodeStatusUnknown")), "Node system-1 is not ready (NodeStatusUnknown)"),
        (on("Node", "system-1", "spec.unschedulable", True), "Node system-1 takes no more pods"),
        (on("Node", "system-1", "metadata.labels.quayside/pool", None), "pool system has 0 nodes, and the settings say 1"),
        (told("nodePools", {"system": {"min": 2, "max": 3}}), "pool system has 1 nodes, and the settings say 2 to 3"),
        (on("Deployment", "shop", "status.availableReplicas", 0), "Deployment shop/shop has 0 of 1 pods available"),
        (on("Deployment", "shop", "status.updatedReplicas", 0), "Deployment shop/shop still has 1 pods of a former revision"),
        (on("Deployment", "shop", "metadata.generation", 2), "Deployment shop/shop has a change that its controller has not seen"),
        (
            lambda cluster: cluster.add(thing("Job", "migrate", "shop", status=ready("Failed", reason="BackoffLimitExceeded"))),
            "Job shop/migrate has failed (BackoffLimitExceeded)",
        ),
        (on("Pod", "shop-1", "status.containerStatuses", [WAITING]), "waits in container main (CrashLoopBackOff), last ended by Error with 3"),
        (
            lambda cluster: cluster.add(thing("Pod", "shop-2", "shop", status={"phase": "Pending", "conditions": SCHEDULED})),
            "Pod shop/shop-2 has no node (Unschedulable: 0/1 nodes: Insufficient cpu)",
        ),
        (
            lambda cluster: cluster.add(thing("PersistentVolumeClaim", "data", "shop", status={"phase": "Lost"})),
            "PersistentVolumeClaim shop/data has no volume (Lost)",
        ),
        (gone("ConfigMap", "shop-config"), "Deployment shop/shop needs ConfigMap shop-config"),
        (on("Deployment", "shop", "spec.template.spec.imagePullSecrets", [{"name": "shop-pull"}]), "needs Secret shop-pull"),
        (on("Service", "shop", "spec.selector", {"app": "nobody"}), "Service shop/shop selects no pods"),
        (on("Service", "shop", "spec.ports.0.targetPort", "web"), "Service shop/shop leads port 80 to the pods' port 'web'"),
        (on("Pod", "shop-1", "status.conditions", ready(status="False")["conditions"]), "Service shop/shop has no pod that answers"),
        (
            lambda cluster: cluster.add(
                thing("Service", "bridge", "edge", spec={"type": "ExternalName", "externalName": "no.where.svc.cluster.local"})
            ),
            "Service edge/bridge leads to no.where.svc.cluster.local, which does not exist",
        ),
        (on("NetworkPolicy", "shop", "spec.podSelector.matchLabels", {"app": "nobody"}), "NetworkPolicy shop/shop holds for no pod"),
        (on("NetworkPolicy", "shop", "spec.ingress.0.ports", [{"port": 8080}]), "lets requests in on port 8080, which its pods do not have"),
        (on("Ingress", "shop", "spec.rules.0.http.paths.0.backend.service.port", {"number": 81}), "to port 81, which Service shop does not have"),
        (on("Ingress", "shop", "spec.ingressClassName", "traefik"), "Ingress shop/shop is for class traefik, which nobody serves"),
        (on("Ingress", "shop", "status", None), "Ingress shop/shop has no address"),
        (lambda cluster: cluster.add(thing("Ingress", "rival", "shop", spec=RIVAL, status=TAKEN)), "both claim shop.example.com/"),
        (on("Ingress", "shop", "spec.tls", None), "Ingress shop/shop has no TLS for shop.example.com"),
        (told("hosts", {"www.example.com": "203.0.113.1"}), "host www.example.com leads to the entry, where nothing answers"),
        (on("ClusterIssuer", "signer", "status", ready(status="False", reason="ErrRegisterACMEAccount")), "ClusterIssuer signer cannot sign"),
        (on("Certificate", "shop-tls", "spec.issuerRef", {"kind": "ClusterIssuer", "name": "x"}), "is for ClusterIssuer x, which does not exist"),
        (on("Certificate", "shop-tls", "status", REFUSED), "Certificate shop/shop-tls was refused (Failed: no such name)"),
        (on("Certificate", "shop-tls", "spec.dnsNames", ["a.example.com"]), "serves shop.example.com by TLS, and the certificate in Secret"),
        (gone("Certificate", "shop-tls"), "serves TLS from Secret shop-tls, which nobody makes"),
        (told("entryAddress", "203.0.113.9"), "the entry is told to be at 203.0.113.9, and load balancers have 203.0.113.1"),
        (on("HorizontalPodAutoscaler", "shop", "spec.scaleTargetRef", TARGET), "scales Deployment other, which does not exist"),
        (on("HorizontalPodAutoscaler", "shop", "spec.minReplicas", 3), "has a range that ends before it begins (3 to 2)"),
        (
            on("HorizontalPodAutoscaler", "shop", "status", ready("ScalingActive", "False", reason="FailedGetResourceMetric")),
            "HorizontalPodAutoscaler shop/shop cannot scale (FailedGetResourceMetric)",
        ),
        (gone("APIService", "v1beta1.metrics.k8s.io"), "the cluster has autoscalers and nothing that measures pods"),
        (on("PodDisruptionBudget", "shop", "status.desiredHealthy", 2), "forbids every eviction: 2 of 2 pods must stay"),
        (on("PodDisruptionBudget", "shop", "spec.selector.matchLabels", {"app": "nobody"}), "PodDisruptionBudget shop/shop selects no pods"),
        (on("APIService", "v1beta1.metrics.k8s.io", "status", ready("Available", "False")), "APIService v1beta1.metrics.k8s.io does not answer"),
        (on("ValidatingWebhookConfiguration", "admission", "webhooks.0.clientConfig.caBundle", None), "knows no certificate authority"),
        (on("Namespace", "shop", "metadata.labels", {}), "Namespace shop lets any pod in"),
        (on("ServiceAccount", "shop", "metadata.labels", {}), "ServiceAccount shop/shop carries no label quayside/owner"),
        (lambda cluster: cluster.add(thing("ConfigMap", "stray", "kube-system")), "ConfigMap kube-system/stray of stack quayside.dev is in a namespace of the cluster's own"),
        (on("ConfigMap", "shop-config", "metadata.deletionTimestamp", "2026-11-21T11:50:00Z"), "is being deleted since 2026-11-21T11:50:00Z"),
        (lambda cluster: cluster.add(SECOND_RELEASE), "is pending-upgrade, not deployed; helm rollback nginx 1 -n ingress-nginx"),
        (
            on("Secret", "sh.helm.release.v1.nginx.v1", "metadata.labels.status", "pending-install"),
            "is pending-install, not deployed; helm uninstall nginx -n ingress-nginx",
        ),
        (
            lambda cluster: cluster.outputs["services"]["shop"].update(image="acme/shop:2"),
            "Deployment shop/shop runs acme/shop:1, and the stack says acme/shop:2",
        ),
        (
            lambda cluster: versions(cluster, "acme/shop:3"),
            "Deployment shop/shop-canary runs acme/shop:2, and the stack says acme/shop:3",
        ),
        (
            lambda cluster: cluster.outputs["services"]["shop"]["urls"].append("https://shop.example.com/api"),
            "service shop is not reached at https://shop.example.com/api",
        ),
    ],
)  # fmt: skip
def test_it_is_the_one_finding(change: Change, says: str) -> None:
    (finding,) = found(change)
    assert says in finding
    assert "; " in finding  # and what to do
    assert "\n" not in finding


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (gone("ServiceAccount", "shop"), {"ServiceAccount shop/shop is missing", "needs ServiceAccount shop"}),
        (
            gone("Pod", "controller-1"),
            {"admission asks Service ingress-nginx/controller, which has no pod that answers", "selects no pods"},
        ),
        (gone("Service", "shop"), {"Service shop/shop is missing", "to Service shop, which its namespace does not have"}),
        (told_of_a_canary, {"Deployment shop/shop-canary is missing", "Service shop/shop-canary is missing"}),
        (gone("Ingress", "shop"), {"is not reached at https://shop.example.com", "leads to the entry, where nothing answers for it"}),
        (on("Service", "front", "status", None), {"Service ingress-nginx/front has no load balancer", "load balancers have none"}),
    ],
)
def test_it_is_found_from_all_sides(change: Change, says: set[str]) -> None:
    findings = found(change)
    for each in says:
        assert any(each in finding for finding in findings), (each, findings)


def test_what_is_going_has_its_time() -> None:
    assert found(on("ConfigMap", "shop-config", "metadata.deletionTimestamp", "2026-11-21T11:59:00Z")) == []


def test_a_deployments_reason_is_told_only_where_it_does_not_come_on() -> None:
    done = {"type": "Progressing", "status": "True", "reason": "NewReplicaSetAvailable"}
    late = {"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded"}
    for condition, says in ((done, "available; "), (late, "available (ProgressDeadlineExceeded); ")):

        def change(cluster: Cluster, condition: dict[str, str] = condition) -> None:
            cluster.get("Deployment", "shop")["status"] |= {"availableReplicas": 0, "conditions": [condition]}

        (finding,) = found(change)
        assert says in finding


def test_a_release_goes_back_to_what_was_well_and_not_to_another_failure() -> None:
    def change(cluster: Cluster) -> None:
        for version in ("2", "3"):
            revision = thing("Secret", f"sh.helm.release.v1.nginx.v{version}", "ingress-nginx", type="helm.sh/release.v1")
            revision["metadata"]["labels"] = {"name": "nginx", "version": version, "status": "failed"}
            cluster.add(revision)

    (finding,) = found(change)
    assert "helm rollback nginx 1 -n ingress-nginx" in finding


def test_a_version_that_runs_as_it_is_told_is_no_finding() -> None:
    assert found(lambda cluster: versions(cluster, "acme/shop:2")) == []
