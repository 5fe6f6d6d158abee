"""Stack dev, exactly as it is committed: what comes up, what edits change, how failures and drift end, and that nothing is left.

The tests tell one life of the stack, in this order: an engine run takes its time.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from quayside_sandbox.clouds.world_dns import resolve
from quayside_sandbox.rehearsal import Outcome, Rehearsal
from quayside_sandbox.sandbox import Sandbox

from .conftest import Project
from .stack_life import Life, kinds, quiet

POOL = "digitalocean:index/kubernetesNodePool:KubernetesNodePool::cluster-main"


class Dev(Life):
    """Up, with what was there before and what the first runs said."""

    before: dict[str, int]
    first_preview: Outcome
    first_up: Outcome


@pytest.fixture(scope="module")
def dev(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dev]:
    project = Project(tmp_path_factory.mktemp("project"))
    life = Dev(project, Rehearsal(sandbox, project.folder, "dev"))
    life.before = life.inventory()
    life.first_preview = life.rehearsal.preview()
    life.first_up = life.rehearsal.up()
    yield life


def test_it_comes_up_as_its_first_preview_foresaw(dev: Dev) -> None:
    """There is no cluster yet then: everything is foreseen all the same, but for what the Gateway API's own file holds."""
    foreseen, done = ({step.short for step in quiet(each).changes} for each in (dev.first_preview, dev.first_up))
    assert foreseen <= done
    assert {line.partition("::")[2].partition(":")[0] for line in done - foreseen} == {"gateway-api"}
    assert {node["metadata"]["labels"]["quayside/pool"] for node in dev.api.list("v1", "Node")} == {"system"}  # the small start
    assert dev.api.get("apps/v1", "Deployment", "hello", "hello")["status"]["readyReplicas"] == 2


def test_a_second_preview_and_a_refresh_are_quiet(dev: Dev) -> None:
    assert quiet(dev.rehearsal.preview()).changed == []
    assert dev.rehearsal.refresh().check().changed == []


def test_no_secret_is_in_plain_text(dev: Dev) -> None:
    (cluster,) = dev.rehearsal.sandbox.store.list("digitalocean", "kubernetesClusters")
    environment = dev.rehearsal.sandbox.environment()
    secrets = [cluster["_token"], environment["DIGITALOCEAN_TOKEN"], environment["CLOUDFLARE_API_TOKEN"]]
    logs = "".join(file.read_text(errors="replace") for file in dev.rehearsal.sandbox.folder.logs.rglob("*") if file.is_file())
    exported, outputs = dev.rehearsal.exported(), dev.rehearsal.outputs()
    places = {"state": str(exported), "outputs": str(outputs), "up": dev.first_up.output, "logs": logs}
    for secret in secrets:
        for where, text in places.items():
            assert secret not in text, f"a secret is in plain text in {where}"


def test_each_resource_that_may_fail_tells_its_remedy(dev: Dev) -> None:
    resources = dev.rehearsal.exported()["deployment"]["resources"]
    outside = [one for one in resources if one.get("custom") and one["type"].startswith(("digitalocean:", "cloudflare:", "kubernetes:"))]
    assert {one["type"].partition(":")[0] for one in outside} == {"digitalocean", "cloudflare", "kubernetes"}
    assert [one["urn"] for one in outside if not one.get("resourceHooks", {}).get("OnError")] == []


def test_names_lead_to_the_entry_and_clients_keep_their_address(dev: Dev) -> None:
    balancer = dev.balancer()
    assert balancer["enableProxyProtocol"] is True
    for host in ("hello.dev.example.com", "gateway-api.dev.example.com", "any.dev.example.com"):
        answer = resolve(dev.rehearsal.sandbox.store, host)
        assert (answer.addresses, answer.proxied) == ((balancer["ip"],), False)
    assert dev.rehearsal.outputs()["entryAddress"] == balancer["ip"]  # an address, although the Service's status has the host name
    status = dev.api.get("v1", "Service", "gateway-load-balancer", "gateway-api")["status"]
    assert status["loadBalancer"]["ingress"] == [{"hostname": "gateway-api.dev.example.com"}]


