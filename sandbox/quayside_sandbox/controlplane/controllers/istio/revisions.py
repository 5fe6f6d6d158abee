"""Which control planes run, and whose an object is (istio pkg/revisions/tag_watcher.go)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ....kube.client import Object
from ...injectors.contract import available

REVISION, TAG = "istio.io/rev", "istio.io/tag"
DEFAULT = "default"


def is_istiod(workload: Object) -> bool:
    """Of a Deployment or one of its pods."""
    return (workload["metadata"].get("labels") or {}).get("app") == "istiod"


def revision(workload: Object) -> str:
    """Of a Deployment of istiod or one of its pods."""
    return (workload["metadata"].get("labels") or {}).get(REVISION) or DEFAULT


def running(deployments: Iterable[Object]) -> dict[str, Object]:
    """The control planes that are available, by revision."""
    return {revision(each): each for each in deployments if is_istiod(each) and available(each)}


def served(revisions: Iterable[str], webhooks: Iterable[Object]) -> dict[str, str]:
    """What objects may call a control plane by, with its revision: itself, and the tags that point to it."""
    known = {each: each for each in revisions}
    found = dict(known)
    for webhook in webhooks:
        labels: dict[str, str] = webhook["metadata"].get("labels") or {}
        if labels.get(TAG) and labels.get(REVISION) in known:
            found.setdefault(labels[TAG], labels[REVISION])
    return found


def chosen(thing: Object, namespace: Mapping[str, str]) -> str:
    """What an object, or else its namespace, names."""
    return (thing["metadata"].get("labels") or {}).get(REVISION) or namespace.get(REVISION) or DEFAULT
