"""Merging a stack's settings over the defaults.

Pulumi replaces a whole top-level key when a stack sets it; here maps merge to their full depth: a stack's file says only what differs.
"""

from collections.abc import Collection, Mapping
from typing import Any

Path = tuple[str, ...]
ANY = "*"


def merge(defaults: Mapping[str, Any], stack: Mapping[str, Any], verbatim: Collection[Path] = ()) -> dict[str, Any]:
    """Lay one tree of settings over another.

    Maps merge key by key, everything else in `stack` replaces what `defaults` says, and null removes the key.
    verbatim: paths (with ANY for a name of the user's choice) below which null stays: there it is for somebody else, who merges again.
    The result shares no map with the arguments and holds no null but these.
    """
    merged: dict[str, Any] = {}
    for key in [*defaults, *(key for key in stack if key not in defaults)]:
        value = stack.get(key, defaults.get(key))
        if isinstance(value, Mapping):
            below = defaults.get(key)
            further = [path[1:] for path in verbatim if path and path[0] in (key, ANY)] + [() for path in verbatim if not path]
            value = merge(below if key in stack and isinstance(below, Mapping) else {}, value, further)
        if value is not None or () in verbatim:
            merged[key] = value
    return merged
