"""The Node objects that a vendor's machines, or those of a local cluster, would register; plain functions."""

from __future__ import annotations

import json
import uuid

from ..clouds.digitalocean.catalog import PODS_ON_A_NODE, SIZES
from ..clouds.store import Record
from ..kube.client import Object
from .stages import KUBELET_LABEL

POOL_KEYS = "quayside-sandbox/pool-keys"  # annotation: which labels and taints the pool has set, so that they can be taken away


def pool_labels(cluster: Record, pool: Record, node: Record) -> dict[str, str]:
    """As 'kubectl get nodes --show-labels' of a DOKS cluster shows them. There is no zone: a region is one datacenter."""
    region, size = cluster["region"], pool["size"]
    return {
        "beta.kubernetes.io/arch": "amd64",
        "beta.kubernetes.io/instance-type": size,
        "beta.kubernetes.io/os": "linux",
        "doks.digitalocean.com/managed": "true",
        "doks.digitalocean.com/node-id": node["id"],
        "doks.digitalocean.com/node-pool": pool["name"],
        "doks.digitalocean.com/node-pool-id": pool["id"],
        "doks.digitalocean.com/version": cluster["version"],
        "failure-domain.beta.kubernetes.io/region": region,
        "kubernetes.io/arch": "amd64",
        "kubernetes.io/hostname": node["name"],
        "kubernetes.io/os": "linux",
        "node.kubernetes.io/instance-type": size,
        "region": region,
        "topology.kubernetes.io/region": region,
        **{key: str(value) for key, value in (pool.get("labels") or {}).items()},
    }


def doks_node(name: str, size: str, labels: dict[str, str], taints: list[Record], version: str) -> Object:
    droplet = SIZES[size]
    capacity = {
        "cpu": str(droplet.vcpus),
        "memory": f"{droplet.memory}Mi",
        "ephemeral-storage": f"{droplet.disk}Gi",
        "pods": str(PODS_ON_A_NODE),
    }
    allocatable = {**capacity, "cpu": f"{droplet.allocatable_cpu}m", "memory": f"{droplet.allocatable_memory}Mi"}
    return _node(name, labels, taints, capacity, allocatable, version)


def local_node(node: Record) -> Object:
    capacity = {"cpu": str(node.get("cpu", 4)), "memory": str(node.get("memory", "8Gi")), "pods": str(node.get("pods", PODS_ON_A_NODE))}
    capacity["ephemeral-storage"] = "100Gi"
    labels = {
        "kubernetes.io/arch": "amd64",
        "kubernetes.io/hostname": node["name"],
        "kubernetes.io/os": "linux",
        **(node.get("labels") or {}),
    }
    return _node(node["name"], labels, node.get("taints") or [], capacity, capacity, "v1.36.1")


def _node(
    name: str, labels: dict[str, str], taints: list[Record], capacity: dict[str, str], allocatable: dict[str, str], version: str
) -> Object:
    machine = uuid.uuid4()
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": name,
            "labels": {**labels, KUBELET_LABEL: "running"},
            "annotations": {POOL_KEYS: marks(labels, taints)},
        },
        "spec": {"taints": taints},
        "status": {
            "capacity": capacity,
            "allocatable": allocatable,
            "daemonEndpoints": {"kubeletEndpoint": {"Port": 10250}},
            "nodeInfo": {
                "architecture": "amd64",
                "operatingSystem": "linux",
                "osImage": "Debian GNU/Linux 13 (trixie)",
                "kernelVersion": "6.12.0-sandbox",
                "containerRuntimeVersion": "containerd://2.2.0",
                "kubeletVersion": version,
                "kubeProxyVersion": "",
                "machineID": machine.hex,
                "systemUUID": str(machine),
                "bootID": str(uuid.uuid4()),
            },
        },
    }


def marks(labels: dict[str, str], taints: list[Record]) -> str:
    return json.dumps({"labels": sorted(labels), "taints": sorted(f"{taint['key']}:{taint['effect']}" for taint in taints)})
