"""What all objects of a service have in common."""

from collections.abc import Mapping
from typing import Any

Manifest = dict[str, Any]
"""An object as the API has it: maps and lists, in which Outputs may stand for what is known later."""


def selector(name: str) -> dict[str, str]:
    """The labels that find a service's pods. They cannot be changed on a Deployment, so nothing that may change is among them."""
    return {"app.kubernetes.io/name": name, "app.kubernetes.io/instance": name}


def metadata(name: Any, home: Any, labels: Mapping[str, str], annotations: Mapping[str, str] | None = None) -> Manifest:
    """An object's name, namespace, labels and, where there are any, annotations."""
    return {"name": name, "namespace": home, "labels": dict(labels), **({"annotations": dict(annotations)} if annotations else {})}
