"""A service whose new versions take over step by step, as it is registered: what there is, and in which order a run makes it."""

from typing import Any

import pytest

from quayside.settings.problems import InvalidSettings
from unit.recorder import Recorded
from unit.workloads.specs import Late, shop
from unit.workloads.test_versions import after, named, object_of

ADDRESS = "http://prometheus.monitoring.svc.cluster.local:9090"


def progressive(entry: str = "gateway-api", **more: Any) -> Recorded:
    given: dict[str, Any] = {"progressive": {}, "monitoring": {"address": ADDRESS}, "hosts": {"shop.example.com": {}}}
    return shop(**{**given, "route": {"entry": entry}, **more})


def test_a_rollout_stands_in_place_of_the_deployment() -> None:
    plain, recorded = progressive(progressive=None), progressive()
    assert named(plain) - named(recorded) == {"Deployment shop"}
    assert named(recorded) - named(plain) == {"Rollout shop", "AnalysisTemplate shop", "Service shop-next", "Service shop-stable"}
    for kind in ("Service", "ServiceAccount", "NetworkPolicy", "PodDisruptionBudget"):
        before, now = ([each.inputs for each in one.of(kind) if each.name == "shop"] for one in (plain, recorded))
        assert before == now


@pytest.mark.parametrize(
    ("entry", "kind", "name"),
    [
        ("gateway-api", "HTTPRoute", "shop-shop.example.com"),
        ("istio", "VirtualService", "shop"),
        ("ingress-nginx", "Ingress", "shop"),
    ],
)
def test_services_then_routes_then_pods(entry: str, kind: str, name: str) -> None:
    recorded = progressive(entry)
    assert {"Service shop-stable", "Service shop-next"} <= after(recorded, kind, name)
    pods = after(recorded, "Rollout", "shop")
    assert {f"{kind} {name}", "AnalysisTemplate shop", "ServiceAccount shop", "Service shop-stable"} <= pods
    assert "Rollout shop" not in after(recorded, kind, name)


def test_the_route_leads_to_the_proved_version_and_wins_over_the_controller() -> None:
    route = object_of(progressive(namespace="shared"), "HTTPRoute", "shop-shop.example.com").inputs
    assert route["metadata"]["annotations"]["pulumi.com/patchForce"] == "true"
    (rule,) = route["spec"]["rules"]
    assert rule["backendRefs"] == [{"name": "shop-stable", "port": 80, "weight": 100}, {"name": "shop-next", "port": 80, "weight": 0}]


def test_a_route_still_wins_over_the_controller_when_it_is_needed_no_more() -> None:
    """What the controller wrote last is its own: the real one kept `spec.http` of a VirtualService, and the run was refused."""
    for entry, kind, name in (("gateway-api", "HTTPRoute", "shop-shop.example.com"), ("istio", "VirtualService", "shop")):
        plain = object_of(progressive(entry, namespace="shared", progressive=None), kind, name).inputs
        assert plain["metadata"]["annotations"]["pulumi.com/patchForce"] == "true"


def test_a_route_of_others_is_not_forced() -> None:
    never = object_of(progressive(namespace="shared", progressive=None, monitoring=None), "HTTPRoute", "shop-shop.example.com").inputs
    assert "annotations" not in never["metadata"]
    beside = object_of(progressive("ingress-nginx", namespace="shared"), "Ingress", "shop").inputs
    assert "pulumi.com/patchForce" not in beside["metadata"].get("annotations", {})


def test_the_two_services_lead_to_all_pods_until_somebody_tells_them_apart() -> None:
    recorded = progressive()
    own = object_of(recorded, "Service", "shop").inputs["spec"]
    for name in ("shop-stable", "shop-next"):
        made = object_of(recorded, "Service", name)
        assert made.inputs["spec"] == own
        assert list(made.request.ignoreChanges) == ["spec.selector"]
        assert made.inputs["metadata"]["annotations"]["pulumi.com/skipAwait"] == "true"
    assert not object_of(recorded, "Service", "shop").request.ignoreChanges


def test_a_run_waits_for_pods_and_not_for_checks() -> None:
    annotations = object_of(progressive(), "Rollout", "shop").inputs["metadata"]["annotations"]
    assert annotations["pulumi.com/waitFor"] == "condition=Available"
    assert annotations["pulumi.com/timeoutSeconds"] == "300"
    assert annotations["pulumi.com/patchForce"] == "true"


def test_an_autoscaler_scales_the_rollout_and_owns_its_number() -> None:
    recorded = progressive(scale={"min": 2, "max": 5})
    target = recorded.one("HorizontalPodAutoscaler").inputs["spec"]["scaleTargetRef"]
    assert target == {"apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "name": "shop"}
    made = object_of(recorded, "Rollout", "shop")
    assert (made.inputs["spec"]["replicas"], list(made.request.ignoreChanges)) == (2, ["spec.replicas"])
    assert "Rollout shop" in after(recorded, "HorizontalPodAutoscaler", "shop")


def test_a_namespace_that_is_known_later_is_in_the_questions() -> None:
    for namespace in ("here", Late("here")):
        template = object_of(progressive(namespace=namespace), "AnalysisTemplate", "shop").inputs["spec"]
        for metric in template["metrics"]:
            assert 'destination_service_namespace="here"' in metric["provider"]["prometheus"]["query"]


def test_policies_reach_the_two_services_that_requests_go_to() -> None:
    recorded = progressive(traffic={"profile": "base"})
    hosts = {each.inputs["spec"]["host"] for each in recorded.of("DestinationRule")}
    assert hosts == {f"{name}.shop.svc.cluster.local" for name in ("shop", "shop-next", "shop-stable")}


def test_metrics_are_asked_for_once_and_requests_are_counted_by_all_names() -> None:
    recorded = progressive(metrics={})
    relabelings = recorded.one("ServiceMonitor").inputs["spec"]["endpoints"][0]["relabelings"]
    assert [each["regex"] for each in relabelings] == ["shop"]
    assert 'destination_service_name=~"shop|shop-next|shop-stable"' in str(recorded.one("PrometheusRule").inputs)


def test_patches_are_of_the_rollout() -> None:
    recorded = progressive(patches={"Rollout": {"spec": {"revisionHistoryLimit": 3}}, "Container": {"tty": True}})
    spec = object_of(recorded, "Rollout", "shop").inputs["spec"]
    assert spec["revisionHistoryLimit"] == 3
    assert spec["template"]["spec"]["containers"][0]["tty"] is True


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"monitoring": None}, "write monitoring with its address"),
        ({"monitoring": {}}, "write monitoring with its address"),
        ({"route": {"entry": "kong"}}, "kong"),
        ({"route_namespace": "edge"}, "remove routeNamespace"),
        ({"leaving_route": {"entry": "istio"}}, "cannot stand beside leavingRoute"),
    ],
)
def test_what_it_cannot_do_is_refused_before_anything_is_made(given: dict[str, Any], told: str) -> None:
    with pytest.raises(InvalidSettings, match=told):
        progressive(**given)
