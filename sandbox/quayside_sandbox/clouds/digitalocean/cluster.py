"""A managed Kubernetes cluster (DOKS) with its one inline node pool. The provisioner starts its API server and makes its nodes."""

from __future__ import annotations

import re
import uuid
from typing import Any

from ...plugins.values import UNKNOWN
from ..cloud import Refused
from ..paths import Path
from ..resource import PartlyDone, Resource
from ..store import Missing, Record
from ..table import Table, between, cidr, not_empty, one_of
from . import kubeconfig, pools, times
from .catalog import KUBERNETES_VERSIONS, REGIONS, version_key
from .cluster_facts import facts

_RESOURCE = "terraform-provider-digitalocean digitalocean/kubernetes/resource_kubernetes_cluster.go"
_DAYS = ("any", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class KubernetesCluster(Resource):
    table = Table(
        token="digitalocean:index/kubernetesCluster:KubernetesCluster",
        kind="kubernetesClusters",
        autoname=True,
        defaults={
            "surgeUpgrade": True,
            "registryIntegration": False,
            "destroyAllAssociatedResources": False,
            "isolatedWorkers": False,
            "nodePool.autoScale": False,
        },
        rules={
            "name": not_empty,
            "region": not_empty,
            "version": not_empty,
            "clusterSubnet": cidr,
            "serviceSubnet": cidr,
            "maintenancePolicy.day": one_of(*_DAYS, ignore_case=True),
            "kubeconfigExpireSeconds": between(0, 2**31 - 1),
            **pools.rules("nodePool."),
        },
        immutable=frozenset(
            {
                "region",
                "vpcUuid",
                "clusterSubnet",
                "serviceSubnet",
                "workerSubnetUuid",
                "isolatedWorkers",
                "nodePool.size",
                "nodePool.gpuPartitionMode",
            }
        ),
        unordered=frozenset({"tags", "nodePool.tags", "nodePool.taints"}),
        computed=frozenset({"nodePool.id", "nodePool.nodes", "nodePool.actualNodeCount", "maintenancePolicy.duration"}),
        secret=frozenset({"kubeConfigs"}),
        references={"vpcUuid": "vpcs"},
        unique=("name",),
        seconds={"create": 1800.0, "update": 1800.0, "delete": 1200.0},
        sources={
            "autoname": "pulumi-digitalocean provider/resources.go: every `name` that is no exception",
            "defaults": f"{_RESOURCE}: Default; ha has none any more (pulumi_digitalocean 4.84.1: Output[bool], 'Default: true (for 1.36.0 and later)')",
            "rules": f"{_RESOURCE}: ValidateFunc",
            "immutable": f"{_RESOURCE}: ForceNew; worker_subnet_uuid and isolated_workers: SDK docs 'can only be set at creation time'",
            "unordered": "terraform-provider-digitalocean tag.TagsSchema and nodePoolSchema: TypeSet",
            "computed": f"{_RESOURCE}: Computed",
            "secret": "pulumi_digitalocean KubernetesCluster: additional_secret_outputs",
            "references": "docs.digitalocean.com/reference/api Kubernetes: vpc_uuid must be a VPC in the cluster's region",
            "unique": "docs.digitalocean.com/reference/api Kubernetes: 'A human-readable name for a Kubernetes cluster', unique in a team",
            "seconds": f"{_RESOURCE}: DefaultTimeout(30 minutes); delete is the SDK's 20 minutes",
        },
    )
    path = "/v2/kubernetes/clusters"
    noun = "Kubernetes cluster"

    def problems(self, inputs: Record) -> list[tuple[str, str]]:
        worker = inputs.get("workerSubnetUuid")
        if worker not in (None, UNKNOWN) and inputs.get("vpcUuid") is None:
            return [("workerSubnetUuid", '"worker_subnet_uuid": all of `vpc_uuid,worker_subnet_uuid` must be specified')]
        # SDK docs: 'Mutually exclusive with'; both are told by the API as not enabled, so being there is no conflict.
        pairs = [(f"{maker}GpuDevicePlugin", f"{maker}GpuDraDriver") for maker in ("amd", "nvidia")]
        both = [pair for pair in pairs if all(isinstance(inputs.get(name), dict) and inputs[name].get("enabled") is True for name in pair)]
        return [(second, f"mutually exclusive with {first}") for first, second in both]

    def verify(self, inputs: Record, before: Record | None) -> None:
        method, path = ("PUT", f"{self.path}/{before['id']}") if before else ("POST", self.path)

        def refused(message: str) -> Refused:
            return self.cloud.refused(method, path, 422, f"validation error: {message}")

        if not re.fullmatch(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?", inputs["name"]):
            raise refused(
                "cluster name must consist of lower case alphanumeric characters or '-', and start and end with an alphanumeric character"
            )
        if before:
            return
        region = REGIONS.get(inputs["region"].lower())
        if region is None or not region.kubernetes:
            raise refused("invalid region slug")
        # Besides what is on offer: versions that a cluster of the account goes on with (rehearse/replay_account.py).
        if inputs["version"] not in KUBERNETES_VERSIONS and not self.cloud.list("kubernetesVersions", name=inputs["version"]):
            raise refused("invalid version slug")
        vpc = self.cloud.find("vpcs", str(inputs.get("vpcUuid")))
        if vpc and vpc["region"] != inputs["region"].lower():
            raise refused("the VPC is not in the cluster's region")
        pools.verify(self.cloud, method, path, inputs["nodePool"], "worker_node_pool_specs[0]")

    def missing_reference(self, method: str, path: str, name: str, kind: str, id: str) -> Refused:
        return self.cloud.refused(method, path, 422, "validation error: invalid vpc uuid")

    def taken(self, method: str, path: str, match: Record) -> Refused:
        return self.cloud.refused(method, path, 422, "validation error: a cluster with this name already exists")

    def create(self, inputs: Record, timeout: float) -> Record:
        self.request("POST", self.path, "create")
        with self.cloud.alone():
            self.references("POST", self.path, inputs)
            self.distinct("POST", self.path, inputs)
            self.verify(inputs, None)
            fields = {key: value for key, value in inputs.items() if key not in ("nodePool", "kubeconfigExpireSeconds")}
            id = str(uuid.uuid4())
            # The pool first: whoever sees the cluster sees its pool.
            pools.create(self.cloud, id, inputs["nodePool"], default=True)
            # An API token of the account is also a bearer token at its clusters.
            known = {**facts(self.cloud, inputs), "_apiToken": str(self.cloud.settings.get("token") or "")}
            self.cloud.store.create(self.cloud.name, self.table.kind, {**fields, **known}, id=id)
        record = self._await_running(id, timeout)
        pools.await_nodes(self.cloud, self._default_pool(id)["id"], timeout)
        self._integrate_registry(id, inputs)
        return record

    def _integrate_registry(self, id: str, inputs: Record) -> None:
        """There must be a registry in the account. Raises PartlyDone."""
        if inputs.get("registryIntegration") and not self.cloud.list("containerRegistries"):
            refusal = self.cloud.refused("POST", "/v2/kubernetes/registry", 404, "registry does not exist")
            raise PartlyDone(id, f"Error enabling registry integration: {refusal}")

    def _await_running(self, id: str, timeout: float) -> Record:
        """waitForKubernetesClusterCreate, then the nodes of the inline pool. Raises Refused."""
        seen: Record = {}

        def running() -> bool:
            record = self.cloud.find(self.table.kind, id)
            if record is None:
                raise Refused("Error trying to read cluster state: the cluster is gone")
            seen.update(record)
            if record["status"] == "error":
                raise Refused(record.get("_error") or record.get("statusMessage") or "the cluster could not be provisioned")
            return bool(record["status"] == "running")

        if not self.cloud.wait(running, timeout):
            raise Refused(f"Timeout waiting to create cluster: it is still {seen.get('status')}")
        return seen

    def read(self, id: str, state: Record) -> Record | None:
        record = super().read(id, state)
        return None if record is None or record["status"] == "deleting" else record

    def outputs(self, record: Record, before: Record) -> Record:
        pool = next(iter(self.cloud.list(pools.KIND, clusterId=record["id"], _default=True)), None)
        own = {"registryIntegration", "destroyAllAssociatedResources", "kubeconfigExpireSeconds"}  # nothing that the API tells
        return {
            **super().outputs(record, before),
            **{key: before[key] for key in own if key in before},
            "nodePool": {"id": pool["id"], **pools.outputs(pool, before.get("nodePool") or {})} if pool else before.get("nodePool"),
            "clusterUrn": f"do:kubernetes:{record['id']}",
            "createdAt": times.go(record["createdAt"]),
            "updatedAt": times.go(record.get("updatedAt") or record["createdAt"]),
            "kubeConfigs": kubeconfig.current(record, before),
        }

    def update(self, id: str, olds: Record, news: Record, timeout: float) -> Record:
        path = f"{self.path}/{id}"
        self.request("PUT", path, "update")
        with self.cloud.alone():
            before = self.cloud.find(self.table.kind, id)
            if before is None:
                raise self.cloud.refused("PUT", path, 404, "cluster not found")
            self.distinct("PUT", path, news, id)
            self.verify(news, before)
            if before.get("ha") and news.get("ha") is False:
                raise self.cloud.refused("PUT", path, 422, "validation error: high availability cannot be disabled once it is enabled")
            self._upgrade_possible(id, before["version"], news["version"])
            pool = self._default_pool(id)
            pools.verify(self.cloud, "PUT", f"{path}/node_pools/{pool['id']}", news["nodePool"], "worker_node_pool_spec", pool["id"])
            fields = {key: value for key, value in news.items() if key not in ("nodePool", "kubeconfigExpireSeconds")}
            if "maintenancePolicy" in fields:
                fields["maintenancePolicy"] = {**before["maintenancePolicy"], **fields["maintenancePolicy"]}
            self.store_update(id, {key: value for key, value in olds.items() if key != "nodePool"}, {**fields, "updatedAt": times.later(0)})
            pools.change(self.cloud, pool["id"], news["nodePool"])
        pools.await_nodes(self.cloud, pool["id"], timeout)
        self._integrate_registry(id, news)
        return self._await_running(id, timeout)

    def _default_pool(self, id: str) -> Record:
        found = self.cloud.list(pools.KIND, clusterId=id, _default=True)
        if not found:
            raise self.cloud.refused("PUT", f"{self.path}/{id}/node_pools", 404, "node pool not found")
        return found[0]

    def _upgrade_possible(self, id: str, live: str, wanted: str) -> None:
        """To a newer version on offer, at most one minor up (docs.digitalocean.com/products/kubernetes/how-to/upgrade-cluster)."""
        if wanted == live:
            return
        old, new = version_key(live), version_key(wanted)
        if wanted not in KUBERNETES_VERSIONS or new < old or new[1] > old[1] + 1:
            refusal = self.cloud.refused("POST", f"{self.path}/{id}/upgrade", 422, "validation error: invalid version slug")
            raise Refused(f"Unable to upgrade cluster version: {refusal}")

    def delete(self, id: str, state: Record, timeout: float) -> None:
        """What Kubernetes made stays, unless all associated resources are to go with the cluster: then the provisioner removes them."""
        dangerous = bool(state.get("destroyAllAssociatedResources"))
        path = f"{self.path}/{id}" + ("/destroy_with_associated_resources/dangerous" if dangerous else "")
        self.request("DELETE", path, "delete")
        try:
            self.cloud.store.update(self.cloud.name, self.table.kind, id, {"status": "deleting", "_destroyAssociated": dangerous})
        except Missing:
            return
        if not self.cloud.wait(lambda: self.cloud.find(self.table.kind, id) is None, timeout):
            raise Refused("Timeout waiting to delete cluster: the provisioner has not removed it")

    def replaces(self, path: Path, old: Any, new: Any, state: Record) -> bool:
        """A version below the live one cannot be reached by an upgrade (CustomizeDiff, ForceNewIfChange)."""
        return path == ("version",) and isinstance(new, str) and () != version_key(new) < version_key(str(old))

    def unchanged(self, path: Path, old: Any, new: Any, state: Record, inputs: Record) -> bool:
        if path == ("region",):  # StateFunc: always lower case
            return isinstance(new, str) and new.lower() == old
        actual = (state.get("nodePool") or {}).get("actualNodeCount")
        return path[0] == "nodePool" and pools.count_unchanged(path, new, actual)
