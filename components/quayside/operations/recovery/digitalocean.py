"""What a killed run has made at DigitalOcean: found by name and owner mark in the vendor's own lists."""

import time
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any

from quayside.catalog.api import digitalocean_pages
from quayside.operations.recovery.exported import Pending
from quayside.operations.recovery.verdicts import CannotSay, Found, Orphan
from quayside.settings.rules import SYSTEM_POOL

VPC = "digitalocean:index/vpc:Vpc"
CLUSTER = "digitalocean:index/kubernetesCluster:KubernetesCluster"
POOL = "digitalocean:index/kubernetesNodePool:KubernetesNodePool"
PROJECT = "digitalocean:index/project:Project"

REPEATABLE = frozenset({"digitalocean:index/projectResources:ProjectResources"})
"""What may be made again: the second time changes nothing."""

PATIENCE = 1200
"""Seconds for a cluster that is being provisioned: DigitalOcean needs five to ten minutes."""

PAUSE = 5

Item = Mapping[str, Any]


class DigitalOcean:
    """An account, as far as its lists tell."""

    def __init__(self, base: str, token: str, tag: str, owner: tuple[str, str]) -> None:
        """tag: the owner mark of the stack; owner: its project and name."""
        self._base, self._token, self._tag = base, token, tag
        self._project = f"Made by quayside: {owner[0]}, stack {owner[1]}"

    def find(self, pending: Pending) -> Found | None:
        """What a creation has made. Raises CannotSay, NotAnswered."""
        if pending.type not in _FIND:
            raise CannotSay("this type is not known here; look at DigitalOcean's console, then `pulumi refresh` on a terminal")
        for each in _FIND[pending.type](self, pending.inputs):
            state = (each.get("status") or {}).get("state") if pending.type == CLUSTER else None
            return Found(str(each["id"]), provisioning=state == "provisioning")
        return None

    def orphans(self, known: set[str]) -> Iterator[Orphan]:
        """What carries the mark and is not known. Raises NotAnswered."""
        for each in self._clusters:
            if self._tag in (each.get("tags") or []) and each["id"] not in known:
                yield Orphan("cluster", each["name"], each["id"], f"doctl kubernetes cluster delete {each['id']}")
                continue
            for pool in each.get("node_pools") or []:
                if self._tag in (pool.get("tags") or []) and pool["id"] not in known and pool["name"] != SYSTEM_POOL:
                    remedy = f"doctl kubernetes cluster node-pool delete {each['id']} {pool['id']}"
                    yield Orphan("node pool", pool["name"], pool["id"], remedy)
        for each in self._vpcs:
            if self._marked(each) and each["id"] not in known:
                yield Orphan("VPC", each["name"], each["id"], f"doctl vpcs delete {each['id']}")
        for each in self._projects:
            if each.get("description") == self._project and each["id"] not in known:
                yield Orphan("project", each["name"], each["id"], f"doctl projects delete {each['id']}")

    def await_running(self, id: str, pause: float = PAUSE) -> str:
        """Waits until a cluster is provisioned; returns its state. Raises NotAnswered."""
        until = time.monotonic() + PATIENCE
        while True:
            found = [each for each in self._list("/v2/kubernetes/clusters", "kubernetes_clusters") if each["id"] == id]
            state = str(found[0]["status"]["state"]) if found else "gone"
            if state != "provisioning" or time.monotonic() > until:
                return state
            time.sleep(pause)

    def vpcs(self, inputs: Item) -> Iterator[Item]:
        return (each for each in self._vpcs if each["name"] == inputs.get("name") and self._marked(each))

    def clusters(self, inputs: Item) -> Iterator[Item]:
        return (each for each in self._clusters if each["name"] == inputs.get("name") and self._tag in (each.get("tags") or []))

    def pools(self, inputs: Item) -> Iterator[Item]:
        inside = (pool for each in self._clusters if each["id"] == inputs.get("clusterId") for pool in each.get("node_pools") or [])
        return (each for each in inside if each["name"] == inputs.get("name") and self._tag in (each.get("tags") or []))

    def projects(self, inputs: Item) -> Iterator[Item]:
        return (each for each in self._projects if each["name"] == inputs.get("name") and each.get("description") == self._project)

    def _marked(self, vpc: Item) -> bool:
        """VPCs have no tags: the mark ends their description."""
        return str(vpc.get("description") or "").endswith(f": {self._tag}")

    @cached_property
    def _vpcs(self) -> list[Item]:
        return self._list("/v2/vpcs", "vpcs")

    @cached_property
    def _clusters(self) -> list[Item]:
        return self._list("/v2/kubernetes/clusters", "kubernetes_clusters")

    @cached_property
    def _projects(self) -> list[Item]:
        return self._list("/v2/projects", "projects")

    def _list(self, path: str, key: str) -> list[Item]:
        pages = digitalocean_pages(self._base, path, self._token, token_from="DIGITALOCEAN_TOKEN")
        return [each for page in pages for each in page.get(key) or []]


_FIND: Mapping[str, Callable[[DigitalOcean, Item], Iterator[Item]]] = {
    VPC: DigitalOcean.vpcs,
    CLUSTER: DigitalOcean.clusters,
    POOL: DigitalOcean.pools,
    PROJECT: DigitalOcean.projects,
}
