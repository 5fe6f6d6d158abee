"""Every workload has the pods that it wants, all of its newest revision, and no job has failed."""

from collections.abc import Iterator, Mapping
from typing import Any

from quayside.checks.contract import Finding, Outputs
from quayside.checks.held import Held, Object, condition, home, place, spec, status, title, wanted, why

_HAS = {"Deployment": "availableReplicas", "StatefulSet": "readyReplicas", "DaemonSet": "numberAvailable"}
_NEW = {"Deployment": "updatedReplicas", "StatefulSet": "updatedReplicas", "DaemonSet": "updatedNumberScheduled"}


def check(held: Held, outputs: Outputs) -> Iterator[Finding]:
    """See the module."""
    for each in held.of(*_HAS):
        look = f"kubectl rollout status {each['kind'].lower()}/{title(each)} -n {home(each)}"
        if int(status(each).get("observedGeneration") or 0) < int(each["metadata"].get("generation") or 0):
            yield Finding(place(each), "has a change that its controller has not seen", look)
            continue
        want, has, new = wanted(each), _count(each, _HAS), _count(each, _NEW)
        reason = why(_failure(each))
        if has < want:
            yield Finding(place(each), f"has {has} of {want} pods available{reason}", f"kubectl describe pods -n {home(each)}")
        elif new < want and _replaces_by_itself(each):
            yield Finding(place(each), f"still has {want - new} pods of a former revision{reason}", look)
    jobs = held.of("Job")
    for job in jobs:
        failed = condition(job, "Failed")
        if failed.get("status") == "True" and not any(_is_later(other, job) for other in jobs):
            yield Finding(place(job), f"has failed{why(failed)}", f"kubectl logs job/{title(job)} -n {home(job)}")


def _failure(each: Object) -> Mapping[str, Any]:
    """What a Deployment says of why it does not come on; empty where it says that all goes well."""
    stuck = condition(each, "Progressing")
    return condition(each, "ReplicaFailure") or (stuck if stuck.get("status") == "False" else {})


def _replaces_by_itself(each: Object) -> bool:
    """Whether the controller replaces all pods of a former revision, and nobody else is to decide when."""
    strategy = spec(each).get("updateStrategy") or {}
    return strategy.get("type") != "OnDelete" and not (strategy.get("rollingUpdate") or {}).get("partition")


def _is_later(other: Object, job: Object) -> bool:
    """Whether another job is a later one of the same CronJob, which keeps those that failed (failedJobsHistoryLimit)."""
    mine, theirs = (_schedule(each) for each in (job, other))
    return mine is not None and mine == theirs and _made(other) > _made(job)


def _schedule(job: Object) -> str | None:
    owners = job["metadata"].get("ownerReferences") or ()
    return next((each.get("uid") for each in owners if each.get("kind") == "CronJob"), None)


def _made(each: Object) -> str:
    return str(each["metadata"].get("creationTimestamp") or "")


def _count(each: Object, keys: dict[str, str]) -> int:
    return int(status(each).get(keys[each["kind"]]) or 0)
