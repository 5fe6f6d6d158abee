"""Merging a stack's settings over the defaults.

Pulumi replaces a whole top-level key when a stack sets it; here maps merge to their full depth: a stack's file says only what differs.
"""

from collections.abc import Mapping
from typing import Any


def merge(defaults: Mapping[str, Any], stack: Mapping[str, Any]) -> dict[str, Any]:
    """Lay one tree of settings over another.

    Maps merge key by key, everything else in `stack` replaces what `defaults` says, and null removes the key.
    The result shares no map with the arguments and holds no null.
    """
    merged: dict[str, Any] = {}
    for key in [*defaults, *(key for key in stack if key not in defaults)]:
        value = stack.get(key, defaults.get(key))
        if isinstance(value, Mapping):
            below = defaults.get(key)
            value = merge(below if key in stack and isinstance(below, Mapping) else {}, value)
        if value is not None:
            merged[key] = value
    return merged
