"""The proxy that looks into the requests to one service."""

from quayside.planes.waypoint import use_waypoint, waypoint
from unit.crd_schemas import problems

SOURCES = [{"podSelector": {}}]


def test_a_waypoint_is_a_gateway_of_the_mesh() -> None:
    _, gateway = waypoint("shop", "home", {"team": "a"}, SOURCES)
    assert problems(gateway) == []
    assert gateway["metadata"] == {
        "name": "shop-waypoint",
        "namespace": "home",
        "labels": {"team": "a", "istio.io/waypoint-for": "service"},
        "annotations": {"pulumi.com/waitFor": "condition=Programmed", "pulumi.com/timeoutSeconds": "600"},
    }
    assert gateway["spec"]["gatewayClassName"] == "istio-waypoint"


def test_it_is_made_by_the_control_plane_of_its_namespace() -> None:
    _, gateway = waypoint("shop", "home", {}, SOURCES, "1-31")
    assert gateway["metadata"]["labels"]["istio.io/rev"] == "1-31"


def test_nobody_comes_in_through_it_who_may_not_call_the_service() -> None:
    policy, _ = waypoint("shop", "home", {}, SOURCES)
    assert policy["spec"] == {
        "podSelector": {"matchLabels": {"gateway.networking.k8s.io/gateway-name": "shop-waypoint"}},
        "policyTypes": ["Ingress"],
        "ingress": [{"from": SOURCES, "ports": [{"protocol": "TCP", "port": 15008}]}],
    }


def test_services_name_it() -> None:
    assert use_waypoint("shop") == {"istio.io/use-waypoint": "shop-waypoint"}
    assert use_waypoint("shop", entry=True)["istio.io/ingress-use-waypoint"] == "true"


def test_prometheus_reads_its_metrics() -> None:
    rule = {"from": [{"namespaceSelector": {}}], "ports": [{"protocol": "TCP", "port": 15020}]}
    policy, _ = waypoint("shop", "home", {}, SOURCES, further=[rule])
    assert policy["spec"]["ingress"][1:] == [rule]
