"""How a service is reached, as manifests and addresses."""

from typing import Any

import pulumi
import pytest

from quayside.edge.contract import Exposure, Route
from quayside.workloads import network
from unit.workloads.specs import resolved, spec


def test_the_address_inside() -> None:
    found = network.service("shop", "home", {"team": "a"}, spec(port=3000))
    assert found["spec"] == {
        "type": "ClusterIP",
        "selector": {"app.kubernetes.io/name": "shop", "app.kubernetes.io/instance": "shop"},
        "ports": [{"name": "http", "port": 80, "targetPort": "http", "protocol": "TCP"}],
    }
    assert found["metadata"] == {
        "name": "shop",
        "namespace": "home",
        "labels": {"team": "a"},
        "annotations": {"pulumi.com/skipAwait": "true"},
    }


def test_a_headless_name_leads_to_the_pods_and_so_to_their_port() -> None:
    found = network.service("shop", "home", {}, spec(port=3000, headless=True))["spec"]
    assert found["clusterIP"] == "None"
    assert found["ports"][0]["port"] == 3000


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize(
    ("given", "url"),
    [({}, "http://shop.home.svc.cluster.local"), ({"headless": True, "port": 3000}, "http://shop.home.svc.cluster.local:3000")],
)
def test_where_it_answers(given: dict[str, Any], url: str, late: bool) -> None:
    assert resolved(lambda: network.url("shop", pulumi.Output.from_input("home") if late else "home", spec(**given))) == url


def test_a_bridge_leads_to_its_address() -> None:
    found = network.bridge("shop", "gate", {}, "home")
    assert found["spec"] == {"type": "ExternalName", "externalName": "shop.home.svc.cluster.local"}
    assert (found["metadata"]["name"], found["metadata"]["namespace"]) == ("shop", "gate")
    assert found["metadata"]["annotations"] == {"pulumi.com/skipAwait": "true"}
    late = resolved(lambda: network.bridge("shop", "gate", {}, pulumi.Output.from_input("home"))["spec"]["externalName"])
    assert late == "shop.home.svc.cluster.local"


HOSTS = {"shop.example.com": {}, "example.com": {"paths": {"/shop": {}, "/basket": {"type": "Exact"}}}}


def test_what_the_entry_is_asked_for() -> None:
    assert network.exposure("shop", "home", {"team": "a"}, spec(hosts=HOSTS)) == Exposure(
        service="shop",
        namespace="home",
        port=80,
        hosts={"shop.example.com": {"/": "Prefix"}, "example.com": {"/shop": "Prefix", "/basket": "Exact"}},
        labels={"team": "a"},
    )


def test_routes_lead_to_the_port_of_a_headless_service() -> None:
    assert network.exposure("shop", "home", {}, spec(hosts=HOSTS, headless=True)).port == 8080


def test_an_address_for_each_path_of_each_host() -> None:
    assert network.public_urls(Route(issuer="letsencrypt-prod"), spec(hosts=HOSTS).hosts) == [
        "https://shop.example.com",
        "https://example.com/basket",
        "https://example.com/shop",
    ]


@pytest.mark.parametrize(
    ("host", "scheme"), [("example.com", "https"), ("a.example.com", "https"), ("b.a.example.com", "http"), ("example.org", "http")]
)
def test_https_where_the_entry_has_a_certificate(host: str, scheme: str) -> None:
    assert network.public_urls(Route(wildcard="example.com"), spec(hosts={host: {}}).hosts) == [f"{scheme}://{host}"]
    assert network.public_urls(Route(issuer="ours"), spec(hosts={host: {}}).hosts) == [f"https://{host}"]
    assert network.public_urls(Route(), spec(hosts={host: {}}).hosts) == [f"http://{host}"]
