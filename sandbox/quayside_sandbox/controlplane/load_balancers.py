"""Load balancers for Services, as the vendor's cloud controller makes them.

Facts: digitalocean-cloud-controller-manager cloud-controller-manager/do/loadbalancers.go, lb_annotations.go and its docs;
k8s.io/cloud-provider controllers/service (finalizer, events).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..clouds.addresses import free_address
from ..clouds.store import Record, Store
from ..kube import Api, ApiError
from ..kube.client import Object
from .events import event
from .load_balancer_fields import ANNOTATION, InvalidAnnotation, fields
from .watched import Watched

ID = "kubernetes.digitalocean.com/load-balancer-id"
FINALIZER = "service.kubernetes.io/load-balancer-cleanup"
KIND = "loadBalancers"
DISOWN = "service.kubernetes.io/do-loadbalancer-disown"


class LoadBalancers:
    """`base` holds what a record of this cluster's load balancers always has (region, vpcUuid …)."""

    def __init__(self, store: Store, cloud: str, cluster: str, base: Record, api: Api, services: Watched, nodes: Watched) -> None:
        self.store, self.cloud, self.cluster, self.base = store, cloud, cluster, base
        self.api, self.services, self.nodes = api, services, nodes
        self._failed: dict[str, str] = {}  # uid of a Service → its resourceVersion that cannot be served

    @property
    def watches(self) -> Sequence[Watched]:
        return [self.services, self.nodes]

    def reconcile(self) -> float | None:
        for service in self.services.items():
            try:
                self._reconcile(service)
            except ApiError as problem:
                if problem.code not in (404, 409):  # gone, or changed since: the watch will tell
                    raise
        return None

    def _reconcile(self, service: Object) -> None:
        metadata, spec = service["metadata"], service["spec"]
        wanted = spec.get("type") == "LoadBalancer" and not spec.get("loadBalancerClass") and not metadata.get("deletionTimestamp")
        if wanted:
            if self._failed.get(metadata["uid"]) != metadata["resourceVersion"]:
                self._ensure(service)
        elif FINALIZER in (metadata.get("finalizers") or []):
            self._remove(service)

    def _ensure(self, service: Object) -> None:
        metadata = service["metadata"]
        if FINALIZER not in (metadata.get("finalizers") or []):
            event(self.api, service, "Normal", "EnsuringLoadBalancer", "Ensuring load balancer", component="service-controller")
            self._patch(service, {"metadata": {"finalizers": [*(metadata.get("finalizers") or []), FINALIZER]}})
            return  # the watch tells of the change
        try:
            content = {**fields(service), "dropletIds": self._droplets()}
        except InvalidAnnotation as problem:
            self._failed[metadata["uid"]] = metadata["resourceVersion"]
            message = f"Error syncing load balancer: failed to ensure load balancer: {problem}"
            event(self.api, service, "Warning", "SyncLoadBalancerFailed", message, component="service-controller")
            return
        record = self._keep(service, content)
        annotations = metadata.get("annotations") or {}
        if self.cloud == "digitalocean" and annotations.get(ID) != record["id"]:
            self._patch(service, {"metadata": {"annotations": {ID: record["id"]}}})
        hostname = annotations.get(f"{ANNOTATION}hostname")
        ingress: list[dict[str, Any]] = [{"hostname": hostname}] if hostname else [{"ip": record["ip"], "ipMode": "VIP"}]
        if ((service.get("status") or {}).get("loadBalancer") or {}).get("ingress") != ingress:
            self._patch(service, {"status": {"loadBalancer": {"ingress": ingress}}}, "status")
            event(self.api, service, "Normal", "EnsuredLoadBalancer", "Ensured load balancer", component="service-controller")

    def _keep(self, service: Object, content: Record) -> Record:
        """Makes the record, or brings it up to date; one that bears the wanted name already is taken over, as the controller does."""
        record = self._find(service) or next(iter(self.store.list(self.cloud, KIND, name=content["name"])), None)
        owner = {"_clusterId": self.cluster, "_service": f"{service['metadata']['namespace']}/{service['metadata']['name']}"}
        content = {**self.base, **content, **owner}
        if record is None:
            with free_address(self.store) as address:
                return self.store.create(self.cloud, KIND, {**content, "ip": address, "status": "active"})
        if any(record.get(key) != value for key, value in content.items()):
            return self.store.update(self.cloud, KIND, record["id"], content)
        return record

    def _find(self, service: Object) -> Record | None:
        id = (service["metadata"].get("annotations") or {}).get(ID)
        found = self.store.find(self.cloud, KIND, id) if id else None
        name = f"{service['metadata']['namespace']}/{service['metadata']['name']}"
        return found or next(iter(self.store.list(self.cloud, KIND, _clusterId=self.cluster, _service=name)), None)

    def _remove(self, service: Object) -> None:
        metadata = service["metadata"]
        event(self.api, service, "Normal", "DeletingLoadBalancer", "Deleting load balancer", component="service-controller")
        record = self._find(service)
        if record and (metadata.get("annotations") or {}).get(DISOWN) != "true":
            self.store.delete(self.cloud, KIND, record["id"])
        if not metadata.get("deletionTimestamp"):
            self._patch(service, {"status": {"loadBalancer": None}}, "status")
        left = [finalizer for finalizer in metadata["finalizers"] if finalizer != FINALIZER]
        event(self.api, service, "Normal", "DeletedLoadBalancer", "Deleted load balancer", component="service-controller")
        self._patch(service, {"metadata": {"finalizers": left}})

    def _droplets(self) -> list[int]:
        """The cluster's nodes, which the load balancer sends traffic to."""
        if self.cloud != "digitalocean":
            return []
        pools = self.store.list(self.cloud, "kubernetesNodePools", clusterId=self.cluster)
        nodes = [node for pool in pools for node in pool.get("nodes") or [] if node["status"] == "running"]
        return sorted(int(node["dropletId"]) for node in nodes)

    def _patch(self, service: Object, body: Object, subresource: str | None = None) -> None:
        metadata = service["metadata"]
        self.api.patch(
            "v1",
            "Service",
            metadata["name"],
            body,
            metadata["namespace"],
            subresource=subresource,
            field_manager="digitalocean-cloud-controller-manager",
        )
