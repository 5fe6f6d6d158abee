"""A whole stack that moves from one entry to another: both stand side by side, and no name goes before its certificate is there."""

from typing import Any

import pytest

from quayside.platform import Platform
from quayside.settings.merge import merge
from unit.crd_schemas import problems
from unit.examples import public, settings
from unit.recorder import Recorded, record, value_of

KINDS = ("gateway-api", "ingress-nginx", "istio", "kong")
WAITED = "pulumi.com/waitFor"


def built(new: str = "gateway-api", old: str | None = "ingress-nginx", move: dict[str, Any] | None = None, **more: Any) -> Recorded:
    topics = merge(public(), {"entry": {"kind": new}, **({"entryMigratingFrom": {"kind": old, **(move or {})}} if old else {}), **more})
    return record(lambda: Platform(settings(topics)).export())


def urns(recorded: Recorded) -> set[tuple[str, str]]:
    return {(each.type, each.name) for each in recorded}


def objects(recorded: Recorded) -> list[tuple[str, str, str, str]]:
    found = [each for each in recorded if each.type.startswith("kubernetes:") and "metadata" in each.inputs]
    about = [(each.inputs, each.inputs["metadata"]) for each in found]
    return [(one["apiVersion"], one["kind"], said.get("namespace", ""), said["name"]) for one, said in about]


@pytest.mark.parametrize("old", KINDS)
@pytest.mark.parametrize("new", KINDS)
def test_any_two_entries_stand_side_by_side(new: str, old: str) -> None:
    if new == old:
        return
    traffic = {"services": {"hello": {"namespace": "shared", "traffic": {"rateLimit": {"requests": 100, "client": True}}}}}
    both = built(new, old, **traffic)
    assert len(objects(both)) == len(set(objects(both)))
    assert len(both) == len(urns(both))
    for kind in (new, old):  # what is there before and after keeps its name
        alone = {each for each in urns(built(kind, None, **traffic)) if "DnsRecord" not in each[0]}
        assert alone <= urns(both)


def test_the_pods_let_in_both() -> None:
    policy = built(services={"hello": {"access": "namespace"}}).one("NetworkPolicy").inputs["spec"]["ingress"][0]["from"]
    names = {each["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"] for each in policy if "namespaceSelector" in each}
    assert names == {"gateway-api", "ingress-nginx"}


def test_a_name_waits_for_what_it_is_led_to() -> None:
    recorded = built(move={"hosts": {"hello": 100}})
    certificate = recorded.one("Certificate", "hello-gateway-api-tls")
    assert certificate.inputs["metadata"]["annotations"][WAITED] == "condition=Ready"
    assert problems(certificate.inputs) == []
    after = recorded.one("DnsRecord", "names-hello.dev.example.com@gateway-api").after
    assert {"hello-gateway-api-tls", "hello-hello.dev.example.com", "gateway"} <= after
    staying = recorded.one("DnsRecord", "names-*.dev.example.com@ingress-nginx").after
    assert staying == {"ingress-nginx-controller"}


def test_certificates_of_the_entry_that_is_left_are_not_waited_for() -> None:
    recorded = built("ingress-nginx", "gateway-api")
    assert WAITED not in recorded.one("Certificate").inputs["metadata"].get("annotations", {})


def test_each_entry_has_the_wildcard() -> None:
    recorded = built(certificates={"challenge": "dns-01", "wildcard": True}, move={"weight": 50})
    found = {each.name: each.inputs["metadata"] for each in recorded.of("Certificate")}
    assert {name: about["namespace"] for name, about in found.items()} == {
        "wildcard": "ingress-nginx",
        "wildcard-gateway-api": "gateway-api",
    }
    assert all(WAITED in about["annotations"] for about in found.values())
    assert "wildcard-gateway-api" in recorded.one("DnsRecord", "names-*.dev.example.com@gateway-api").after


@pytest.mark.parametrize(("move", "left"), [({}, True), ({"hosts": {"hello": 100}}, False), ({"weight": 100}, False)])
def test_challenges_are_answered_where_the_host_leads(move: dict[str, Any], left: bool) -> None:
    recorded = built(move=move)
    new, *old = recorded.one("ClusterIssuer", "letsencrypt-prod").inputs["spec"]["acme"]["solvers"]
    assert "gatewayHTTPRoute" in new["http01"] and "selector" not in new
    assert [(each["http01"]["ingress"]["ingressClassName"], each["selector"]) for each in old] == (
        [("nginx", {"dnsNames": ["hello.dev.example.com"]})] if left else []
    )
    assert recorded.one("Release", "cert-manager").inputs["values"]["config"] == {"gatewayAPI": {"enabled": True}}


def test_on_the_way_back_the_gateway_still_answers() -> None:
    recorded = built("ingress-nginx", "gateway-api")
    nginx, gateway = recorded.one("ClusterIssuer", "letsencrypt-prod").inputs["spec"]["acme"]["solvers"]
    assert nginx["http01"]["ingress"]["ingressClassName"] == "nginx"
    assert gateway["selector"] == {"dnsNames": ["hello.dev.example.com"]}
    assert recorded.one("Release", "cert-manager").inputs["values"]["config"] == {"gatewayAPI": {"enabled": True}}


def test_it_is_told_where_both_are_and_what_they_cost() -> None:
    exports = built().exports
    assert {"entryAddress", "entryMigratingFromAddress"} <= exports.keys()
    lines = [each["what"] for each in value_of(exports["estimate"])["lines"]]
    assert len([each for each in lines if each.startswith("load balancer's nodes")]) == 2
    assert "entryMigratingFromAddress" not in built(old=None).exports


def test_records_set_by_hand_are_told_with_their_addresses() -> None:
    told = value_of(built(names={"dns": "none"}).exports["recordsToSet"])
    assert {each["name"] for each in told} == {"*.dev.example.com", "entry.dev.example.com", "gateway-api.dev.example.com"}
