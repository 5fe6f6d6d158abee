"""Names: what an object is called, who chose it, and the names that are made up for objects that have none."""

from __future__ import annotations

import hashlib
import secrets

from ...kube.client import Object
from ..values import UNKNOWN
from .annotations import AUTONAMED, annotate, is_true
from .handler import Autonaming, Problem


def of_metadata(thing: Object, key: str) -> object:
    """A metadata field: its value, UNKNOWN, or an empty string."""
    metadata = thing.get("metadata")
    if metadata is UNKNOWN:
        return UNKNOWN
    return (metadata or {}).get(key) or ""


def name(thing: Object) -> str:
    """The known name, or an empty string."""
    value = of_metadata(thing, "name")
    return value if isinstance(value, str) else ""


def namespace(thing: Object) -> str:
    value = of_metadata(thing, "namespace")
    return value if isinstance(value, str) else ""


def set_namespace(thing: Object, value: str) -> None:
    """Sets the namespace; an empty one removes it."""
    metadata = thing.setdefault("metadata", {})
    if metadata is UNKNOWN:
        return
    if value:
        metadata["namespace"] = value
    else:
        metadata.pop("namespace", None)


def is_named(thing: Object) -> bool:
    """Whether somebody gave a name, known already or not."""
    return bool(of_metadata(thing, "name"))


def is_generated(thing: Object) -> bool:
    """Whether the API server shall make the name up (`metadata.generateName`)."""
    return not is_named(thing) and bool(of_metadata(thing, "generateName"))


def is_autonamed(thing: Object) -> bool:
    return is_true(thing, AUTONAMED)


def identifier(thing: Object) -> str:
    """The resource's id: namespace/name, or the name alone of what has no namespace."""
    return f"{namespace(thing)}/{name(thing)}" if namespace(thing) else name(thing)


def split_identifier(id: str) -> tuple[str, str]:
    """(namespace, name) of an id."""
    first, slash, rest = id.partition("/")
    return (first, rest) if slash else ("", first)


def assign(thing: Object, urn: str, seed: bytes, autonaming: Autonaming | None) -> None:
    """Gives a name to a new object that has none: `<resource name>-<8 hex>`, or what the stack's autonaming setting proposes."""
    if is_named(thing) or of_metadata(thing, "generateName"):
        return
    if autonaming is None:
        chosen = unique(f"{urn.rsplit('::', 1)[-1]}-", seed)
    elif autonaming.mode == "disable":
        raise Problem(f"autonaming is disabled, so this resource needs a name of its own: set .metadata.name of {urn}")
    else:
        chosen = autonaming.proposed
    thing.setdefault("metadata", {})["name"] = chosen
    annotate(thing, AUTONAMED, "true")


def adopt(thing: Object, old: Object) -> None:
    """Lets an unnamed object keep the name that was made up for it."""
    if not is_named(thing) and is_autonamed(old):
        thing.setdefault("metadata", {})["name"] = name(old)
        annotate(thing, AUTONAMED, "true")


def unique(prefix: str, seed: bytes = b"") -> str:
    """The prefix and eight hex digits: always the same ones for a seed, so that a retried update finds its own objects."""
    digits = hashlib.sha256(seed + prefix.encode()).hexdigest()[:8] if seed else secrets.token_hex(4)
    return prefix + digits
