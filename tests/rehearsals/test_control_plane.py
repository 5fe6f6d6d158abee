"""A cluster record becomes a running API server with nodes, and follows its record until it is gone."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from quayside_sandbox import processes
from quayside_sandbox.clouds.digitalocean.catalog import PLACEHOLDER_TOKEN, SIZES
from quayside_sandbox.controlplane.quantity import number
from quayside_sandbox.kube import Api, ApiError, Connection
from quayside_sandbox.provisioner import delete_local_cluster
from quayside_sandbox.sandbox import Sandbox

from .cluster_checks import NODES, Object, available, condition, delete_doks, deployment, doks, doks_api, events, eventually, pods, pool_of


@pytest.fixture(scope="module")
def cluster(sandbox: Sandbox) -> Object:
    return doks(
        sandbox,
        "dev",
        main={"size": "s-2vcpu-4gb", "nodeCount": 2, "labels": {"tier": "web"}},
        batch={"size": "s-4vcpu-8gb", "nodeCount": 1, "taints": [{"key": "batch", "value": "yes", "effect": "NoSchedule"}]},
    )


@pytest.fixture(scope="module")
def api(sandbox: Sandbox, cluster: Object) -> Iterator[Api]:
    client = doks_api(sandbox, cluster)
    yield client
    client.close()


def nodes_of(api: Api, pool: str) -> list[Object]:
    return api.list("v1", "Node", labels=f"doks.digitalocean.com/node-pool={pool}")


def test_nodes_are_what_their_pool_says(sandbox: Sandbox, cluster: Object, api: Api) -> None:
    pool, size = pool_of(sandbox, cluster, "main"), SIZES["s-2vcpu-4gb"]
    nodes = nodes_of(api, "main")
    assert sorted(node["metadata"]["name"] for node in nodes) == sorted(node["name"] for node in pool["nodes"])
    assert pool["actualNodeCount"] == 2
    for node in nodes:
        labels = node["metadata"]["labels"]
        assert labels["topology.kubernetes.io/region"] == labels["region"] == "fra1"
        assert labels["node.kubernetes.io/instance-type"] == "s-2vcpu-4gb"
        assert labels["doks.digitalocean.com/node-pool-id"] == pool["id"]
        assert labels["doks.digitalocean.com/version"] == "1.36.1-do.0"
        assert labels["tier"] == "web"
        assert number(node["status"]["capacity"]["memory"]) == 4 * 2**30
        assert number(node["status"]["allocatable"]["memory"]) == size.allocatable_memory * 2**20
        assert node["status"]["allocatable"]["pods"] == "110"
        assert condition(node, "Ready")["status"] == "True"
    assert nodes_of(api, "batch")[0]["spec"]["taints"] == [{"key": "batch", "value": "yes", "effect": "NoSchedule"}]
    addresses = [entry["address"] for node in api.list("v1", "Node") for entry in node["status"]["addresses"]]
    assert len(addresses) == len(set(addresses))


def test_the_vendors_pods_take_their_room(api: Api) -> None:
    def settled() -> bool:
        there = api.list("v1", "Pod", "kube-system")
        return len(there) == 3 * 6 + 2 + 1 + 1 and all(pod["status"]["phase"] == "Running" for pod in there)

    eventually(settled, "the system pods to run")
    node = nodes_of(api, "main")[0]
    taken = 0.0
    for pod in api.list("v1", "Pod", "kube-system", fields=f"spec.nodeName={node['metadata']['name']}"):
        for container in pod["spec"]["containers"]:
            taken += number(container.get("resources", {}).get("requests", {}).get("memory"))
    free = (number(node["status"]["allocatable"]["memory"]) - taken) / number(node["status"]["capacity"]["memory"])
    assert 0.4 < free < 0.55, "about half of a 4 GB node is free"


def test_a_workload_runs_and_one_that_does_not_fit_stays_pending_with_the_schedulers_reason(api: Api) -> None:
    api.create(deployment("web", replicas=3))
    eventually(lambda: available(api, "web", 3), "three replicas")
    assert all(pod["status"]["podIP"].startswith("10.150.") for pod in pods(api, "web"))
    api.create(deployment("large", resources={"requests": {"memory": "3Gi"}}))
    pod = eventually(lambda: [pod for pod in pods(api, "large") if condition(pod, "PodScheduled").get("status") == "False"], "the verdict")[
        0
    ]
    message = condition(pod, "PodScheduled")["message"]
    assert message.startswith("0/3 nodes are available: ")
    assert "2 Insufficient memory" in message
    assert "1 node(s) had untolerated taint" in message
    assert message in events(api, pod["metadata"]["name"])["FailedScheduling"]
    api.delete("apps/v1", "Deployment", "large", "default")


def test_jobs_complete_and_probes_delay_readiness(api: Api) -> None:
    template = {"spec": {"restartPolicy": "Never", "containers": [{"name": "c", "image": "acme/job"}]}}
    job = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "once", "namespace": "default"}, "spec": {"template": template}}
    api.create(job)
    api.create(deployment("slow", readinessProbe={"httpGet": {"path": "/", "port": 80}, "initialDelaySeconds": 60}))
    seen = eventually(lambda: [pod for pod in pods(api, "slow") if pod["status"]["phase"] == "Running"], "the pod to run")
    assert condition(seen[0], "Ready")["status"] == "False"
    eventually(lambda: condition(api.get("batch/v1", "Job", "once", "default"), "Complete").get("status") == "True", "the job to complete")
    eventually(lambda: available(api, "slow", 1), "the probe to succeed")


def test_claims_get_volumes_that_go_with_them(sandbox: Sandbox, cluster: Object, api: Api) -> None:
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "5Gi"}}}
    claim = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data", "namespace": "default"}, "spec": spec}
    api.create(claim)

    def bound() -> Object | None:
        found = api.get("v1", "PersistentVolumeClaim", "data", "default")
        return found if found["status"].get("phase") == "Bound" else None

    found = eventually(bound, "the claim to be bound")
    assert found["spec"]["storageClassName"] == "do-block-storage"
    [volume] = sandbox.store.list("digitalocean", "volumes", _clusterId=cluster["id"])
    assert (volume["name"], volume["size"], volume["region"]) == (found["spec"]["volumeName"], 5, "fra1")
    api.patch("v1", "PersistentVolumeClaim", "data", {"spec": {"resources": {"requests": {"storage": "9Gi"}}}}, "default")
    eventually(lambda: sandbox.store.get("digitalocean", "volumes", volume["id"])["size"] == 9, "the volume to grow")
    eventually(
        lambda: api.get("v1", "PersistentVolumeClaim", "data", "default")["status"]["capacity"]["storage"] == "9Gi", "the claim to grow"
    )
    api.delete("v1", "PersistentVolumeClaim", "data", "default")
    eventually(lambda: not api.list("v1", "PersistentVolume"), "the PersistentVolume to go")
    assert sandbox.store.find("digitalocean", "volumes", volume["id"]) is None


def test_pools_grow_shrink_and_change_their_marks(sandbox: Sandbox, cluster: Object, api: Api) -> None:
    pool = pool_of(sandbox, cluster, "main")
    before = {node["name"] for node in pool["nodes"]}
    change = {"nodeCount": 3, "labels": {"tier": "edge"}, "taints": [{"key": "k", "value": "", "effect": "PreferNoSchedule"}]}
    sandbox.store.update("digitalocean", "kubernetesNodePools", pool["id"], change)
    eventually(lambda: pool_of(sandbox, cluster, "main")["actualNodeCount"] == 3, "a third node")
    eventually(lambda: all(n["metadata"]["labels"].get("tier") == "edge" for n in nodes_of(api, "main")), "the label on all nodes")
    eventually(lambda: all(n["spec"].get("taints") for n in nodes_of(api, "main")), "the taint on all nodes")
    assert before < {node["metadata"]["name"] for node in nodes_of(api, "main")}
    sandbox.store.update("digitalocean", "kubernetesNodePools", pool["id"], {"nodeCount": 1, "labels": {}, "taints": []})
    eventually(lambda: pool_of(sandbox, cluster, "main")["actualNodeCount"] == 1 and len(nodes_of(api, "main")) == 1, "the pool to shrink")
    assert "tier" not in eventually(lambda: nodes_of(api, "main"), "the node")[0]["metadata"]["labels"]
    eventually(lambda: available(api, "web", 3), "the pods of the drained nodes to come up elsewhere")
    [left] = nodes_of(api, "main")
    assert {pod["spec"]["nodeName"] for pod in pods(api, "web")} == {left["metadata"]["name"]}
    sandbox.store.update("digitalocean", "kubernetesNodePools", pool_of(sandbox, cluster, "batch")["id"], {"_deleting": True})
    eventually(
        lambda: not sandbox.store.list("digitalocean", "kubernetesNodePools", clusterId=cluster["id"], name="batch"), "the pool to go"
    )
    assert not nodes_of(api, "batch")


def test_an_autoscaled_pool_makes_room(sandbox: Sandbox, cluster: Object, api: Api) -> None:
    about = {"name": "burst", "size": "s-4vcpu-8gb", "nodeCount": 1, "autoScale": True, "minNodes": 1, "maxNodes": 3}
    record = {**about, "clusterId": cluster["id"], "labels": {}, "taints": [], "tags": [], "_default": False}
    pool = sandbox.store.create("digitalocean", "kubernetesNodePools", record)
    api.create(deployment("hungry", replicas=2, resources={"requests": {"memory": "4Gi"}}))
    eventually(lambda: available(api, "hungry", 2), "both replicas to find room", 60)
    assert sandbox.store.get("digitalocean", "kubernetesNodePools", pool["id"])["nodeCount"] == 2
    told = [event["message"] for event in api.list("v1", "Event", "default") if event["reason"] == "TriggeredScaleUp"]
    assert "pod triggered scale-up: [{burst 1->2 (max: 3)}]" in told
    api.delete("apps/v1", "Deployment", "hungry", "default", propagation="Foreground")
    eventually(lambda: len(nodes_of(api, "burst")) == 1, "the spare node to go", 90)
    sandbox.store.update("digitalocean", "kubernetesNodePools", pool["id"], {"_deleting": True})


def test_both_tokens_are_valid_and_no_other(sandbox: Sandbox, cluster: Object) -> None:
    record = sandbox.store.get("digitalocean", "kubernetesClusters", cluster["id"])
    authority = Connection.parse(_kubeconfig(record)).ca
    for token in (record["_token"], PLACEHOLDER_TOKEN):
        assert Api(Connection(record["endpoint"], authority, user={"token": token})).list("v1", "Namespace")
    with pytest.raises(ApiError, match="Unauthorized"):
        Api(Connection(record["endpoint"], authority, user={"token": "dop_v1_wrong"})).list("v1", "Namespace")


def _kubeconfig(record: Object) -> str:
    from quayside_sandbox.clusters import kubeconfig

    return kubeconfig([record])


def test_pod_security_is_enforced(api: Api) -> None:
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    api.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "strict", "labels": labels}})
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "p", "namespace": "strict"},
        "spec": {"containers": [{"name": "c", "image": "i"}]},
    }
    eventually(lambda: api.find("v1", "ServiceAccount", "default", "strict"), "the namespace's account")
    with pytest.raises(ApiError, match="violates PodSecurity"):
        api.create(pod)
    api.delete("v1", "Namespace", "strict")
    eventually(lambda: api.find("v1", "Namespace", "strict") is None, "the namespace to go")


def test_a_killed_provisioner_leaves_nothing_and_its_successor_takes_up_everything(sandbox: Sandbox, cluster: Object, api: Api) -> None:
    before = sandbox.store.get("digitalocean", "kubernetesClusters", cluster["id"])
    pids = [pid for name in processes.names(sandbox.folder) if name != "provisioner" and (pid := processes.pid_of(sandbox.folder, name))]
    assert len(pids) == 5
    pid = processes.pid_of(sandbox.folder, "provisioner")
    assert pid
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: not any(processes.started(pid) for pid in pids), "the guard to end the components")
    sandbox.start()

    def answers() -> bool:
        try:
            return available(api, "web", 3)
        except (ApiError, OSError):
            return False
        except Exception as problem:
            if "Connect" in type(problem).__name__ or "Read" in type(problem).__name__ or "RemoteProtocol" in type(problem).__name__:
                return False
            raise

    eventually(answers, "the cluster to be there again", 60)
    after = sandbox.store.get("digitalocean", "kubernetesClusters", cluster["id"])
    assert {key: after[key] for key in ("endpoint", "_ca", "_token")} == {key: before[key] for key in ("endpoint", "_ca", "_token")}
    api.create(deployment("again"))
    eventually(lambda: available(api, "again", 1), "new pods to run after the restart")


def test_a_component_that_ends_by_itself_is_started_again(sandbox: Sandbox, cluster: Object, api: Api) -> None:
    [name] = [name for name in processes.names(sandbox.folder) if name.endswith(".scheduler")]
    pid = processes.pid_of(sandbox.folder, name)
    assert pid
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: processes.pid_of(sandbox.folder, name) not in (None, pid), "a new scheduler")
    api.create(deployment("later"))
    eventually(lambda: available(api, "later", 1), "it to schedule pods")


def test_local_clusters_come_and_go(sandbox: Sandbox) -> None:
    local = Api.from_kubeconfig(sandbox.local_cluster("plain", NODES))
    assert {node["metadata"]["name"] for node in local.list("v1", "Node")} == {"one", "two"}
    assert not local.list("v1", "Pod")
    local.create(deployment("web"))
    eventually(lambda: available(local, "web", 1), "a pod")
    [folder] = [path for path in sandbox.folder.clusters.iterdir() if path.name.startswith("local-plain")]
    delete_local_cluster(sandbox.store, "plain")
    assert not folder.exists()
    assert not [name for name in processes.names(sandbox.folder) if name.startswith("local-plain")]


def test_a_cluster_that_cannot_start_says_why(sandbox: Sandbox) -> None:
    record = {"name": "broken", "region": "fra1", "version": "1.36.1-do.0", "serviceSubnet": "none", "status": "provisioning"}
    broken = sandbox.store.create("digitalocean", "kubernetesClusters", record)

    def failed() -> Object | None:
        found = sandbox.store.get("digitalocean", "kubernetesClusters", broken["id"])
        return found if found["status"] == "error" else None

    found = eventually(failed, "the error", 60)
    assert "apiserver of cluster digitalocean-broken" in found["_error"]
    assert "service-cluster-ip-range" in found["_error"]
    sandbox.store.update("digitalocean", "kubernetesClusters", broken["id"], {"status": "deleting"})
    eventually(lambda: sandbox.store.find("digitalocean", "kubernetesClusters", broken["id"]) is None, "the broken cluster to go")


def test_a_deleted_cluster_takes_everything_of_its_own_along(sandbox: Sandbox, cluster: Object) -> None:
    delete_doks(sandbox, cluster)
    assert not sandbox.store.list("digitalocean", "kubernetesNodePools", clusterId=cluster["id"])
    assert not list(sandbox.folder.clusters.glob("digitalocean-dev-*"))
    assert processes.names(sandbox.folder) == ["provisioner"]
