"""What a node leaves to pods. The rehearsal cloud states the same facts for itself: here they are held equal."""

import pytest

from quayside.catalog.prices import price
from quayside.catalog.room import DOKS_PODS, MI, PODS_ON_A_NODE, Room, allocatable, taken_on_each_node, taken_once
from quayside.settings.types import Cpu, Memory
from quayside_sandbox.clouds.digitalocean import catalog as simulated
from quayside_sandbox.controlplane.system import DOKS_PODS as SIMULATED_PODS

NODES = sorted(slug for slug, size in simulated.SIZES.items() if size.kubernetes)


def test_room_by_hand() -> None:
    assert allocatable("doks", "s-2vcpu-4gb") == Room(1900, 2560 * MI)
    assert taken_on_each_node("doks") == Room(500 + 100 + 102, (410 + 75 + 80) * MI)
    assert taken_once("doks") == Room(2 * 100, 2 * 170 * MI)


def test_unknown_is_none() -> None:
    assert allocatable("doks", "s-3vcpu-5gb") is None
    assert allocatable("vke", "vc2-2c-4gb") is None
    assert allocatable("doks", "vc2-2c-4gb") is None


@pytest.mark.parametrize("slug", NODES)
def test_nodes_are_as_in_rehearsals(slug: str) -> None:
    size = simulated.SIZES[slug]
    assert allocatable("doks", slug) == Room(size.allocatable_cpu, size.allocatable_memory * MI)


def test_system_pods_are_as_in_rehearsals() -> None:
    theirs = {
        (pod.name, pod.replicas, *((Cpu(pod.requests[0]).amount * 1000, Memory(pod.requests[1]).amount) if pod.requests else (0, 0)))
        for pod in SIMULATED_PODS
    }
    assert {(pod.name, pod.replicas, pod.asks.cpu, pod.asks.memory) for pod in DOKS_PODS} == theirs
    assert PODS_ON_A_NODE == simulated.PODS_ON_A_NODE


@pytest.mark.parametrize("slug", NODES)
def test_machines_cost_what_they_cost_in_rehearsals(slug: str) -> None:
    found = price("digitalocean", "machine", slug)
    size = simulated.SIZES[slug]
    assert found is not None
    assert (float(found.monthly), found.vcpus, found.memory) == (size.monthly, size.vcpus, size.memory)


def test_other_prices_are_those_of_rehearsals() -> None:
    def monthly(what: str, name: str) -> float:
        found = price("digitalocean", what, name)  # type: ignore[arg-type]  # a parameter is any word
        assert found is not None
        return float(found.monthly)

    assert monthly("control-plane", "ha") == simulated.HIGH_AVAILABILITY_MONTHLY
    assert monthly("load-balancer", "regional") == simulated.LOAD_BALANCER_NODE_MONTHLY
    assert monthly("volume", "gib") == simulated.VOLUME_GIB_MONTHLY
    assert {tier: monthly("registry", tier) for tier in simulated.REGISTRY_MONTHLY} == simulated.REGISTRY_MONTHLY
