"""The kubernetes plugin's waits against a real API server: what becomes ready is seen at once, what does not is explained."""

from __future__ import annotations

import itertools
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from quayside_sandbox.controlplane import faults
from quayside_sandbox.kube import Api, Connection
from quayside_sandbox.plugins.kubernetes.waiting import NotReady, Progress, await_deleted, await_ready, unready_reasons
from quayside_sandbox.sandbox import Sandbox

from .cluster_checks import NODES, Object, deployment

_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def kubeconfig(sandbox: Sandbox) -> str:
    return sandbox.local_cluster("waits", NODES)


@pytest.fixture(scope="module")
def api(kubeconfig: str) -> Iterator[Api]:
    client = Api.from_kubeconfig(kubeconfig)
    yield client
    client.close()


@pytest.fixture(autouse=True)
def no_faults_left(sandbox: Sandbox) -> Iterator[None]:
    yield
    faults.clear(sandbox.folder)


@pytest.fixture
def namespace(api: Api) -> Iterator[str]:
    name = f"waits-{next(_numbers)}"
    api.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    yield name
    api.delete("v1", "Namespace", name)


def made(api: Api, body: Object, timeout: float = 40.0, said: list[str] | None = None) -> Object:
    return await_ready(
        api, api.create(body), timeout=timeout, old=None, progress=Progress(status=[].append if said is None else said.append)
    )


def refused(api: Api, body: Object, *causes: str) -> None:
    """Waits until the status lines tell the causes, ends the wait there, and finds them among its reasons."""
    progress = Progress(status=lambda text: said.append(text) or (told() and progress.cancelled.set()))  # type: ignore[func-returns-value]
    said: list[str] = []

    def told() -> bool:
        return all(any(cause in text for text in said) for cause in causes)

    with pytest.raises(NotReady) as failure:
        await_ready(api, api.create(body), timeout=40, old=None, progress=progress)
    assert told(), said
    assert all(any(cause in reason for reason in failure.value.reasons) for cause in causes), failure.value.reasons


def thing(kind: str, name: str, namespace: str, spec: Object | None = None, version: str = "v1", **annotations: str) -> Object:
    notes = {f"pulumi.com/{key}": value for key, value in annotations.items()}
    body: Object = {"apiVersion": version, "kind": kind, "metadata": {"name": name, "namespace": namespace, "annotations": notes}}
    return {**body, "spec": spec} if spec is not None else body


def workload(kind: str, name: str, namespace: str, version: str = "apps/v1", **spec: Any) -> Object:
    body = deployment(name, namespace=namespace)
    return {**body, "kind": kind, "apiVersion": version, "spec": {**{k: v for k, v in body["spec"].items() if k != "replicas"}, **spec}}


# -- what becomes ready ---------------------------------------------------------------------------------------------------


