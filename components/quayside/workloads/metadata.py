"""What all objects of a service have in common."""

from collections.abc import Mapping
from typing import Any

Manifest = dict[str, Any]
"""An object as the API has it: maps and lists, in which Outputs may stand for what is known later."""

FORCED = {"pulumi.com/patchForce": "true"}
"""An annotation: what is applied wins over what others set. Fields that we do not apply stay theirs."""


def selector(name: str) -> dict[str, str]:
    """The labels that find a service's pods. They cannot be changed on a Deployment, so nothing that may change is among them."""
    return {"app.kubernetes.io/name": name, "app.kubernetes.io/instance": name}


def metadata(name: Any, home: Any, labels: Mapping[str, str], annotations: Mapping[str, str] | None = None) -> Manifest:
    """An object's name, namespace, labels and, where there are any, annotations."""
    return {"name": name, "namespace": home, "labels": dict(labels), **({"annotations": dict(annotations)} if annotations else {})}


def repaired(manifest: Manifest, own: Any) -> Manifest:
    """The object, told to win over changes by hand where it stands in a namespace of the service's own: all there is the service's.

    Whoever changes a field with kubectl owns it from then on, and the server would refuse ours (server-side apply). In a namespace that
    is shared an object of the same name may be somebody else's: there the refusal stays. Pods decide for themselves (scaling.py). The
    price: a namespace of the service's name that somebody else made, and an object of the same name in it, are taken over without a word.
    own: the namespace, None where it is shared.
    """
    about = manifest["metadata"]
    if own is None or about.get("namespace") != own or manifest["kind"] in ("Deployment", "Rollout"):
        return manifest
    return {**manifest, "metadata": {**about, "annotations": {**about.get("annotations", {}), **FORCED}}}
