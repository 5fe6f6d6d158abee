"""Routes by the Gateway API: plain values in, listeners, certificates and routes out, as the real definitions want them."""

from typing import Any

import pulumi
import pytest

from quayside.edge import index
from quayside.edge.contract import Exposure, Match, Parts, Route, Version
from quayside.edge.gateway_api_manifests import listeners
from quayside.edge.gateway_api_routes import listener_name
from unit.crd_schemas import problems

HOSTS = {"shop.example.com": {"/": "Prefix"}, "shop.acme.org": {"/api": "Exact"}}
SIGNED = Route("gateway-api", "istio", "gateway-api", "letsencrypt-prod")
WILD = Route("gateway-api", "istio", "gateway-api", "letsencrypt-prod", "example.com")
PLAIN = Route("gateway-api", "istio", "gateway-api")
LABELS = {"app.kubernetes.io/managed-by": "quayside"}


def made(route: Route = SIGNED, **more: Any) -> dict[tuple[str, str], dict[str, Any]]:
    """Kind and name → object, all of them sound."""
    given = {"service": "shop", "namespace": "shop", "port": 80, "hosts": HOSTS, "labels": LABELS, **more}
    found = index.routes(route, Exposure(**given))
    assert [each for manifest in found for each in problems(manifest)] == []
    assert all(each["metadata"]["labels"].items() >= LABELS.items() for each in found)
    return {(each["kind"], each["metadata"]["name"]): each for each in found}


def parent(found: dict[tuple[str, str], dict[str, Any]], kind: str, name: str) -> dict[str, Any]:
    (reference,) = found[kind, name]["spec"]["parentRefs"]
    return reference  # type: ignore[no-any-return]


def test_a_service_brings_its_listeners_its_certificate_and_a_route_for_each_host() -> None:
    found = made()
    assert set(found) == {
        ("ListenerSet", "shop"),
        ("Certificate", "shop-gateway-api-tls"),
        ("HTTPRoute", "shop-shop.example.com"),
        ("HTTPRoute", "shop-shop.acme.org"),
    }
    assert found["ListenerSet", "shop"]["spec"]["parentRef"] == {"name": "gateway", "namespace": "gateway-api"}
    for listener in found["ListenerSet", "shop"]["spec"]["listeners"]:
        assert listener["name"] == listener_name(listener["hostname"])
        assert (listener["port"], listener["protocol"]) == (443, "HTTPS")
        assert listener["tls"]["certificateRefs"] == [{"name": found["Certificate", "shop-gateway-api-tls"]["spec"]["secretName"]}]
        route = f"shop-{listener['hostname']}"
        expected = {"group": "gateway.networking.k8s.io", "kind": "ListenerSet", "name": "shop", "sectionName": listener["name"]}
        assert parent(found, "HTTPRoute", route) == expected
        assert found["HTTPRoute", route]["spec"]["hostnames"] == [listener["hostname"]]
    assert found["Certificate", "shop-gateway-api-tls"]["spec"]["dnsNames"] == ["shop.acme.org", "shop.example.com"]


def test_a_listeners_name_has_no_dots_and_is_one_hosts() -> None:
    assert listener_name("shop.example.com") == "shop-example-com"
    assert listener_name("a-b.c") != listener_name("a.b-c")


def test_the_paths_are_the_hosts() -> None:
    (rule,) = made()["HTTPRoute", "shop-shop.acme.org"]["spec"]["rules"]
    assert rule["matches"] == [{"path": {"type": "Exact", "value": "/api"}}]


@pytest.mark.parametrize(("host", "section"), [("shop.example.com", "wildcard"), ("example.com", "apex")])
def test_what_the_wildcard_covers_is_served_by_the_gateways_own_listener(host: str, section: str) -> None:
    found = made(WILD, hosts={host: {"/": "Prefix"}})
    # another route than that of a listener of its own: while a stack goes from one to the other both are there
    assert set(found) == {("HTTPRoute", f"shop-{host}-wildcard")}
    assert parent(found, "HTTPRoute", f"shop-{host}-wildcard") == {"name": "gateway", "namespace": "gateway-api", "sectionName": section}
    assert section in [each["name"] for each in listeners("example.com")]


def test_only_what_the_wildcard_does_not_cover_has_a_certificate_of_its_own() -> None:
    found = made(WILD, hosts={**HOSTS, "a.b.example.com": {"/": "Prefix"}})
    assert found["Certificate", "shop-gateway-api-tls"]["spec"]["dnsNames"] == ["a.b.example.com", "shop.acme.org"]
    assert [each["hostname"] for each in found["ListenerSet", "shop"]["spec"]["listeners"]] == ["a.b.example.com", "shop.acme.org"]


def test_without_certificates_hosts_are_served_in_clear_and_say_nothing_of_https() -> None:
    found = made(PLAIN)
    assert {kind for kind, _ in found} == {"HTTPRoute"}
    assert parent(found, "HTTPRoute", "shop-shop.acme.org")["sectionName"] == "http"
    assert "Strict-Transport-Security" not in str(found)


