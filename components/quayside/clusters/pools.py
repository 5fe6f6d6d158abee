"""Node pools of DOKS as plain arguments: pure functions over settings."""

from collections.abc import Mapping
from typing import Any

import pulumi

from quayside.settings.cluster import PoolSettings, SystemPoolSettings, TaintSettings
from quayside.settings.rules import POOL_LABEL, SYSTEM_POOL


def tags_of(tags: Mapping[str, str]) -> list[str]:
    """A user's tags as DigitalOcean has them: words. In the order of their keys, so that the order in a file means nothing."""
    return [f"{key}:{value}" if value else key for key, value in sorted(tags.items())]


def pool_name(name: str, size: pulumi.Input[str]) -> pulumi.Input[str]:
    """A pool's name at the cloud. It holds the size, which cannot be changed in place: the new pool then stands before the old one goes."""
    return pulumi.Output.concat(name, "-", size) if isinstance(size, pulumi.Output) else f"{name}-{size}"


def system_pool_arguments(pool: SystemPoolSettings, tags: list[str]) -> Any:
    """The pool inside of the cluster resource. Its size is no part of its name: with another size the whole cluster is another."""
    return {"name": SYSTEM_POOL, "size": pool.size, "node_count": pool.count, "labels": {POOL_LABEL: SYSTEM_POOL}, "tags": tags}


def pool_arguments(name: str, pool: PoolSettings, tags: list[str]) -> dict[str, Any]:
    """Arguments of a KubernetesNodePool but the cluster's id. The count of an autoscaled pool is left out: it is the autoscaler's."""
    arguments: dict[str, Any] = {
        "name": pool_name(name, pool.size),
        "size": pool.size,
        "labels": {**pool.labels, POOL_LABEL: name},
        "tags": tags,
        "taints": taints(pool.taints) or None,
    }
    if pool.min is None:
        return arguments | {"node_count": pool.count}
    return arguments | {"auto_scale": True, "min_nodes": pool.min, "max_nodes": pool.max}


def taints(by_key: Mapping[str, TaintSettings]) -> list[dict[str, str]]:
    """Taints in the order of their keys, so that the order in a file means nothing."""
    return [{"key": key, "value": taint.value, "effect": taint.effect} for key, taint in sorted(by_key.items())]
