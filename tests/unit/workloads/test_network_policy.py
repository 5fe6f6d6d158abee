"""Who may call a service, as a manifest."""

from typing import Any

from quayside.workloads.network_policy import network_policy
from unit.workloads.specs import spec

ENTRY = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "ingress-nginx"}}}


def sources(*entries: str, **given: Any) -> list[dict[str, Any]]:
    (rule,) = network_policy("shop", "home", {}, spec(**given), entries)["spec"]["ingress"]
    found: list[dict[str, Any]] = rule["from"]
    return found


def test_any_pod_of_the_cluster_gets_to_the_port_and_to_no_other() -> None:
    found = network_policy("shop", "home", {}, spec(port=3000))
    assert found["spec"] == {
        "podSelector": {"matchLabels": {"app.kubernetes.io/name": "shop", "app.kubernetes.io/instance": "shop"}},
        "policyTypes": ["Ingress"],  # what the pods themselves call is open
        "ingress": [{"from": [{"namespaceSelector": {}}], "ports": [{"protocol": "TCP", "port": 3000}]}],
    }


def test_its_namespace_only() -> None:
    assert sources("ingress-nginx", access="namespace") == [{"podSelector": {}}]


def test_the_entry_gets_in_where_there_are_hosts() -> None:
    hosts: dict[str, Any] = {"shop.example.com": {}}
    assert sources("ingress-nginx", access="namespace", hosts=hosts) == [{"podSelector": {}}, ENTRY]
    assert sources(access="namespace", hosts=hosts) == [{"podSelector": {}}]


def test_two_entries_get_in_while_a_stack_moves() -> None:
    found = sources("ingress-nginx", "kong", access="namespace", hosts={"shop.example.com": {}})
    assert [each["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"] for each in found[1:]] == ["ingress-nginx", "kong"]
