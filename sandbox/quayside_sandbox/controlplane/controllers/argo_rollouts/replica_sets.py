"""A Rollout's ReplicaSets: made, numbered, scaled, and let go in the end.

Facts: argo-rollouts v1.10.2 rollout/{sync,replicaset,canary}.go, utils/annotations/annotations.go.
"""

from __future__ import annotations

import copy
import datetime
from dataclasses import dataclass, field

from ....kube import Api, ApiError
from ....kube.client import Object
from ...events import event
from . import canary, hurry
from .look import DEADLINE, DESIRED, HASH, MANAGER, REVISION, Look, annotation, available, hash_of, template_hash, wanted

SETS = "apps/v1", "ReplicaSet"
HISTORY = "rollout.argoproj.io/revision-history"
DELAY, HISTORY_LIMIT = 30, 10  # seconds until old pods go, and how many old ReplicaSets stay (utils/defaults)
_OWN = {REVISION, HISTORY, DESIRED, "kubectl.kubernetes.io/last-applied-configuration", "notified.notifications.argoproj.io"}


@dataclass
class Sets:
    """The ReplicaSets of one look; `due` are seconds after which there is something to do again."""

    api: Api
    look: Look
    due: list[float] = field(default_factory=list)

    def make(self) -> str:
        """The one of the template as it is now; without pods at first. Its name."""
        look, template = self.look, copy.deepcopy(self.look.spec["template"])
        mark = {HASH: template_hash(template)}
        template["metadata"] = {**(template.get("metadata") or {}), "labels": {**(template["metadata"].get("labels") or {}), **mark}}
        selector = look.spec["selector"]
        name = f"{look.name}-{mark[HASH]}"
        notes = {**self._copied(), REVISION: str(self.last_revision(look.sets) + 1), DESIRED: str(look.replicas)}
        metadata = {"name": name, "namespace": look.namespace, "labels": template["metadata"]["labels"], "annotations": notes}
        spec: Object = {"replicas": 0, "template": template, "minReadySeconds": look.spec.get("minReadySeconds") or 0}
        spec["selector"] = {**selector, "matchLabels": {**(selector.get("matchLabels") or {}), **mark}}
        body = {"apiVersion": SETS[0], "kind": SETS[1], "metadata": {**metadata, "ownerReferences": look.owner}, "spec": spec}
        try:
            self.api.create(body, field_manager=MANAGER)
        except ApiError as problem:
            if problem.reason != "AlreadyExists":
                raise
        return name

    def number(self) -> str:
        """The revision that the new one has to have, one more than all others; it is written where it is not so yet."""
        new = self.look.new
        assert new is not None
        have, last = annotation(new, REVISION), self.last_revision([each for each in self.look.sets if each is not new])
        revision = str(max(int(have or 0), last + 1))
        notes = {key: value for key, value in self._copied().items() if annotation(new, key) != value}
        if revision != have:
            before = [annotation(new, HISTORY)] if annotation(new, HISTORY) else []
            notes |= {REVISION: revision, HISTORY: ",".join([*before, have])}
        if notes:
            self._annotate(new, notes)
        return revision

    @staticmethod
    def last_revision(sets: list[Object]) -> int:
        return max((int(annotation(each, REVISION) or 0) for each in sets), default=0)

    def scaling(self) -> bool:
        """Whether somebody has changed spec.replicas since the ReplicaSets were scaled last."""
        active = [each for each in (self.look.new, self.look.stable) if each and wanted(each)]
        return any(annotation(each, DESIRED) not in ("", str(self.look.replicas)) for each in active)

    def reconcile(self, aborted: bool) -> bool:
        """Brings all to the number of pods that they are to have; True while one more round is needed."""
        look = self.look
        if look.spec.get("paused") or look.paused_for(canary.INCONCLUSIVE):
            return False
        new_count, stable_count = canary.counts(look)
        aborting = aborted and look.stable is not None and look.canary.get("abortScaleDownDelaySeconds") != 0
        for each in (look.stable, None if aborting else look.new):
            if each and annotation(each, DEADLINE):
                self._annotate(each, {DEADLINE: None})
        if look.stable and look.stable is not look.new and self._scale(look.stable, stable_count):
            return True
        if look.new and self._new(look.new, new_count, aborting):
            return True
        return self._old()

    def _new(self, new: Object, number: int, aborting: bool) -> bool:
        """The new version's pods; those of one that was given up stay for a while."""
        if aborting:
            if not annotation(new, DEADLINE):
                self._scale(new, wanted(new))
                if available(self.look.stable) >= self.look.replicas and wanted(new):
                    self._let_go(new, float(self.look.canary.get("abortScaleDownDelaySeconds") or DELAY))
                return False
            if (left := self._left(new)) > 0:
                self.due.append(left)
                self._scale(new, wanted(new))
                return False
            number = 0
        return self._scale(new, number)

    def _old(self) -> bool:
        """Those of versions before: at once where nobody asks them any more, after a delay where they were the stable ones."""
        look, scaled = self.look, False
        old = sorted((each for each in look.others if wanted(each)), key=lambda each: -int(annotation(each, REVISION) or 0))
        for each in old:
            if wanted(each) != available(each):
                scaled |= self._scale(each, available(each))  # pods that do not answer are of no use to anybody
        room = available(*look.sets) - (look.replicas - canary.most_unavailable(look))
        for each in old:
            if room <= 0 or self._referenced(each):
                continue
            delay = float(look.canary.get("scaleDownDelaySeconds", DELAY))
            if delay and (look.promoted or annotation(each, DEADLINE)):
                if not annotation(each, DEADLINE):
                    self._let_go(each, delay)
                    continue
                if (left := self._left(each)) > 0:
                    self.due.append(left)
                    continue
            room -= wanted(each)
            scaled |= self._scale(each, 0)
        return scaled

    def forget(self) -> None:
        """Old ReplicaSets beyond the history's limit."""
        limit = int(self.look.spec.get("revisionHistoryLimit", HISTORY_LIMIT))
        old = sorted(self.look.others, key=lambda each: str(each["metadata"].get("creationTimestamp")))
        for each in old[: max(0, len(old) - limit)]:
            if not wanted(each) and not (each.get("status") or {}).get("replicas"):
                self.api.delete(*SETS, each["metadata"]["name"], self.look.namespace)

    @property
    def going(self) -> bool:
        """Whether old pods are about to go."""
        return any(annotation(each, DEADLINE) for each in self.look.others)

    def _referenced(self, one: Object) -> bool:
        """Whether requests may still come to its pods."""
        look, weights = self.look, self.look.weights or {}
        names = [look.stable_hash, look.status.get("currentPodHash")]
        names += [weights.get(key, {}).get("podTemplateHash") for key in ("canary", "stable")]
        for service in (look.canary.get("stableService"), look.canary.get("canaryService")):
            found = self.api.find("v1", "Service", service, look.namespace) if service else None
            names.append(((found or {"spec": {}})["spec"].get("selector") or {}).get(HASH))
        return hash_of(one) in names

    def _scale(self, one: Object, number: int) -> bool:
        """Whether its number of pods was changed."""
        before, metadata = wanted(one), one["metadata"]
        if before == number and annotation(one, DESIRED) == str(self.look.replicas):
            return False
        notes: Object = {DESIRED: str(self.look.replicas), **({DEADLINE: None} if not number and annotation(one, DEADLINE) else {})}
        body: Object = {"metadata": {"annotations": notes}, "spec": {"replicas": number}}
        self.api.patch(*SETS, metadata["name"], body, self.look.namespace, field_manager=MANAGER)
        if before != number:
            way, revision = "up" if number > before else "down", annotation(one, REVISION)
            message = f"Scaled {way} ReplicaSet {metadata['name']} (revision {revision}) from {before} to {number}"
            event(self.api, self.look.rollout, "Normal", "ScalingReplicaSet", message, component=MANAGER)
        return before != number

    def _let_go(self, one: Object, delay: float) -> None:
        until = hurry.now() + datetime.timedelta(seconds=delay / hurry.HASTE)
        self._annotate(one, {DEADLINE: hurry.stamp(until)})
        self.due.append(delay / hurry.HASTE)

    def _left(self, one: Object) -> float:
        return hurry.left(annotation(one, DEADLINE), 0.0)

    def _annotate(self, one: Object, notes: Object) -> None:
        body = {"metadata": {"annotations": notes}}
        self.api.patch(*SETS, one["metadata"]["name"], body, self.look.namespace, field_manager=MANAGER)

    def _copied(self) -> Object:
        """The Rollout's own annotations, which its ReplicaSets get too."""
        notes = self.look.rollout["metadata"].get("annotations") or {}
        return {key: value for key, value in notes.items() if key not in _OWN}
