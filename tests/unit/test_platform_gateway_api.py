"""A whole stack whose entry is the Gateway API's: every part is there, after what it needs."""

from typing import Any

import pytest

from quayside.platform import Platform
from quayside.settings.merge import merge
from quayside.settings.stack import Settings
from unit.crd_schemas import problems
from unit.examples import public, settings
from unit.recorder import Recorded, record


def built(**more: Any) -> Recorded:
    topics = merge(merge(public(), {"entry": {"kind": "gateway-api"}}), more)
    return record(lambda: Platform(settings(topics)))


def test_every_part_comes_after_what_it_needs() -> None:
    recorded = built()
    order = [each.name for each in recorded]
    definitions = order.index("gateway-api")
    assert recorded.one("ConfigFile").parent == "gateway-api"
    for later in ("cert-manager", "istio", "entry"):
        assert order.index(later) > definitions
    assert order.index("gateway") > order.index("istiod")
    assert "istiod" in recorded.one("Gateway").after


def test_challenges_are_answered_by_the_gateway() -> None:
    recorded = built()
    issuer = recorded.one("ClusterIssuer", "letsencrypt-prod").inputs["spec"]["acme"]["solvers"][0]["http01"]["gatewayHTTPRoute"]
    (parent,) = issuer["parentRefs"]
    gateway = recorded.one("Gateway").inputs
    assert (parent["name"], parent["namespace"]) == (gateway["metadata"]["name"], gateway["metadata"]["namespace"])
    assert parent["sectionName"] in [each["name"] for each in gateway["spec"]["listeners"]]
    assert recorded.one("Release", "cert-manager").inputs["values"]["config"] == {"gatewayAPI": {"enabled": True}}
    assert "config" not in built(entry={"kind": "ingress-nginx"}).one("Release", "cert-manager").inputs["values"]


def test_services_are_led_to_by_the_gateway_alone() -> None:
    recorded = built()
    assert not recorded.of("Ingress")
    route = recorded.one("HTTPRoute", "hello-hello.dev.example.com").inputs
    assert problems(route) == problems(recorded.one("ListenerSet", "hello").inputs) == []


def test_definitions_come_where_they_are_needed_and_wanted() -> None:
    assert not built(entry={"installCrds": False}).of("ConfigFile")
    assert not built(entry={"kind": "ingress-nginx"}).of("ConfigFile")
    assert built(entry={"kind": "ingress-nginx"}, mesh={"mode": "ambient"}).of("ConfigFile")


@pytest.mark.parametrize(("kind", "refused"), [("gateway-api", True), ("ingress-nginx", False)])
def test_a_registry_of_charts_has_no_definitions(kind: str, refused: bool) -> None:
    topics = {**public(), "entry": {"kind": kind}, "charts": {"mirror": "oci://registry.example.com/charts"}}
    _, found = Settings.check(topics)
    assert [each.path for each in found] == ([("charts", "mirror")] if refused else [])


@pytest.mark.parametrize("kind", ["gateway-api", "istio"])
def test_certificates_come_after_who_signs_them(kind: str) -> None:
    """Before cert-manager's release there is no such kind of object, and before its webhook answers none can be made."""
    recorded = built(entry={"kind": kind})
    certificate = recorded.one("Certificate")
    assert certificate.inputs["spec"]["issuerRef"]["name"] == "letsencrypt-prod"
    assert any(urn.endswith(":ClusterIssuer::letsencrypt-prod") for urn in certificate.request.dependencies)
    assert "cert-manager" in recorded.one("ClusterIssuer", "letsencrypt-prod").after
    assert not any(":ClusterIssuer::" in urn for urn in recorded.one("Deployment").request.dependencies)


@pytest.mark.parametrize("kind", ["gateway-api", "istio"])
def test_what_istio_knows_comes_after_it(kind: str) -> None:
    """Pulumi waits for a component's parent and what that depends on before it makes the component's own; here it is written down as well,
    so that a destroy goes the other way round."""
    recorded = built(entry={"kind": kind}, mesh={"mode": "sidecar"}, services={"hello": {"traffic": {"profile": "base"}}})
    service = next(each for each in recorded.of("Service") if each.type == "quayside:index:Service")
    assert {"istio-base", "istiod", "istio-cni"} <= service.after
    for made in ("DestinationRule", "VirtualService"):
        assert recorded.of(made)
        assert all(each.parent == service.name for each in recorded.of(made))
