"""What a vendor puts into a new cluster: its system pods, which take room on every node, and its storage classes.

Without them a rehearsal would find room that a real node has not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Any

from ..clouds.store import Record
from ..kube import Api
from ..kube.client import Object
from .watched import Watched

MANAGER = "quayside-sandbox"
NAMESPACE = "kube-system"
BLOCK_STORAGE = "dobs.csi.digitalocean.com"
LOCAL_STORAGE = "quayside-sandbox.local"


@dataclass(frozen=True)
class SystemPod:
    """A DaemonSet, or a Deployment where `replicas` are given; requests as (CPU, memory), None where it requests nothing."""

    name: str
    requests: tuple[str, str] | None
    limits: dict[str, str]
    image: str
    replicas: int | None = None
    host_network: bool = True


# The pods of kube-system and their requests, as 'kubectl get pods' and 'kubectl describe node' of DOKS clusters show them in notes that
# several users published on GitHub (2023 to 2026; found by searching for 'cpc-bridge-proxy'; DigitalOcean itself publishes no list):
# cilium 500m/410Mi (limits 1/1Gi; 310m/310Mi in older clusters), coredns 100m/170Mi (150M in older ones), do-node-agent 102m/80Mi
# (limit 300Mi), cpc-bridge-proxy 100m/75Mi; the others request nothing. Images are only named after what runs there.
DOKS_PODS = (
    SystemPod("cilium", ("500m", "410Mi"), {"cpu": "1", "memory": "1Gi"}, "docker.io/cilium/cilium"),
    SystemPod("cpc-bridge-proxy", ("100m", "75Mi"), {}, "docker.io/digitalocean/cpbridge"),
    SystemPod("csi-do-node", None, {}, "docker.io/digitalocean/do-csi-plugin"),
    SystemPod("do-node-agent", ("102m", "80Mi"), {"memory": "300Mi"}, "docker.io/digitalocean/do-agent"),
    SystemPod("konnectivity-agent", None, {}, "registry.k8s.io/kas-network-proxy/proxy-agent"),
    SystemPod("kube-proxy", None, {}, "registry.k8s.io/kube-proxy"),
    SystemPod("coredns", ("100m", "170Mi"), {"memory": "170Mi"}, "docker.io/coredns/coredns", replicas=2, host_network=False),
    SystemPod("hubble-relay", None, {}, "docker.io/cilium/hubble-relay", replicas=1, host_network=False),
    SystemPod("hubble-ui", None, {}, "docker.io/cilium/hubble-ui", replicas=1, host_network=False),
)

# As 'kubectl get storageclass' of a DOKS cluster lists them: name, file system, what happens to the volume, default or not.
DOKS_STORAGE_CLASSES = (
    ("do-block-storage", "ext4", "Delete", True),
    ("do-block-storage-retain", "ext4", "Retain", False),
    ("do-block-storage-xfs", "xfs", "Delete", False),
    ("do-block-storage-xfs-retain", "xfs", "Retain", False),
)


class SystemObjects:
    """Applies them once, when the cluster comes up."""

    watches: Sequence[Watched] = ()

    def __init__(self, api: Api, objects: Sequence[Object]) -> None:
        self.api, self._left = api, list(objects)

    def reconcile(self) -> float | None:
        while self._left:
            self.api.apply(self._left[0], field_manager=MANAGER, force=True)
            self._left.pop(0)
        return None


def doks_objects(cluster: Record) -> list[Object]:
    dns = str(IPv4Network(cluster.get("serviceSubnet") or "10.245.0.0/16")[10])
    return [
        *(
            _storage_class(name, BLOCK_STORAGE, reclaim, default, {"fstype": system})
            for name, system, reclaim, default in DOKS_STORAGE_CLASSES
        ),
        _csi_driver(BLOCK_STORAGE),
        *(_workload(pod) for pod in DOKS_PODS),
        _dns_service(dns),
    ]


def local_objects() -> list[Object]:
    return [_storage_class("standard", LOCAL_STORAGE, "Delete", True, {})]


def _storage_class(name: str, provisioner: str, reclaim: str, default: bool, parameters: dict[str, str]) -> Object:
    metadata: Object = {"name": name}
    if default:
        metadata["annotations"] = {"storageclass.kubernetes.io/is-default-class": "true"}
    return {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": metadata,
        "provisioner": provisioner,
        "reclaimPolicy": reclaim,
        "allowVolumeExpansion": True,
        "volumeBindingMode": "Immediate",
        "parameters": parameters,
    }


def _csi_driver(name: str) -> Object:
    return {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "CSIDriver",
        "metadata": {"name": name},
        "spec": {"attachRequired": True, "podInfoOnMount": True, "fsGroupPolicy": "ReadWriteOnceWithFSType"},
    }


def _workload(pod: SystemPod) -> Object:
    labels = {"k8s-app": "kube-dns" if pod.name == "coredns" else pod.name, "doks.digitalocean.com/managed": "true"}
    selector = {"k8s-app": labels["k8s-app"]}
    resources: dict[str, Any] = {}
    if pod.requests:
        resources["requests"] = dict(zip(("cpu", "memory"), pod.requests, strict=True))
    if pod.limits:
        resources["limits"] = pod.limits
    on_all = pod.replicas is None
    tolerations = [{"operator": "Exists"}] if on_all else [{"key": "CriticalAddonsOnly", "operator": "Exists"}]
    spec: Object = {
        "selector": {"matchLabels": selector},
        "template": {
            "metadata": {"labels": labels},
            "spec": {
                "priorityClassName": "system-node-critical" if on_all else "system-cluster-critical",
                "hostNetwork": pod.host_network,
                "tolerations": tolerations,
                "containers": [{"name": pod.name, "image": pod.image, "resources": resources}],
            },
        },
    }
    if not on_all:
        spec["replicas"] = pod.replicas
    metadata = {"name": pod.name, "namespace": NAMESPACE, "labels": labels}
    return {"apiVersion": "apps/v1", "kind": "DaemonSet" if on_all else "Deployment", "metadata": metadata, "spec": spec}


def _dns_service(address: str) -> Object:
    ports = [
        {"name": "dns", "port": 53, "protocol": "UDP", "targetPort": 53},
        {"name": "dns-tcp", "port": 53, "protocol": "TCP", "targetPort": 53},
    ]
    labels = {"k8s-app": "kube-dns", "kubernetes.io/name": "CoreDNS", "doks.digitalocean.com/managed": "true"}
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "kube-dns", "namespace": NAMESPACE, "labels": labels},
        "spec": {"clusterIP": address, "selector": {"k8s-app": "kube-dns"}, "ports": ports},
    }
