"""The AnalysisRuns of a Rollout: one in the background from a step on, one for each step that asks for it; ended and let go again.

Facts: argo-rollouts v1.10.2 rollout/analysis.go, utils/analysis/{filter,helpers,factory}.go.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from ....kube import Api, ApiError
from ....kube.client import Object
from . import canary
from .look import API, CLUSTER_TEMPLATE, HASH, MANAGER, REVISION, RUN, TEMPLATE, Look, annotation, hash_of
from .measuring import COMPLETED

KEPT = 5  # of those that went well, and of the others (utils/defaults)
BACKGROUND, STEP = "currentBackgroundAnalysisRunStatus", "currentStepAnalysisRunStatus"
_KEYED = re.compile(r"metadata\.(labels|annotations)\['([^']+)'\]")


class TemplateMissing(Exception):
    """A Rollout names an AnalysisTemplate that is not there, or leaves out an argument."""


@dataclass
class Runs:
    """The runs of one look. `current` are those of the status to come; `pause` and `abort` what they ask for."""

    api: Api
    look: Look
    current: dict[str, Object] = field(default_factory=dict)
    pause: bool = False
    abort: str | None = None

    def reconcile(self, aborted: bool) -> None:
        look = self.look
        before = {key: found for key in (BACKGROUND, STEP) if (found := self._named(key))}
        over = look.promoted or aborted or look.status.get("promoteFull") or not look.stable_hash or look.stable is look.new
        if not over:
            self._step(before.get(STEP))
            self._background(before.get(BACKGROUND))
        names = {each["metadata"]["name"] for each in self.current.values()}
        others = [each for each in look.runs if each["metadata"]["name"] not in names]
        for each in others:
            self._end(each)
        self._forget(others)

    def told(self) -> Object:
        """The fields of status.canary."""
        return {
            key: {
                "name": run["metadata"]["name"],
                "status": (run.get("status") or {}).get("phase", ""),
                **({"message": message} if (message := (run.get("status") or {}).get("message")) else {}),
            }
            for key, run in self.current.items()
        }

    def phase(self, key: str) -> str:
        return str((self.current.get(key, {}).get("status") or {}).get("phase", ""))

    # -- the two kinds ------------------------------------------------------------------------------------------------------

    def _background(self, now: Object | None) -> None:
        look, given = self.look, self.look.canary.get("analysis") or {}
        _, index = canary.current(look)
        if not given.get("templates") or not look.status.get("currentPodHash") or (index or 0) < int(given.get("startingStep") or 0):
            return
        self._follow(BACKGROUND, given, now, "", {"rollout-type": "Background"}, "Background analysis phase error/failed")

    def _step(self, now: Object | None) -> None:
        look = self.look
        step, index = canary.current(look)
        if look.status.get("pauseConditions") or look.status.get("abort"):
            if now:
                self.current[STEP] = now
            return
        if step is None or "analysis" not in step:
            return
        if now and (now["metadata"].get("labels") or {}).get("step-index") != str(index):
            now = None  # of a step before
        labels = {"rollout-type": "Step", "step-index": str(index)}
        self._follow(STEP, step["analysis"], now, str(index), labels, "Step-based analysis phase error/failed")

    def _follow(self, key: str, given: Object, now: Object | None, infix: str, labels: Object, text: str) -> None:
        look = self.look
        if now and look.paused_for(canary.INCONCLUSIVE):
            self.current[key] = now
            return
        if now is None or self._again(now):
            self.current[key] = self._make(given, infix, labels)
            return
        self.current[key] = now
        status = now.get("status") or {}
        if status.get("phase") == "Inconclusive":
            self.pause = True
        elif status.get("phase") in ("Error", "Failed"):
            self.abort = text + (f": {status['message']}" if status.get("message") else "")

    def _again(self, now: Object) -> bool:
        """Whether a new run takes its place: somebody has ended the pause that it asked for, or a given-up rollout is tried again."""
        look = self.look
        if look.status.get("controllerPause") and look.paused_for(canary.STEP_PAUSE) is None:
            return bool((now.get("status") or {}).get("phase") == "Inconclusive")
        return bool(look.status.get("abortedAt"))

    # -- one run ------------------------------------------------------------------------------------------------------------

    def _make(self, given: Object, infix: str, labels: Object) -> Object:
        look, new = self.look, self.look.new
        assert new is not None
        revision = annotation(look.rollout, REVISION)
        spec = spec_of(self.api, look, given)
        name = base = "-".join(part for part in (look.name, hash_of(new), revision, infix) if part)
        labels = {HASH: hash_of(new), **labels, **(look.spec["selector"].get("matchLabels") or {})}
        metadata = {"namespace": look.namespace, "labels": labels, "annotations": {REVISION: revision}, "ownerReferences": look.owner}
        taken = 0
        while True:
            body = {"apiVersion": API, "kind": RUN, "metadata": {"name": name, **metadata}, "spec": spec}
            try:
                return self.api.create(body, field_manager=MANAGER)
            except ApiError as problem:
                if problem.reason != "AlreadyExists":
                    raise
            there = self.api.get(API, RUN, name, look.namespace)
            if (there.get("status") or {}).get("phase") not in COMPLETED and not there["spec"].get("terminate"):
                return there
            taken += 1
            name = f"{base}.{taken}"

    def _end(self, run: Object) -> None:
        if not run["spec"].get("terminate") and (run.get("status") or {}).get("phase") not in COMPLETED:
            self._quietly(lambda name: self.api.patch(API, RUN, name, {"spec": {"terminate": True}}, self.look.namespace), run)

    def _forget(self, others: list[Object]) -> None:
        """Those of ReplicaSets that are gone, and all but the latest of the rest."""
        hashes = {hash_of(each) for each in self.look.sets}
        kept = {True: 0, False: 0}
        for each in sorted(others, key=lambda each: str(each["metadata"].get("creationTimestamp")), reverse=True):
            phase = (each.get("status") or {}).get("phase")
            stays = (each["metadata"].get("labels") or {}).get(HASH) in hashes
            if phase in COMPLETED:
                kept[phase == "Successful"] += 1
                stays = stays and kept[phase == "Successful"] <= KEPT
            if not stays and not each["metadata"].get("deletionTimestamp"):
                self._quietly(lambda name: self.api.delete(API, RUN, name, self.look.namespace), each)

    def _quietly(self, act: Callable[[str], object], run: Object) -> None:
        try:
            act(run["metadata"]["name"])
        except ApiError as problem:
            if problem.code != 404:
                raise

    def _named(self, key: str) -> Object | None:
        name = ((self.look.status.get("canary") or {}).get(key) or {}).get("name")
        if not name:
            return None
        listed = next((each for each in self.look.runs if each["metadata"]["name"] == name), None)
        return listed or self.api.find(API, RUN, name, self.look.namespace)  # the watch may be behind


def spec_of(api: Api, look: Look, given: Object) -> Object:
    """What a run made from templates is to measure. Raises TemplateMissing."""
    metrics: list[Object] = []
    arguments: dict[str, Object] = {}
    for reference in given.get("templates") or []:
        kind = CLUSTER_TEMPLATE if reference.get("clusterScope") else TEMPLATE
        template = api.find(API, kind, reference["templateName"], look.namespace)
        if template is None:
            raise TemplateMissing(f"{kind} '{reference['templateName']}' not found")
        metrics += copy.deepcopy(template["spec"].get("metrics") or [])
        arguments |= {each["name"]: each for each in template["spec"].get("args") or []}
    for each in given.get("args") or []:
        arguments[each["name"]] = {"name": each["name"], "value": value(look, each)}
    if missing := [name for name, each in arguments.items() if "value" not in each and "valueFrom" not in each]:
        raise TemplateMissing(f"args.{missing[0]} was not resolved")
    return {"metrics": metrics, **({"args": list(arguments.values())} if arguments else {})}


def value(look: Look, argument: Object) -> str:
    """Of an argument of a Rollout's analysis."""
    source = argument.get("valueFrom") or {}
    if which := source.get("podTemplateHashValue"):
        return hash_of((look.new if which == "Latest" else look.stable) or {"metadata": {}})
    if path := (source.get("fieldRef") or {}).get("fieldPath"):
        if keyed := _KEYED.fullmatch(path):
            return str((look.rollout["metadata"].get(keyed[1]) or {}).get(keyed[2], ""))
        found: object = look.rollout
        for step in path.split("."):
            found = found.get(step, "") if isinstance(found, dict) else ""
        return str(found)
    return str(argument.get("value", ""))
