"""How much of a node is left for pods: what the vendor's node agent keeps back, and what its own pods ask for."""

from collections.abc import Mapping
from dataclasses import dataclass

from quayside.catalog.prices import VENDORS, price

MI = 2**20
"""Bytes in a Mi."""


@dataclass(frozen=True)
class Room:
    """CPU in thousandths of a core, and memory in bytes: of a node, or as pods ask for it."""

    cpu: int = 0
    memory: int = 0

    def __add__(self, other: "Room") -> "Room":
        return Room(self.cpu + other.cpu, self.memory + other.memory)

    def __sub__(self, other: "Room") -> "Room":
        return Room(self.cpu - other.cpu, self.memory - other.memory)

    def __mul__(self, times: int) -> "Room":
        return Room(self.cpu * times, self.memory * times)


@dataclass(frozen=True)
class SystemPod:
    """A pod that the vendor puts into a cluster: on every node, or `replicas` in all. `asks` is empty where it requests nothing."""

    name: str
    asks: Room = Room()
    replicas: int | None = None


# DigitalOcean publishes no list of them. Names and requests are as `kubectl describe node` of DOKS clusters shows them in notes that
# several users published on GitHub from 2023 to 2026 (found by searching for "cpc-bridge-proxy"). Older clusters had less: cilium 310m/310Mi.
DOKS_PODS = (
    SystemPod("cilium", Room(500, 410 * MI)),
    SystemPod("cpc-bridge-proxy", Room(100, 75 * MI)),
    SystemPod("csi-do-node"),
    SystemPod("do-node-agent", Room(102, 80 * MI)),
    SystemPod("konnectivity-agent"),
    SystemPod("kube-proxy"),
    SystemPod("coredns", Room(100, 170 * MI), replicas=2),
    SystemPod("hubble-relay", replicas=1),
    SystemPod("hubble-ui", replicas=1),
)
"""Pods of kube-system in a DOKS cluster."""

# GiB of a node → MiB for pods: docs.digitalocean.com/products/kubernetes/details/limits, 'Allocatable Memory' (10 Nov 2025).
# 24, 256 and 384 are not in that table and follow its trend.
_DOKS_MEMORY = {
    2: 1024, 3: 1700, 4: 2560, 8: 6144, 16: 13312, 24: 20480, 32: 28672, 48: 44032, 64: 59392, 96: 90624, 128: 122368, 160: 154624,
    192: 186368, 256: 249856, 384: 377856,
}  # fmt: skip

# Millicores that DOKS keeps back: `kubectl describe node` of 2-vCPU nodes shows 1900m allocatable.
_DOKS_RESERVED_CPU = 100

PODS_ON_A_NODE = 110
"""As many pods run on a node at most, whatever they ask for: docs.digitalocean.com/products/kubernetes/details/limits (10 Nov 2025)."""

SYSTEM_PODS: Mapping[str, tuple[SystemPod, ...]] = {"doks": DOKS_PODS}
"""Kind of cluster → the pods that its vendor puts into it. A kind that is not here is one whose room is not known."""


def allocatable(kind: str, size: str) -> Room | None:
    """What all pods together may ask for on a node of a size, those of the vendor among them. None where that is not known."""
    machine = price(VENDORS[kind], "machine", size) if kind in SYSTEM_PODS else None
    if machine is None or machine.vcpus is None or machine.memory is None:
        return None
    memory = _DOKS_MEMORY.get(machine.memory // 1024)
    return None if memory is None else Room(machine.vcpus * 1000 - _DOKS_RESERVED_CPU, memory * MI)


def taken_on_each_node(kind: str) -> Room:
    """What the vendor's pods take on every node."""
    return sum((pod.asks for pod in SYSTEM_PODS[kind] if pod.replicas is None), Room())


def taken_once(kind: str) -> Room:
    """What the vendor's other pods take, somewhere in the cluster."""
    return sum((pod.asks * pod.replicas for pod in SYSTEM_PODS[kind] if pod.replicas is not None), Room())
