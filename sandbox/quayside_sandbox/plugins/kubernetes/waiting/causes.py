"""Why a pod is not ready, in words: what `kubectl describe` and `kubectl logs` would show, put into one line.

The official plugin says only that replicas are missing; that these reasons are part of the error is this plugin's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from .progress import Object
from .rule import condition, dig, number

_IMAGE = {"ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "RegistryUnavailable"}
# Events that name a cause which the pod's own status does not.
_TELLING = {
    "FailedMount",
    "FailedAttachVolume",
    "FailedMapVolume",
    "FailedCreatePodSandBox",
    "FailedBinding",
    "ProvisioningFailed",
    "FailedCreate",
    "FailedScheduling",
    "NodeNotReady",
    "Evicted",
    "TaintManagerEviction",
}


@dataclass(frozen=True)
class PodFacts:
    """A pod and what the cluster says about it."""

    pod: Object
    events: Sequence[Object] = ()
    node: Object | None = None
    # Events of the claims that the pod mounts.
    claim_events: Sequence[Object] = ()
    # The last lines of containers that keep ending, or run and are not ready, by container.
    logs: dict[str, str] = field(default_factory=dict)


def causes(facts: PodFacts) -> list[str]:
    """The causes, the nearest first; empty where the pod is ready, or where it is just coming up."""
    pod = facts.pod
    if condition(pod, "Ready").get("status") == "True" or dig(pod, "status", "phase") == "Succeeded":
        return []
    found = _lost_node(facts) or _unscheduled(facts) or _ended(pod)
    if not found:
        statuses = [*(dig(pod, "status", "initContainerStatuses") or []), *(dig(pod, "status", "containerStatuses") or [])]
        found = [text for status in statuses if (text := _container(status, facts))]
    if not found:
        found = [f"{event.get('reason')}: {_text(event)}" for event in _newest(facts.events, _TELLING)[:2]]
    return found or _never_ready(facts)


def together(by_pod: Iterable[tuple[str, list[str]]], limit: int = 6) -> list[str]:
    """One line for each different cause, with the pods that it stops."""
    pods: dict[str, list[str]] = {}
    for name, texts in by_pod:
        for text in texts:
            pods.setdefault(text, []).append(name)
    lines = []
    for text, names in list(pods.items())[:limit]:
        others = f" (and {len(names) - 1} more)" if len(names) > 1 else ""
        lines.append(f"Pod {names[0]}{others}: {text}")
    return lines


def complaints(events: Iterable[Object], limit: int = 3) -> list[str]:
    """What a controller complains about: it may make no pod at all (quota, pod security, a refusing webhook)."""
    return [f"{event.get('reason')}: {_text(event)}" for event in _newest(events, {"FailedCreate", "ProvisioningFailed"})[:limit]]


def _lost_node(facts: PodFacts) -> list[str]:
    pod = facts.pod
    name = dig(pod, "spec", "nodeName")
    if dig(pod, "status", "reason") == "NodeLost":
        return [f"NodeLost: {dig(pod, 'status', 'message') or f'node {name} stopped answering'}"]
    if not name:
        return []
    if facts.node is None:
        return []
    ready = condition(facts.node, "Ready")
    if ready.get("status") in ("Unknown", "False"):
        return [f'NodeNotReady: node "{name}" is not ready ({ready.get("reason")}: {ready.get("message")})']
    return []


def _unscheduled(facts: PodFacts) -> list[str]:
    scheduled = condition(facts.pod, "PodScheduled")
    if scheduled.get("status") != "False":
        return []
    text = scheduled.get("message") or next((_text(event) for event in _newest(facts.events, {"FailedScheduling"})), "")
    found = [f"{scheduled.get('reason') or 'Unschedulable'}: {text}"]
    of_claims = _newest(facts.claim_events, {"ProvisioningFailed", "FailedBinding"})
    return found + [f"{event.get('reason')}: {_text(event)}" for event in of_claims[:2]]


def _ended(pod: Object) -> list[str]:
    """A pod that ended as a whole: evicted, past its deadline, refused by the node."""
    status = pod.get("status") or {}
    if status.get("phase") == "Failed" and (status.get("reason") or status.get("message")):
        return [f"{status.get('reason') or 'Failed'}: {status.get('message') or ''}".rstrip(": ")]
    return []


def _container(status: Object, facts: PodFacts) -> str | None:
    name = status.get("name")
    waiting, ended = dig(status, "state", "waiting") or {}, dig(status, "state", "terminated") or {}
    previous = ended or dig(status, "lastState", "terminated") or {}
    reason = waiting.get("reason")
    if reason in _IMAGE:
        return f"container {name}: {reason}: {_image_problem(status, waiting, facts)}"
    if previous.get("reason") == "OOMKilled" and not status.get("ready"):
        return f"container {name}: OOMKilled: it used more memory than its limit allows{_restarts(status)}{_told(facts, str(name))}"
    if reason == "CrashLoopBackOff" or (previous and previous.get("exitCode") not in (0, None) and not status.get("ready")):
        # between two tries of a loop the kubelet says Error, or nothing at all: what it is shows by its having been started again
        word = reason or ("CrashLoopBackOff" if number(status, "restartCount") else previous.get("reason")) or "Error"
        text = f"container {name}: {word}: it ended with exit code {previous.get('exitCode', 'unknown')}{_restarts(status)}"
        return text + (f": {previous['message'].strip()}" if previous.get("message") else "") + _told(facts, str(name))
    if reason and reason not in ("ContainerCreating", "PodInitializing"):
        return f"container {name}: {reason}: {waiting.get('message') or 'no message'}"
    return None


def _image_problem(status: Object, waiting: Object, facts: PodFacts) -> str:
    """The registry's own words are in the event; a back-off says only that it is backing off."""
    for event in _newest(facts.events, {"Failed"}):
        if "pull image" in _text(event):
            return _text(event)
    return str(waiting.get("message") or f"the image {status.get('image')!r} cannot be pulled")


