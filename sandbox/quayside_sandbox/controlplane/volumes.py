"""Volumes for claims, as a CSI driver's provisioner makes them: the cloud's record first, then the PersistentVolume that stands for it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ..clouds.store import Record, Store
from ..kube import Api, ApiError
from ..kube.client import Object
from .events import event
from .quantity import gibibytes
from .system import BLOCK_STORAGE, LOCAL_STORAGE
from .watched import Watched

PROVISIONER = "volume.kubernetes.io/storage-provisioner"  # set on a claim by the controller manager: whose turn it is
PROVISIONED_BY = "pv.kubernetes.io/provisioned-by"
FINALIZER = "external-provisioner.volume.kubernetes.io/finalizer"
DRIVERS = {"digitalocean": BLOCK_STORAGE, "local": LOCAL_STORAGE}
QUOTA_MESSAGE = (
    'failed to provision volume with StorageClass "{}": rpc error: code = ResourceExhausted desc = volume limit has been reached. '
    "Please contact support."
)


@dataclass(frozen=True)
class Claims:
    """What Volumes looks at."""

    claims: Watched
    volumes: Watched
    classes: Watched


class Volumes:
    """`held` says of a claim (namespace, name) whether a fault keeps it pending."""

    def __init__(
        self, store: Store, cloud: str, cluster: str, region: str, api: Api, seen: Claims, held: Callable[[str, str], bool]
    ) -> None:
        self.store, self.cloud, self.cluster, self.region = store, cloud, cluster, region
        self.api, self.seen, self.held = api, seen, held
        self.driver = DRIVERS[cloud]
        self._told: set[str] = set()

    @property
    def watches(self) -> Sequence[Watched]:
        return [self.seen.claims, self.seen.volumes]

    def reconcile(self) -> float | None:
        waiting = False
        for claim in self.seen.claims.items():
            if claim["metadata"].get("deletionTimestamp"):
                continue
            if not claim["spec"].get("volumeName"):
                waiting |= not self._provision(claim)
            elif claim.get("status", {}).get("phase") == "Bound":
                self._expand(claim)
        for volume in self.seen.volumes.items():
            self._reclaim(volume)
        return 1.0 if waiting else None

    def _provision(self, claim: Object) -> bool:
        """Whether nothing is left to do."""
        metadata = claim["metadata"]
        if (metadata.get("annotations") or {}).get(PROVISIONER) != self.driver:
            return True
        name, size = f"pvc-{metadata['uid']}", gibibytes(claim["spec"]["resources"]["requests"]["storage"])
        storage_class = self.seen.classes.get(claim["spec"].get("storageClassName") or "")
        if storage_class is None or self.seen.volumes.get(name):
            return True
        if self.held(metadata["namespace"], metadata["name"]):
            if metadata["uid"] not in self._told:
                self._told.add(metadata["uid"])
                message = QUOTA_MESSAGE.format(storage_class["metadata"]["name"])
                event(self.api, claim, "Warning", "ProvisioningFailed", message, component=f"{self.driver}_csi-do-controller")
            return False
        record = self._record(name) or self.store.create(self.cloud, "volumes", self._fields(claim, name, size, storage_class))
        try:
            self.api.create(self._volume(claim, name, size, storage_class, record["id"]))
        except ApiError as problem:
            if problem.reason != "AlreadyExists":
                raise
        message = f"Successfully provisioned volume {name}"
        event(self.api, claim, "Normal", "ProvisioningSucceeded", message, component=f"{self.driver}_csi-do-controller")
        return True

    def _record(self, name: str) -> Record | None:
        return next(iter(self.store.list(self.cloud, "volumes", name=name, _clusterId=self.cluster)), None)

    def _fields(self, claim: Object, name: str, size: int, storage_class: Object) -> Record:
        file_system = (storage_class.get("parameters") or {}).get("fstype", "ext4")
        return {
            "name": name,
            "region": self.region,
            "size": size,
            "description": "Created by DigitalOcean CSI driver",
            "initialFilesystemType": "",
            "filesystemType": file_system,
            "filesystemLabel": "",
            "dropletIds": [],
            "tags": [f"k8s:{self.cluster}"],
            "_clusterId": self.cluster,
            "_claim": f"{claim['metadata']['namespace']}/{claim['metadata']['name']}",
        }

    def _volume(self, claim: Object, name: str, size: int, storage_class: Object, handle: str) -> Object:
        metadata = claim["metadata"]
        return {
            "apiVersion": "v1",
            "kind": "PersistentVolume",
            "metadata": {"name": name, "annotations": {PROVISIONED_BY: self.driver}, "finalizers": [FINALIZER]},
            "spec": {
                "capacity": {"storage": f"{size}Gi"},
                "accessModes": claim["spec"]["accessModes"],
                "volumeMode": claim["spec"].get("volumeMode", "Filesystem"),
                "persistentVolumeReclaimPolicy": storage_class.get("reclaimPolicy", "Delete"),
                "storageClassName": storage_class["metadata"]["name"],
                "claimRef": {
                    "apiVersion": "v1",
                    "kind": "PersistentVolumeClaim",
                    "namespace": metadata["namespace"],
                    "name": metadata["name"],
                    "uid": metadata["uid"],
                },
                "csi": {
                    "driver": self.driver,
                    "volumeHandle": handle,
                    "fsType": (storage_class.get("parameters") or {}).get("fstype", "ext4"),
                    "volumeAttributes": {"storage.kubernetes.io/csiProvisionerIdentity": f"{uuid.UUID(int=0)}-{self.driver}"},
                },
            },
        }

    def _expand(self, claim: Object) -> None:
        wanted = gibibytes(claim["spec"]["resources"]["requests"]["storage"])
        volume = self.seen.volumes.get(claim["spec"]["volumeName"])
        if volume is None or not self._ours(volume) or wanted <= gibibytes(volume["spec"]["capacity"]["storage"]):
            return
        record = self._record(volume["metadata"]["name"])
        if record:
            self.store.update(self.cloud, "volumes", record["id"], {"size": wanted})
        capacity: dict[str, Any] = {"capacity": {"storage": f"{wanted}Gi"}}
        self.api.patch("v1", "PersistentVolume", volume["metadata"]["name"], {"spec": capacity})
        metadata = claim["metadata"]
        self.api.patch("v1", "PersistentVolumeClaim", metadata["name"], {"status": capacity}, metadata["namespace"], subresource="status")

    def _reclaim(self, volume: Object) -> None:
        """A volume goes with its claim where the class says so; one whose PersistentVolume was deleted while retained stays in the cloud."""
        metadata, spec = volume["metadata"], volume["spec"]
        if not self._ours(volume):
            return
        if spec.get("persistentVolumeReclaimPolicy") == "Delete" and (volume.get("status") or {}).get("phase") == "Released":
            self.store.delete(self.cloud, "volumes", spec["csi"]["volumeHandle"])
            _quietly(lambda: self.api.delete("v1", "PersistentVolume", metadata["name"]))
            self._release(volume)
        elif metadata.get("deletionTimestamp") and spec.get("persistentVolumeReclaimPolicy") != "Delete":
            self._release(volume)

    def _release(self, volume: Object) -> None:
        left = [finalizer for finalizer in volume["metadata"].get("finalizers") or [] if finalizer != FINALIZER]
        _quietly(lambda: self.api.patch("v1", "PersistentVolume", volume["metadata"]["name"], {"metadata": {"finalizers": left}}))

    def _ours(self, volume: Object) -> bool:
        return (volume["metadata"].get("annotations") or {}).get(PROVISIONED_BY) == self.driver


def _quietly(call: Callable[[], Object]) -> None:
    try:
        call()
    except ApiError as problem:
        if problem.code not in (404, 409):
            raise
