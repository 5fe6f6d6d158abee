"""What a killed run has made in a cluster: objects are asked for by name, and are ours where they carry the owner label."""

import json
from collections.abc import Iterator
from typing import Any

from quayside.labels import OWNER
from quayside.operations import programs
from quayside.operations.recovery.exported import Pending
from quayside.operations.recovery.repairs import Repair
from quayside.operations.recovery.verdicts import CannotSay, Found

LIMIT = 30
"""Seconds for one request to the API server."""

MANAGER = "pulumi-kubernetes-"
"""How the field managers of Pulumi's server-side applies begin (pulumi-kubernetes, fieldManagerName)."""


class Cluster:
    """A cluster, through kubectl."""

    def __init__(self, kubeconfig: str, mark: str) -> None:
        """kubeconfig: text; mark: the owner mark of the stack."""
        self._kubeconfig, self._mark = kubeconfig, mark

    def find(self, pending: Pending) -> Found | None:
        """What a creation has made. Raises CannotSay, Refused."""
        metadata = pending.inputs.get("metadata") or {}
        name, namespace = metadata.get("name"), metadata.get("namespace")
        if not name:
            raise CannotSay("it has no name of its own; look at the cluster, then `pulumi refresh` on a terminal")
        live = self._get(str(pending.inputs["apiVersion"]), str(pending.inputs["kind"]), str(name), namespace)
        if live is None:
            return None
        if (live["metadata"].get("labels") or {}).get(OWNER) != self._mark:
            raise CannotSay(f"it is there without this stack's label ({OWNER}: {self._mark}), so it is somebody else's; rename one of both")
        there = live["metadata"].get("namespace")
        return Found(f"{there}/{name}" if there else str(name), outputs=manager(live))

    def shared(self, pending: Pending, manager: str) -> Iterator[Repair]:
        """What makes an object the stack's again that a later run has taken up while the killed one still owns its fields.

        As long as it does, no field can be changed or removed by the later one: their values conflict, and items of lists stay.
        manager: the later run's. Raises CannotSay.
        """
        metadata = pending.inputs.get("metadata") or {}
        place = {key: metadata[key] for key in ("name", "namespace") if metadata.get(key)}
        nothing = {"apiVersion": pending.inputs["apiVersion"], "kind": pending.inputs["kind"], "metadata": place}
        live = self._get(str(nothing["apiVersion"]), str(nothing["kind"]), str(place["name"]), place.get("namespace"))
        for other in superfluous(live, manager) if live else []:
            words = ["kubectl", "apply", "--server-side", f"--field-manager={other}", "--filename=-"]
            yield Repair(words, f"{pending.name}: {other}, the killed run, gives up its fields", json.dumps(nothing))

    def owns(self, namespace: str) -> bool:
        """Whether a namespace carries the stack's label. Raises CannotSay, Refused."""
        live = self._get("v1", "Namespace", namespace, None)
        return live is not None and (live["metadata"].get("labels") or {}).get(OWNER) == self._mark

    def _get(self, api_version: str, kind: str, name: str, namespace: str | None) -> Any:
        group, _, version = api_version.rpartition("/")
        asked = f"{kind}.{version}.{group}" if group else kind
        place = ["--namespace", namespace] if namespace else []
        with programs.kept(self._kubeconfig) as file:
            words = ["kubectl", "--kubeconfig", file, f"--request-timeout={LIMIT}s", "get", asked, name, *place, "--output=json"]
            words.append("--show-managed-fields")
            try:
                return json.loads(programs.run(words))
            except programs.Failed as problem:
                # a kind that the cluster does not know has no objects
                if "(NotFound)" in str(problem) or "the server doesn't have a resource type" in str(problem):
                    return None
                said = str(problem).splitlines()[-1]
                raise CannotSay(f"the cluster cannot be looked at: {said}; see whether it runs, then again") from None


def superfluous(live: Any, manager: str) -> list[str]:
    """Managers of other runs that own nothing but what the given one owns too: what others patch is theirs."""
    applied = {str(each.get("manager")): each.get("fieldsV1") or {} for each in _applied(live)}
    own = applied.pop(manager, {})
    return [name for name, fields in applied.items() if _within(fields, own)]


def _within(fields: Any, own: Any) -> bool:
    return all(key in own and _within(each, own[key]) for key, each in fields.items())


def _applied(live: Any) -> list[Any]:
    managed = live["metadata"].get("managedFields") or []
    return [each for each in managed if each.get("operation") == "Apply" and str(each.get("manager")).startswith(MANAGER)]


def manager(live: Any) -> dict[str, Any]:
    """Who applied an object, as the provider keeps it in its state.

    Each creation has a manager of its own. Under another one, the first later change of a field would be a conflict with the killed run's.
    """
    names = [str(each["manager"]) for each in _applied(live)]
    return {"__fieldManager": names[-1]} if names else {}
