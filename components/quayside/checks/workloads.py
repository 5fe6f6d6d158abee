"""Every workload has the pods that it wants, all of its newest revision, and no job has failed."""

from collections.abc import Iterator

from quayside.checks.contract import Finding, Outputs
from quayside.checks.held import WORKLOADS, Held, Object, condition, home, place, status, title, wanted, why

_HAS = {"Deployment": "availableReplicas", "StatefulSet": "readyReplicas", "DaemonSet": "numberAvailable"}
_NEW = {"Deployment": "updatedReplicas", "StatefulSet": "updatedReplicas", "DaemonSet": "updatedNumberScheduled"}


def check(held: Held, outputs: Outputs) -> Iterator[Finding]:
    """See the module."""
    for each in held.of(*WORKLOADS):
        look = f"kubectl rollout status {each['kind'].lower()}/{title(each)} -n {home(each)}"
        if int(status(each).get("observedGeneration") or 0) < int(each["metadata"].get("generation") or 0):
            yield Finding(place(each), "has a change that its controller has not seen", look)
            continue
        want, has, new = wanted(each), _count(each, _HAS), _count(each, _NEW)
        reason = why(condition(each, "ReplicaFailure") or condition(each, "Progressing")) if each["kind"] == "Deployment" else ""
        if has < want:
            yield Finding(place(each), f"has {has} of {want} pods available{reason}", f"kubectl describe pods -n {home(each)}")
        elif new < want:
            yield Finding(place(each), f"still has {want - new} pods of a former revision{reason}", look)
    for job in held.of("Job"):
        failed = condition(job, "Failed")
        if failed.get("status") == "True":
            yield Finding(place(job), f"has failed{why(failed)}", f"kubectl logs job/{title(job)} -n {home(job)}")


def _count(each: Object, keys: dict[str, str]) -> int:
    return int(status(each).get(keys[each["kind"]]) or 0)
