"""Where all is well, and where somebody has chosen so, nothing is found."""

from typing import Any

from unit.checks.cluster import Cluster, found, ready, thing


def test_a_well_cluster() -> None:
    assert found(lambda cluster: None) == []


def test_a_stack_that_tells_nothing() -> None:
    cluster = Cluster()
    cluster.outputs.clear()
    assert cluster.findings() == []


def test_a_service_that_was_set_to_no_pods() -> None:
    cluster = Cluster()
    cluster.remove("Pod", "shop-1")
    cluster.get("Deployment", "shop")["spec"]["replicas"] = 0
    cluster.get("Deployment", "shop")["status"] = {"observedGeneration": 1}
    cluster.get("HorizontalPodAutoscaler", "shop")["status"] = ready("ScalingActive", "False", reason="ScalingDisabled")
    cluster.get("PodDisruptionBudget", "shop")["status"] = {"expectedPods": 0, "desiredHealthy": 0}
    assert cluster.findings() == []


def test_a_certificate_that_is_still_being_issued() -> None:
    assert found(lambda cluster: cluster.get("Certificate", "shop-tls").update(status=ready(status="False", reason="DoesNotExist"))) == []


def test_the_wildcard_certificate_of_the_entry_is_its_own() -> None:
    cluster = Cluster()
    cluster.get("Ingress", "shop")["spec"]["tls"] = [{"hosts": ["shop.example.com"]}]
    wildcard = cluster.get("Certificate", "shop-tls")
    wildcard["metadata"]["namespace"], wildcard["spec"]["dnsNames"] = "ingress-nginx", ["example.com", "*.example.com"]
    assert cluster.findings() == []


def test_a_route_from_another_namespace_through_a_bridge() -> None:
    cluster = Cluster()
    for each in (cluster.get("Ingress", "shop"), cluster.get("Certificate", "shop-tls")):
        each["metadata"]["namespace"] = "edge"
    cluster.add(thing("Service", "shop", "edge", spec={"type": "ExternalName", "externalName": "shop.shop.svc.cluster.local"}))
    assert cluster.findings() == []


def test_a_load_balancer_behind_a_host_name() -> None:
    cluster = Cluster()
    cluster.get("Service", "front")["status"]["loadBalancer"]["ingress"] = [{"hostname": "entry.example.com"}]
    assert cluster.findings() == []


def test_what_ended_is_no_failure() -> None:
    cluster = Cluster()
    cluster.add(thing("Pod", "setup-1", "shop", status={"phase": "Succeeded", **ready(status="False")}))
    cluster.add(thing("Pod", "shop-0", "shop", status={"phase": "Failed", **ready("PodScheduled", "False")}))  # its node was drained
    assert cluster.findings() == []


def test_a_route_by_another_entry_while_a_stack_moves_over() -> None:
    cluster = Cluster()
    other = {
        **cluster.get("Ingress", "shop"),
        "metadata": {"name": "shop-2", "namespace": "shop", "labels": {"quayside/owner": "quayside.dev"}},
    }
    cluster.add({**other, "spec": {**other["spec"], "ingressClassName": "traefik"}})
    cluster.add(thing("IngressClass", "traefik"))
    assert cluster.findings() == []


def foreign(*arguments: Any, **fields: Any) -> dict[str, Any]:
    """An object that no stack made."""
    each = thing(*arguments, **fields)
    each["metadata"]["labels"] = {}
    return each


def test_what_others_have_for_pods_that_come_and_go() -> None:
    cluster = Cluster()
    selector = {"matchLabels": {"app": "nightly"}}
    cluster.add(foreign("Service", "replicas", "theirs", spec={"selector": {"role": "replica"}}))
    cluster.add(foreign("NetworkPolicy", "nightly", "theirs", spec={"podSelector": selector, "ingress": [{"ports": [{"port": 80}]}]}))
    cluster.add(foreign("PodDisruptionBudget", "nightly", "theirs", spec={"selector": selector}))
    assert cluster.findings() == []


