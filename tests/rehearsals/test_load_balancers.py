"""Services of type LoadBalancer become load balancers of the simulated cloud, as the vendor's controller makes them."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address, ip_network
from typing import Any

import pytest

from quayside_sandbox.kube import Api
from quayside_sandbox.sandbox import Sandbox

from .cluster_checks import NODES, Object, delete_doks, doks, doks_api, events, eventually

ANNOTATION = "service.beta.kubernetes.io/do-loadbalancer-"


@pytest.fixture(scope="module")
def cluster(sandbox: Sandbox) -> Object:
    return doks(sandbox, "dev", main={"size": "s-2vcpu-4gb", "nodeCount": 1})


@pytest.fixture(scope="module")
def api(sandbox: Sandbox, cluster: Object) -> Iterator[Api]:
    client = doks_api(sandbox, cluster)
    yield client
    client.close()


def service(name: str, annotations: dict[str, str] | None = None, **spec: Any) -> Object:
    ports = [{"name": "http", "port": 80}, {"name": "https", "port": 443}]
    metadata = {
        "name": name,
        "namespace": "default",
        "annotations": {ANNOTATION + key: value for key, value in (annotations or {}).items()},
    }
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": metadata,
        "spec": {"type": "LoadBalancer", "selector": {"app": name}, "ports": ports, **spec},
    }


def ingress(api: Api, name: str) -> list[Object]:
    return eventually(
        lambda: (api.get("v1", "Service", name, "default").get("status") or {}).get("loadBalancer", {}).get("ingress"),
        f"the address of {name}",
    )


def balancers(sandbox: Sandbox, name: str, cloud: str = "digitalocean") -> list[Object]:
    return sandbox.store.list(cloud, "loadBalancers", _service=f"default/{name}")


def test_a_service_gets_a_load_balancer_and_its_address(sandbox: Sandbox, cluster: Object, api: Api) -> None:
    api.create(service("plain"))
    [entry] = ingress(api, "plain")
    assert ip_address(entry["ip"]) in ip_network("203.0.113.0/24")
    [record] = balancers(sandbox, "plain")
    live = api.get("v1", "Service", "plain", "default")
    assert record["ip"] == entry["ip"]
    assert record["name"] == ("a" + live["metadata"]["uid"].replace("-", ""))[:32]
    assert live["metadata"]["annotations"]["kubernetes.digitalocean.com/load-balancer-id"] == record["id"]
    assert "service.kubernetes.io/load-balancer-cleanup" in live["metadata"]["finalizers"]
    assert record["_clusterId"] == cluster["id"]
    assert record["region"] == "fra1"
    rules = [(rule["entryProtocol"], rule["entryPort"], rule["targetPort"]) for rule in record["forwardingRules"]]
    assert rules == [("tcp", port["port"], port["nodePort"]) for port in live["spec"]["ports"]]
    assert [str(id) for id in record["dropletIds"]] == [
        node["dropletId"]
        for pool in sandbox.store.list("digitalocean", "kubernetesNodePools", clusterId=cluster["id"])
        for node in pool["nodes"]
    ]
    eventually(lambda: {"EnsuringLoadBalancer", "EnsuredLoadBalancer"} <= events(api, "plain").keys(), "both events")


def test_annotations_shape_it_and_changes_follow(sandbox: Sandbox, api: Api) -> None:
    wishes = {"name": "entry-fra1", "size-unit": "3", "enable-proxy-protocol": "true", "hostname": "entry.example.com"}
    api.create(service("entry", wishes))
    assert ingress(api, "entry") == [{"hostname": "entry.example.com"}]
    [record] = balancers(sandbox, "entry")
    assert (record["name"], record["sizeUnit"], record["enableProxyProtocol"]) == ("entry-fra1", 3, True)
    api.patch(
        "v1", "Service", "entry", {"metadata": {"annotations": {f"{ANNOTATION}size-unit": "5", f"{ANNOTATION}hostname": None}}}, "default"
    )
    eventually(lambda: balancers(sandbox, "entry")[0]["sizeUnit"] == 5, "the new size")
    eventually(lambda: "ip" in ingress(api, "entry")[0], "the address instead of the name")
    assert balancers(sandbox, "entry")[0]["id"] == record["id"]


def test_addresses_are_unique_in_the_sandbox_and_local_clusters_have_them_too(sandbox: Sandbox, api: Api) -> None:
    local = Api.from_kubeconfig(sandbox.local_cluster("plain", NODES))
    local.create(service("plain"))
    [entry] = ingress(local, "plain")
    assert entry["ip"] == balancers(sandbox, "plain", "local")[0]["ip"]
    addresses = [record["ip"] for cloud in ("digitalocean", "local") for record in sandbox.store.list(cloud, "loadBalancers")]
    assert len(addresses) == len(set(addresses)) >= 3


@pytest.mark.parametrize(
    ("name", "annotations", "reason"),
    [
        ("size", {"size-unit": "many"}, "size-unit"),
        ("protocol", {"protocol": "quic"}, "must be one of tcp, http"),
        ("certificate", {"protocol": "https"}, "must set certificate id, or enable TLS pass through"),
    ],
)
def test_what_the_controller_refuses_is_an_event_and_no_address(
    sandbox: Sandbox, api: Api, name: str, annotations: dict[str, str], reason: str
) -> None:
    api.create(service(name, annotations))
    told = eventually(lambda: events(api, name).get("SyncLoadBalancerFailed"), "the refusal")
    assert any(reason in message for message in told)
    assert not balancers(sandbox, name)
    assert not api.get("v1", "Service", name, "default")["status"]["loadBalancer"]
    api.delete("v1", "Service", name, "default")
    eventually(lambda: api.find("v1", "Service", name, "default") is None, "the Service to go")


def test_it_goes_with_its_service_or_its_type(sandbox: Sandbox, api: Api) -> None:
    api.create(service("gone"))
    ingress(api, "gone")
    api.delete("v1", "Service", "gone", "default")
    eventually(lambda: api.find("v1", "Service", "gone", "default") is None, "the Service to go")
    assert not balancers(sandbox, "gone")
    api.create(service("turned"))
    ingress(api, "turned")
    api.patch("v1", "Service", "turned", {"spec": {"type": "ClusterIP"}}, "default")
    eventually(lambda: not balancers(sandbox, "turned"), "the load balancer to go")
    eventually(lambda: not api.get("v1", "Service", "turned", "default")["metadata"].get("finalizers"), "the finalizer to be taken off")
    assert not api.get("v1", "Service", "turned", "default")["status"]["loadBalancer"]


def test_a_deleted_cluster_leaves_its_load_balancers_unless_told(sandbox: Sandbox, cluster: Object) -> None:
    assert {record["_service"] for record in sandbox.store.list("digitalocean", "loadBalancers")} == {"default/plain", "default/entry"}
    delete_doks(sandbox, cluster)
    assert len(sandbox.store.list("digitalocean", "loadBalancers", _clusterId=cluster["id"])) == 2
    other = doks(sandbox, "other", main={"size": "s-2vcpu-4gb", "nodeCount": 1})
    client = doks_api(sandbox, other)
    client.create(service("mine"))
    ingress(client, "mine")
    delete_doks(sandbox, other, _destroyAssociated=True)
    assert not sandbox.store.list("digitalocean", "loadBalancers", _clusterId=other["id"])
