"""A node pool of its own, beside the one that belongs to its cluster."""

from __future__ import annotations

from typing import Any

from ..cloud import Refused
from ..paths import Path
from ..resource import Resource
from ..store import Missing, Record
from ..table import Table, not_empty
from . import pools

_RESOURCE = "terraform-provider-digitalocean digitalocean/kubernetes/resource_kubernetes_node_pool.go"
_SCHEMA = "terraform-provider-digitalocean digitalocean/kubernetes/kubernetes.go nodePoolSchema"


class KubernetesNodePool(Resource):
    table = Table(
        token="digitalocean:index/kubernetesNodePool:KubernetesNodePool",
        kind=pools.KIND,
        autoname=True,
        defaults={"autoScale": False},
        rules={**pools.rules(), "clusterId": not_empty},
        immutable=frozenset({"clusterId", "size"}),
        unordered=frozenset({"tags", "taints"}),
        references={"clusterId": "kubernetesClusters"},
        unique=("clusterId", "name"),
        seconds={"create": 1800.0, "update": 1800.0, "delete": 1800.0},
        sources={
            "autoname": "pulumi-digitalocean provider/resources.go: every `name` that is no exception",
            "defaults": f"{_SCHEMA}: auto_scale Default false",
            "rules": _SCHEMA,
            "immutable": f"{_SCHEMA}: size, cluster_id ForceNew",
            "unordered": f"{_SCHEMA}: TypeSet",
            "references": f"{_RESOURCE}: CreateNodePool below /v2/kubernetes/clusters/<id>",
            "unique": "docs.digitalocean.com/reference/api Kubernetes: node pool names are unique in a cluster",
            "seconds": f"{_RESOURCE}: DefaultTimeout(30 minutes); updates wait as creates do",
        },
    )
    path = "/v2/kubernetes/clusters"
    noun = "Kubernetes node pool"

    def create(self, inputs: Record, timeout: float) -> Record:
        path = f"{self.path}/{inputs['clusterId']}/node_pools"
        self.request("POST", path, "create")
        with self.cloud.alone():
            self.references("POST", path, inputs)
            self.distinct("POST", path, inputs)
            pools.verify(self.cloud, "POST", path, inputs, "worker_node_pool_spec")
            record = pools.create(self.cloud, inputs["clusterId"], inputs, default=False)
        return pools.await_nodes(self.cloud, record["id"], timeout)

    def read(self, id: str, state: Record) -> Record | None:
        """For an import the plugin looks through all clusters, and does not take a cluster's own pool."""
        record = super().read(id, state)
        if record and not state and record.get("_default"):
            raise Refused(
                f"Node pool {id} has the default node pool tag set; import the owning digitalocean_kubernetes_cluster resource instead "
                f"(cluster ID={record['clusterId']})"
            )
        return None if record is None or record.get("_deleting") else record

    def update(self, id: str, olds: Record, news: Record, timeout: float) -> Record:
        path = f"{self.path}/{news['clusterId']}/node_pools/{id}"
        self.request("PUT", path, "update")
        with self.cloud.alone():
            self.distinct("PUT", path, news, id)
            pools.verify(self.cloud, "PUT", path, news, "worker_node_pool_spec", id)
            try:
                pools.change(self.cloud, id, news)
            except Missing:
                raise self.cloud.refused("PUT", path, 404, "node pool not found") from None
        return pools.await_nodes(self.cloud, id, timeout)

    def delete(self, id: str, state: Record, timeout: float) -> None:
        self.request("DELETE", f"{self.path}/{state.get('clusterId')}/node_pools/{id}", "delete")
        pools.delete(self.cloud, id)
        if not self.cloud.wait(lambda: self.cloud.find(pools.KIND, id) is None, timeout):
            raise Refused("Timeout waiting to delete nodepool")

    def outputs(self, record: Record, before: Record) -> Record:
        return {**pools.outputs(record, before), "clusterId": record["clusterId"]}

    def unchanged(self, path: Path, old: Any, new: Any, state: Record, inputs: Record) -> bool:
        return pools.count_unchanged(path, new, state.get("actualNodeCount"))

    def missing_reference(self, method: str, path: str, name: str, kind: str, id: str) -> Refused:
        return self.cloud.refused(method, path, 404, "cluster not found")

    def taken(self, method: str, path: str, match: Record) -> Refused:
        return self.cloud.refused(method, path, 422, f'validation error: a node pool named "{match["name"]}" already exists in the cluster')