def test_each_host_has_a_certificate_of_its_own(dev: Dev) -> None:
    (certificate,) = dev.api.list("cert-manager.io/v1", "Certificate")
    assert certificate["spec"]["dnsNames"] == ["hello.dev.example.com"]
    assert certificate["spec"]["issuerRef"]["name"] == "letsencrypt-staging"
    solvers = {name: dev.api.get("cert-manager.io/v1", "ClusterIssuer", name)["spec"]["acme"]["solvers"] for name in LETSENCRYPT}
    gateway = {
        "group": "gateway.networking.k8s.io",
        "kind": "Gateway",
        "name": "gateway",
        "namespace": "gateway-api",
        "sectionName": "http",
    }
    by_route = {"http01": {"gatewayHTTPRoute": {"parentRefs": [gateway], "serviceType": "ClusterIP"}}}
    assert all(solver == [by_route] for solver in solvers.values())


LETSENCRYPT = ("letsencrypt-staging", "letsencrypt-prod")


def test_drift_in_the_clouds_is_seen_and_repaired(dev: Dev) -> None:
    store = dev.rehearsal.sandbox.store
    (vpc,) = [one for one in store.list("digitalocean", "vpcs") if one["name"].startswith("quayside")]
    store.update("digitalocean", "vpcs", vpc["id"], {"description": "changed by hand"})
    record = dev.records()["gateway-api.dev.example.com"]
    store.update("cloudflare", "dnsRecords", record["id"], {"content": "192.0.2.1"})
    deleted = dev.records()["*.dev.example.com"]
    store.delete("cloudflare", "dnsRecords", deleted["id"])
    seen = dev.rehearsal.run("preview", "--refresh").check()
    assert seen.changed == [
        "create cloudflare:index/dnsRecord:DnsRecord::names-*.dev.example.com",
        "update cloudflare:index/dnsRecord:DnsRecord::names-gateway-api.dev.example.com",
        "update digitalocean:index/vpc:Vpc::cluster",
    ]
    dev.rehearsal.up("--refresh").check()
    assert store.get("digitalocean", "vpcs", vpc["id"])["description"] == vpc["description"]
    assert dev.records()["gateway-api.dev.example.com"]["content"] == record["content"]
    assert dev.records()["*.dev.example.com"]["content"] == deleted["content"]


def test_a_failed_rollout_says_why_and_the_old_pods_stay(dev: Dev) -> None:
    dev.api.create(_hog("900Mi"))  # the settings cannot know what else was put on the node
    dev.project.edit("dev", "services.hello.config.GREETING", "hello again")
    dev.project.edit("dev", "services.hello.timeout", "10s")
    failed = dev.rehearsal.up()
    assert failed.code != 0
    assert "Insufficient memory" in failed.errors
    assert dev.api.get("apps/v1", "Deployment", "hello", "hello")["status"]["readyReplicas"] == 2
    dev.api.delete("v1", "Pod", "hog", "default")
    dev.project.edit("dev", "services.hello.timeout", "5m")
    dev.rehearsal.up().check()


def test_a_service_shrinks_and_a_pool_comes(dev: Dev) -> None:
    changed = dev.edit(
        services__hello__replicas=1,
        cluster__pools={"main": {"size": "s-2vcpu-4gb", "count": 2}},
    )
    assert changed == [
        f"create {POOL}",
        "delete kubernetes:policy/v1:PodDisruptionBudget::hello",
        "update kubernetes:apps/v1:Deployment::hello",
    ]
    assert len(dev.api.list("v1", "Node", labels="quayside/pool=main")) == 2


def test_another_machine_size_is_another_pool_and_names_can_be_set_by_hand(dev: Dev) -> None:
    changed = kinds(dev.edit(cluster__pools__main__size="s-4vcpu-8gb", names__dns="none"))
    assert changed == {"replace KubernetesNodePool": 1, "delete DnsRecord": 2, "delete Zone": 1, "delete cloudflare": 1}
    nodes = dev.api.list("v1", "Node", labels="quayside/pool=main")
    assert {node["metadata"]["labels"]["node.kubernetes.io/instance-type"] for node in nodes} == {"s-4vcpu-8gb"}
    assert dev.records() == {}
    assert {record["name"]: record["content"] for record in dev.rehearsal.outputs()["recordsToSet"]} == {
        "gateway-api.dev.example.com": dev.balancer()["ip"],
        "*.dev.example.com": dev.balancer()["ip"],
    }
    assert quiet(dev.rehearsal.preview()).changed == []


def test_destroy_leaves_nothing(dev: Dev) -> None:
    dev.rehearsal.destroy().check()
    assert not dev.rehearsal.has_resources()
    assert dev.inventory() == dev.before


def _hog(memory: str) -> dict[str, object]:
    container = {"name": "hog", "image": "acme/hog:1", "resources": {"requests": {"memory": memory}}}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "hog", "namespace": "default"},
        "spec": {"containers": [container]},
    }
