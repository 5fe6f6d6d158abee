"""Settings of a move from one entry to another."""

from typing import Any

import pytest

from quayside.settings.merge import merge
from quayside.settings.stack import Settings
from unit.examples import public

FROM = "entryMigratingFrom"


def problems(leaving: dict[str, Any], **more: Any) -> dict[str, str]:
    topics = merge({**public(), "entry": {"kind": "gateway-api"}}, {FROM: leaving, **more})
    return {".".join(each.path): each.message for each in Settings.check(topics)[1]}


@pytest.mark.parametrize("leaving", [{}, {"weight": 100}, {"hosts": {"hello": 100}}, {"replicas": 2, "values": {"controller": {}}}])
def test_a_move(leaving: dict[str, Any]) -> None:
    assert problems({"kind": "ingress-nginx", **leaving}) == {}


def test_records_know_no_other_shares() -> None:
    found = problems({"kind": "ingress-nginx", "weight": 30, "hosts": {"hello": 99}})
    assert set(found) == {f"{FROM}.weight", f"{FROM}.hosts.hello"}
    assert all(message.endswith("write 0, 50 or 100") for message in found.values())


def test_a_host_that_moves_exists() -> None:
    assert problems({"kind": "ingress-nginx", "hosts": {"hallo": 100}}) == {
        f"{FROM}.hosts.hallo": "is no host of the stack that leads to its entry; did you mean hello?"
    }


def test_entries_differ() -> None:
    assert list(problems({"kind": "gateway-api"})) == [f"{FROM}.kind"]
    assert f"{FROM}.kind" in problems({"kind": "ingress-nginx"}, entry={"kind": "direct", "service": "hello"})
    assert f"{FROM}.kind" in problems({"kind": "direct"})


@pytest.mark.parametrize(
    ("new", "old", "key"),
    [
        ({"name": "front"}, {"name": "front"}, "name"),
        ({"hostName": "lb.example.com"}, {"hostName": "lb.example.com"}, "hostName"),
        ({"hostName": "entry.dev.example.com"}, {}, "hostName"),  # which the old one has unsaid
    ],
)
def test_each_load_balancer_has_names_of_its_own(new: dict[str, Any], old: dict[str, Any], key: str) -> None:
    entry = {"kind": "gateway-api", "loadBalancer": new}
    assert list(problems({"kind": "ingress-nginx", "loadBalancer": old}, entry=entry)) == [f"entry.loadBalancer.{key}"]


@pytest.mark.parametrize(
    ("certificates", "refused"),
    [({}, True), ({"challenge": "dns-01"}, False), ({"issuer": "self-signed"}, False), ({"enabled": False}, False)],
)
def test_half_of_the_requests_would_miss_a_challenge(certificates: dict[str, Any], refused: bool) -> None:
    for leaving in ({"weight": 50}, {"hosts": {"hello": 50}}):
        key = f"{FROM}.{'weight' if 'weight' in leaving else 'hosts.hello'}"
        found = problems({"kind": "ingress-nginx", **leaving}, certificates=certificates)
        assert list(found) == ([key] if refused else [])
    assert not problems({"kind": "ingress-nginx", "weight": 50, "hosts": {"hello": 100}}, certificates=certificates)


def test_what_is_stated_both_entries_can_do() -> None:
    services = {"hello": {"traffic": {"retries": {"attempts": 2}}, "tcp": {"mqtt": 1883}}}
    alone = merge({**public(), "entry": {"kind": "gateway-api"}}, {"services": services})
    assert not Settings.check(alone)[1]
    found = problems({"kind": "kong"}, services=services)
    assert "services.hello.tcp" in found
    assert found["services.hello.tcp"].endswith(f"(asked of {FROM} kong, which still runs)")


def test_a_policy_that_the_old_entry_cannot_do_is_refused() -> None:
    services = {"hello": {"traffic": {"faults": {"delay": {"time": "1s", "percent": 10}}}}}
    alone = merge({**public(), "entry": {"kind": "gateway-api"}}, {"services": services})
    assert not Settings.check(alone)[1]
    assert any(key.startswith("services.hello.traffic.faults") for key in problems({"kind": "ingress-nginx"}, services=services))


def test_room_is_found_for_the_pods_of_both() -> None:
    leaving = {"kind": "ingress-nginx", "replicas": 20}
    assert list(problems(leaving)) == ["services"]


def test_nothing_is_said_twice() -> None:
    services = {"hello": {"traffic": {"mirroring": {"service": "nobody"}}}}
    assert len([key for key in problems({"kind": "istio"}, services=services) if key.endswith("mirroring.service")]) == 1


def test_it_is_an_entry_as_any_other() -> None:
    settings, _ = Settings.check(merge({**public(), "entry": {"kind": "gateway-api"}}, {FROM: {"kind": "ingress-nginx", "replicas": 2}}))
    assert settings is not None
    before = settings.left()
    assert before is not None
    assert (before.entry.kind, before.entry.replicas, before.left()) == ("ingress-nginx", 2, None)
    assert "weight" not in before.entry.model_dump()
