"""What no settings may be, whatever they say: deeper, larger or of other characters than anything behind them takes.

Asked before anything else looks: it walks without recursion, once, and what is outside of the bounds is told alone.
"""

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from quayside.settings.problems import Problem

MAX_DEPTH = 50
"""Maps and lists inside of each other; a patch of a pod's deepest field needs some twenty. Python's recursion ends at a thousand."""
MAX_VALUES = 100_000
"""Keys and values; a stack of 500 services with all their settings has some 30,000."""
AT_ONCE = 20
"""Problems that are told at once: somebody repairs a file by the first few."""

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
"""What YAML calls not printable, lone surrogates included: the API server, DNS and gRPC refuse them, each with a message of its own."""

TOO_MANY = f"is too much: the settings hold more than {MAX_VALUES} values; move services to stacks of their own"
TOO_DEEP = f"is nested deeper than {MAX_DEPTH} levels; no setting is, look for brackets left open"


def outside(topics: Mapping[str, Any]) -> list[Problem]:
    """What is outside of the bounds, in the order of the tree, AT_ONCE at the most; paths name where it is."""
    found: list[Problem] = []
    for problem in _walk(topics):
        found.append(problem)
        if len(found) == AT_ONCE:
            break
    return found


def _walk(topics: Mapping[str, Any]) -> Iterator[Problem]:
    waiting: list[tuple[tuple[str, ...], Any]] = [((), topics)]
    count = 0
    while waiting:
        path, value = waiting.pop()
        if path and (wrong := _control(path[-1])):
            yield Problem(path, f"is a key with the control character {wrong}; remove it")
        elif isinstance(value, str) and (wrong := _control(value)):
            yield Problem(path, f"holds the control character {wrong}; remove it")
        elif isinstance(value, float) and not math.isfinite(value):
            yield Problem(path, "is no finite number; write digits, or quotes around a word")
        elif isinstance(value, (Mapping, list)):
            if len(path) > MAX_DEPTH:
                yield Problem(path[:3], TOO_DEEP)
                return
            count += len(value)
            if count > MAX_VALUES:
                yield Problem(path[:3], TOO_MANY)
                return
            pairs = value.items() if isinstance(value, Mapping) else enumerate(value)
            waiting += reversed([((*path, str(key)), each) for key, each in pairs])


def _control(text: str) -> str | None:
    """The first control character of a text, by its number."""
    found = _CONTROL.search(text)
    return f"U+{ord(found.group()):04X}" if found else None
