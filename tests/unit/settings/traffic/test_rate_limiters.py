"""Pods that count requests: which services have one, what they are called, and that the nodes have room for them."""

import re
from typing import Any

import pytest

from quayside.estimate import estimate
from quayside.settings.capacity import services_fit
from quayside.settings.footprint import RATE_LIMIT, SIDECAR
from quayside.settings.stack import Settings
from quayside.settings.traffic.index import TrafficSettings
from quayside.settings.traffic.rate_limiters import rate_limiters, rate_limiters_have_names
from quayside.traffic.contract import Planes
from quayside.traffic.index import shape
from unit.examples import topics
from unit.traffic.carried import of_kind, subject

LIMIT = {"rateLimit": {"requests": 5, "scope": "global", "redis": {"host": "redis.cache.svc.cluster.local"}}}


def stack(entry: str, mesh: str, traffic: dict[str, Any] = LIMIT, hosts: bool = True, name: str = "shop") -> dict[str, Any]:
    service = {"traffic": traffic, "hosts": {"shop": {}} if hosts else {}}
    return {"entry": {"kind": entry}, "mesh": {"mode": mesh}, "services": {name: service}}


@pytest.mark.parametrize("entry", ["gateway-api", "istio", "ingress-nginx", "kong", "direct", "none"])
@pytest.mark.parametrize("mesh", ["off", "sidecar", "ambient"])
@pytest.mark.parametrize("hosts", [True, False])
def test_those_that_are_counted_are_made(entry: str, mesh: str, hosts: bool) -> None:
    planes = Planes(entry if hosts and entry != "none" else None, mesh)
    made = shape(subject("istio", planes=planes), TrafficSettings.model_validate(LIMIT))
    assert rate_limiters(stack(entry, mesh, hosts=hosts)) == ["shop"] * len(of_kind("Deployment", made.objects))


def test_a_local_limit_has_none() -> None:
    assert rate_limiters(stack("istio", "sidecar", {"rateLimit": {"requests": 5}})) == []
    assert rate_limiters(stack("istio", "sidecar", {})) == []


def test_so_does_the_entry_that_is_being_left() -> None:
    assert rate_limiters({**stack("kong", "off"), "entryMigratingFrom": {"kind": "istio"}}) == ["shop"]


def test_nothing_else_is_called_like_them() -> None:
    said = stack("istio", "off")
    assert list(rate_limiters_have_names(said)) == []
    said["services"]["shop-rate-limit"] = {}
    ((key, message),) = rate_limiters_have_names(said)
    assert (key, "shop-rate-limit" in message) == ("services.shop.traffic.rateLimit.scope", True)
    ((_, message),) = rate_limiters_have_names(stack("istio", "off", name="s" * 55))
    assert "shorter by 3" in message


def limited(traffic: dict[str, Any]) -> dict[str, Any]:
    """A stack with sidecars and one service."""
    said = topics()
    said["mesh"] = {"mode": "sidecar"}
    said["services"]["hello"]["traffic"] = traffic
    return said


def test_the_estimate_states_them() -> None:
    lines = {}
    for each in ({}, LIMIT):
        settings, problems = Settings.check(limited(each))
        assert settings is not None, problems
        lines[bool(each)] = {line.what: line.quantity for line in estimate(settings).lines}
    assert lines[True]["Istio: rate-limit"] == 1
    assert lines[True]["Istio: istio-proxy"] == lines[False]["Istio: istio-proxy"] + 1


def test_the_nodes_must_have_room_for_them() -> None:
    def platform(traffic: dict[str, Any]) -> float:
        said = limited(traffic)
        said["services"]["hello"]["replicas"] = 100
        return max(float(found[1]) for _, message in services_fit(said) if (found := re.search(r"platform ([0-9.]+)Mi", message)))

    ours = sum(each.bytes for each in (RATE_LIMIT, SIDECAR)) / 2**20
    assert platform(LIMIT) - platform({}) == pytest.approx(float(ours), abs=0.2)