def test_every_answer_is_safe_and_says_nothing_of_who_gave_it() -> None:
    (rule,) = made()["HTTPRoute", "shop-shop.example.com"]["spec"]["rules"]
    request, response = rule["filters"]
    assert {each["name"] for each in request["requestHeaderModifier"]["set"]} == {"X-Real-IP"}
    said = {each["name"]: each["value"] for each in response["responseHeaderModifier"]["set"]}
    assert said == {"X-Content-Type-Options": "nosniff", "Strict-Transport-Security": "max-age=31536000"}
    assert response["responseHeaderModifier"]["remove"] == ["Server", "X-Powered-By"]


def test_a_policy_has_the_last_word_about_a_header() -> None:
    own = {"name": "Strict-Transport-Security", "value": "max-age=60"}
    parts = Parts(filters=[{"type": "ResponseHeaderModifier", "responseHeaderModifier": {"set": [own]}}])
    (rule,) = made(parts=parts)["HTTPRoute", "shop-shop.example.com"]["spec"]["rules"]
    edits = [each for each in rule["filters"] if each["type"] == "ResponseHeaderModifier"]
    assert len(edits) == 1
    assert [each for each in edits[0]["responseHeaderModifier"]["set"] if each["name"] == own["name"]] == [own]


def test_grpc_has_its_own_kind_of_route() -> None:
    assert ("GRPCRoute", "shop-shop.example.com") in made(protocol="grpc")
    assert ("HTTPRoute", "shop-shop.acme.org") in made(protocol="grpc")  # it has a path


def test_a_service_that_ends_tls_itself_has_no_certificate() -> None:
    found = made(protocol="tcp", hosts={"db.example.com": {"/": "Prefix"}}, passthrough=frozenset({"db.example.com"}))
    assert set(found) == {("ListenerSet", "shop"), ("TLSRoute", "shop-db.example.com")}
    (listener,) = found["ListenerSet", "shop"]["spec"]["listeners"]
    assert (listener["protocol"], listener["tls"]) == ("TLS", {"mode": "Passthrough"})
    assert parent(found, "TLSRoute", "shop-db.example.com")["sectionName"] == listener["name"]
    assert found["TLSRoute", "shop-db.example.com"]["spec"]["rules"] == [{"backendRefs": [{"name": "shop", "port": 80}]}]


def test_passthrough_holds_below_a_wildcard_as_well() -> None:
    found = made(WILD, protocol="tcp", hosts={"db.example.com": {"/": "Prefix"}}, passthrough=frozenset({"db.example.com"}))
    assert parent(found, "TLSRoute", "shop-db.example.com")["kind"] == "ListenerSet"


def test_tcp_ports_are_led_by_istios_own_objects() -> None:
    found = made(hosts={}, tcp={"mqtt": 1883, "amqp": 5672})
    name = "shop-gateway-api-tcp"
    assert set(found) == {("Gateway", name), ("VirtualService", name)}
    gateway = found["Gateway", name]["spec"]
    assert gateway["selector"] == {"gateway.networking.k8s.io/gateway-name": "gateway"}
    assert {each["port"]["number"] for each in gateway["servers"]} == {1883, 5672}
    for rule in found["VirtualService", name]["spec"]["tcp"]:
        assert rule["route"] == [{"destination": {"host": "shop", "port": {"number": rule["match"][0]["port"]}}}]
    assert found["VirtualService", name]["spec"]["gateways"] == [name]


def test_routes_of_another_namespace_are_granted_the_services_and_nothing_else() -> None:
    found = made(namespace="routes", service_namespace="shop", versions=(Version("canary", "shop-canary", weight=10),), tcp={"mqtt": 1883})
    grant = found["ReferenceGrant", "shop-routes"]
    assert grant["metadata"]["namespace"] == "shop"
    assert {each["namespace"] for each in grant["spec"]["from"]} == {"routes"}
    assert grant["spec"]["to"] == [{"group": "", "kind": "Service", "name": name} for name in ("shop", "shop-canary")]
    assert {each["metadata"]["namespace"] for each in found.values()} == {"routes", "shop"}


def test_versions_and_their_matches_reach_the_route() -> None:
    versions = (Version("canary", "shop-canary", weight=10, matches=(Match(headers={"x-canary": "always"}),), sticky=True),)
    rules = made(versions=versions)["HTTPRoute", "shop-shop.example.com"]["spec"]["rules"]
    assert [[each["name"] for each in rule["backendRefs"]] for rule in rules] == [
        ["shop-canary"], ["shop"], ["shop-canary"], ["shop", "shop-canary"],
    ]  # fmt: skip


def test_all_control_planes_see_what_is_made_while_the_gateway_moves_between_them() -> None:
    assert [each for each in made().values() if "istio.io/rev" in each["metadata"]["labels"]] == []


def test_a_namespace_may_be_known_later() -> None:
    assert made(namespace=pulumi.Output.from_input("shop"), tcp={"mqtt": 1883})
