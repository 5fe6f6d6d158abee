"""What a cluster holds: its objects at one moment, found by kind, namespace, name and labels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from quayside.labels import OWNER
from quayside.workloads.rollout import HASH

Object = Mapping[str, Any]

WORKLOADS = ("Deployment", "Rollout", "StatefulSet", "DaemonSet")
"""Kinds that keep a number of pods."""

VENDOR = ("kube-system", "kube-public", "kube-node-lease")
"""Namespaces of the cluster itself and of whoever runs it."""


@dataclass(frozen=True)
class Held:
    """The objects of a cluster. Of Secrets only names, types and labels are there."""

    objects: Sequence[Object]
    looked_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    """When they were read."""

    def of(self, *kinds: str, namespace: str | None = None) -> list[Object]:
        """The objects of these kinds, of all namespaces or of one."""
        return [each for each in self.objects if each["kind"] in kinds and namespace in (None, home(each))]

    def ours(self, *kinds: str) -> list[Object]:
        """The objects of these kinds outside of the vendor's namespaces."""
        return [each for each in self.of(*kinds) if home(each) not in VENDOR]

    def get(self, kind: str, name: Any, namespace: str = "") -> Object | None:
        """One object, or None. namespace: '' for kinds that have none."""
        return next((each for each in self.of(kind, namespace=namespace) if title(each) == name), None)

    def pods(self, namespace: str, selector: Mapping[str, Any]) -> list[Object]:
        """The pods that a label selector finds, without those that have ended or are going."""
        return [
            pod
            for pod in self.of("Pod", namespace=namespace)
            if selects(selector, labels(pod)) and status(pod).get("phase") not in ("Succeeded", "Failed") and not is_going(pod)
        ]

    def wants_pods(self, asking: Object, selector: Mapping[str, Any]) -> bool:
        """Whether there shall be pods that an object's label selector finds: whoever has set a workload to none has chosen so.

        What a stack made stands beside its Deployment. What others made may be for the pods of jobs and operators, which come and go.
        """
        chosen = dict(selector) if HASH not in (selector.get("matchLabels") or {}) else {**selector, "matchLabels": _any_revision(selector)}
        found = [each for each in self.of(*WORKLOADS, namespace=home(asking)) if selects(chosen, labels(template(each)))]
        return any(wanted(each) for each in found) if found else owner(asking) is not None


def _any_revision(selector: Mapping[str, Any]) -> dict[str, str]:
    """Labels that find a Rollout's pods, without the one that tells its revisions apart: its template has none."""
    return {key: value for key, value in selector["matchLabels"].items() if key != HASH}


def title(each: Object) -> str:
    """An object's name."""
    return str(each["metadata"]["name"])


def home(each: Object) -> str:
    """An object's namespace, '' where it has none."""
    return str(each["metadata"].get("namespace") or "")


def place(each: Object) -> str:
    """An object as messages name it: kind, namespace/name."""
    return f"{each['kind']} {home(each)}/{title(each)}" if home(each) else f"{each['kind']} {title(each)}"


def labels(each: Object) -> Mapping[str, str]:
    """An object's labels."""
    return (each.get("metadata") or {}).get("labels") or {}


def owner(each: Object) -> str | None:
    """The stack that made an object, by its mark."""
    return labels(each).get(OWNER)


def spec(each: Object) -> Mapping[str, Any]:
    """What an object asks for."""
    return each.get("spec") or {}


def status(each: Object) -> Mapping[str, Any]:
    """What became of it."""
    return each.get("status") or {}


def is_going(each: Object) -> bool:
    """Whether it is being deleted."""
    return bool(each["metadata"].get("deletionTimestamp"))


def template(each: Object) -> Object:
    """The pods of a workload."""
    return spec(each).get("template") or {}


def wanted(workload: Object) -> int:
    """How many pods a workload shall have."""
    if workload["kind"] == "DaemonSet":
        return int(status(workload).get("desiredNumberScheduled") or 0)
    return int(spec(workload).get("replicas", 1))


def condition(each: Object, kind: str) -> Mapping[str, Any]:
    """A condition of an object's status; empty where it has none of that type."""
    return next((one for one in status(each).get("conditions") or () if one.get("type") == kind), {})


def why(one: Mapping[str, Any]) -> str:
    """A condition's reason and message, as the end of a sentence."""
    said = ": ".join(str(one[key]).rstrip(".") for key in ("reason", "message") if one.get(key))
    return f" ({said})" if said else ""


def selects(selector: Mapping[str, Any] | None, found: Mapping[str, str]) -> bool:
    """Whether a label selector fits labels. An empty one fits all."""
    given = selector or {}
    return all(found.get(key) == value for key, value in (given.get("matchLabels") or {}).items()) and all(
        _fits(one, found) for one in given.get("matchExpressions") or ()
    )


def _fits(expression: Mapping[str, Any], found: Mapping[str, str]) -> bool:
    key, values = expression["key"], expression.get("values") or ()
    match expression["operator"]:
        case "In":
            return found.get(key) in values
        case "NotIn":
            return found.get(key) not in values
        case "Exists":
            return key in found
        case _:
            return key not in found


def container_ports(pod: Object) -> list[Mapping[str, Any]]:
    """The ports that a pod's containers name; also of a template."""
    return [port for container in spec(pod).get("containers") or () for port in container.get("ports") or ()]


def is_ready(pod: Object) -> bool:
    """Whether a pod answers."""
    return condition(pod, "Ready").get("status") == "True"
