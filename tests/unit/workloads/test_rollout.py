"""The Rollout of a service whose new versions take over step by step, and the checks that they pass: as Argo Rollouts has them."""

from typing import Any

import pytest

from quayside.settings.progressive import ProgressiveSettings
from quayside.workloads.analysis import metrics
from quayside.workloads.deployment import deployment
from quayside.workloads.measures import Watched, at_entry
from quayside.workloads.metadata import Manifest
from quayside.workloads.rollout import rollout, steered, traffic_routing, weights
from unit.workloads.specs import spec


def asked(**given: Any) -> ProgressiveSettings:
    return ProgressiveSettings.model_validate(given)


def made(resources: Any = None, **given: Any) -> Manifest:
    service = spec(replicas=3, **({"resources": resources} if resources else {}))
    return rollout(deployment("shop", "here", {"team": "a"}, service), asked(**given), [route("HTTPRoute", "shop-a")])


def route(kind: str, name: str, **of_spec: Any) -> Manifest:
    return {"kind": kind, "metadata": {"name": name, "namespace": "here"}, "spec": of_spec}


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({}, [10, 20, 30, 40, 50]),
        ({"step": 20}, [20, 40, 50]),
        ({"step": 50}, [50]),
        ({"step": 40, "most": 100}, [40, 80, 100]),
        ({"step": 1, "most": 2}, [1, 2]),
    ],
)
def test_shares_grow_up_to_the_most(given: dict[str, Any], found: list[int]) -> None:
    assert weights(asked(**given)) == found


def test_each_share_is_followed_by_checks_of_its_own() -> None:
    """Beside the steps they would not hold them where nobody answers."""
    canary = made(step=25)["spec"]["strategy"]["canary"]
    check = {"analysis": {"templates": [{"templateName": "shop"}]}}
    assert canary["steps"] == [{"setWeight": 25}, check, {"setWeight": 50}, check]
    assert "analysis" not in canary
    assert (canary["stableService"], canary["canaryService"]) == ("shop-stable", "shop-next")


def test_the_pods_are_those_of_the_deployment() -> None:
    before, now = deployment("shop", "here", {"team": "a"}, spec(replicas=3)), made()
    changed = {"strategy", "template", "progressDeadlineAbort"}
    assert {key: value for key, value in now["spec"].items() if key not in changed} == {
        key: value for key, value in before["spec"].items() if key not in changed
    }
    assert now["spec"]["template"]["metadata"] == before["spec"]["template"]["metadata"]
    pod, was = now["spec"]["template"]["spec"], before["spec"]["template"]["spec"]
    (spread,) = pod["topologySpreadConstraints"]
    assert spread["matchLabelKeys"] == ["rollouts-pod-template-hash"]
    assert {key: value for key, value in pod.items() if key not in ("containers", "topologySpreadConstraints")} == {
        key: value for key, value in was.items() if key not in ("containers", "topologySpreadConstraints")
    }
    assert [{**each, "resources": None} for each in pod["containers"]] == [{**each, "resources": None} for each in was["containers"]]


def test_what_does_not_come_up_is_taken_back() -> None:
    told = made()["spec"]
    assert (told["progressDeadlineSeconds"], told["progressDeadlineAbort"]) == (300, True)


def test_quantities_are_written_as_kubernetes_does() -> None:
    resources = {"requests": {"cpu": "0.5", "memory": "1024Mi"}, "limits": {"cpu": "1000m", "memory": "1.5Gi"}}
    (container,) = made(resources)["spec"]["template"]["spec"]["containers"]
    assert container["resources"] == {"requests": {"cpu": "500m", "memory": "1Gi"}, "limits": {"cpu": "1", "memory": "1536Mi"}}