def test_workloads_become_ready(api: Api, namespace: str) -> None:
    live = made(api, deployment("web", replicas=2, namespace=namespace))
    assert live["status"]["readyReplicas"] == 2
    assert made(api, workload("StatefulSet", "db", namespace, serviceName="db", replicas=2))["status"]["readyReplicas"] == 2
    assert made(api, workload("DaemonSet", "agent", namespace))["status"]["numberReady"] == 2
    job = {"template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "c", "image": "acme/job"}]}}}
    assert made(api, thing("Job", "job", namespace, job, "batch/v1"))["status"]["succeeded"] == 1


def test_an_update_waits_for_the_new_pods(api: Api, namespace: str) -> None:
    old = made(api, deployment("web", replicas=2, namespace=namespace))
    new = {"spec": {"template": {"spec": {"containers": [{"name": "app", "image": "acme/web:2"}]}}}}
    changed = api.patch("apps/v1", "Deployment", "web", new, namespace, how="strategic-merge")
    live = await_ready(api, changed, timeout=40, old=old, progress=Progress())
    images = {
        pod["spec"]["containers"][0]["image"] for pod in api.list("v1", "Pod", namespace) if not pod["metadata"].get("deletionTimestamp")
    }
    assert images == {"acme/web:2"}
    assert live["status"]["observedGeneration"] == live["metadata"]["generation"]


def test_a_ready_deployment_is_seen_within_a_tenth_of_a_second(api: Api, namespace: str) -> None:
    """Against what a second watch of the same object sees; the best of three, since the machine may be busy."""

    def delay(name: str) -> float:
        seen: list[float] = []
        body = deployment(name, namespace=namespace)
        live = api.create(body)

        def look() -> None:
            for _, found in api.watch("apps/v1", "Deployment", namespace, fields=f"metadata.name={name}", timeout=30):
                if (found.get("status") or {}).get("readyReplicas"):
                    seen.append(time.monotonic())
                    return

        watcher = threading.Thread(target=look)
        watcher.start()
        await_ready(api, live, timeout=30, old=None, progress=Progress())
        noticed = time.monotonic()
        watcher.join()
        return noticed - seen[0]

    assert min(delay(f"quick-{number}") for number in range(3)) < 0.1


def test_services(api: Api, namespace: str) -> None:
    made(api, deployment("web", namespace=namespace))
    ports = [{"port": 80}]
    for name, spec in {
        "headless": {"clusterIP": "None", "selector": {"app": "web"}, "ports": ports},
        "by-hand": {"ports": ports},
        "outside": {"type": "ExternalName", "externalName": "example.com"},
    }.items():
        began = time.monotonic()
        made(api, thing("Service", name, namespace, spec))
        assert time.monotonic() - began < 9, name
    began = time.monotonic()
    made(api, thing("Service", "inside", namespace, {"selector": {"app": "web"}, "ports": ports}))
    assert time.monotonic() - began > 9.5, "the official plugin lets endpoints settle for ten seconds"
    made(api, thing("Service", "skipped", namespace, {"selector": {"app": "web"}, "ports": ports}, skipAwait="true"), timeout=1)


def test_a_definition_waits_for_what_its_annotation_says(api: Api, namespace: str) -> None:
    names = {"kind": "Wait", "plural": "waits"}
    schema = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
    spec = {
        "group": "acme.com",
        "scope": "Namespaced",
        "names": names,
        "versions": [{"name": "v1", "served": True, "storage": True, "schema": schema}],
    }
    body = thing("CustomResourceDefinition", "waits.acme.com", "", spec, "apiextensions.k8s.io/v1", waitFor="condition=Established")
    live = made(api, body)
    assert any(entry["type"] == "Established" and entry["status"] == "True" for entry in live["status"]["conditions"])
    resource = thing("Wait", "w", namespace, {}, "acme.com/v1", waitFor="jsonpath={.spec.done}=true")
    created = api.create(resource)
    patch = {"spec": {"done": True}}
    threading.Timer(0.5, api.patch, ("acme.com/v1", "Wait", "w", patch, namespace)).start()
    assert await_ready(api, created, timeout=20, old=None, progress=Progress())["spec"]["done"]
    api.delete("apiextensions.k8s.io/v1", "CustomResourceDefinition", "waits.acme.com")
    await_deleted(api, created, timeout=40, progress=Progress())


# -- what does not, and why -----------------------------------------------------------------------------------------------


def test_too_big_for_the_cluster(api: Api, namespace: str) -> None:
    body = deployment("big", namespace=namespace, resources={"requests": {"memory": "64Gi"}})
    with pytest.raises(NotReady) as failure:
        made(api, body, timeout=5)
    summary, available, minimum, cause = failure.value.reasons
    assert summary == "'big' timed out waiting to be Ready"
    assert available == "[MinimumReplicasUnavailable] Deployment does not have minimum availability."
    assert minimum == "Minimum number of live Pods was not attained"
    assert "Unschedulable: 0/2 nodes are available: 2 Insufficient memory." in cause
    live = api.get("apps/v1", "Deployment", "big", namespace)
    assert unready_reasons(api, live)[0] == "Resource 'big' was created but failed to initialize"


def test_a_missing_image(sandbox: Sandbox, api: Api, namespace: str) -> None:
    faults.set(sandbox.folder, "image-missing", f"pod={namespace}/ghost-*")
    refused(api, deployment("ghost", "acme/ghost:2", namespace=namespace), "ImagePullBackOff: ", "acme/ghost:2: not found")


def test_a_crash_loop(sandbox: Sandbox, api: Api, namespace: str) -> None:
    faults.set(sandbox.folder, "crash-loop", f"pod={namespace}/loop-*")
    refused(api, workload("StatefulSet", "loop", namespace, serviceName="loop", replicas=1), "CrashLoopBackOff: it ended with exit code 1")


def test_out_of_memory(sandbox: Sandbox, api: Api, namespace: str) -> None:
    faults.set(sandbox.folder, "out-of-memory", f"pod={namespace}/greedy-*")
    refused(api, deployment("greedy", namespace=namespace), "OOMKilled: it used more memory than its limit allows")


def test_never_ready(sandbox: Sandbox, api: Api, namespace: str) -> None:
    faults.set(sandbox.folder, "never-ready", f"pod={namespace}/deaf-*")
    probe = {"httpGet": {"path": "/healthz", "port": 8080}}
    refused(api, deployment("deaf", namespace=namespace, readinessProbe=probe), "ContainersNotReady: ", "Readiness probe failed")


def test_a_pending_volume(sandbox: Sandbox, api: Api, namespace: str) -> None:
    faults.set(sandbox.folder, "volume-pending", f"volume={namespace}/data-*")
    claim = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    refused(api, thing("PersistentVolumeClaim", "data-0", namespace, claim), "ProvisioningFailed: ")
    user = deployment("writer", namespace=namespace)
    user["spec"]["template"]["spec"]["volumes"] = [{"name": "data", "persistentVolumeClaim": {"claimName": "data-0"}}]
    refused(api, user, "unbound immediate PersistentVolumeClaims", "ProvisioningFailed: ")


def test_pods_that_may_not_be_made(api: Api, namespace: str) -> None:
    api.create(thing("ResourceQuota", "none", namespace, {"hard": {"pods": "0"}}))
    refused(api, deployment("many", namespace=namespace), "exceeded quota: none")
    refused(api, workload("DaemonSet", "agent", namespace), "exceeded quota: none")


def test_a_job_that_fails_ends_its_wait_at_once(sandbox: Sandbox, api: Api, namespace: str) -> None:
    faults.set(sandbox.folder, "crash-loop", f"pod={namespace}/doomed-*")
    pod = {"restartPolicy": "Never", "containers": [{"name": "c", "image": "acme/job"}]}
    began = time.monotonic()
    with pytest.raises(NotReady) as failure:
        made(api, thing("Job", "doomed", namespace, {"backoffLimit": 0, "template": {"spec": pod}}, "batch/v1"), timeout=120)
    assert time.monotonic() - began < 60
    assert "BackoffLimitExceeded" in failure.value.reasons[1]


def test_a_lost_node(sandbox: Sandbox, api: Api, namespace: str) -> None:
    made(api, deployment("spread", replicas=4, namespace=namespace))
    faults.set(sandbox.folder, "node-lost", "node=two")
    deadline = time.monotonic() + 60
    while not any("NodeNotReady: node" in text for text in unready_reasons(api, api.get("apps/v1", "Deployment", "spread", namespace))):
        assert time.monotonic() < deadline, "a lost node is named as the cause"
        time.sleep(0.5)


# -- what a wait survives -------------------------------------------------------------------------------------------------


class Wire:
    """A way to the API server that can be cut."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._open: list[socket.socket] = []
        self.cut = False
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def break_for(self, seconds: float) -> None:
        self.cut = True
        for connection in self._open:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        threading.Timer(seconds, setattr, (self, "cut", False)).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                if self.cut:
                    near.close()
                    continue
                far = socket.create_connection(self._target)
                self._open += [near, far]
                for source, target in ((near, far), (far, near)):
                    threading.Thread(target=_carry, args=(source, target), daemon=True).start()


def _carry(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    for one in (source, target):
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)


def test_a_wait_outlives_a_server_that_is_gone_for_a_moment(api: Api, kubeconfig: str, namespace: str) -> None:
    connection = Connection.parse(kubeconfig)
    host, _, port = connection.server.removeprefix("https://").partition(":")
    wire = Wire(host, int(port))
    detour = Api(replace(connection, server=f"https://127.0.0.1:{wire.port}"))
    said: list[str] = []
    try:
        live = api.create(thing("ConfigMap", "c", namespace, waitFor="jsonpath={.data.done}"))
        threading.Timer(0.3, wire.break_for, (1.5,)).start()
        change: Any = ("v1", "ConfigMap", "c", {"data": {"done": "yes"}}, namespace)
        threading.Timer(1.0, api.patch, change).start()
        assert await_ready(detour, live, timeout=20, old=None, progress=Progress(status=said.append))["data"] == {"done": "yes"}
    finally:
        detour.close()
        wire.close()
    assert any("does not answer, trying again" in text for text in said)


def test_waits_leave_no_connection_behind(api: Api, namespace: str) -> None:
    before = threading.active_count()
    for number in range(5):
        with pytest.raises(NotReady):
            made(api, thing("ConfigMap", f"c-{number}", namespace, waitFor="jsonpath={.data.never}"), timeout=0.3)
    deadline = time.monotonic() + 10
    while threading.active_count() > before:
        assert time.monotonic() < deadline, [thread.name for thread in threading.enumerate()]
        time.sleep(0.1)


# -- deletion -------------------------------------------------------------------------------------------------------------


def test_a_finalizer_holds_a_deletion_and_is_named(api: Api, namespace: str) -> None:
    body = thing("ConfigMap", "held", namespace)
    body["metadata"]["finalizers"] = ["acme.com/hold"]
    live = api.create(body)
    api.delete("v1", "ConfigMap", "held", namespace)
    with pytest.raises(NotReady) as failure:
        await_deleted(api, live, timeout=1, progress=Progress())
    assert failure.value.reasons == ["'held' timed out waiting to be deleted", "finalizers might be preventing deletion (acme.com/hold)"]
    threading.Timer(0.3, api.patch, ("v1", "ConfigMap", "held", {"metadata": {"finalizers": None}}, namespace)).start()
    await_deleted(api, live, timeout=20, progress=Progress())
    assert api.find("v1", "ConfigMap", "held", namespace) is None


def test_a_namespace_is_waited_for_with_all_that_is_in_it(api: Api) -> None:
    name = f"waits-{next(_numbers)}"
    live = api.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    made(api, deployment("web", namespace=name))
    api.delete("v1", "Namespace", name, propagation="Foreground")
    await_deleted(api, live, timeout=60, progress=Progress())
    assert api.find("v1", "Namespace", name) is None
