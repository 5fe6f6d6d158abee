"""What DigitalOcean sells: Droplet sizes, regions, Kubernetes versions and prices, each once and with its source.

Both the simulated cloud and the provisioner (what a node offers to pods) read it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# Accepted by the simulated API and as a bearer token by every simulated API server; of a real token's form, and nobody's.
PLACEHOLDER_TOKEN = "dop_v1_" + "5a" * 32

# The simulated API servers are always 1.36.1, whatever version a cluster asks for; slugs have DOKS' form
# (docs.digitalocean.com/products/kubernetes/details/supported-releases: three minors, the newest patch of each; older
# patches stay creatable for a while). Newest first.
KUBERNETES_VERSIONS = ("1.36.1-do.0", "1.35.4-do.0", "1.35.3-do.1", "1.34.7-do.0")

# docs.digitalocean.com/products/kubernetes/details/pricing (Oct 2025): USD a month.
HIGH_AVAILABILITY_MONTHLY = 40.0
# docs.digitalocean.com/products/networking/load-balancers/details/pricing (Oct 2025): regional, each node of a load balancer.
LOAD_BALANCER_NODE_MONTHLY = 12.0
# docs.digitalocean.com/products/volumes/details/pricing (Oct 2025): each GiB.
VOLUME_GIB_MONTHLY = 0.10
# docs.digitalocean.com/products/container-registry/details/pricing (Oct 2025).
REGISTRY_MONTHLY = {"starter": 0.0, "basic": 5.0, "professional": 20.0}

# docs.digitalocean.com/products/kubernetes/details/limits (10 Nov 2025).
PODS_ON_A_NODE = 110
NODES_IN_A_CLUSTER = 512


@dataclass(frozen=True)
class Size:
    """A kind of Droplet; memory in MiB, disk in GiB, price in USD a month."""

    slug: str
    vcpus: int
    memory: int
    disk: int
    monthly: float
    description: str
    regions: tuple[str, ...]

    @property
    def allocatable_memory(self) -> int:
        """MiB that pods can request on a node of this size."""
        return _ALLOCATABLE[self.memory // 1024]

    @property
    def allocatable_cpu(self) -> int:
        """Millicores that pods can request: DOKS reserves 100 (kubectl describe of 2-vCPU DOKS nodes shows 1900m)."""
        return self.vcpus * 1000 - 100

    @property
    def kubernetes(self) -> bool:
        """Whether a node pool takes it: at least 2 GiB (docs.digitalocean.com/products/kubernetes/details/limits)."""
        return self.memory >= 2048


# GiB of a node → MiB for pods: docs.digitalocean.com/products/kubernetes/details/limits, 'Allocatable Memory' (10 Nov 2025);
# 24, 256 and more GiB are not in that table and follow its trend.
_ALLOCATABLE = {
    2: 1024, 3: 1700, 4: 2560, 8: 6144, 16: 13312, 24: 20480, 32: 28672, 48: 44032, 64: 59392, 96: 90624, 128: 122368, 160: 154624,
    192: 186368, 256: 249856, 384: 377856,
}  # fmt: skip

_EVERYWHERE = ("ams3", "atl1", "blr1", "fra1", "lon1", "nyc1", "nyc2", "nyc3", "sfo2", "sfo3", "sgp1", "syd1", "tor1")

# slug: vCPUs, GiB, disk GiB, USD a month. www.digitalocean.com/pricing/droplets and the list of /v2/sizes (Oct 2025);
# dedicated kinds also in github.com/sergeykuzmich/terraform-digitalocean-variables, do_sizes.tf.
_SIZES = {
    "Basic": {
        "s-1vcpu-1gb": (1, 1, 25, 6), "s-1vcpu-2gb": (1, 2, 50, 12), "s-2vcpu-2gb": (2, 2, 60, 18), "s-2vcpu-4gb": (2, 4, 80, 24),
        "s-4vcpu-8gb": (4, 8, 160, 48), "s-8vcpu-16gb": (8, 16, 320, 96),
    },
    "Premium AMD": {
        "s-1vcpu-2gb-amd": (1, 2, 50, 14), "s-2vcpu-2gb-amd": (2, 2, 60, 21), "s-2vcpu-4gb-amd": (2, 4, 80, 28),
        "s-2vcpu-8gb-amd": (2, 8, 100, 42), "s-4vcpu-8gb-amd": (4, 8, 160, 56), "s-4vcpu-16gb-amd": (4, 16, 200, 84),
        "s-8vcpu-16gb-amd": (8, 16, 320, 112), "s-8vcpu-32gb-amd": (8, 32, 400, 168),
    },
    "Premium Intel": {
        "s-1vcpu-2gb-intel": (1, 2, 50, 14), "s-2vcpu-2gb-intel": (2, 2, 60, 21), "s-2vcpu-4gb-intel": (2, 4, 80, 28),
        "s-4vcpu-8gb-intel": (4, 8, 160, 56), "s-8vcpu-16gb-intel": (8, 16, 320, 112),
    },
    "General Purpose": {
        "g-2vcpu-8gb": (2, 8, 25, 63), "g-4vcpu-16gb": (4, 16, 50, 126), "g-8vcpu-32gb": (8, 32, 100, 252),
        "g-16vcpu-64gb": (16, 64, 200, 504), "g-32vcpu-128gb": (32, 128, 400, 1008), "g-40vcpu-160gb": (40, 160, 500, 1260),
        "gd-2vcpu-8gb": (2, 8, 50, 68), "gd-4vcpu-16gb": (4, 16, 100, 136), "gd-8vcpu-32gb": (8, 32, 200, 272),
    },
    "CPU-Optimized": {
        "c-2": (2, 4, 25, 42), "c-4": (4, 8, 50, 84), "c-8": (8, 16, 100, 168), "c-16": (16, 32, 200, 336), "c-32": (32, 64, 400, 672),
    },
    "Memory-Optimized": {
        "m-2vcpu-16gb": (2, 16, 50, 84), "m-4vcpu-32gb": (4, 32, 100, 168), "m-8vcpu-64gb": (8, 64, 200, 336),
        "m-16vcpu-128gb": (16, 128, 400, 672), "m-32vcpu-256gb": (32, 256, 800, 1344),
    },
}  # fmt: skip

SIZES: dict[str, Size] = {
    slug: Size(slug, vcpus, gib * 1024, disk, float(monthly), kind, _EVERYWHERE)
    for kind, sizes in _SIZES.items()
    for slug, (vcpus, gib, disk, monthly) in sizes.items()
}


@dataclass(frozen=True)
class Region:
    """A datacenter; `number` fixes the address range of its default VPC."""

    slug: str
    name: str
    number: int
    kubernetes: bool = True
    features: tuple[str, ...] = ("backups", "ipv6", "metadata", "install_agent", "storage", "image_transfer")


# docs.digitalocean.com/platform/regional-availability (Oct 2025); the numbers are the second octets of the ranges that
# default VPCs have in practice (10.104 sgp1, 10.106 lon1, 10.108 nyc3, 10.110 ams3, 10.114 fra1, 10.116 nyc1, 10.118 tor1 …).
REGIONS: dict[str, Region] = {
    region.slug: region
    for region in (
        Region("ams3", "Amsterdam 3", 110),
        Region("atl1", "Atlanta 1", 140),
        Region("blr1", "Bangalore 1", 122),
        Region("fra1", "Frankfurt 1", 114),
        Region("lon1", "London 1", 106),
        Region("nyc1", "New York 1", 116),
        Region("nyc2", "New York 2", 112),
        Region("nyc3", "New York 3", 108),
        Region("sfo2", "San Francisco 2", 120),
        Region("sfo3", "San Francisco 3", 124),
        Region("sgp1", "Singapore 1", 104),
        Region("syd1", "Sydney 1", 126),
        Region("tor1", "Toronto 1", 118),
    )
}


def version_key(slug: str) -> tuple[int, ...]:
    """Orders version slugs: (1, 36, 1, 0) for "1.36.1-do.0"; what is no slug sorts first."""
    parts = re.fullmatch(r"v?(\d+)\.(\d+)\.(\d+)(?:-do\.(\d+))?", slug)
    return tuple(int(part or 0) for part in parts.groups()) if parts else ()
