"""The summary's workloads, with how many of their pods are ready."""

from typing import Any

import pytest

from quayside_sandbox.summary import workloads

from .rendered import rendered, rows


def workload(namespace: str = "hello", kind: str = "Deployment", **status: int) -> dict[str, Any]:
    spec = {"replicas": 2, "template": {"spec": {"containers": [{"image": "nginxinc/nginx-unprivileged:1.29-alpine"}]}}}
    return {"kind": kind, "metadata": {"namespace": namespace, "name": "hello"}, "spec": spec, "status": status}


def test_ready_and_not() -> None:
    table = workloads.table([workload("a", readyReplicas=2), workload("b", readyReplicas=1), workload("kube-system", readyReplicas=2)])
    assert [(row[0], row[2]) for row in rows(table)] == [("a", "[green]2/2[/green]"), ("b", "[red]1/2[/red]")]
    rendered(table)


def test_a_daemon_set_counts_its_nodes() -> None:
    assert workloads.replicas(workload(kind="DaemonSet", numberReady=1, desiredNumberScheduled=3)) == (1, 3)


def test_a_rollout_on_its_way_says_how_far_it_is() -> None:
    way = {
        "phase": "Paused",
        "message": "CanaryPauseStep",
        "replicas": 3,
        "readyReplicas": 3,
        "canary": {"weights": {"canary": {"weight": 20}}},
    }
    moving, resting = workload(kind="Rollout"), workload("rest", "Rollout", readyReplicas=2, replicas=2)
    moving["status"], resting["status"]["phase"] = way, "Healthy"
    table = workloads.table([moving, resting])
    assert [row[2] for row in rows(table)] == ["[green]3/3[/green]", "[green]2/2[/green]"]
    assert [row[3].partition(" ")[2] for row in rows(table)] == ["(20%, Paused: CanaryPauseStep)", ""]


def test_where_only_the_vendors_own_runs_there_is_no_table() -> None:
    assert workloads.table([workload("kube-system")]) is None


@pytest.mark.parametrize(
    ("image", "short"),
    [
        ("acme/shop:1", "acme/shop:1"),
        ("shop:1", "shop:1"),
        ("registry.k8s.io/ingress-nginx/controller:v1.15.1@sha256:" + "a" * 64, "ingress-nginx/controller:v1.15.1"),
        ("localhost:5000/shop@sha256:" + "a" * 64, "shop@sha256:aaaaaaaaaaaa…"),
    ],
)
def test_digests_are_left_out_behind_a_tag(image: str, short: str) -> None:
    assert workloads.short(image) == short
