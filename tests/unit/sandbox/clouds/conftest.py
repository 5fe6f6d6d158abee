"""A simulated account without processes: the store in a temporary folder, and a provisioner that carries out at once what it is asked."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from quayside_sandbox.clouds.seed import seed
from quayside_sandbox.clouds.store import Missing, Store

from .account import CLUSTER, Account

CLUSTERS, POOLS = "kubernetesClusters", "kubernetesNodePools"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    memory = Store(tmp_path / "clouds")
    seed(memory)
    return memory


@pytest.fixture
def ocean(store: Store) -> Account:
    return Account(store, "digitalocean")


@pytest.fixture
def flare(store: Store) -> Account:
    return Account(store, "cloudflare")


@pytest.fixture
def zone(flare: Account) -> str:
    return flare.create("Zone", name="example.com", account={"id": flare.store.list("cloudflare", "accounts")[0]["id"]})[0]


@pytest.fixture
def provisioner(store: Store) -> Iterator[None]:
    """Stands for quayside_sandbox.provisioner: clusters and nodes are there a moment after they were asked for."""
    stopping = threading.Event()

    def provision() -> None:
        while not stopping.wait(0.02):
            for pool in store.list("digitalocean", POOLS):
                _quietly(lambda pool=pool: _provide_pool(store, pool))
            for cluster in store.list("digitalocean", CLUSTERS):
                _quietly(lambda cluster=cluster: _provide_cluster(store, cluster))

    thread = threading.Thread(target=provision)
    thread.start()
    yield
    stopping.set()
    thread.join()


def _provide_pool(store: Store, pool: dict[str, Any]) -> None:
    if pool.get("_deleting"):
        store.delete("digitalocean", POOLS, pool["id"])
    elif len(pool["nodes"]) != pool["nodeCount"]:
        nodes = [{"id": str(number), "name": f"{pool['name']}-{number}", "status": "running"} for number in range(pool["nodeCount"])]
        store.update("digitalocean", POOLS, pool["id"], {"nodes": nodes, "actualNodeCount": len(nodes)})


def _provide_cluster(store: Store, cluster: dict[str, Any]) -> None:
    if cluster["status"] == "provisioning":
        there = {
            "status": "running",
            "endpoint": "https://127.0.0.1:6443",
            "ipv4Address": "127.0.0.1",
            "_ca": "Q0E=",
            "_token": "the-token",
        }
        store.update("digitalocean", CLUSTERS, cluster["id"], there)
    elif cluster["status"] == "deleting":
        for pool in store.list("digitalocean", POOLS, clusterId=cluster["id"]):
            store.delete("digitalocean", POOLS, pool["id"])
        store.delete("digitalocean", CLUSTERS, cluster["id"])


def _quietly(act: Callable[[], None]) -> None:
    """What was deleted meanwhile needs nothing more."""
    try:
        act()
    except Missing:
        return


@pytest.fixture
def cluster(ocean: Account, provisioner: None) -> tuple[str, dict[str, Any]]:
    return ocean.create("KubernetesCluster", **CLUSTER)
