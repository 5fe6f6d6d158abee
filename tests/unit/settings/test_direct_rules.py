"""What a stack cannot have whose load balancer leads straight to the pods of one service."""

from typing import Any

import pytest

from quayside.settings.direct_rules import load_balancer_has_a_name
from quayside.settings.merge import merge
from quayside.settings.stack import Settings
from unit.examples import CLOUDFLARE_TOKEN, topics


def found(**changed: Any) -> dict[str, str]:
    base = topics() | {"domain": "example.com", "entry": {"kind": "direct", "service": "hello"}, "certificates": {"enabled": False}}
    base["secrets"]["cloudflareToken"] = CLOUDFLARE_TOKEN
    _, problems = Settings.check(merge(base, changed))
    return {".".join(each.path): each.message for each in problems}


def test_one_service_and_its_hosts_are_enough() -> None:
    assert found(services={"hello": {"hosts": {"@": {}, "www.example.com": {}}}}) == {}


@pytest.mark.parametrize(
    ("changed", "key"),
    [
        ({"entry": {"service": None}}, "entry.service"),
        ({"entry": {"service": "helo"}}, "entry.service"),
        ({"services": {"other": {"image": "acme/other:1", "hosts": {"other": {}}}}}, "services.other.hosts"),
        ({"services": {"other": {"image": "acme/other:1", "tcp": {"a": 9000}}}}, "services.other.tcp"),
        ({"services": {"hello": {"hosts": {"@": {"paths": {"/api": {}}}}}}}, "services.hello.hosts.@.paths"),
        ({"certificates": {"enabled": True, "issuer": "self-signed"}}, "certificates.enabled"),
        ({"entry": {"replicas": 2}}, "entry.replicas"),
        ({"entry": {"values": {"a": "b"}}}, "entry.values"),
        ({"entry": {"maxBody": "1Gi"}}, "entry.maxBody"),
        (
            {"names": {"proxied": True, "zoneSettings": {"tls": "full"}}, "services": {"hello": {"hosts": {"@": {}}}}},
            "names.zoneSettings.tls",
        ),
    ],
)
def test_what_nobody_stands_there_to_do_is_refused(changed: dict[str, Any], key: str) -> None:
    problems = found(**changed)
    assert list(problems) == [key]


def test_cloudflare_may_end_tls() -> None:
    assert found(names={"proxied": True, "zoneSettings": {"tls": "flexible"}}, services={"hello": {"hosts": {"@": {}}}}) == {}


def test_the_service_belongs_to_that_kind_alone() -> None:
    assert list(found(entry={"kind": "kong"}, certificates={"enabled": False})) == ["entry.service"]


@pytest.mark.parametrize(
    ("services", "at"),
    [
        ({"a" * 49: {}}, []),
        ({"a" * 50: {}}, [f"services.{'a' * 50}"]),
        ({"shop": {}, "shop-load-balancer": {}}, []),
        ({"shop": {"namespace": "x"}, "shop-load-balancer": {"namespace": "x"}}, ["services.shop-load-balancer"]),
    ],
)
def test_the_load_balancer_has_a_name_of_its_own(services: dict[str, Any], at: list[str]) -> None:
    spec = {"entry": {"kind": "direct", "service": next(iter(services))}, "services": services}
    assert [key for key, _ in load_balancer_has_a_name(spec)] == at
