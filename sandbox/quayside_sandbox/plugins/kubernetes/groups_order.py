"""Which objects of a group wait for which: what kpt's cli-utils derives, as the official plugin does."""

from __future__ import annotations

from ...kube.client import Object
from .handler import Problem

DEPENDS_ON = "config.kubernetes.io/depends-on"

# (group, namespace, kind, name)
Key = tuple[str, str, str, str]


def key(entry: Object) -> Key:
    metadata = entry["metadata"]
    return _group(entry), metadata.get("namespace") or "", entry["kind"], metadata["name"]


def ordered(objects: list[Object]) -> list[tuple[Object, list[Key]]]:
    """The objects, each after those that it depends on, and with their keys. Raises Problem for a circle."""
    by_key = {key(entry): entry for entry in objects}
    needs = {mine: [other for other in _needs(entry, objects) if other in by_key and other != mine] for mine, entry in by_key.items()}
    placed: dict[Key, None] = {}
    while len(placed) < len(by_key):
        free = [mine for mine in by_key if mine not in placed and all(other in placed for other in needs[mine])]
        if not free:
            stuck = ", ".join(f"{kind} {name}" for _, _, kind, name in by_key if (_, _, kind, name) not in placed)
            raise Problem(f"these objects depend on each other in a circle (see their {DEPENDS_ON} annotations): {stuck}")
        placed.update(dict.fromkeys(free))
    return [(by_key[mine], needs[mine]) for mine in placed]


def _needs(entry: Object, objects: list[Object]) -> list[Key]:
    """The definition of its kind, its namespace, and what its annotation names."""
    found = []
    for other in objects:
        metadata = other["metadata"]
        if other["kind"] == "Namespace" and _group(other) == "" and metadata["name"] == entry["metadata"].get("namespace"):
            found.append(key(other))
        if other["kind"] == "CustomResourceDefinition" and _defines(other) == (_group(entry), entry["kind"]):
            found.append(key(other))
    annotations = entry["metadata"].get("annotations") or {}
    return found + [_reference(text.strip(), entry) for text in str(annotations.get(DEPENDS_ON) or "").split(",") if text.strip()]


def _defines(definition: Object) -> tuple[object, object]:
    spec = definition.get("spec") or {}
    return spec.get("group"), (spec.get("names") or {}).get("kind")


def _reference(text: str, entry: Object) -> Key:
    parts = text.split("/")
    if len(parts) == 3:
        return parts[0], "", parts[1], parts[2]
    if len(parts) == 5 and parts[1] == "namespaces":
        return parts[0], parts[2], parts[3], parts[4]
    raise Problem(
        f"{entry['kind']} {entry['metadata']['name']}: {DEPENDS_ON}: {text!r} should be <group>/<kind>/<name> or "
        "<group>/namespaces/<namespace>/<kind>/<name>"
    )


def _group(entry: Object) -> str:
    return str(entry["apiVersion"]).rpartition("/")[0]
