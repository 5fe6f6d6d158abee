"""The load balancer straight before a service, alone and for a stack."""

from typing import Any

import pytest

from quayside.edge import index
from quayside.edge.contract import Exposure, Route
from quayside.edge.direct import DirectEntry
from quayside.platform import Platform
from unit.examples import settings, topics
from unit.recorder import Recorded, record, value_of


def stack(**hello: Any) -> dict[str, Any]:
    topic = topics()
    topic |= {"domain": "example.com", "entry": {"kind": "direct", "service": "hello"}, "certificates": {"enabled": False}}
    topic["names"] = {"dns": "none", "wildcard": False}
    topic["services"]["hello"] |= {"hosts": {"@": {}}, "headless": True, **hello}
    return topic


def platform(spec: dict[str, Any]) -> Recorded:
    return record(lambda: Platform(settings(spec)).export())


def front(recorded: Recorded) -> dict[str, Any]:
    return recorded.one("Service", "hello-load-balancer").inputs


def test_it_leads_to_the_pods_of_the_service() -> None:
    recorded = platform(stack(port=3000))
    service = front(recorded)
    assert service["metadata"]["namespace"] == "hello"
    assert service["spec"]["selector"] == recorded.one("Deployment").inputs["spec"]["selector"]["matchLabels"]
    assert [(each["name"], each["port"], each["targetPort"]) for each in service["spec"]["ports"]] == [("http", 80, 3000)]
    assert "hello" in recorded.one("Service", "hello-load-balancer").after  # it comes after the namespace
    assert not recorded.of("Ingress")


def test_a_service_that_ends_tls_itself_is_asked_on_443() -> None:
    service = front(platform(stack(protocol="tcp", hosts={"@": {"tls": "passthrough"}})))
    assert [(each["port"], each["targetPort"]) for each in service["spec"]["ports"]] == [(443, 8080)]


def test_further_tcp_ports_are_listened_to() -> None:
    ports = front(platform(stack(tcp={"postgres": 5432})))["spec"]["ports"]
    assert (5432, 5432) in [(each["port"], each["targetPort"]) for each in ports]


def test_it_follows_the_switch_between_blue_and_green() -> None:
    recorded = platform(stack(blueGreen={"image": "acme/hello:2", "live": "green"}))
    assert front(recorded)["spec"]["selector"]["app.kubernetes.io/name"] == "hello-green"
    # once the pods answer that it is switched to: its Service comes after them, and the load balancer's after that
    before = recorded.one("Service", "hello-load-balancer").request.dependencies
    (own,) = [each for each in recorded if each.type == "kubernetes:core/v1:Service" and each.name == "hello"]
    assert any(urn.endswith("core/v1:Service::hello") for urn in before)
    assert "hello-green" in own.after


@pytest.mark.parametrize("access", ["cluster", "namespace"])
def test_the_network_policy_lets_the_outside_in(access: str) -> None:
    (rule,) = platform(stack(access=access)).one("NetworkPolicy", "hello").inputs["spec"]["ingress"]
    assert {"ipBlock": {"cidr": "0.0.0.0/0"}} in rule["from"]


def test_other_services_stay_closed_to_it() -> None:
    spec = stack()
    spec["services"]["other"] = {"image": "acme/other:1"}
    (rule,) = platform(spec).one("NetworkPolicy", "other").inputs["spec"]["ingress"]
    assert rule["from"] == [{"namespaceSelector": {}}]


def test_records_lead_to_it() -> None:
    exports = platform(stack()).exports
    assert {each["name"]: each["content"] for each in value_of(exports["recordsToSet"])} == {"example.com": "203.0.113.10"}
    assert value_of(exports["entryAddress"]) == "203.0.113.10"
    assert value_of(exports["services"])["hello"]["urls"] == ["http://example.com"]


def test_its_name_at_the_cloud_is_its_own() -> None:
    annotations = front(platform(stack()))["metadata"]["annotations"]
    assert annotations["service.beta.kubernetes.io/do-loadbalancer-name"] == "quayside-dev-direct"
    assert annotations["service.beta.kubernetes.io/do-loadbalancer-enable-proxy-protocol"] == "false"


def test_there_are_no_routes_to_be_made() -> None:
    assert index.routes(Route("direct"), Exposure("shop", "shops", 80, {"shop.example.com": {"/": "Prefix"}})) == []


def test_it_works_without_a_cluster_at_hand() -> None:
    made: list[DirectEntry] = []
    record(lambda: made.append(DirectEntry("entry", {"service": "shop", "namespace": "shops"})))
    assert value_of(made[0].address) == "203.0.113.9"
