"""Where all is well, and where somebody has chosen so, nothing is found."""

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
