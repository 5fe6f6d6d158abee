"""API servers that are stopped on demand: a mark in the cluster's record, seen to by the thread that runs the cluster."""

from __future__ import annotations

import contextlib
import time

from ..clouds.store import Missing, Record, Store

KINDS = {"digitalocean": "kubernetesClusters", "local": "clusters"}
WANTED = "_apiStopped"
"""In the record: whether the API server shall be stopped."""
DONE = "_apiIsStopped"
"""In the record: whether it is."""


class NotSwitched(RuntimeError):
    """There is no such cluster, or it did not follow; the message says what to do."""


def wanted(record: Record | None) -> bool:
    """Whether the API server of this cluster shall be stopped."""
    return bool(record and record.get(WANTED))


def stopped(store: Store) -> list[str]:
    """Names of the clusters whose API server is or shall be stopped."""
    return [str(record["name"]) for _, record in _clusters(store, None) if wanted(record)]


def switch(store: Store, name: str | None, *, stopped: bool, timeout: float = 60.0) -> None:
    """Stops or starts the API server of one cluster, or of all; returns once it is so. Raises NotSwitched."""
    found = _clusters(store, name)
    if not found:
        there = ", ".join(sorted(str(record["name"]) for _, record in _clusters(store, None))) or "none yet"
        raise NotSwitched(f"there is no cluster {name}; there are: {there}" if name else "no cluster runs in the sandbox yet")
    for cloud, record in found:
        store.update(cloud, KINDS[cloud], record["id"], {WANTED: stopped})
    deadline = time.monotonic() + timeout
    for cloud, record in found:
        while not _is(store, cloud, record["id"], stopped):
            if time.monotonic() > deadline:
                done = "stopped" if stopped else "started"
                raise NotSwitched(f"the API server of {record['name']} was not {done} in {timeout:.0f} s: see logs/provisioner.log")
            time.sleep(0.05)


def clear(store: Store) -> None:
    """Starts what is stopped."""
    for name in stopped(store):
        switch(store, name, stopped=False)


def note(store: Store, cloud: str, id: str, *, stopped: bool) -> None:
    """The word of the cluster's thread that it is so now."""
    with contextlib.suppress(Missing):
        store.update(cloud, KINDS[cloud], id, {DONE: stopped})


def _is(store: Store, cloud: str, id: str, stopped: bool) -> bool:
    record = store.find(cloud, KINDS[cloud], id)
    return record is None or record["status"] == "deleting" or bool(record.get(DONE)) == stopped


def _clusters(store: Store, name: str | None) -> list[tuple[str, Record]]:
    return [
        (cloud, record)
        for cloud, kind in KINDS.items()
        for record in store.list(cloud, kind)
        if record["status"] != "deleting" and name in (None, record["name"])
    ]
