"""What a Rollout's status says of itself: conditions and phase. Pure functions of one look and the status to come.

Facts: argo-rollouts v1.10.2 utils/conditions/conditions.go, rollout/sync.go (calculateRolloutConditions), utils/rollout/rolloututil.go.
"""

from __future__ import annotations

from ....kube.client import Object
from . import canary, hurry
from .look import Look, available

DEADLINE_SECONDS = 600
PAUSED, RESUMED, RETRIED = "RolloutPaused", "RolloutResumed", "RolloutRetry"
ABORTED, TIMED_OUT = "RolloutAborted", "ProgressDeadlineExceeded"


def find(status: Object, kind: str) -> Object:
    """The condition of this type; empty where there is none."""
    return next((each for each in status.get("conditions") or [] if each["type"] == kind), {})


def put(status: Object, kind: str, value: str, reason: str, message: str, *, renew: bool = False) -> bool:
    """Sets a condition; the same state for the same reason stays as it is, unless it is to be renewed. Whether it was written."""
    before = find(status, kind)
    if not renew and (before.get("status"), before.get("reason")) == (value, reason):
        return False
    now = hurry.stamp(hurry.now())
    since = before["lastTransitionTime"] if before.get("status") == value else now
    entry = {"type": kind, "status": value, "reason": reason, "message": message, "lastUpdateTime": now, "lastTransitionTime": since}
    status["conditions"] = [*(each for each in status.get("conditions") or [] if each["type"] != kind), entry]
    return True


def drop(status: Object, kind: str) -> None:
    status["conditions"] = [each for each in status.get("conditions") or [] if each["type"] != kind]


def pausing(look: Look, status: Object) -> bool:
    """Before anything else: the conditions that follow a pause, its end, or a retry. Whether any was written."""
    progress, paused = find(status, "Progressing"), bool(status.get("pauseConditions") or look.spec.get("paused"))
    aborted, written = progress.get("reason") == ABORTED, False
    text = ("Rollout is paused", "Rollout is resumed")
    if paused != (progress.get("reason") == PAUSED) and not aborted and not look_completed(status):
        written |= put(status, "Progressing", "Unknown", PAUSED if paused else RESUMED, text[0] if paused else text[1])
    if aborted and not status.get("abort"):
        written |= put(status, "Progressing", "Unknown", RETRIED, "Retrying Rollout after abort")
    if paused != (find(status, "Paused").get("status") == "True") and not aborted:
        written |= put(status, "Paused", "True" if paused else "False", PAUSED, text[0])
    return written


def look_completed(status: Object) -> bool:
    """Whether the version that is wanted is the stable one."""
    return bool(status.get("stableRS")) and status["stableRS"] == status.get("currentPodHash")


def healthy(look: Look, status: Object) -> bool:
    """All pods are of the version that is wanted, they answer, and the old ones are gone."""
    given, index = canary.steps(look), status.get("currentStepIndex")
    numbers = {status.get(field) or 0 for field in ("updatedReplicas", "availableReplicas", "replicas")}
    observed = look.status.get("observedGeneration") == str(look.rollout["metadata"].get("generation", 1))
    return numbers == {look.replicas} and observed and look_completed(status) and (not given or index in (None, len(given)))


def progressing(look: Look, status: Object) -> bool:
    """Whether anything has moved since the last look."""
    before = look.status

    def number(of: Object, field: str) -> int:
        return int(of.get(field) or 0)

    old = [number(of, "replicas") - number(of, "updatedReplicas") for of in (before, status)]
    grown = any(number(status, field) > number(before, field) for field in ("readyReplicas", "availableReplicas"))
    moved = any(status.get(field) != before.get(field) for field in ("stableRS", "currentStepHash"))
    both = (before.get("currentStepIndex"), status.get("currentStepIndex"))
    stepped = None not in both and both[0] != both[1]
    return number(status, "updatedReplicas") != number(before, "updatedReplicas") or old[1] < old[0] or grown or moved or stepped


def late(look: Look, status: Object) -> float:
    """Seconds until the deadline for progress has passed; infinite where it does not run: in a pause, in an analysis, while pods go."""
    step, _ = canary.current(look)
    condition = find(status, "Progressing")
    waits = step is not None and ("pause" in step or "analysis" in step)
    if waits or find(look.status, "Paused").get("status") == "True" or condition.get("reason") in (None, ABORTED, PAUSED):
        return float("inf")
    if condition["reason"] == TIMED_OUT:
        return 0.0
    deadline = float(look.spec.get("progressDeadlineSeconds") or DEADLINE_SECONDS)
    return hurry.left(condition["lastUpdateTime"], deadline, hurry.DEADLINE_HASTE)


def told(look: Look, status: Object, aborted: bool, reason: str, waiting: bool) -> None:
    """Writes all conditions; `reason` is why it was given up just now, `waiting` whether old pods are about to go."""
    name = f"ReplicaSet {look_name(look)}"
    well, paused = healthy(look, status), bool(status.get("pauseConditions") or look.spec.get("paused"))
    fallen = False
    if well and not paused:
        put(status, "Healthy", "True", "RolloutHealthy", "Rollout is healthy")
    elif find(look.status, "Healthy"):
        fallen = put(status, "Healthy", "False", "RolloutHealthy", "Rollout is not healthy")
    if aborted:
        revision = (look.rollout["metadata"].get("annotations") or {}).get("rollout.argoproj.io/revision", "0")
        message = f"Rollout aborted update to revision {revision}" + (f": {reason}" if reason else "")
        put(status, "Progressing", "False", ABORTED, message)
    elif well:
        put(status, "Progressing", "True", "NewReplicaSetAvailable", f"{name} has successfully progressed.")
    elif look_completed(status) and fallen:
        put(status, "Progressing", "True", "ReplicaSetNotAvailable", "Rollout does not have minimum availability", renew=True)
    elif progressing(look, status) or fallen:
        put(status, "Progressing", "True", "ReplicaSetUpdated", f"{name} is progressing.", renew=True)
    elif not waiting and late(look, status) <= 0:
        put(status, "Progressing", "False", TIMED_OUT, f"{name} has timed out progressing.")
    enough = available(*look.sets) >= look.replicas
    text = "Rollout has minimum availability" if enough else "Rollout does not have minimum availability"
    put(status, "Available", "True" if enough else "False", "AvailableReason", text)
    put(status, "Completed", "True" if look_completed(status) else "False", "RolloutCompleted", "RolloutCompleted")


def look_name(look: Look) -> str:
    return f'"{look.new["metadata"]["name"]}"' if look.new else f'of "{look.name}"'


def phase(look: Look, status: Object) -> tuple[str, str]:
    """Phase and message."""
    for each in status.get("conditions") or []:
        if each["type"] == "InvalidSpec":
            return "Degraded", f"InvalidSpec: {each['message']}"
        if each["reason"] in (ABORTED, TIMED_OUT):
            return "Degraded", f"{each['reason']}: {each['message']}"
    if look.spec.get("paused"):
        return "Paused", "manually paused"
    if status.get("pauseConditions"):
        return "Paused", str(status["pauseConditions"][0]["reason"])
    updated = int(status.get("updatedReplicas") or 0)
    if updated < look.replicas:
        return "Progressing", "more replicas need to be updated"
    if int(status.get("availableReplicas") or 0) < updated:
        return "Progressing", "updated replicas are still becoming available"
    return ("Healthy", "") if look_completed(status) else ("Progressing", "waiting for all steps to complete")
