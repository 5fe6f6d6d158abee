"""A stack that is reached by the Gateway API: nothing is found where all is well, and what is missing is."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from quayside.edge import index
from quayside.edge.contract import Exposure, Route
from unit.checks.cluster import MARK, Cluster, ready, thing

ACCEPTED = {"conditions": [{"type": "Accepted", "status": "True"}, {"type": "ResolvedRefs", "status": "True"}]}
ROUTE = "shop-shop.example.com"


def cluster(host: str = "shop.example.com", wildcard: str | None = None) -> Cluster:
    """The small cluster with the routes that the library itself makes for the service."""
    found = Cluster()
    for kind, name in (("Ingress", "shop"), ("IngressClass", "nginx"), ("Certificate", "shop-tls")):
        found.remove(kind, name)
    listeners = [{"name": "http", "port": 80, "protocol": "HTTP"}]
    if wildcard:
        tls = {"certificateRefs": [{"name": "wildcard-tls"}]}
        listeners += [{"name": "wildcard", "hostname": f"*.{wildcard}", "port": 443, "protocol": "HTTPS", "tls": tls}]
        spec = {
            "secretName": "wildcard-tls",
            "dnsNames": [wildcard, f"*.{wildcard}"],
            "issuerRef": {"kind": "ClusterIssuer", "name": "signer"},
        }
        found.add(thing("Certificate", "wildcard-tls", "gateway-api", spec=spec, status=ready()))
    running = {"conditions": [{"type": "Accepted", "status": "True"}, {"type": "Programmed", "status": "True"}]}
    found.add(thing("Gateway", "gateway", "gateway-api", spec={"listeners": listeners}, status=running))
    redirect = {"parentRefs": [{"name": "gateway", "sectionName": "http"}], "rules": [{"filters": []}]}
    found.add(
        thing(
            "HTTPRoute",
            "redirect",
            "gateway-api",
            spec=redirect,
            status={"parents": [{"parentRef": redirect["parentRefs"][0], **ACCEPTED}]},
        )
    )
    exposure = Exposure(service="shop", namespace="shop", port=80, hosts={host: {"/": "Prefix"}}, labels=MARK)
    for made in index.routes(Route("gateway-api", "istio", "gateway-api", "signer", wildcard), exposure):
        told: dict[str, Any] = ready() if made["kind"] == "Certificate" else copy.deepcopy(running)
        if made["kind"].endswith("Route"):
            told = {"parents": [{"parentRef": made["spec"]["parentRefs"][0], **ACCEPTED}]}
        found.add({**made, "status": told})
    return found


def test_a_well_stack() -> None:
    assert cluster().findings() == []
    assert cluster(wildcard="example.com").findings() == []


def test_a_certificate_on_its_way_is_well() -> None:
    found = cluster()
    found.get("Certificate", "shop-gateway-api-tls")["status"] = ready(status="False", reason="DoesNotExist")
    refuse("ListenerSet", "shop", "Programmed")(found)
    assert found.findings() == []


def refuse(kind: str, name: str, condition: str) -> Callable[[Cluster], None]:
    def change(found: Cluster) -> None:
        each = found.get(kind, name)["status"]
        told = each["parents"][0] if "parents" in each else each
        told["conditions"] = [
            {**one, "status": "False", "reason": "Because"} if one["type"] == condition else one for one in told["conditions"]
        ]

    return change


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda found: found.remove("HTTPRoute", ROUTE), "service shop is not reached at https://shop.example.com: no route leads there"),
        (lambda found: found.remove("Gateway", "gateway"), "HTTPRoute gateway-api/redirect is for Gateway gateway-api/gateway, which does not exist"),
        (lambda found: found.remove("ListenerSet", "shop"), "is for ListenerSet shop/shop, which does not exist"),
        (lambda found: found.remove("Certificate", "shop-gateway-api-tls"), "serves TLS from Secret shop-gateway-api-tls, which nobody makes"),
        (refuse("Gateway", "gateway", "Programmed"), "Gateway gateway-api/gateway does not run yet (Because)"),
        (refuse("ListenerSet", "shop", "Programmed"), "ListenerSet shop/shop does not run yet (Because)"),
        (refuse("ListenerSet", "shop", "Accepted"), "ListenerSet shop/shop has not been taken (Because)"),
        (refuse("HTTPRoute", ROUTE, "Accepted"), f"HTTPRoute shop/{ROUTE} is not led by ListenerSet shop/shop (Because)"),
        (refuse("HTTPRoute", ROUTE, "ResolvedRefs"), f"HTTPRoute shop/{ROUTE} is not led by ListenerSet shop/shop (Because)"),
        (lambda found: found.get("HTTPRoute", ROUTE).pop("status"), "has not been taken by ListenerSet shop/shop"),
        (lambda found: found.remove("Service", "shop"), "leads to Service shop/shop, which does not exist"),
        (lambda found: found.get("Service", "shop")["spec"]["ports"][0].update(port=81), "leads to port 80, which Service shop/shop does not have"),
        (lambda found: found.get("ListenerSet", "shop")["spec"]["listeners"][0].update(protocol="HTTP"), "has no TLS for shop.example.com"),
    ],
)  # fmt: skip
def test_what_is_missing_is_found(change: Callable[[Cluster], Any], said: str) -> None:
    found = cluster()
    change(found)
    assert any(said in each for each in found.findings()), found.findings()


def test_a_host_that_nobody_answers_for() -> None:
    found = cluster()
    found.outputs["hosts"]["www.example.com"] = "203.0.113.1"
    assert any("host www.example.com leads to the entry, where nothing answers" in each for each in found.findings())
