"""The wait for an object to be gone."""

from __future__ import annotations

import queue
import time
from typing import Any

from ....kube import Api, ApiError
from .annotations import skips_deletion_await, time_limit
from .progress import NotReady, Object, Progress
from .rule import dig
from .watch import Listed, Lost, Seen, Selection, Watch

_DEFAULT = 600.0
_LOOK_FOR_CANCEL = 0.1
_WORTH_A_WARNING = 10.0


def await_deleted(api: Api, live: Object, *, timeout: float | None, progress: Progress) -> None:
    """Waits until the object is gone; one of the same name with another uid is not it. Raises NotReady when time is up."""
    if skips_deletion_await(live):
        return
    name, uid = live["metadata"]["name"], live["metadata"].get("uid")
    started = time.monotonic()
    deadline = started + time_limit(live, timeout, _DEFAULT)
    events: queue.Queue[Any] = queue.Queue()
    said: set[str] = set()
    seen = False
    with Watch(api, Selection.of(live), events):
        while True:
            if progress.cancelled.is_set():
                raise NotReady(live, [f'Resource operation was cancelled for "{name}"', *_obstacles(live)])
            now = time.monotonic()
            if now >= deadline:
                raise NotReady(live, [f"'{name}' timed out waiting to be deleted", *_obstacles(live), *_users(api, live)])
            if now - started >= _WORTH_A_WARNING:
                for text in _obstacles(live):
                    _once(progress.warn, text, said)
            try:
                event = events.get(timeout=min(_LOOK_FOR_CANCEL, deadline - now))
            except queue.Empty:
                continue
            if isinstance(event, Lost):
                _once(progress.status, f"the API server does not answer, trying again ({event.problem})", said)
            elif isinstance(event, Listed) and not seen:
                return
            elif isinstance(event, Seen):
                if event.object is None or (uid and event.object["metadata"].get("uid") != uid):
                    return
                live, seen = event.object, True
                _once(progress.status, _still_there(live), said)


def _once(say: Any, text: str, said: set[str]) -> None:
    if text and text not in said:
        said.add(text)
        say(text)


def _still_there(live: Object) -> str:
    kind, name = live.get("kind"), live["metadata"]["name"]
    replicas, wanted = dig(live, "status", "replicas"), dig(live, "spec", "replicas")
    phase = dig(live, "status", "phase")
    detail = f" ({replicas or 0} / {wanted} replicas exist)" if wanted is not None else f" ({phase})" if phase else ""
    return f'{kind} "{name}" still exists{detail}'


def _obstacles(live: Object) -> list[str]:
    """What keeps the object: finalizers, and what a namespace says of its contents."""
    finalizers = [*(live["metadata"].get("finalizers") or []), *(dig(live, "spec", "finalizers") or [])]
    found = [f"finalizers might be preventing deletion ({', '.join(finalizers)})"] if finalizers else []
    if live.get("kind") == "Namespace":
        conditions = dig(live, "status", "conditions") or []
        found += [f"[{entry['type']}] {entry.get('message')}" for entry in conditions if entry.get("status") == "True"]
    return found


def _users(api: Api, live: Object) -> list[str]:
    """The pods that still mount a claim: its protection lasts until they are gone."""
    if live.get("kind") != "PersistentVolumeClaim":
        return []
    try:
        pods = api.list("v1", "Pod", live["metadata"].get("namespace"))
    except ApiError:
        return []
    name = live["metadata"]["name"]
    users = [
        pod["metadata"]["name"]
        for pod in pods
        if any(dig(volume, "persistentVolumeClaim", "claimName") == name for volume in dig(pod, "spec", "volumes") or [])
    ]
    return [f"it is still mounted by pod {', '.join(users)}"] if users else []