def test_routes_are_told_by_name() -> None:
    rules = [{"redirect": {}}, {"name": "steered-unsafe", "route": []}, {"name": "steered", "route": []}]
    found = traffic_routing(
        [
            route("Certificate", "shop-tls"),
            route("HTTPRoute", "shop-a"),
            route("HTTPRoute", "shop-b"),
            route("GRPCRoute", "shop-c"),
            route("VirtualService", "shop", http=rules),
            route("VirtualService", "shop-tcp", tcp=[{"route": []}]),
            route("Ingress", "shop"),
        ]
    )
    plugin = {"namespace": "here", "httpRoutes": [{"name": "shop-a"}, {"name": "shop-b"}], "grpcRoutes": [{"name": "shop-c"}]}
    assert found == {
        "plugins": {"argoproj-labs/gatewayAPI": plugin},
        "istio": {"virtualServices": [{"name": "shop", "routes": ["steered-unsafe", "steered"]}]},
        "nginx": {"stableIngresses": ["shop"]},
    }
    assert not steered(route("Certificate", "shop-tls"))


def watched(*entries: str, mode: str = "off", protocol: str = "http") -> Watched:
    return Watched("shop", "here", ["shop"], ["shop"], entries, mode, [], protocol)


def queries(service: Watched, **given: Any) -> list[str]:
    found = metrics(asked(**given), at_entry(service, "shop-next", 80), "http://prometheus:9090")
    return [each["provider"]["prometheus"]["query"] for each in found]


@pytest.mark.parametrize("mode", ["off", "sidecar", "ambient"])
def test_the_new_version_is_counted_where_its_requests_are_sent(mode: str) -> None:
    """A sidecar does not know by which of several Services a request came."""
    for query in queries(watched("gateway-api", mode=mode)):
        assert 'reporter=~"source|waypoint"' in query
        assert 'destination_service_name=~"shop-next"' in query
        assert 'destination_service_namespace="here"' in query


def test_ingress_nginx_counts_it_as_what_it_led_elsewhere() -> None:
    for query in queries(watched("ingress-nginx", mode="sidecar")):
        assert 'namespace="here", canary="here-shop-next-80"' in query
        assert "istio" not in query


def test_no_failure_ever_is_a_success() -> None:
    """Where nothing has failed, nobody has counted failures: an empty vector, and a division by it is empty too."""
    rate, _ = queries(watched("istio"))
    assert "or vector(0)) / sum(" in rate
    assert rate.startswith("100 * (1 - (sum(")


def test_no_answer_is_neither() -> None:
    rate, latency = metrics(asked(), at_entry(watched("istio"), "shop-next", 80), "http://prometheus:9090")
    assert (rate["name"], latency["name"]) == ("success-rate", "latency")
    assert (rate["successCondition"], rate["failureCondition"]) == (
        "len(result) > 0 && result[0] >= 99",
        "len(result) > 0 && result[0] < 99",
    )
    assert (latency["successCondition"], latency["failureCondition"]) == (
        "len(result) > 0 && result[0] <= 500",
        "len(result) > 0 && result[0] > 500",
    )


def test_a_step_lasts_as_long_as_its_two_measurements() -> None:
    for each in metrics(asked(interval="5m"), at_entry(watched("istio"), "shop-next", 80), "http://prometheus:9090"):
        assert (each["initialDelay"], each["interval"], each["count"]) == ("150s", "150s", 2)
        # one answer at least, and no bad one
        assert (each["inconclusiveLimit"], each["failureLimit"]) == (1, 0)
        assert "[300s]" in each["provider"]["prometheus"]["query"]


def test_a_rate_is_of_two_minutes_at_least() -> None:
    assert all("[120s]" in query for query in queries(watched("istio"), interval="1m"))


def test_seconds_are_counted_in_seconds_by_ingress_nginx() -> None:
    _, latency = metrics(asked(latency="250ms"), at_entry(watched("ingress-nginx"), "shop-next", 80), "http://prometheus:9090")
    assert latency["successCondition"].endswith("<= 0.25")
