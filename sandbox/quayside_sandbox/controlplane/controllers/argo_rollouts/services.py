"""The two Services of a Rollout, which lead to the pods of one version each: the hash in their selectors.

Facts: argo-rollouts v1.10.2 rollout/service.go.
"""

from __future__ import annotations

from ....kube import Api
from ....kube.client import Object
from ...events import event
from .look import HASH, MANAGER, Look, annotation, available, hash_of, wanted

MANAGED_BY = "argo-rollouts.argoproj.io/managed-by-rollouts"


def reconcile(api: Api, look: Look, aborted: bool) -> None:
    """The stable Service to the stable version, the other one to the new version as soon as that answers."""
    _lead(api, look, look.canary.get("stableService"), look.stable)
    if not aborted:  # in life it is led there and back for as long as the given-up pods answer
        _lead(api, look, look.canary.get("canaryService"), look.new)


def give_back(api: Api, look: Look) -> None:
    """Of a rollout that was given up: both lead to the stable version, whether it answers or not."""
    _lead(api, look, look.canary.get("canaryService"), look.stable, at_once=True)


def _lead(api: Api, look: Look, name: str | None, to: Object | None, at_once: bool = False) -> None:
    service = api.find("v1", "Service", name, look.namespace) if name and to else None
    if service is None or to is None:
        return
    before, after = (service["spec"].get("selector") or {}).get(HASH, ""), hash_of(to)
    adopted = annotation(service, MANAGED_BY)
    if before == after:
        return
    if not at_once:
        enough = available(to) > 0 if adopted else 0 < wanted(to) <= available(to)
        if not enough:
            return
    body: Object = {"spec": {"selector": {HASH: after}}}
    if not adopted:
        body["metadata"] = {"annotations": {MANAGED_BY: look.name}}
    metadata = service["metadata"]
    api.patch("v1", "Service", metadata["name"], body, look.namespace, how="strategic-merge", field_manager=MANAGER)
    message = f"Switched selector for service '{metadata['name']}' from '{before}' to '{after}'"
    event(api, look.rollout, "Normal", "SwitchService", message, component=MANAGER)
