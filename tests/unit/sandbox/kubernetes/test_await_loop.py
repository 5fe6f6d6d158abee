"""The wait itself: how fast it sees, what it survives, how it ends. The API server is a script of answers."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from quayside_sandbox.kube import ApiError
from quayside_sandbox.plugins.kubernetes.waiting import NotReady, Progress, await_deleted, await_ready, unready_reasons

Object = dict[str, Any]
NEVER = "jsonpath={.status.never}"


def pod(ready: bool, version: int = 1, **annotations: str) -> Object:
    notes = {f"pulumi.com/{key}": value for key, value in annotations.items()}
    metadata = {"name": "p", "namespace": "ns", "uid": "u1", "resourceVersion": str(version), "annotations": notes}
    conditions = [{"type": "Ready", "status": str(ready)}]
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": {}, "status": {"phase": "Running", "conditions": conditions}}


class Server:
    """Lists what `objects` holds; each watch hands out what is put into `changes` (an exception is raised, None ends it)."""

    def __init__(self, *objects: Object) -> None:
        self.objects = {entry["metadata"]["name"]: entry for entry in objects}
        self.changes: queue.Queue[Any] = queue.Queue()
        self.refusals: list[Exception] = []
        self.lists = 0

    def set(self, live: Object) -> None:
        self.objects[live["metadata"]["name"]] = live
        self.changes.put(("MODIFIED", live))

    def list_with_version(self, *_: Any, **__: Any) -> tuple[list[Object], str]:
        self.lists += 1
        if self.refusals:
            raise self.refusals.pop(0)
        return list(self.objects.values()), "1"

    def watch(self, *_: Any, **__: Any) -> Iterator[tuple[str, Object]]:
        while (change := self.changes.get()) is not None:
            if isinstance(change, Exception):
                raise change
            yield change

    def list(self, *_: Any, **__: Any) -> list[Object]:
        return []

    def find(self, *_: Any, **__: Any) -> None:
        return None


def ready(server: Any, live: Object, timeout: float | None = 30.0, progress: Progress | None = None) -> Object:
    return await_ready(server, live, timeout=timeout, old=None, progress=progress or Progress())


def later(seconds: float, call: Any, *args: Any) -> None:
    timer = threading.Timer(seconds, call, args)
    timer.daemon = True
    timer.start()


def test_what_is_ready_already_is_not_watched() -> None:
    server = Server(pod(True))
    assert ready(server, pod(True)) == pod(True)
    assert server.lists == 0


def test_readiness_is_noticed_within_a_tenth_of_a_second() -> None:
    """The best of a few, since a busy machine delays any thread now and then; a wait that polls would miss it every time."""

    def delay() -> float:
        server, happened = Server(pod(False)), []

        def happen() -> None:
            happened.append(time.monotonic())
            server.set(pod(True, 2))

        later(0.15, happen)
        assert ready(server, pod(False)) == pod(True, 2)
        return time.monotonic() - happened[0]

    assert min(delay() for _ in range(4)) < 0.1


@pytest.mark.parametrize(
    "trouble",
    [
        ApiError(410, "Expired", "too old resource version"),
        httpx.ReadError("gone"),
        httpx.ConnectError("refused"),
        ApiError(500, "", "etcd"),
        None,
    ],
    ids=["version too old", "connection lost", "server gone", "server ill", "watch ended"],
)
def test_a_watch_that_dies_is_begun_again_with_a_list(trouble: Exception | None) -> None:
    server = Server(pod(False))
    server.changes.put(trouble)
    server.objects["p"] = pod(False)

    def change_unseen() -> None:
        server.objects["p"] = pod(True, 3)
        server.changes.put(trouble)

    later(0.3, change_unseen)
    assert ready(server, pod(False)) == pod(True, 3)


def test_an_api_server_that_is_gone_for_a_moment_ends_no_wait() -> None:
    server = Server(pod(False))
    server.refusals = [httpx.ConnectError("refused")] * 3
    said: list[str] = []
    later(0.2, server.set, pod(True, 2))
    ready(server, pod(False), progress=Progress(status=said.append))
    assert any("does not answer, trying again" in text for text in said)


def test_time_is_up() -> None:
    began = time.monotonic()
    with pytest.raises(NotReady) as failure:
        ready(Server(pod(False)), pod(False), timeout=0.3)
    assert time.monotonic() - began >= 0.3
    assert failure.value.reasons == ["'p' timed out waiting to be Ready", "the Pod is Running, not ready"]
    assert failure.value.live == pod(False)


def test_cancelled_ends_the_wait_at_once() -> None:
    progress = Progress()
    later(0.2, progress.cancelled.set)
    began = time.monotonic()
    with pytest.raises(NotReady) as failure:
        ready(Server(pod(False)), pod(False), timeout=60, progress=progress)
    assert time.monotonic() - began < 30
    assert failure.value.reasons[0] == 'Resource operation was cancelled for "p"'


def test_what_fails_for_good_ends_the_wait() -> None:
    job = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "j", "resourceVersion": "1"}, "status": {}}
    failed = {
        **job,
        "metadata": {"name": "j", "resourceVersion": "2"},
        "status": {"conditions": [{"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded"}]},
    }
    server = Server(job)
    later(0.2, server.set, failed)
    with pytest.raises(NotReady) as failure:
        ready(server, job)
    assert failure.value.reasons == ["Resource 'j' was created but failed to initialize", "[BackoffLimitExceeded]"]


def test_an_object_that_somebody_deletes_may_come_back() -> None:
    server = Server(pod(False))
    server.changes.put(("DELETED", pod(False)))
    later(0.3, server.changes.put, ("ADDED", pod(True, 9)))
    said: list[str] = []
    assert ready(server, pod(False), progress=Progress(status=said.append)) == pod(True, 9)
    assert "it was deleted; waiting for it to come back" in said


def test_the_annotation_limits_the_time_and_says_what_is_missing() -> None:
    with pytest.raises(NotReady) as failure:
        ready(Server(pod(True, waitFor=NEVER, timeoutSeconds="1")), pod(True, waitFor=NEVER, timeoutSeconds="1"), timeout=None)
    assert failure.value.reasons == ["'p' timed out waiting to be Ready", "Waiting for {.status.never} (selects nothing)"]


def test_a_wrong_annotation_is_said_at_once() -> None:
    with pytest.raises(NotReady, match="expected a 'jsonpath=' or 'condition=' prefix, got 'Ready'"):
        ready(Server(), pod(False, waitFor="Ready"))


def test_readiness_without_waiting() -> None:
    assert unready_reasons(Server(), pod(True)) == []  # type: ignore[arg-type]
    reasons = unready_reasons(Server(), pod(False))  # type: ignore[arg-type]
    assert reasons == ["Resource 'p' was created but failed to initialize", "the Pod is Running, not ready"]


def deleted(server: Any, live: Object, timeout: float = 30.0, progress: Progress | None = None) -> None:
    await_deleted(server, live, timeout=timeout, progress=progress or Progress())


def test_deleted_once_it_is_gone() -> None:
    server = Server(pod(True))
    later(0.2, server.changes.put, ("DELETED", pod(True)))
    began = time.monotonic()
    deleted(server, pod(True), timeout=60)
    assert time.monotonic() - began > 0.1  # it did wait


def test_what_is_gone_already_or_made_anew_is_deleted() -> None:
    deleted(Server(), pod(True))
    anew = pod(True)
    anew["metadata"]["uid"] = "u2"
    deleted(Server(anew), pod(True))


def test_a_finalizer_that_keeps_it_is_named() -> None:
    held = pod(True)
    held["metadata"]["finalizers"] = ["acme.com/hold"]
    with pytest.raises(NotReady) as failure:
        deleted(Server(held), pod(True), timeout=0.3)
    assert failure.value.reasons == ["'p' timed out waiting to be deleted", "finalizers might be preventing deletion (acme.com/hold)"]


def test_skip_await_skips_the_wait_for_a_pods_deletion() -> None:
    server = Server(pod(True))
    deleted(server, pod(True, skipAwait="true"))
    assert server.lists == 0
