"""A service whose shares somebody else moves: each entry has both Services in its routes, at 100 and 0, and knows nothing of who moves them."""

from typing import Any

from quayside.edge import gateway_api_routes, ingress_nginx_routes, istio_routes
from quayside.edge.contract import Exposure, Manifest, Parts, Route, Version

HOSTS = {"shop.example.com": {"/": "Prefix"}, "m-art.example.com": {"/api": "Prefix"}}


def exposure(parts: Parts | None = None, **more: Any) -> Exposure:
    given = {"stable": "shop-stable", "versions": (Version("next", "shop-next", steered=True),), "parts": parts or Parts()}
    return Exposure("shop", "here", 80, **{"hosts": HOSTS, **given, **more})


def of(kind: str, found: list[Manifest]) -> list[Manifest]:
    return [each for each in found if each["kind"] == kind]


def test_an_http_route_has_both_whatever_their_shares() -> None:
    for route in of("HTTPRoute", gateway_api_routes.routes(Route(), exposure())):
        (rule,) = route["spec"]["rules"]
        assert rule["backendRefs"] == [{"name": "shop-stable", "port": 80, "weight": 100}, {"name": "shop-next", "port": 80, "weight": 0}]


def test_a_grpc_route_has_both() -> None:
    found = of("GRPCRoute", gateway_api_routes.routes(Route(), exposure(protocol="grpc", hosts={"shop.example.com": {"/": "Prefix"}})))
    assert [ref["weight"] for each in found for ref in each["spec"]["rules"][0]["backendRefs"]] == [100, 0]


def test_rules_of_a_virtual_service_have_names_and_both_destinations() -> None:
    found = of("VirtualService", istio_routes.routes(Route(entry="istio"), exposure(Parts(unsafe={"retries": {"attempts": 0}}))))
    for service in found:
        rules = [rule for rule in service["spec"]["http"] if "route" in rule]
        assert [rule["name"] for rule in rules] == ["steered-unsafe", "steered"]
        for rule in rules:
            assert [(each["destination"]["host"], each["weight"]) for each in rule["route"]] == [("shop-stable", 100), ("shop-next", 0)]


def test_no_virtual_service_has_a_dot_in_its_name() -> None:
    """What follows a dot may be taken for a namespace by whoever moves shares."""
    found = {each["metadata"]["name"] for each in of("VirtualService", istio_routes.routes(Route(entry="istio"), exposure()))}
    assert found == {"shop-m--art-example-com", "shop-shop-example-com"}
    plain = of("VirtualService", istio_routes.routes(Route(entry="istio"), exposure(stable=None, versions=())))
    assert {each["metadata"]["name"] for each in plain} == {"shop-m-art.example.com", "shop-shop.example.com"}


def test_rules_that_nobody_moves_have_no_names() -> None:
    for each in of("VirtualService", istio_routes.routes(Route(entry="istio"), exposure(stable=None, versions=()))):
        assert all("name" not in rule for rule in each["spec"]["http"])


def test_the_ingress_leads_to_the_proved_version_and_the_other_is_left_to_others() -> None:
    found = ingress_nginx_routes.routes(Route(entry="ingress-nginx"), exposure())
    assert [each["metadata"]["name"] for each in found] == ["shop"]
    backends = [path["backend"]["service"]["name"] for rule in found[0]["spec"]["rules"] for path in rule["http"]["paths"]]
    assert set(backends) == {"shop-stable"}


def test_tcp_ports_lead_to_all_pods() -> None:
    (route,) = of("VirtualService", gateway_api_routes.routes(Route(), exposure(tcp={"mqtt": 1883})))
    assert route["spec"]["tcp"][0]["route"][0]["destination"]["host"] == "shop"
