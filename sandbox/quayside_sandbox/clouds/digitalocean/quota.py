"""The account's Droplet limit: every worker node counts, an autoscaled pool with its maximum."""

from __future__ import annotations

from ..cloud import Cloud
from ..store import Record


def droplets_of(pool: Record) -> int:
    """What a pool counts for (doctl#1619: an autoscaled one with its maximum)."""
    return int(pool.get("maxNodes") or 0) if pool.get("autoScale") else int(pool.get("nodeCount") or 0)


def check(cloud: Cloud, method: str, path: str, pool: Record, id: str = "") -> None:
    """Raises Refused where the pool, as it shall be, does not fit beside the others."""
    account = cloud.list("accounts")
    limit = int(account[0]["dropletLimit"]) if account else 0
    used = sum(droplets_of(other) for other in cloud.list("kubernetesNodePools") if other["id"] != id) + len(cloud.list("droplets"))
    wanted = droplets_of(pool)
    if wanted and used + wanted > limit:
        if pool.get("autoScale"):
            message = f"validation error: autoscale desired max nodes exceed limits, {wanted} additional nodes but not enough available droplet limit"
        else:
            message = f"validation error: {wanted} additional nodes but not enough available droplet limit"
        raise cloud.refused(method, path, 422, message)
