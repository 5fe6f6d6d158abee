"""Checks over several values of one map: pure functions over plain maps, which settings and components share (see base.Rule)."""

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network
from typing import Any

SYSTEM_POOL = "system"
"""Name of the pool that belongs to the cluster itself."""

POOL_LABEL = "quayside/pool"
"""Label of a node with the name its pool has in the settings. The cloud's own label has the name at the cloud, which holds the size."""

LONGEST_NODE_NAME = 63
"""A node's name is the value of a label, kubernetes.io/hostname."""

NODE_SUFFIX = len("-8oimu")
"""What DigitalOcean adds to a pool's name for the name of a node."""

RESERVED_NETWORKS = ("10.244.0.0/16", "10.245.0.0/16", "10.246.0.0/24", "10.229.0.0/16")
"""What no VPC may have: pods and services of clusters are there, and DigitalOcean itself (docs.digitalocean.com, VPC limits; the last one
since 2025-03-07, release notes)."""

RESERVED_TAGS = frozenset({"quayside", "k8s", "terraform"})
"""Tags by which quayside, DigitalOcean (k8s:worker, k8s:<cluster>) and its provider (terraform:default-node-pool) know what is theirs."""

RESERVED = frozenset(
    {
        "cert-manager",
        "default",
        "gateway-api",
        "ingress-nginx",
        "istio-ingress",
        "istio-system",
        "kong",
        "metrics-server",
        "monitoring",
        "tracing",
    }
)
"""Namespaces, besides those that begin with kube-, in which no service may be."""


def size_of_pool(pool: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """A pool has either a fixed count or the two bounds of its autoscaler, in order."""
    count, low, high = pool.get("count"), pool.get("min"), pool.get("max")
    if low is None and high is None:
        if count is None:
            yield "count", "is missing; write a number of nodes, or min and max for a pool that scales itself"
        return
    for key, bound in (("min", low), ("max", high)):
        if bound is None:
            yield key, "is missing; a pool that scales itself needs min and max"
    if count is not None:
        yield "count", "cannot stand beside min and max, whose autoscaler owns the count; write count: null, or remove min and max"
    if isinstance(low, int) and isinstance(high, int) and low > high:
        yield "min", f"is more than max ({low} > {high}); write min ≤ max"


def pools_apart(cluster: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The cluster's own pool has a name already."""
    pools = cluster.get("pools")
    if isinstance(pools, Mapping) and SYSTEM_POOL in pools:
        yield f"pools.{SYSTEM_POOL}", "has the name of the pool that belongs to the cluster itself; write another, or set systemPool"


def pool_names_fit(cluster: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """A node's name is its pool's, with the size (see clusters.pools) and a suffix."""
    pools = cluster.get("pools")
    for name, pool in (pools if isinstance(pools, Mapping) else {}).items():
        size = pool.get("size") if isinstance(pool, Mapping) else None
        over = len(f"{name}-{size}") + NODE_SUFFIX - LONGEST_NODE_NAME
        if isinstance(size, str) and over > 0:
            wrong = f"makes names of nodes longer than {LONGEST_NODE_NAME} characters, with the machine size in them"
            yield f"pools.{name}", f"{wrong}; write a name that is shorter by {over}"


def pool_labels_apart(pool: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The label that says which pool a node is of has its value already."""
    labels = pool.get("labels")
    if isinstance(labels, Mapping) and POOL_LABEL in labels:
        yield f"labels.{POOL_LABEL}", "is set by quayside itself, to the pool's name; remove it, or write another label"


def network_is_free(cluster: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """A VPC cannot lie where DigitalOcean itself is."""
    try:
        network = IPv4Network(cluster.get("network") or "")
    except ValueError:
        return  # none is set, it is known only later, or it has a message of its own
    for reserved in RESERVED_NETWORKS:
        if network.overlaps(IPv4Network(reserved)):
            yield (
                "network",
                f"overlaps {reserved}, which DigitalOcean keeps for itself and for clusters; write another, such as 10.20.0.0/20",
            )


def tags_apart(cluster: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Tags that mean something to others."""
    tags = cluster.get("tags")
    for key in tags if isinstance(tags, Mapping) else ():
        if key in RESERVED_TAGS:
            yield f"tags.{key}", "is a tag of quayside's, of DigitalOcean's or of its provider's; write another"


def namespaces_apart(settings: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """A namespace belongs to one part of the platform, or its removal would take others along."""
    services, suffix = settings.get("services"), settings.get("namespaceSuffix")
    said = {
        str(name): service.get("namespace")
        for name, service in (services if isinstance(services, Mapping) else {}).items()
        if isinstance(service, Mapping)
    }
    homes = {name: home for name, home in said.items() if home is None or isinstance(home, str)}
    for name, home in homes.items():
        key = f"services.{name}.namespace" if home else f"services.{name}"
        final = f"{home or name}-{suffix}" if isinstance(suffix, str) else home or name
        if final in RESERVED or final.startswith("kube-"):
            yield key, "would use a namespace of the cluster or the platform; write another namespace"
        elif len(final) > 63 >= len(home or name):
            yield key, f"with namespaceSuffix is {len(final)} characters long, and a namespace has at most 63; shorten one of them"
        elif home in homes and homes[home] is None:
            yield f"services.{name}.namespace", "is the own namespace of the service of that name; write another, for both of them to share"