def test_a_port_that_others_pods_do_not_name() -> None:
    cluster = Cluster()
    theirs = {**cluster.get("NetworkPolicy", "shop")["spec"], "ingress": [{"ports": [{"port": 30000, "endPort": 32000}]}]}
    cluster.add(foreign("NetworkPolicy", "theirs", "shop", spec=theirs))
    assert cluster.findings() == []


def test_a_route_of_others_whose_entry_has_a_certificate_made_by_hand() -> None:
    cluster = Cluster()
    status = cluster.get("Ingress", "shop")["status"]
    cluster.add(foreign("Ingress", "theirs", "shop", spec={"tls": [{"hosts": ["other.example.net"]}]}, status=status))
    assert cluster.findings() == []


def test_pods_that_are_replaced_when_somebody_deletes_them() -> None:
    done = {"observedGeneration": 1, "readyReplicas": 2, "updatedReplicas": 0}
    for strategy in ({"type": "OnDelete"}, {"type": "RollingUpdate", "rollingUpdate": {"partition": 2}}):
        database = foreign("StatefulSet", "database", "theirs", spec={"replicas": 2, "updateStrategy": strategy}, status=done)
        assert found(lambda cluster, each=database: cluster.add(each)) == []


def nightly(name: str, made: str, condition: str) -> dict[str, Any]:
    job = thing("Job", name, "shop", status=ready(condition))
    job["metadata"] |= {"creationTimestamp": made, "ownerReferences": [{"kind": "CronJob", "uid": "1", "name": "nightly"}]}
    return job


def test_a_job_that_failed_and_was_done_again() -> None:
    def change(cluster: Cluster) -> None:
        cluster.add(nightly("nightly-1", "2026-11-20T01:00:00Z", "Failed"))
        cluster.add(nightly("nightly-2", "2026-11-21T01:00:00Z", "Complete"))

    assert found(change) == []
    assert len(found(lambda cluster: (change(cluster), cluster.add(nightly("nightly-3", "2026-11-21T02:00:00Z", "Failed"))))) == 1


def test_a_release_that_was_uninstalled_and_whose_history_was_kept() -> None:
    release = foreign("Secret", "sh.helm.release.v1.old.v1", "theirs", type="helm.sh/release.v1")
    release["metadata"]["labels"] = {"name": "old", "version": "1", "status": "uninstalled"}
    assert found(lambda cluster: cluster.add(release)) == []


def test_a_canary_beside_the_route_whose_requests_it_shares() -> None:
    cluster = Cluster()
    canary = foreign(
        "Ingress", "canary", "shop", spec=cluster.get("Ingress", "shop")["spec"], status=cluster.get("Ingress", "shop")["status"]
    )
    canary["metadata"]["annotations"] = {"nginx.ingress.kubernetes.io/canary": "true"}
    cluster.add(canary)
    assert cluster.findings() == []


def test_an_autoscaler_that_goes_by_figures_from_elsewhere() -> None:
    cluster = Cluster()
    cluster.remove("APIService", "v1beta1.metrics.k8s.io")
    cluster.get("HorizontalPodAutoscaler", "shop")["spec"]["metrics"] = [{"type": "External"}]
    assert cluster.findings() == []


def test_a_host_that_a_route_for_all_of_its_names_answers() -> None:
    cluster = Cluster()
    cluster.outputs["hosts"]["www.example.com"] = "203.0.113.1"
    every = foreign("Ingress", "all", "theirs", spec={"rules": [{"host": "*.example.com", "http": {"paths": []}}]})
    backend = {"service": {"name": "web", "port": {"number": 80}}}
    every["spec"]["rules"][0]["http"]["paths"] = [{"path": "/", "pathType": "Prefix", "backend": backend}]
    every["status"] = {"loadBalancer": {"ingress": [{"ip": "203.0.113.1"}]}}
    cluster.add(every)
    cluster.add(foreign("Service", "web", "theirs", spec={"ports": [{"port": 80}]}))
    assert cluster.findings() == []
