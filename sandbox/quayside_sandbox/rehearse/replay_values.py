"""Old values made new: what a resource got from others is theirs in the sandbox, and what was secret is a stand-in."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ..clouds.digitalocean.catalog import PLACEHOLDER_TOKEN
from ..plugins.values import Secret, plain
from .replay_export import PROVIDERS, is_secret

PLACEHOLDER = "in-place-of-a-secret"
SHORTEST = 6  # characters of a value that is looked for in others: shorter ones ("true", "443") are in many by chance
# Change all the time and are nobody's input (kubernetes: API conventions, 'Metadata').
_NOISE = {"resourceVersion", "generation", "managedFields", "creationTimestamp"}
# Where a cluster's outputs have what a kubernetes provider takes.
_KUBECONFIGS = {"digitalocean:index/kubernetesCluster:KubernetesCluster": ("kubeConfigs", 0, "rawConfig")}
# The keys that the API server asks of a Secret by its type (kubernetes pkg/apis/core/validation, ValidateSecret).
_SECRET_KEYS = {
    "kubernetes.io/dockerconfigjson": {".dockerconfigjson": json.dumps({"auths": {}})},
    "kubernetes.io/dockercfg": {".dockercfg": "{}"},
    "kubernetes.io/basic-auth": {"username": PLACEHOLDER, "password": PLACEHOLDER},
    "kubernetes.io/ssh-auth": {"ssh-privatekey": PLACEHOLDER},
    "kubernetes.io/tls": {"tls.crt": PLACEHOLDER, "tls.key": PLACEHOLDER},
}
Moved = dict[str, str]
"""A value as the real stack has it → as the sandbox has it."""


def moved(old: Any, new: Any) -> Moved:
    """The texts that differ between a resource's real outputs and those that it has in the sandbox, secrets left out."""
    found: Moved = {}
    _compare(old, new, found)
    return found


def carried_over(value: Any, changed: Mapping[str, str]) -> Any:
    """An input with the sandbox's values in place of the real ones: where they are the whole text, and inside of one."""
    if isinstance(value, dict):
        return {key: carried_over(item, changed) for key, item in value.items()}
    if isinstance(value, list):
        return [carried_over(item, changed) for item in value]
    if not isinstance(value, str) or value in changed:
        return changed.get(value, value) if isinstance(value, str) else value
    if not changed:
        return value
    longest_first = sorted(changed, key=len, reverse=True)
    inside = re.compile(rf"(?<![A-Za-z0-9])({'|'.join(re.escape(one) for one in longest_first)})(?![A-Za-z0-9])")
    return inside.sub(lambda match: changed[match[0]], value)


def without_notes(value: Any) -> Any:
    """The inputs as a program gives them: keys that begin with `__` are the plugins' own (`__defaults`, `__internal`)."""
    if isinstance(value, dict):
        return {key: without_notes(item) for key, item in value.items() if not key.startswith("__")}
    return [without_notes(item) for item in value] if isinstance(value, list) else value


def with_notes(new: Any, old: Any) -> Any:
    """The inputs in the sandbox with the plugins' notes of the real ones: they say which names were made up and may be made up again."""
    if isinstance(new, dict) and isinstance(old, dict):
        notes = {key: value for key, value in old.items() if key.startswith("__")}
        return {**{key: with_notes(item, old.get(key)) for key, item in new.items()}, **notes}
    if isinstance(new, list) and isinstance(old, list) and len(new) == len(old):
        return [with_notes(item, other) for item, other in zip(new, old, strict=True)]
    return new


def sealed(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Where in the inputs secrets were."""
    if is_secret(value):
        yield path
    elif isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from sealed(item, (*path, str(key)))


def opened(value: Any, type: str, inputs: Mapping[str, Any], sources: list[tuple[str, Any]], path: tuple[str, ...] = ()) -> Any:
    """The inputs with something in place of each secret, marked secret: what fits of the resources it came from, else a placeholder.

    `sources` are (type, new outputs) of the resources that the property came from.
    """
    if is_secret(value):
        return Secret(_stand_in(type, inputs, sources, path))
    if isinstance(value, dict):
        return {key: opened(item, type, inputs, sources, (*path, key)) for key, item in value.items()}
    if isinstance(value, list):
        return [opened(item, type, inputs, sources, (*path, str(place))) for place, item in enumerate(value)]
    return value


def _stand_in(type: str, inputs: Mapping[str, Any], sources: list[tuple[str, Any]], path: tuple[str, ...]) -> Any:
    if type == f"{PROVIDERS}kubernetes" and path == ("kubeconfig",):
        return next((found for kind, outputs in sources if (found := _kubeconfig(kind, outputs))), PLACEHOLDER)
    if type.startswith(PROVIDERS):
        return PLACEHOLDER_TOKEN
    in_data = type == "kubernetes:core/v1:Secret" and path[0] == "data"
    if type == "kubernetes:core/v1:Secret" and len(path) == 1:
        content = _SECRET_KEYS.get(str(inputs.get("type")), {"value": PLACEHOLDER})
        return {key: _coded(text) if in_data else text for key, text in content.items()}
    if type == "kubernetes:helm.sh/v3:Release" and path == ("values",):
        return {}
    given = {text for _, outputs in sources for text in _secret_texts(outputs)}
    text = given.pop() if len(given) == 1 else PLACEHOLDER
    return _coded(text) if in_data else text


def _kubeconfig(type: str, outputs: Any) -> str | None:
    found = plain(outputs)
    for part in _KUBECONFIGS.get(type, ()):
        if isinstance(part, int):
            found = found[part] if isinstance(found, list) and part < len(found) else None
        else:
            found = found.get(part) if isinstance(found, dict) else None
    return found if isinstance(found, str) else None


def _secret_texts(outputs: Any, inside: bool = False) -> Iterator[str]:
    if isinstance(outputs, Secret):
        yield from _secret_texts(outputs.value, True)
    elif isinstance(outputs, dict | list):
        for item in outputs.values() if isinstance(outputs, dict) else outputs:
            yield from _secret_texts(item, inside)
    elif inside and isinstance(outputs, str):
        yield outputs


def _coded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _compare(old: Any, new: Any, found: Moved) -> None:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in old.keys() & new.keys() - _NOISE:
            _compare(old[key], new[key], found)
    elif isinstance(old, list) and isinstance(new, list):
        for before, now in zip(old, new, strict=False):
            _compare(before, now, found)
    elif isinstance(old, str) and isinstance(new, str) and old != new and len(old) >= SHORTEST:
        found.setdefault(old, new)
