"""One look at a Rollout: the object, the ReplicaSets and AnalysisRuns that it owns, and which of them is which."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ....kube.client import Object

API, ROLLOUT, RUN, TEMPLATE = "argoproj.io/v1alpha1", "Rollout", "AnalysisRun", "AnalysisTemplate"
CLUSTER_TEMPLATE = "ClusterAnalysisTemplate"
MANAGER = "rollouts-controller"  # client-go's default is the program's name: Dockerfile, ENTRYPOINT
HASH = "rollouts-pod-template-hash"
REVISION, DESIRED = "rollout.argoproj.io/revision", "rollout.argoproj.io/desired-replicas"
DEADLINE = "scale-down-deadline"
PLUGIN = "argoproj-labs/gatewayAPI"
_LETTERS = "bcdfghjklmnpqrstvwxz2456789"  # apimachinery util/rand: no vowels, nothing that looks like another


@dataclass
class Look:
    """`new` is the ReplicaSet of the template as it is now, `stable` the one that gets the requests; the same at rest."""

    rollout: Object
    sets: list[Object]
    runs: list[Object]

    @property
    def name(self) -> str:
        return str(self.rollout["metadata"]["name"])

    @property
    def namespace(self) -> str:
        return str(self.rollout["metadata"]["namespace"])

    @property
    def spec(self) -> Object:
        spec: Object = self.rollout["spec"]
        return spec

    @property
    def status(self) -> Object:
        return self.rollout.get("status") or {}

    @property
    def canary(self) -> Object:
        canary: Object = self.spec["strategy"]["canary"]
        return canary

    @property
    def routing(self) -> Object:
        return self.canary.get("trafficRouting") or {}

    @property
    def replicas(self) -> int:
        return int(self.spec.get("replicas", 1))

    @property
    def stable_hash(self) -> str:
        return str(self.status.get("stableRS") or "")

    @property
    def weights(self) -> Object | None:
        return (self.status.get("canary") or {}).get("weights")

    @property
    def promoted(self) -> bool:
        """Whether the version that is wanted is the stable one; true as well before there is any."""
        return self.stable_hash == str(self.status.get("currentPodHash") or "")

    @property
    def new(self) -> Object | None:
        wanted = template_hash(self.spec["template"])
        return next((each for each in self.sets if hash_of(each) == wanted), None)

    @property
    def stable(self) -> Object | None:
        return next((each for each in self.sets if self.stable_hash and hash_of(each) == self.stable_hash), None)

    @property
    def others(self) -> list[Object]:
        """Neither new nor stable."""
        kept = {each["metadata"]["name"] for each in (self.new, self.stable) if each}
        return [each for each in self.sets if each["metadata"]["name"] not in kept]

    @property
    def owner(self) -> list[Object]:
        """For what it makes."""
        kind: Object = {"apiVersion": API, "kind": ROLLOUT, "name": self.name, "uid": self.rollout["metadata"]["uid"]}
        return [{**kind, "controller": True, "blockOwnerDeletion": True}]

    def paused_for(self, reason: str) -> Object | None:
        """The pause with this reason."""
        return next((each for each in self.status.get("pauseConditions") or [] if each["reason"] == reason), None)


def owned(things: Sequence[Object], owner: Object) -> list[Object]:
    """Those that the owner controls."""
    uid = owner["metadata"]["uid"]
    return [
        each
        for each in things
        if any(one.get("uid") == uid and one.get("controller") for one in each["metadata"].get("ownerReferences") or [])
    ]


def hash_of(replica_set: Object) -> str:
    return str((replica_set["metadata"].get("labels") or {}).get(HASH, ""))


def annotation(thing: Object, key: str) -> str:
    return str((thing["metadata"].get("annotations") or {}).get(key, ""))


def wanted(replica_set: Object | None) -> int:
    """How many pods a ReplicaSet is to have."""
    return int(replica_set["spec"].get("replicas", 1)) if replica_set else 0


def count(field: str, *sets: Object | None) -> int:
    """A number of the ReplicaSets' status, added up."""
    return sum(int((each.get("status") or {}).get(field) or 0) for each in sets if each)


def available(*sets: Object | None) -> int:
    return count("availableReplicas", *sets)


def template_hash(template: Object) -> str:
    """Of a pod template; empty fields, which Go's types write out, make no difference."""
    return safe_hash(_filled(template))


def safe_hash(value: Any) -> str:
    """FNV-1a of the JSON, in letters that make no words (utils/hash/hash.go)."""
    number = 2166136261
    for byte in json.dumps(value, sort_keys=True, separators=(",", ":")).encode():
        number = (number ^ byte) * 16777619 % 2**32
    return "".join(_LETTERS[ord(digit) % len(_LETTERS)] for digit in str(number))


def _filled(value: Any) -> Any:
    if isinstance(value, dict):
        inner = {key: _filled(each) for key, each in value.items()}
        return {key: each for key, each in inner.items() if each not in (None, {}, [])}
    return [_filled(each) for each in value] if isinstance(value, list) else value
