"""What a canary's steps mean: weights, numbers of pods, what is done with. Pure functions of one look.

Facts: argo-rollouts v1.10.2 utils/replicaset/canary.go, rollout/{canary,trafficrouting,replicaset,sync}.go.
"""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor

from ....kube.client import Object
from . import hurry
from .look import Look, available, count, hash_of, wanted

STEP_PAUSE, INCONCLUSIVE = "CanaryPauseStep", "InconclusiveAnalysisRun"


def steps(look: Look) -> list[Object]:
    return look.canary.get("steps") or []


def current(look: Look) -> tuple[Object | None, int | None]:
    """The step and its index; no step once all are done, and no index where there are none."""
    given = steps(look)
    if not given:
        return None, None
    index = int(look.status.get("currentStepIndex") or 0)
    return (given[index] if index < len(given) else None), index


def most(look: Look) -> int:
    """The whole of all weights."""
    return int(look.routing.get("maxTrafficWeight") or 100)


def step_weight(look: Look, index: int) -> int:
    """Of the last setWeight up to a step."""
    before = [step["setWeight"] for step in steps(look)[: index + 1] if "setWeight" in step]
    return int(before[-1]) if before else 0


def set_weight(look: Look) -> int:
    """What the steps ask for now."""
    if look.status.get("abort"):
        return 0
    step, index = current(look)
    return most(look) if step is None or index is None else step_weight(look, index)


def counts(look: Look) -> tuple[int, int]:
    """How many pods the new and the stable version are to have: the stable one keeps all of its own until the end."""
    everything = look.status.get("promoteFull") or look.promoted or not look.stable_hash
    weight, given = (most(look) if everything else set_weight(look)), None if everything else _scale(look)
    if given and "replicas" in given:
        return int(given["replicas"]), look.replicas
    number = ceil(Fraction(int((given or {}).get("weight", weight)) * look.replicas, most(look)))
    least = min(int(look.canary.get("minPodsPerReplicaSet") or 0), look.replicas)
    return (max(number, least) if number else 0), look.replicas


def _scale(look: Look) -> Object | None:
    """The last setCanaryScale up to the step; none is the same as matchTrafficWeight."""
    step, index = current(look)
    if step is None or index is None or (look.status.get("abort") and look.canary.get("abortScaleDownDelaySeconds") != 0):
        return None
    found: list[Object] = [each["setCanaryScale"] for each in steps(look)[: index + 1] if "setCanaryScale" in each]
    return None if not found or found[-1].get("matchTrafficWeight") else found[-1]


def at_desired_counts(look: Look) -> bool:
    """Whether the new pods are available in the number that the step asks for, and the stable ones are all made."""
    new, stable = counts(look)
    mine = look.new is not None and wanted(look.new) == new == available(look.new)
    return mine and look.stable is not None and wanted(look.stable) == stable == count("replicas", look.stable)


def desired_weight(look: Look, aborted: bool) -> int:
    """What the new version is to get of the requests."""
    _, index = current(look)
    if look.promoted or aborted or not available(look.new):
        return 0  # to nobody who could not answer, too
    if look.status.get("promoteFull"):
        return int((look.weights or {"canary": {"weight": 0}})["canary"]["weight"])
    if index is None:
        return 0
    if not at_desired_counts(look):
        return step_weight(look, index - 1) if index else 0
    return set_weight(look) if index < len(steps(look)) else most(look)


def enough_stable(look: Look, weight: int) -> bool:
    """Whether the stable pods can take the rest of the requests."""
    return look.stable is not None and available(look.stable) >= (most(look) - weight) * look.replicas // most(look)


def weights(look: Look, weight: int, verified: bool | None) -> Object:
    """status.canary.weights."""
    canary: Object = {"weight": weight, "serviceName": look.canary.get("canaryService")}
    stable: Object = {"weight": most(look) - weight, "serviceName": look.canary.get("stableService")}
    canary |= {"podTemplateHash": hash_of(look.new)} if look.new else {}
    stable |= {"podTemplateHash": hash_of(look.stable)} if look.stable else {}
    return {"canary": canary, "stable": stable, **({} if verified is None else {"verified": verified})}


def pause_left(look: Look, step: Object) -> float | None:
    """Seconds until the step's pause is over by itself; none for one that somebody has to end."""
    pause, began = step["pause"] or {}, look.paused_for(STEP_PAUSE)
    if began is None or "duration" not in pause:
        return None
    return hurry.left(began["startTime"], hurry.seconds(pause["duration"]))


def step_done(look: Look, run_phase: str) -> bool:
    """Whether the current step is behind us; `run_phase` is that of the step's own AnalysisRun."""
    step, _ = current(look)
    if step is None or look.spec.get("paused"):
        return False
    if "pause" in step:
        if look.status.get("controllerPause") and look.paused_for(STEP_PAUSE) is None:
            return True  # somebody has taken the pause away
        left = pause_left(look, step)
        return left is not None and left <= 0
    if "analysis" in step:
        return run_phase == "Successful"
    return at_desired_counts(look)


def most_unavailable(look: Look) -> int:
    """How many of the pods may be missing (ResolveFenceposts: surge is rounded up, this one down, and not both are 0)."""
    surge, missing = (
        _part(look.canary.get(field, "25%"), look.replicas, up) for field, up in (("maxSurge", True), ("maxUnavailable", False))
    )
    return missing if surge or missing else 1


def _part(value: str | int, whole: int, up: bool) -> int:
    if isinstance(value, int) or not value.endswith("%"):
        return int(value)
    share = Fraction(int(value[:-1]) * whole, 100)
    return ceil(share) if up else floor(share)
