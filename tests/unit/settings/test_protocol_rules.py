"""What services speak, and what entries lead."""

from typing import Any

import pytest

from quayside.settings.merge import merge
from quayside.settings.stack import Settings
from unit.edge.stacks import CLOUDFLARE_TOKEN
from unit.examples import topics


def said(services: dict[str, Any], entry: str = "gateway-api", **more: Any) -> dict[str, str]:
    """Problems of a stack with these services: key → message."""
    image = {"image": "ghcr.io/acme/shop:1.0.0"}
    own = {
        "domain": "example.com",
        "certificates": {"email": "ops@acme.com"},
        "secrets": {"cloudflareToken": CLOUDFLARE_TOKEN},
        "entry": {"kind": entry},
        "services": {name: {**image, **each} for name, each in services.items()},
    }
    _, problems = Settings.check(merge(merge(topics(), own), more))
    return {".".join(map(str, each.path)): each.message for each in problems}


def test_all_of_it_is_right_at_the_gateway() -> None:
    passed = {"protocol": "tcp", "hosts": {"db": {"tls": "passthrough"}}}
    assert not said({"grpc": {"protocol": "grpc", "hosts": {"grpc": {}}}, "db": passed, "mqtt": {"tcp": {"mqtt": 1883}}})


@pytest.mark.parametrize(
    ("service", "key", "message"),
    [
        ({"tcp": {"https": 443}}, "tcp.https", "is 443, where the entry listens for hosts"),
        ({"tcp": {"stats": 15020}}, "tcp.stats", "Istio's proxies have 15000 to 15099 for themselves"),
        ({"tcp": {"again": 8080}}, "tcp.again", "which is the main port already"),
        ({"tcp": {"a": 1883, "b": 1883}}, "tcp.b", "is 1883, as a is"),
        ({"tcp": {"http": 1883}}, "tcp.http", "is the name of the main port already"),
        ({"tcp": {"http-metrics": 1883}, "metrics": {"port": 9090}}, "tcp.http-metrics", "is the name of the port that has the metrics"),
        ({"protocol": "tcp", "hosts": {"db": {}}}, "hosts.db", "needs tls: passthrough with protocol tcp"),
        ({"hosts": {"db": {"tls": "passthrough"}}}, "hosts.db.tls", "nobody then can read what is spoken"),
        (
            {"protocol": "tcp", "hosts": {"db": {"tls": "passthrough", "paths": {"/api": {}}}}},
            "hosts.db.paths",
            "cannot be told apart where the service ends TLS itself",
        ),
        (
            {"protocol": "tcp", "hosts": {"db": {"tls": "passthrough", "proxied": True}}},
            "hosts.db.tls",
            "Cloudflare stands before the host and ends its TLS",
        ),
    ],
)
def test_what_cannot_be_is_refused_at_its_key(service: dict[str, Any], key: str, message: str) -> None:
    found = said({"shop": service})
    assert message in found.pop(f"services.shop.{key}")


@pytest.mark.parametrize(
    ("service", "key"),
    [
        ({"protocol": "http2", "hosts": {"shop": {}}}, "protocol"),
        ({"tcp": {"mqtt": 1883}}, "tcp"),
        ({"protocol": "tcp", "hosts": {"shop": {"tls": "passthrough"}}}, "hosts.shop.tls"),
    ],
)
def test_what_the_entry_cannot_lead_is_refused_with_an_entry_that_can(service: dict[str, Any], key: str) -> None:
    message = said({"shop": service}, "ingress-nginx")[f"services.shop.{key}"]
    assert "ingress-nginx" in message
    assert "entry.kind: gateway-api" in message


def test_two_services_do_not_share_a_port() -> None:
    found = said({"a": {"tcp": {"mqtt": 1883}}, "b": {"tcp": {"broker": 1883}}})
    assert "leads to service a already" in found["services.b.tcp.broker"]


def test_two_services_share_a_host_below_the_wildcard_alone() -> None:
    services = {"a": {"hosts": {"shop": {"paths": {"/a": {}}}}}, "b": {"hosts": {"shop": {"paths": {"/b": {}}}}}}
    assert "of two listeners for a host the younger is left out" in said(services)["services.b.hosts.shop"]
    assert not said(services, certificates={"wildcard": True, "challenge": "dns-01"})


def test_ports_are_not_reached_where_only_cloudflare_is_let_in() -> None:
    service = {"tcp": {"mqtt": 1883}, "hosts": {"shop": {}}}
    dns = {"certificates": {"challenge": "dns-01"}, "names": {"proxied": True}}
    assert "Cloudflare stands before every name" in said({"shop": service}, **dns)["services.shop.tcp"]


def test_a_host_whose_tls_the_service_ends_needs_no_address_for_lets_encrypt() -> None:
    passed = {"db": {"protocol": "tcp", "hosts": {"db": {"tls": "passthrough"}}}}
    assert not said(passed, certificates={"email": None})
    assert "certificates.email" in said({"shop": {"hosts": {"shop": {}}}}, certificates={"email": None})