def _never_ready(facts: PodFacts) -> list[str]:
    pod = facts.pod
    not_ready = condition(pod, "ContainersReady") or condition(pod, "Ready")
    if dig(pod, "status", "phase") != "Running" or not_ready.get("status") != "False":
        return []
    probe = [_text(event) for event in _newest(facts.events, {"Unhealthy"})]
    words = not_ready.get("message") or "its containers are not ready"
    statuses = dig(pod, "status", "containerStatuses") or []
    said = "".join(_log(facts, str(status.get("name"))) for status in statuses if not status.get("ready"))
    return [f"{not_ready.get('reason') or 'ContainersNotReady'}: {words}" + (f": {probe[0]}" if probe else "") + said]


def _restarts(status: Object) -> str:
    count = number(status, "restartCount")
    return f" ({count} restart{'' if count == 1 else 's'})" if count else ""


def _told(facts: PodFacts, container: str) -> str:
    """What the kubelet says of a container that keeps ending, and what that said itself."""
    event = next((_text(event) for event in _newest(facts.events, {"BackOff"}) if container in _text(event)), "")
    return (f"; {event}" if event else "") + _log(facts, container)


def _log(facts: PodFacts, container: str) -> str:
    lines = facts.logs.get(container, "").strip()
    return f"; its last words: {' | '.join(lines.splitlines())}" if lines else ""


def _newest(events: Iterable[Object], reasons: set[str]) -> list[Object]:
    """One event for each message, the newest first."""
    chosen: dict[str, Object] = {}
    for event in sorted(events, key=_when):
        if event.get("reason") in reasons:
            text = _text(event)
            chosen.pop(text, None)
            chosen[text] = event
    return list(reversed(chosen.values()))


def _when(event: Object) -> str:
    series = event.get("series") or {}
    return str(series.get("lastObservedTime") or event.get("lastTimestamp") or event.get("eventTime") or "")


def _text(event: Object) -> str:
    return str(event.get("message") or "").strip()
