"""Pods that fail, as kubelets report them: status, restarts, events. Which pods is said by their annotation (fault_policy.py).

Messages: pkg/kubelet/images/image_manager.go, pkg/kubelet/kuberuntime/kuberuntime_manager.go, pkg/kubelet/prober/prober.go (v1.36);
back-off times are those of a kubelet in the messages and a tenth of them in the rehearsal.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from ipaddress import IPv4Network
from typing import Any

from ..kube import Api, ApiError
from ..kube.client import Object
from .events import event
from .stages import FAULT_ANNOTATION
from .watched import Watched

RUN_SECONDS = 0.3  # how long a crashing container lives
BACK_OFF_SECONDS = 10  # a kubelet's first; doubled each time, at most five minutes
HASTE = 10.0  # the rehearsal's clock
REPEAT_SECONDS = 10.0  # events of a lasting failure are repeated


@dataclass
class Course:
    """How far a pod's failure has come."""

    fault: str
    step: str = "begin"
    restarts: int = 0
    due: float = 0.0
    started: str = ""


@dataclass
class Report:
    """What a kubelet says next: the status of the failing containers and events (type, reason, message)."""

    state: dict[str, Any]
    last: dict[str, Any] = field(default_factory=dict)
    phase: str = "Running"
    started: bool = False
    events: list[tuple[str, str, str]] = field(default_factory=list)
    again: float | None = None


class FailingPods:
    """All pods of a cluster that bear the annotation."""

    def __init__(self, api: Api, pods: Watched, nodes: Watched) -> None:
        self.api, self.pods, self.nodes = api, pods, nodes
        self._courses: dict[str, Course] = {}

    @property
    def watches(self) -> Sequence[Watched]:
        return [self.pods]

    def reconcile(self) -> float | None:
        now = time.monotonic()
        suffering = {pod["metadata"]["uid"]: pod for pod in self.pods.items() if _suffers(pod)}
        self._courses = {uid: course for uid, course in self._courses.items() if uid in suffering}
        for uid, pod in suffering.items():
            fault = pod["metadata"]["annotations"][FAULT_ANNOTATION]
            course = self._courses.get(uid)
            if course is None or course.fault != fault:
                course = self._courses[uid] = Course(fault, restarts=_restarts(pod))
            if course.due <= now:
                self._proceed(pod, course)
        waits = [course.due - now for course in self._courses.values() if course.due != float("inf")]
        return max(0.02, min(waits)) if waits else None

    def _proceed(self, pod: Object, course: Course) -> None:
        failing = [container for container in pod["spec"]["containers"] if _concerns(course.fault, container)]
        container = failing[0]
        address = (pod.get("status") or {}).get("podIP") or self._address(pod)
        report = _STEPS[course.fault.partition(" ")[0]](pod, container, course, address)
        course.due = time.monotonic() + report.again if report.again is not None else float("inf")
        status = _status(pod, report, course, {each["name"] for each in failing}, address)
        metadata = pod["metadata"]
        try:
            self.api.patch(
                "v1", "Pod", metadata["name"], {"status": status}, metadata["namespace"], how="strategic-merge", subresource="status"
            )
            for kind, reason, message in report.events:
                event(self.api, pod, kind, reason, message, host=pod["spec"]["nodeName"], container=container["name"])
        except ApiError as problem:
            if problem.code != 404:
                raise

    def _address(self, pod: Object) -> str:
        """From the upper end of the node's range: kwok hands out addresses from the lower one."""
        if pod["spec"].get("hostNetwork"):
            return self._host(pod)
        node = self.nodes.get(pod["spec"]["nodeName"]) or {"spec": {}}
        taken = {(other.get("status") or {}).get("podIP") for other in self.pods.items()}
        hosts = list(IPv4Network(node["spec"].get("podCIDR") or "10.244.255.0/24").hosts())
        return next(str(host) for host in reversed(hosts) if str(host) not in taken)

    def _host(self, pod: Object) -> str:
        node = self.nodes.get(pod["spec"]["nodeName"]) or {}
        addresses = (node.get("status") or {}).get("addresses") or []
        return next((entry["address"] for entry in addresses if entry["type"] == "InternalIP"), "")


