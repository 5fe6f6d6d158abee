"""Routes of Istio's own API: plain values in, objects out, held against the real definitions."""

from typing import Any

import pytest

from quayside.edge import index
from quayside.edge.contract import Exposure, Manifest, Match, Route, Version
from quayside.edge.istio_routes import wildcard_gateway
from unit.crd_schemas import problems

HOSTS = {"shop.example.com": {"/": "Prefix"}, "example.com": {"/": "Prefix"}}
SIGNED = Route("istio", "istio", "istio-ingress", "letsencrypt-prod")
COVERED = Route("istio", "istio", "istio-ingress", "letsencrypt-prod", "example.com")
PLAIN = Route("istio", "istio", "istio-ingress")
VERSIONS = (Version("canary", "shop-canary", 10, (Match({"x-group": "beta"}, {"group": "b"}, {"v": "2"}),), sticky=True),)


def made(route: Route, **changed: Any) -> list[Manifest]:
    return index.routes(route, Exposure("shop", "shops", 80, **{"hosts": HOSTS, "labels": {"team": "a"}, **changed}))


def one(found: list[Manifest], kind: str) -> Manifest:
    (each,) = (each for each in found if each["kind"] == kind)
    return each


def servers(found: list[Manifest]) -> dict[str, dict[str, Any]]:
    return {each["port"]["name"]: each for each in one(found, "Gateway")["spec"]["servers"]}


@pytest.mark.parametrize("route", [SIGNED, COVERED, PLAIN])
@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"versions": VERSIONS},
        {"hosts": {**HOSTS, "api.shop.example.com": {"/api": "Prefix", "/x": "Exact"}}},
        {"passthrough": frozenset({"example.com"}), "tcp": {"postgres": 5432}},
        {"hosts": {}, "tcp": {"postgres": 5432}},
    ],
)
def test_an_api_server_takes_all_of_it(route: Route, changed: dict[str, Any]) -> None:
    for manifest in made(route, **changed):
        assert problems(manifest) == []


def test_the_entrys_own_gateway_is_taken() -> None:
    gateway = wildcard_gateway("example.com", "istio-ingress", {"a": "b"})
    assert problems(gateway) == []
    assert [each["hosts"] for each in gateway["spec"]["servers"]] == [["example.com", "*.example.com"]] * 2


def test_a_service_listens_with_its_own_certificate_kept_beside_the_pods() -> None:
    found = made(SIGNED)
    https = servers(found)["https"]
    assert https["hosts"] == ["example.com", "shop.example.com"]
    assert https["tls"] == {"mode": "SIMPLE", "credentialName": "shops-shop-tls", "minProtocolVersion": "TLSV1_2"}
    certificate = one(found, "Certificate")
    assert (certificate["metadata"]["name"], certificate["metadata"]["namespace"]) == ("shops-shop-tls", "istio-ingress")
    assert certificate["spec"]["secretName"] == "shops-shop-tls"
    assert certificate["spec"]["dnsNames"] == ["example.com", "shop.example.com"]


def test_http_is_sent_on_to_https_by_the_route_and_not_by_the_gateway() -> None:
    found = made(SIGNED)
    assert "tls" not in servers(found)["http"]  # httpsRedirect there would send challenges on as well
    redirect, rule = one(found, "VirtualService")["spec"]["http"]
    assert redirect == {"match": [{"port": 80}], "redirect": {"scheme": "https", "redirectCode": 308}}
    assert rule["headers"]["response"]["set"]["strict-transport-security"] == "max-age=31536000"


def test_without_certificates_all_is_served_in_clear() -> None:
    found = made(PLAIN)
    assert {each["kind"] for each in found} == {"Gateway", "VirtualService"}
    assert list(servers(found)) == ["http"]
    (rule,) = one(found, "VirtualService")["spec"]["http"]
    assert "strict-transport-security" not in rule["headers"]["response"]["set"]


def test_below_the_wildcard_the_entrys_gateway_serves() -> None:
    (route,) = made(COVERED)
    assert route["spec"]["gateways"] == ["istio-ingress/wildcard"]
    # another one than by a Gateway of its own: while a stack goes from one to the other both are there
    assert route["metadata"]["name"] == "shop-wildcard" != one(made(SIGNED), "VirtualService")["metadata"]["name"]
    assert "redirect" in route["spec"]["http"][0]


def test_hosts_of_both_kinds_have_a_route_each_for_the_gateway_that_serves_them() -> None:
    found = made(COVERED, hosts={**HOSTS, "api.shop.example.com": {"/": "Prefix"}})
    routes = {tuple(each["spec"]["hosts"]): each["spec"]["gateways"] for each in found if each["kind"] == "VirtualService"}
    assert routes == {("example.com", "shop.example.com"): ["istio-ingress/wildcard"], ("api.shop.example.com",): ["shop"]}
    assert servers(found)["https"]["hosts"] == ["api.shop.example.com"]


def test_hosts_with_other_paths_have_a_route_of_their_own() -> None:
    found = made(SIGNED, hosts={"a.example.com": {"/": "Prefix"}, "b.example.com": {"/api": "Prefix"}})
    routes = {each["metadata"]["name"]: each["spec"]["hosts"] for each in found if each["kind"] == "VirtualService"}
    assert routes == {"shop-a.example.com": ["a.example.com"], "shop-b.example.com": ["b.example.com"]}


def test_a_service_that_ends_tls_itself_gets_it_unread() -> None:
    found = made(COVERED, passthrough=frozenset({"example.com"}), protocol="tcp", hosts={"example.com": {"/": "Prefix"}})
    assert servers(found)["tls"] == {
        "port": {"number": 443, "name": "tls", "protocol": "TLS"},
        "hosts": ["example.com"],
        "tls": {"mode": "PASSTHROUGH"},
    }
    assert servers(found)["http"]["hosts"] == ["example.com"]  # also below a wildcard: its own route sends http on to https
    route = one(found, "VirtualService")["spec"]
    assert route["tls"] == [
        {"match": [{"port": 443, "sniHosts": ["example.com"]}], "route": [{"destination": {"host": "shop", "port": {"number": 80}}}]}
    ]
    assert not [each for each in found if each["kind"] == "Certificate"]


def test_tcp_ports_are_listened_to_and_led_on() -> None:
    found = made(PLAIN, hosts={}, tcp={"postgres": 5432})
    assert servers(found)["tcp-postgres"]["port"]["number"] == 5432
    assert one(found, "VirtualService")["spec"]["tcp"][0]["route"][0]["destination"]["port"]["number"] == 5432
