"""Progressive delivery in a stack's settings: what it needs, what it cannot stand beside, and the room that it takes."""

from typing import Any

import pytest

from quayside.estimate import estimate
from quayside.settings.capacity import services_fit
from quayside.settings.progressive import ProgressiveSettings
from quayside.settings.stack import Settings
from unit.examples import public
from unit.settings.test_capacity import asks, stack

SEEN = {"metrics": {"enabled": True}}


def shop(**more: Any) -> dict[str, Any]:
    return {"image": "acme/shop:1", "hosts": {"shop": {}}, "progressive": {}, **more}


def problems(service: dict[str, Any], **more: Any) -> dict[str, str]:
    """Key → what is wrong with it, in a stack that has what it needs."""
    given = {**public(), "observability": SEEN, "services": {"shop": service}, **more}
    _, found = Settings.check(given)
    return {".".join(each.path): each.message for each in found}


def test_an_empty_map_is_enough() -> None:
    assert problems(shop()) == {}
    asked = ProgressiveSettings()
    assert (asked.step, asked.interval, asked.most, asked.success_rate, asked.latency) == (10, "2m", 50, 99, "500ms")


@pytest.mark.parametrize("entry", ["gateway-api", "istio", "ingress-nginx"])
def test_three_entries_can_do_it(entry: str) -> None:
    assert problems(shop(), entry={"kind": entry}) == {}


@pytest.mark.parametrize(
    ("service", "more", "key", "told"),
    [
        (shop(canary={"image": "acme/shop:2"}), {}, "progressive", "cannot stand beside canary"),
        (shop(blueGreen={"image": "acme/shop:2"}), {}, "progressive", "cannot stand beside blueGreen"),
        (shop(variants={"b": {"weight": 5}}), {}, "progressive", "cannot stand beside variants"),
        (shop(replicas=0), {}, "replicas", "write 1 or more"),
        (shop(hosts={}), {}, "progressive", "write hosts"),
        (shop(protocol="tcp", hosts={"shop": {"tls": "passthrough"}}), {}, "progressive", "write blueGreen"),
        (shop(patches={"Deployment": {"spec": {}}}), {}, "patches.Deployment", "write patches.Rollout"),
        ({"image": "acme/shop:1", "patches": {"Rollout": {}}}, {}, "patches.Rollout", "write patches.Deployment"),
        (shop(), {"observability": {}}, "progressive", "write observability.metrics.enabled: true"),
        (shop(), {"entry": {"kind": "kong"}}, "progressive", "write entry.kind: gateway-api"),
        (shop(), {"entry": {"kind": "none"}}, "progressive", "write entry.kind: gateway-api"),
        (shop(progressive={"step": 20, "most": 10}), {}, "progressive.most", "write 20 or more"),
        (shop(progressive={"interval": "59s"}), {}, "progressive.interval", "write 1m or more"),
        (
            shop(traffic={"loadBalancing": {"hash": {"cookie": {"name": "user"}}}}),
            {"entry": {"kind": "ingress-nginx"}},
            "traffic.loadBalancing.hash.cookie",
            "write hash.header",
        ),
        (shop(), {"entryMigratingFrom": {"kind": "ingress-nginx"}}, "progressive", "cannot stand beside entryMigratingFrom"),
    ],
)
def test_what_does_not_go_is_refused_with_what_to_write(service: dict[str, Any], more: dict[str, Any], key: str, told: str) -> None:
    assert told in problems(service, **more)[f"services.shop.{key}"]


@pytest.mark.parametrize("side", ["stable", "next"])
def test_its_services_have_names_of_their_own(side: str) -> None:
    found = problems(shop(), services={"shop": shop(), f"shop-{side}": {"image": "acme/shop:1"}})
    assert f"shop-{side}" in found["services.shop.progressive"]
    assert "not a name for a variant" in str(problems({"image": "acme/shop:1", "variants": {side: {"weight": 5}}}))


def test_there_is_room_for_as_many_pods_again() -> None:
    """2 × 217m + 130m = 564m, and as much again for the new version; 20m for the controller."""
    plain, asked = asks("217m", replicas=2), {**asks("217m", replicas=2), "progressive": {}}
    assert list(services_fit(stack(services={"a": plain}))) == []
    ((key, message),) = services_fit(stack(services={"a": asked}))
    assert key == "services"
    assert "2 × a 217m + 2 × 217m in rollout + platform 150m" in message


def test_its_controller_is_in_the_estimate_and_is_two_in_prod() -> None:
    for environment, number in (("dev", 1), ("prod", 2)):
        settings, _ = Settings.check({**public(), "environment": environment, "observability": SEEN, "services": {"shop": shop()}})
        assert settings is not None
        assert [each.quantity for each in estimate(settings).lines if each.what == "progressive delivery: argo-rollouts"] == [number]
    settings, _ = Settings.check({**public(), "services": {"shop": {"image": "acme/shop:1"}}})
    assert settings is not None
    assert not [each for each in estimate(settings).lines if "argo-rollouts" in each.what]