# -- the courses ----------------------------------------------------------------------------------------------------------------


def image_missing(pod: Object, container: Object, course: Course, address: str) -> Report:
    image = container["image"]
    reference = _full_reference(image)
    cause = f'failed to pull and unpack image "{reference}": failed to resolve reference "{reference}": {reference}: not found'
    error = f"rpc error: code = NotFound desc = {cause}"
    if course.step == "begin":
        course.step = "back-off"
        events = [
            ("Normal", "Pulling", f'Pulling image "{image}"'),
            ("Warning", "Failed", f'Failed to pull image "{image}": {error}'),
            ("Warning", "Failed", "Error: ErrImagePull"),
        ]
        return Report({"waiting": {"reason": "ErrImagePull", "message": error}}, phase="Pending", events=events, again=1.0)
    message = f'Back-off pulling image "{image}": ErrImagePull: {error}'
    events = [("Normal", "BackOff", f'Back-off pulling image "{image}"'), ("Warning", "Failed", "Error: ImagePullBackOff")]
    return Report({"waiting": {"reason": "ImagePullBackOff", "message": message}}, phase="Pending", events=events, again=REPEAT_SECONDS)


def crash_loop(pod: Object, container: Object, course: Course, address: str, code: int = 1, reason: str = "Error") -> Report:
    ended = {"exitCode": code, "reason": reason, "startedAt": course.started, "finishedAt": _now()}
    ended["containerID"] = "containerd://" + pod["metadata"]["uid"].replace("-", "")
    if course.step in ("begin", "start"):
        if course.step == "start":
            course.restarts += 1
        course.step, course.started = "end", _now()
        events = [
            ("Normal", "Pulled", f'Container image "{container["image"]}" already present on machine'),
            ("Normal", "Created", f"Created container: {container['name']}"),
            ("Normal", "Started", f"Started container {container['name']}"),
        ]
        last = {"terminated": {**ended, "startedAt": course.started}} if course.restarts else {}
        return Report({"running": {"startedAt": course.started}}, last, started=True, events=events, again=RUN_SECONDS)
    if pod["spec"].get("restartPolicy") == "Never":
        course.step = "over"
        return Report({"terminated": ended}, phase="Failed")
    course.step = "start"
    if course.restarts == 0:  # the first restart is immediate
        return Report({"terminated": ended}, again=0.05)
    wait = min(300, BACK_OFF_SECONDS * 2 ** (course.restarts - 1))
    metadata = pod["metadata"]
    name = f"{metadata['name']}_{metadata['namespace']}({metadata['uid']})"
    message = f"back-off {_duration(wait)} restarting failed container={container['name']} pod={name}"
    events = [("Warning", "BackOff", f"Back-off restarting failed container {container['name']} in pod {name}")]
    return Report({"waiting": {"reason": "CrashLoopBackOff", "message": message}}, {"terminated": ended}, events=events, again=wait / HASTE)


def out_of_memory(pod: Object, container: Object, course: Course, address: str) -> Report:
    return crash_loop(pod, container, course, address, 137, "OOMKilled")


def never_ready(pod: Object, container: Object, course: Course, address: str) -> Report:
    events = [("Warning", "Unhealthy", f"Readiness probe failed: {_probe_failure(container, address)}")]
    if course.step == "begin":
        course.step, course.started = "wait", _now()
        events.insert(0, ("Normal", "Started", f"Started container {container['name']}"))
    return Report({"running": {"startedAt": course.started}}, started=True, events=events, again=REPEAT_SECONDS)


_STEPS = {"image-missing": image_missing, "crash-loop": crash_loop, "out-of-memory": out_of_memory, "never-ready": never_ready}


