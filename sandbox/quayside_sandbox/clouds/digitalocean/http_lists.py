"""DigitalOcean's lists as its HTTP API has them (docs.digitalocean.com/reference/api): snake_case, paged by links."""

from __future__ import annotations

import re
from typing import Any

from ..store import Record, Store
from .pools import KIND as POOLS

UNAUTHENTICATED = (401, {"id": "Unauthorized", "message": "Unable to authenticate you"})
NOT_FOUND = (404, {"id": "not_found", "message": "The resource you were accessing could not be found."})
API = "https://api.digitalocean.com"


def page(name: str, items: list[Record], number: int, size: int, total: int) -> Record:
    """One page of a list."""
    last = number * size >= total
    links = {} if last else {"pages": {"next": f"{API}/v2?page={number + 1}&per_page={size}"}}
    return {name: items, "links": links, "meta": {"total": total}}


def _listed(kind: str) -> Any:
    def records(store: Store, matched: re.Match[str], query: dict[str, str]) -> list[Record]:
        return [snake(record) for record in store.list("digitalocean", kind)]

    return records


def _vpcs(store: Store, matched: re.Match[str], query: dict[str, str]) -> list[Record]:
    return [{"urn": f"do:vpc:{one['id']}", **snake(one)} for one in store.list("digitalocean", "vpcs")]


def _clusters(store: Store, matched: re.Match[str], query: dict[str, str]) -> list[Record]:
    return [_cluster(store, one) for one in store.list("digitalocean", "kubernetesClusters")]


def _cluster(store: Store, record: Record) -> Record:
    """With its node pools inside, and the state of its status as an object."""
    pools = store.list("digitalocean", POOLS, clusterId=record["id"])
    own = {key: value for key, value in snake(record).items() if not key.startswith("kube_config")}
    status = {"state": record["status"], "message": record.get("statusMessage") or ""}
    return {
        **own,
        "region_slug": record.get("region"),
        "version_slug": record.get("version"),
        "status": status,
        "node_pools": _pools(pools),
    }


def _pools(records: list[Record]) -> list[Record]:
    return [{**snake(one), "count": one.get("nodeCount")} for one in records]


def snake(record: Record) -> Record:
    """A record without the sandbox's own keys, its keys as the HTTP API writes them."""
    return {_snake(key): _values(value) for key, value in record.items() if not key.startswith("_")}


def _values(value: Any) -> Any:
    if isinstance(value, dict):
        return snake(value)
    return [_values(item) for item in value] if isinstance(value, list) else value


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()


LISTS = (
    (r"/v2/vpcs", "vpcs", _vpcs),
    (r"/v2/kubernetes/clusters", "kubernetes_clusters", _clusters),
    (r"/v2/projects", "projects", _listed("projects")),
    (r"/v2/load_balancers", "load_balancers", _listed("loadBalancers")),
    (r"/v2/volumes", "volumes", _listed("volumes")),
)
