"""No pod waits for what does not come: a node, an image, a volume, an end of its crashes."""

from collections.abc import Iterator, Mapping
from typing import Any

from quayside.checks.contract import Finding, Outputs
from quayside.checks.held import Held, Object, condition, home, is_going, place, spec, status, title, why

STARTING = ("ContainerCreating", "PodInitializing")
"""Reasons to wait that pass by themselves."""


def check(held: Held, outputs: Outputs) -> Iterator[Finding]:
    """See the module. Pods that a drained node left behind as failed have successors: their workload says if it lacks one."""
    for pod in held.of("Pod"):
        if is_going(pod) or status(pod).get("phase") in ("Succeeded", "Failed"):
            continue
        scheduled = condition(pod, "PodScheduled")
        if scheduled.get("status") == "False":
            yield Finding(
                place(pod), f"has no node{why(scheduled)}", "add a node (cluster.pools), or let services ask for less (resources)"
            )
            continue
        for one in _containers(pod):
            waiting = (one.get("state") or {}).get("waiting") or {}
            if waiting.get("reason") and waiting["reason"] not in STARTING:
                last = (one.get("lastState") or {}).get("terminated") or {}
                ended = f", last ended by {last['reason']} with {last.get('exitCode')}" if last.get("reason") else ""
                wrong = f"waits in container {one['name']}{why(waiting)}{ended}"
                yield Finding(
                    place(pod), wrong, f"kubectl logs {title(pod)} -c {one['name']} -n {home(pod)} --previous, or kubectl describe"
                )
    for claim in held.ours("PersistentVolumeClaim"):
        phase = status(claim).get("phase")
        if phase == "Lost" or (phase == "Pending" and any(title(claim) in _claims(pod) for pod in held.of("Pod", namespace=home(claim)))):
            yield Finding(place(claim), f"has no volume ({phase})", f"kubectl describe pvc {title(claim)} -n {home(claim)}")


def _containers(pod: Object) -> list[Mapping[str, Any]]:
    return [*(status(pod).get("initContainerStatuses") or ()), *(status(pod).get("containerStatuses") or ())]


def _claims(pod: Object) -> list[str | None]:
    return [(volume.get("persistentVolumeClaim") or {}).get("claimName") for volume in spec(pod).get("volumes") or ()]