def _status(pod: Object, report: Report, course: Course, failing: set[str], address: str) -> Object:
    now = _now()
    containers: list[Object] = []
    for container in pod["spec"]["containers"]:
        fine = container["name"] not in failing and report.phase != "Failed"
        running = (
            {"running": {"startedAt": course.started or now}} if report.phase != "Pending" else {"waiting": {"reason": "ContainerCreating"}}
        )
        containers.append(
            {
                "name": container["name"],
                "image": container["image"],
                "imageID": "",
                "ready": fine and report.phase == "Running",
                "started": report.started or (fine and report.phase == "Running"),
                "restartCount": 0 if fine else course.restarts,
                "state": running if fine else report.state,
                "lastState": {} if fine else report.last,
            }
        )
    names = " ".join(container["name"] for container in containers if not container["ready"])
    unready: Object = {"status": "False", "reason": "ContainersNotReady", "message": f"containers with unready status: [{names}]"}
    if report.phase == "Failed":
        unready = {"status": "False", "reason": "PodFailed", "message": None}
    conditions = [
        {"type": "PodReadyToStartContainers", "status": "True"},
        {"type": "Initialized", "status": "True"},
        {"type": "ContainersReady", **unready},
        {"type": "Ready", **unready},
    ]
    status: Object = {
        "phase": report.phase,
        "conditions": [{**each, "lastTransitionTime": now} for each in conditions],
        "containerStatuses": containers,
    }
    if address:
        status.update(podIP=address, podIPs=[{"ip": address}])
    if not (pod.get("status") or {}).get("startTime"):
        status["startTime"] = now
    return status


def _suffers(pod: Object) -> bool:
    metadata = pod["metadata"]
    marked = (metadata.get("annotations") or {}).get(FAULT_ANNOTATION, "").partition(" ")[0] in _STEPS
    over = (pod.get("status") or {}).get("phase") in ("Succeeded", "Failed")
    return marked and bool(pod["spec"].get("nodeName")) and not metadata.get("deletionTimestamp") and not over


def _concerns(fault: str, container: Object) -> bool:
    """A rule that names an image concerns the containers that use it, any other rule all of them."""
    selector, _, pattern = fault.partition(" ")[2].partition("=")
    return selector != "image" or fnmatchcase(container["image"], pattern)


def _restarts(pod: Object) -> int:
    statuses = (pod.get("status") or {}).get("containerStatuses") or []
    return max((status.get("restartCount", 0) for status in statuses), default=0)


def _full_reference(image: str) -> str:
    """As containerd writes it: with registry, library and tag."""
    name, at, digest = image.partition("@")
    first = name.split("/")[0]
    if "/" not in name:
        name = f"docker.io/library/{name}"
    elif "." not in first and ":" not in first and first != "localhost":
        name = f"docker.io/{name}"
    if not at and ":" not in name.rsplit("/", 1)[-1]:
        name += ":latest"
    return name + at + digest


def _probe_failure(container: Object, address: str) -> str:
    probe = container.get("readinessProbe") or {}
    named = {port.get("name"): port.get("containerPort") for port in container.get("ports") or []}

    def port(of: Object) -> Any:
        return named.get(of["port"], of["port"])

    if "httpGet" in probe:
        get = probe["httpGet"]
        place = f"{address}:{port(get)}"
        url = f"{get.get('scheme', 'HTTP').lower()}://{place}{get.get('path', '/')}"
        return f'Get "{url}": dial tcp {place}: connect: connection refused'
    if "tcpSocket" in probe:
        return f"dial tcp {address}:{port(probe['tcpSocket'])}: connect: connection refused"
    if "grpc" in probe:
        return f'timeout: failed to connect service "{address}:{probe["grpc"]["port"]}" within 1s'
    return "command exited with 1"


def _duration(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{minutes}m{rest}s" if minutes else f"{rest}s"


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
