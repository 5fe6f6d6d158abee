"""From a Service's annotations to its load balancer."""

from __future__ import annotations

from typing import Any

import pytest

from quayside_sandbox.controlplane.load_balancer_fields import ANNOTATION, InvalidAnnotation, fields


def service(annotations: dict[str, str] | None = None, **spec: Any) -> dict[str, Any]:
    ports = [{"port": 80, "nodePort": 30080}, {"port": 443, "nodePort": 30443}]
    metadata = {"uid": "0e0a-1b", "annotations": {ANNOTATION + key: value for key, value in (annotations or {}).items()}}
    return {"metadata": metadata, "spec": {"ports": ports, **spec}}


def protocols(annotations: dict[str, str]) -> list[str]:
    return [rule["entryProtocol"] for rule in fields(service(annotations))["forwardingRules"]]


def test_defaults() -> None:
    found = fields(service())
    assert found["name"] == "a0e0a1b"
    assert (found["sizeUnit"], found["type"], found["network"], found["enableProxyProtocol"]) == (1, "REGIONAL", "EXTERNAL", False)
    assert found["forwardingRules"][1] == {
        "entryProtocol": "tcp", "entryPort": 443, "targetProtocol": "tcp", "targetPort": 30443,
        "certificateId": "", "certificateName": "", "tlsPassthrough": False,
    }  # fmt: skip
    assert found["healthcheck"]["port"] == 10256


def test_protocols_by_port() -> None:
    assert protocols({"http-ports": "80", "tls-ports": "443", "certificate-id": "c"}) == ["http", "https"]
    assert protocols({"protocol": "http"}) == ["http", "http"]
    assert protocols({"tls-ports": "443", "tls-passthrough": "true"}) == ["tcp", "https"]


def test_sizes() -> None:
    assert fields(service({"size-slug": "lb-large"}))["sizeUnit"] == 6
    assert fields(service({"size-unit": "12"}))["sizeUnit"] == 12


def test_traffic_that_stays_on_its_node_is_checked_at_its_own_port() -> None:
    assert fields(service(externalTrafficPolicy="Local", healthCheckNodePort=31000))["healthcheck"]["port"] == 31000


@pytest.mark.parametrize(
    ("annotations", "reason"),
    [
        ({"size-unit": "0"}, "size-unit"),
        ({"size-unit": "2", "size-slug": "lb-small"}, "only one of"),
        ({"enable-proxy-protocol": "yes"}, "invalid boolean"),
        ({"sticky-sessions-type": "cookies"}, "cookie name and TTL"),
        ({"tls-ports": "443"}, "must set certificate id"),
        ({"healthcheck-check-interval-seconds": "2"}, "from 3 to 300"),
    ],
)
def test_what_the_controller_refuses(annotations: dict[str, str], reason: str) -> None:
    with pytest.raises(InvalidAnnotation, match=reason):
        fields(service(annotations))


def test_the_services_ranges_win_over_the_rules_in_its_annotation() -> None:
    assert fields(service({"allow-rules": "cidr:192.0.2.0/24"}))["firewall"]["allows"] == ["cidr:192.0.2.0/24"]
    both = service({"allow-rules": "cidr:192.0.2.0/24"}, loadBalancerSourceRanges=["198.51.100.0/24"])
    assert fields(both)["firewall"]["allows"] == ["cidr:198.51.100.0/24"]
