"""The account's Droplet limit: every worker node counts, an autoscaled pool with its maximum."""

from __future__ import annotations

from ..cloud import Cloud
from ..store import Record, Store


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


def use_up(store: Store) -> int:
    """Leaves the account no Droplet beyond those it has; returns how many these are."""
    used = sum(droplets_of(pool) for pool in store.list("digitalocean", "kubernetesNodePools")) + len(
        store.list("digitalocean", "droplets")
    )
    account = store.list("digitalocean", "accounts")[0]
    kept = account.get("_dropletLimit", account["dropletLimit"])
    store.update("digitalocean", "accounts", account["id"], {"dropletLimit": used, "_dropletLimit": kept})
    return used


def restore(store: Store) -> None:
    """Gives the account the limit back that it had before `use_up`."""
    for account in store.list("digitalocean", "accounts"):
        if (limit := account.get("_dropletLimit")) is not None:
            store.update("digitalocean", "accounts", account["id"], {"dropletLimit": limit, "_dropletLimit": None})


def used_up(store: Store) -> int | None:
    """The limit that `use_up` set, None where it is the usual one."""
    limits = [int(one["dropletLimit"]) for one in store.list("digitalocean", "accounts") if one.get("_dropletLimit") is not None]
    return limits[0] if limits else None
