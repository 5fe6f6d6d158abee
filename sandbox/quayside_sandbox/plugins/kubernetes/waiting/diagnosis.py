"""Asks the API server for what causes.py needs: the pods of a workload, their events, nodes, claims and last words."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterable
from dataclasses import dataclass

import httpx

from ....kube import Api, ApiError
from .causes import PodFacts, causes, complaints, together
from .progress import Object
from .rule import condition, dig

_PODS_AT_MOST = 5
_LOG_LINES = 5
# A workload that comes up at once is never looked into.
_FIRST_LOOK, _NEXT_LOOK = 0.7, 2.0

_REVISION = "deployment.kubernetes.io/revision"
_LOOKED_INTO = {"Deployment", "StatefulSet", "DaemonSet", "Job", "Pod", "ReplicationController", "PersistentVolumeClaim", "Service"}


@dataclass(frozen=True)
class Diagnosis:
    """What stops the object, as found at one moment."""

    causes: list[str]


class Investigation(threading.Thread):
    """Looks into the object every two seconds, and puts each diagnosis into the queue, until `stop`."""

    def __init__(self, api: Api, live: Object, events: queue.Queue[Diagnosis]) -> None:
        super().__init__(name=f"investigate {live['metadata']['name']}", daemon=True)
        self._api, self._live, self._events = api, live, events
        self._stopped = threading.Event()

    def run(self) -> None:
        pause = _FIRST_LOOK
        while not self._stopped.wait(pause):
            found = diagnose(self._api, self._live)
            if found is not None:
                self._events.put(Diagnosis(found))
            pause = _NEXT_LOOK

    def stop(self) -> None:
        self._stopped.set()


def diagnose(api: Api, live: Object) -> list[str] | None:
    """The causes, now; None where the API server does not answer."""
    if live.get("kind") not in _LOOKED_INTO:
        return []
    try:
        return _diagnose(api, live)
    except (ApiError, httpx.HTTPError):
        return None  # the wait itself tells that the server is gone


def _diagnose(api: Api, live: Object) -> list[str]:
    if live["kind"] == "PersistentVolumeClaim":
        return complaints(_events(api, live))
    makers, pods = _pods(api, live)
    found = []
    for maker in makers:
        found += complaints(_events(api, maker))
    unready = [pod for pod in pods if condition(pod, "Ready").get("status") != "True"]
    unready.sort(key=lambda pod: str(pod["metadata"].get("creationTimestamp")), reverse=True)
    by_pod = [(pod["metadata"]["name"], causes(_facts(api, pod))) for pod in unready[:_PODS_AT_MOST]]
    return [*dict.fromkeys(found), *together(by_pod)]


def _pods(api: Api, live: Object) -> tuple[list[Object], list[Object]]:
    """The objects that make the pods, and the pods of the newest revision."""
    namespace = live["metadata"].get("namespace")
    if live["kind"] == "Pod":
        newest = api.find("v1", "Pod", live["metadata"]["name"], namespace)
        return [], [newest] if newest else []
    selector = dig(live, "spec", "selector")
    labels = _selector(selector if live["kind"] in ("Service", "ReplicationController") else dig(selector, "matchLabels"))
    if not labels:
        return [live], []
    pods = api.list("v1", "Pod", namespace, labels=labels)
    if live["kind"] == "Service":
        return [], pods
    makers = [live]
    if live["kind"] == "Deployment":
        sets = api.list("apps/v1", "ReplicaSet", namespace, labels=labels)
        owned = [entry for entry in sets if _owned(entry, live)]
        makers = sorted(owned, key=lambda entry: _revision(entry))[-1:]
    return makers, [pod for pod in pods if any(_owned(pod, maker) for maker in makers)]


def _facts(api: Api, pod: Object) -> PodFacts:
    namespace, node_name = pod["metadata"]["namespace"], dig(pod, "spec", "nodeName")
    claims = [dig(volume, "persistentVolumeClaim", "claimName") for volume in dig(pod, "spec", "volumes") or []]
    claim_events: list[Object] = []
    if not node_name:
        for claim in filter(None, claims):
            of_claim = f"involvedObject.kind=PersistentVolumeClaim,involvedObject.name={claim}"
            claim_events += api.list("v1", "Event", namespace, fields=of_claim)
    return PodFacts(
        pod=pod,
        events=_events(api, pod),
        node=api.find("v1", "Node", node_name) if node_name else None,
        claim_events=claim_events,
        logs=_last_words(api, pod),
    )


def _last_words(api: Api, pod: Object) -> dict[str, str]:
    """What containers said before they ended, or say while they are not ready; a node may have kept nothing."""
    metadata, found = pod["metadata"], {}
    for status in dig(pod, "status", "containerStatuses") or []:
        before, now = dig(status, "lastState", "terminated"), dig(status, "state", "terminated") or dig(status, "state", "running")
        if status.get("ready") or not (before or now):
            continue
        previous = "false" if now else "true"
        path = f"/api/v1/namespaces/{metadata['namespace']}/pods/{metadata['name']}/log"
        try:
            found[status["name"]] = api.text(path, container=status["name"], previous=previous, tailLines=str(_LOG_LINES))
        except (ApiError, httpx.HTTPError):
            continue
    return found


def _events(api: Api, live: Object) -> list[Object]:
    metadata = live["metadata"]
    return api.list("v1", "Event", metadata.get("namespace"), fields=f"involvedObject.uid={metadata.get('uid')}")


def _selector(labels: object) -> str:
    return ",".join(f"{key}={value}" for key, value in labels.items()) if isinstance(labels, dict) else ""


def _owned(entry: Object, owner: Object) -> bool:
    references: Iterable[Object] = entry["metadata"].get("ownerReferences") or []
    return any(reference.get("uid") == owner["metadata"].get("uid") for reference in references)


def _revision(entry: Object) -> int:
    return int((entry["metadata"].get("annotations") or {}).get(_REVISION) or 0)
