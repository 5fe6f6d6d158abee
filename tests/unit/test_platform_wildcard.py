"""A live stack takes up the wildcard's certificate: hosts are led to it once it is signed, and by their own until then."""

from typing import Any

import pytest

from quayside.platform import Platform
from quayside.settings.merge import merge
from quayside.settings.stack import Settings
from unit.crd_schemas import problems
from unit.examples import public, settings
from unit.recorder import Recorded, record

WILDCARD = {"certificates": {"challenge": "dns-01", "wildcard": True}}
ROUTES = ("HTTPRoute", "Ingress", "VirtualService")


def built(kind: str, **more: Any) -> Recorded:
    return record(lambda: Platform(settings(merge(merge(public(), {"entry": {"kind": kind}}), more))))


@pytest.mark.parametrize("kind", ["gateway-api", "istio", "ingress-nginx", "kong"])
def test_hosts_are_led_to_the_wildcards_certificate_once_it_is_signed(kind: str) -> None:
    made = built(kind, **WILDCARD)
    wildcard = next(each for each in made.of("Certificate") if each.name.startswith("wildcard"))
    assert wildcard.inputs["metadata"]["annotations"]["pulumi.com/waitFor"] == "condition=Ready"
    routes = [each for each in made if each.type.rpartition(":")[2] in ROUTES and "hello" in each.name]
    assert routes
    assert all(wildcard.name in each.after for each in routes)
    # and nothing else waits for it
    assert all(wildcard.name not in each.after for each in made.of("Deployment"))


def test_a_zone_that_the_run_makes_is_not_known_yet() -> None:
    """Nothing can be proved in it before its registrar has been told: a first run would wait in vain."""
    made = built(
        "gateway-api", **WILDCARD, names={"createZone": True, "account": "0123456789abcdef0123456789abcdef", "zone": "dev.example.com"}
    )
    (wildcard,) = (each for each in made.of("Certificate") if each.name.startswith("wildcard"))
    assert "annotations" not in wildcard.inputs["metadata"]


@pytest.mark.parametrize(
    ("kind", "listens", "leads"), [("gateway-api", "ListenerSet", "HTTPRoute"), ("istio", "Gateway", "VirtualService")]
)
def test_what_listens_goes_before_what_leads(kind: str, listens: str, leads: str) -> None:
    """Deletions go the other way round than what is made: a host of its own listener has its route as long as that is there."""
    made = built(kind)
    (listener,) = (each for each in made.of(listens) if each.name == "hello")
    (route,) = (each for each in made.of(leads) if each.name.startswith("hello"))
    assert route.name in listener.after
    assert not any("Certificate" in urn for urn in listener.request.dependencies)


def test_somebody_is_told_when_it_is_not_renewed() -> None:
    made = built("gateway-api", **WILDCARD, observability={"metrics": {"enabled": True}})
    rule = made.one("PrometheusRule", "wildcard-gateway-api-alerts")
    assert problems(rule.inputs) == []
    assert any("prometheus" in each for each in rule.after)
    (alert,) = rule.inputs["spec"]["groups"][0]["rules"]
    certificate = made.one("Certificate", "wildcard-gateway-api").inputs["metadata"]
    assert f'name="{certificate["name"]}"' in alert["expr"]
    assert rule.inputs["metadata"]["namespace"] == certificate["namespace"]
    assert not built("gateway-api", **WILDCARD).of("PrometheusRule")


BACK = {"certificates": {"challenge": "dns-01", "wildcard": True, "leavingWildcard": True}}


@pytest.mark.parametrize(
    ("kind", "listens", "leads"), [("gateway-api", "ListenerSet", "HTTPRoute"), ("istio", "Gateway", "VirtualService")]
)
def test_hosts_have_certificates_of_their_own_before_they_leave_the_wildcard(kind: str, listens: str, leads: str) -> None:
    made = built(kind, **BACK)
    certificates = made.of("Certificate")
    (wildcard,) = (each for each in certificates if each.name.startswith("wildcard"))
    (own,) = (each for each in certificates if each.name.startswith("hello"))
    assert own.inputs["metadata"]["annotations"]["pulumi.com/waitFor"] == "condition=Ready"
    (listener,) = (each for each in made.of(listens) if each.name == "hello")
    (route,) = (each for each in made.of(leads) if each.name.startswith("hello"))
    assert {own.name, route.name} <= listener.after
    # and the entry shows the wildcard's until then
    assert wildcard.inputs["spec"]["secretName"] == "wildcard-tls"
    assert not route.name.endswith("-wildcard")


def test_the_domain_itself_is_led_by_both_listeners() -> None:
    made = built("gateway-api", **BACK, services={"hello": {"hosts": {"@": {}}}})
    route = made.one("HTTPRoute", "hello-dev.example.com").inputs
    assert problems(route) == []
    assert [(each.get("kind", "Gateway"), each["sectionName"]) for each in route["spec"]["parentRefs"]] == [
        ("ListenerSet", "dev-example-com"),
        ("Gateway", "apex"),
    ]


def refused(kind: str, **certificates: Any) -> list[str]:
    more = {"entry": {"kind": kind}, "certificates": {"challenge": "dns-01", **certificates}, "services": {"hello": {"hosts": {"@": {}}}}}
    return [".".join(each.path) for each in Settings.check(merge(public(), more))[1]]


def test_what_cannot_be_left_is_refused() -> None:
    assert refused("gateway-api", leavingWildcard=True) == ["certificates.leavingWildcard"]
    assert refused("gateway-api", leavingWildcard=True, wildcard=True) == []
    assert refused("istio", leavingWildcard=True, wildcard=True) == ["certificates.leavingWildcard"]  # for the domain itself
