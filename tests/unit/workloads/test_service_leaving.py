"""A service of a stack that moves from one entry to another."""

from typing import Any

import pytest

from quayside.settings.problems import InvalidSettings
from quayside.workloads.service import Service
from unit.recorder import Recorded, record

HOSTS: dict[str, Any] = {"shop.example.com": {}}
SIGNED = {"issuer": "letsencrypt-prod"}
GATEWAY = {"entry": "gateway-api", "namespace": "gateway-api", **SIGNED}
NGINX = {"entry": "ingress-nginx", "namespace": "ingress-nginx", "ingress_class": "nginx", **SIGNED}
ISTIO = {"entry": "istio", "namespace": "istio-ingress", **SIGNED}
KONG = {"entry": "kong", "namespace": "kong", "ingress_class": "kong", **SIGNED}


def shop(**args: Any) -> Recorded:
    given: Any = {"image": "acme/shop:1", "hosts": HOSTS, **args}
    return record(lambda: Service("shop", given))


def test_both_routes_lead_to_it() -> None:
    made = shop(route=GATEWAY, leaving_route=NGINX)
    assert [each.name for each in made.of("HTTPRoute")] == ["shop-shop.example.com"]
    assert [each.name for each in made.of("Ingress")] == ["shop"]


def test_what_guards_its_pods_lets_in_both() -> None:
    made = shop(route=GATEWAY, leaving_route=ISTIO, mesh={"mode": "sidecar"}, traffic={"authorization": {}})
    (rule,) = made.one("AuthorizationPolicy").inputs["spec"]["rules"]
    assert rule["from"][0]["source"]["namespaces"] == ["shop", "gateway-api", "istio-ingress"]


def test_a_policy_is_said_to_each_entry_in_its_words() -> None:
    made = shop(route=KONG, leaving_route=NGINX, traffic={"timeout": {"request": "7s"}})
    kong, nginx = made.one("Ingress", "shop-kong").inputs, made.one("Ingress", "shop").inputs
    assert nginx["metadata"]["annotations"]["nginx.ingress.kubernetes.io/proxy-read-timeout"] == "7"
    assert not [key for key in kong["metadata"]["annotations"] if key.startswith("nginx.")]
    service = next(each for each in made.of("Service") if each.type.startswith("kubernetes:core"))
    assert service.inputs["metadata"]["annotations"]["konghq.com/read-timeout"] == "7000"


def test_of_two_destination_rules_the_one_stays_that_an_entry_follows() -> None:
    traffic = {"timeout": {"request": "7s"}, "load_balancing": {}}
    for one, other in ((GATEWAY, KONG), (KONG, GATEWAY)):
        made = shop(route=one, leaving_route=other, traffic=traffic)
        alone = shop(route=GATEWAY, traffic=traffic)
        assert made.one("DestinationRule").inputs["spec"] == alone.one("DestinationRule").inputs["spec"]


@pytest.mark.parametrize(
    ("args", "key"),
    [
        ({"leaving_route": NGINX, "hosts": {}}, "leavingRoute"),
        ({"route": GATEWAY, "leaving_route": GATEWAY}, "leavingRoute.entry"),
        ({"route": GATEWAY, "leaving_route": NGINX, "protocol": "http2"}, "protocol"),
    ],
)
def test_what_does_not_fit_is_refused(args: dict[str, Any], key: str) -> None:
    with pytest.raises(InvalidSettings) as found:
        shop(**args)
    assert any(line.startswith(key) for line in found.value.lines)
