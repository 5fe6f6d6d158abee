"""One round of a Rollout: look, take the next step that can be taken, say how far it is. It is run again after each change.

Facts: argo-rollouts v1.10.2 rollout/{controller,context,sync,canary,trafficrouting,pause}.go; the order of things is theirs.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field

from ....kube import Api
from ....kube.client import Object
from ...events import event
from . import canary, conditions, hurry, routers, services
from .invalid import problem
from .look import API, MANAGER, REVISION, ROLLOUT, Look, annotation, available, count, hash_of, safe_hash
from .patches import merge_patch, respell
from .pausing import Pausing
from .replica_sets import Sets
from .runs import STEP, Runs

INVALID_AGAIN = 20.0 / hurry.HASTE  # the Service may come after the Rollout
RESYNC = 15 * 60 / hurry.HASTE  # a route that somebody wrote back is set right again


@dataclass
class Round:
    """`plugins` are the traffic routers that the controller's ConfigMap has."""

    api: Api
    look: Look
    plugins: set[str]
    written: Object | None = None
    """The Rollout as it was written last in this round."""
    status: Object = field(default_factory=dict)
    """The one to come; what is not put into it goes away."""

    def __post_init__(self) -> None:
        look = self.look
        self.sets, self.runs, self.pausing = Sets(self.api, look), Runs(self.api, look), Pausing(look)
        self.pausing.retried = look.promoted and bool(look.stable_hash)

    @property
    def aborted(self) -> bool:
        return self.pausing.aborted

    def run(self) -> float | None:
        """Seconds until the next round is due without any change."""
        look = self.look
        if wrong := problem(self.api, look):
            self._invalid(wrong)
            return INVALID_AGAIN
        if look.new is None:
            self._start(self.sets.make())
            return None
        if "replicas" not in look.spec:
            self._rewrite({}, {"replicas": 1})
            return None
        before = copy.deepcopy(look.status)
        if conditions.pausing(look, before):
            self._patch(self._phased(before))
            return None
        revision = self.sets.number()
        if annotation(look.rollout, REVISION) != revision:
            self._rewrite({REVISION: revision}, {})
            return None
        if self.sets.scaling():
            self.sets.reconcile(self.aborted)
            numbers = {"availableReplicas": available(*look.sets), "HPAReplicas": count("replicas", *look.sets)}
            self.status = {**copy.deepcopy(look.status), **numbers}
            self._persist()
            return None
        if self._changed():
            self._sync()
            return None
        self.sets.forget()
        services.reconcile(self.api, look, self.aborted)
        self._route()
        self.runs.reconcile(self.aborted)
        if self.runs.abort is not None:
            self.pausing.giving_up = self.runs.abort
        if self.runs.pause:
            self.pausing.reasons.append(canary.INCONCLUSIVE)
        elif not self.sets.reconcile(self.aborted):
            self._pause()
        self._sync()
        return self._again()

    # -- parts --------------------------------------------------------------------------------------------------------------

    def _start(self, name: str) -> None:
        """After a new ReplicaSet."""
        event(self.api, self.look.rollout, "Normal", "NewReplicaSetCreated", f"Created ReplicaSet {name}", component=MANAGER)
        status = copy.deepcopy(self.look.status)
        conditions.put(status, "Progressing", "True", "NewReplicaSetCreated", f'Created new replica set "{name}"', renew=True)
        self._patch(status)

    def _changed(self) -> bool:
        """Whether the pods' template or the steps are others than they were."""
        look = self.look
        pods = look.status.get("currentPodHash") not in (None, hash_of(look.new or {"metadata": {}}))
        return pods or look.status.get("currentStepHash") != safe_hash(canary.steps(look))

    def _route(self) -> None:
        """Gives the versions their shares of the requests."""
        look = self.look
        routers.need_plugins(look, self.plugins)
        weight = canary.desired_weight(look, self.aborted)
        if self.aborted and not look.promoted:
            services.give_back(self.api, look)
        self.status["canary"] = {"weights": look.weights} if look.weights else {}
        if not canary.enough_stable(look, weight):
            return
        try:
            verified = routers.set_weight(self.api, look, weight)
        except routers.RoutingFailed as failed:
            event(self.api, look.rollout, "Warning", "TrafficRoutingError", str(failed), component=MANAGER)
            raise
        before = ((look.weights or {}).get("canary") or {}).get("weight")
        self.status["canary"] = {"weights": canary.weights(look, weight, verified)}
        if before != weight:
            change = f"to {weight}" if before is None else f"from {before} to {weight}"
            event(self.api, look.rollout, "Normal", "TrafficWeightUpdated", f"Traffic weight updated {change}", component=MANAGER)

    def _pause(self) -> None:
        """Begins the pause of a step."""
        look = self.look
        step, _ = canary.current(look)
        if look.spec.get("paused") or look.status.get("promoteFull") or step is None or "pause" not in step or self.aborted:
            return
        if look.paused_for(canary.STEP_PAUSE) is None and not look.status.get("controllerPause"):
            self.pausing.reasons.append(canary.STEP_PAUSE)

    def _sync(self) -> None:
        """How far it is, and whether that is the end of it."""
        look, status, number = self.look, self.status, len(canary.steps(self.look))
        step, index = canary.current(look)
        here = hash_of(look.new or {"metadata": {}})
        status.setdefault("canary", {"weights": look.weights} if look.weights else {})
        status["canary"] |= self.runs.told()
        status |= {"currentPodHash": here, "currentStepHash": safe_hash(canary.steps(look)), "stableRS": look.stable_hash}
        status |= {"replicas": count("replicas", *look.sets), "HPAReplicas": count("replicas", *look.sets)}
        status |= {"updatedReplicas": count("replicas", look.new), "readyReplicas": count("readyReplicas", *look.sets)}
        status |= {"availableReplicas": available(*look.sets), "conditions": copy.deepcopy(look.status.get("conditions") or [])}
        labels = look.spec["selector"].get("matchLabels") or {}
        status["selector"] = ",".join(f"{key}={value}" for key, value in sorted(labels.items()))
        conditions.drop(status, "InvalidSpec")
        if here != look.stable_hash and look.status.get("promoteFull"):
            status["promoteFull"] = True
        if self._changed():
            self.pausing.fresh()
            status.pop("promoteFull", None)
            status["canary"] = {"weights": look.weights} if look.weights else {}
            back = number and here == look.stable_hash
            status["currentStepIndex"] = number if back else 0 if number else None
        else:
            if look.status.get("promoteFull"):
                self.pausing.fresh()
                index = number or index
            if reason := self._done():
                self._promote(reason, here, number)
            elif self.aborted:
                status["currentStepIndex"] = None if not number else number if here == look.stable_hash else 0
            else:
                if step is not None and index is not None and canary.step_done(look, self.runs.phase(STEP)):
                    index += 1
                    status["canary"].pop(STEP, None)
                    self.pausing.step_over = True
                    message = f"Rollout step {index}/{number} completed ({', '.join(step)})"
                    event(self.api, look.rollout, "Normal", "RolloutStepCompleted", message, component=MANAGER)
                status["currentStepIndex"] = index
        self._persist()

    def _done(self) -> str:
        """Why the new version is to become the stable one; empty while it is not."""
        look, number = self.look, len(canary.steps(self.look))
        if look.stable is None:
            return "Initial deploy"
        if self.aborted or available(look.new) < look.replicas:
            return ""
        if look.status.get("promoteFull"):
            return "Full promotion requested"
        if look.stable is look.new:
            return "Fast rollback"
        return f"Completed all {number} canary steps" if canary.current(look)[1] in (None, number) else ""

    def _promote(self, reason: str, here: str, number: int) -> None:
        self.pausing.fresh()
        self.status.pop("promoteFull", None)
        self.status["currentStepIndex"] = number or None
        if self.status["stableRS"] != here:
            self.status["stableRS"] = here
            message = f"Rollout completed update to revision {annotation(self.look.rollout, REVISION)} ({here}): {reason}"
            event(self.api, self.look.rollout, "Normal", "RolloutCompleted", message, component=MANAGER)

    # -- the status ---------------------------------------------------------------------------------------------------------

    def _persist(self) -> None:
        look, status = self.look, self.status
        self._lateness()
        for key in ("abort", "abortedAt", "pauseConditions", "controllerPause"):
            status.pop(key, None)
        status |= self.pausing.told()
        conditions.told(look, status, self.aborted, self.pausing.giving_up or "", self.sets.going)
        self._patch(self._phased(status))

    def _phased(self, status: Object) -> Object:
        """With the phase, and what it says of the Rollout as it is now."""
        phase, message = conditions.phase(self.look, status)
        seen = {"phase": phase, "message": message or None, "observedGeneration": str(self.look.rollout["metadata"].get("generation", 1))}
        return {key: value for key, value in {**status, **seen}.items() if value is not None}

    def _lateness(self) -> None:
        """Gives an update up that has not moved for too long, where the Rollout says so."""
        look = self.look
        if not look.spec.get("progressDeadlineAbort") or self.aborted or conditions.look_completed(self.status):
            return
        if not conditions.progressing(look, self.status) and not self.sets.going and conditions.late(look, look.status) <= 0:
            self.pausing.giving_up = f"ReplicaSet {conditions.look_name(look)} has timed out progressing."

    def _invalid(self, wrong: str) -> None:
        status = copy.deepcopy(self.look.status)
        if conditions.find(status, "InvalidSpec").get("message") == wrong:
            return
        conditions.put(status, "InvalidSpec", "True", "InvalidSpec", wrong, renew=True)
        self._patch(self._phased(status))

    def _patch(self, status: Object) -> None:
        change = merge_patch(self.look.status, status)
        if change:
            where = self.look.name, {"status": change}, self.look.namespace
            self.written = self.api.patch(API, ROLLOUT, *where, subresource="status", field_manager=MANAGER)

    def _rewrite(self, notes: Object, spec: Object) -> None:
        """Writes the whole Rollout back, as Go's types spell it."""
        body = copy.deepcopy(self.look.rollout)
        body["metadata"]["annotations"] = {**(body["metadata"].get("annotations") or {}), **notes}
        body["spec"] |= spec
        respell(body["spec"]["template"]["spec"])
        self.written = self.api.replace(body, field_manager=MANAGER)

    def _again(self) -> float | None:
        """When to look again: for a pause, for old pods, for the deadline."""
        look, due = self.look, list(self.sets.due)
        step, _ = canary.current(look)
        if step is not None and "pause" in step and (left := canary.pause_left(look, step)) is not None:
            due.append(left)
        if not look.promoted:
            due += [RESYNC, *([late] if (late := conditions.late(look, look.status)) not in (0.0, float("inf")) else [])]
        return max(0.1, min(due)) if due else None
