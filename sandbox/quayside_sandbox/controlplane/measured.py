"""What the Prometheus of a simulated cluster answers: rules in <sandbox>/measured.json, looked at each time that somebody asks it.

Nobody visits a rehearsal, so where nothing is set the answer to every question is the empty vector, as in life.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from ..folder import Folder, locked, read_json, write_json

EXAMPLE = "success-rate"
Rule = dict[str, Any]


def rules(folder: Folder) -> list[Rule]:
    """Those that are set: {pattern, values}; of several that match, the last one holds."""
    found: list[Rule] = read_json(_file(folder), [])
    return found


def set(folder: Folder, pattern: str, values: Sequence[float]) -> None:
    """From now on, questions that match are answered with these samples; none is the empty vector. Raises ValueError."""
    try:
        re.compile(pattern)
    except re.error as problem:
        raise ValueError(f"{pattern!r} is no regular expression: {problem}; write for example {EXAMPLE}") from problem
    with locked(folder.root / ".measured.lock"):
        others = [rule for rule in rules(folder) if rule["pattern"] != pattern]
        # As text: JSON has no NaN, which Prometheus answers where nothing was divided by nothing.
        write_json(_file(folder), [*others, {"pattern": pattern, "values": [repr(float(value)) for value in values]}])


def clear(folder: Folder) -> None:
    """No question has an answer again."""
    with locked(folder.root / ".measured.lock"):
        write_json(_file(folder), [])


def of(given: Sequence[Rule], name: str, query: str) -> list[float]:
    """What the rules say of a measurement with this name and this query: a pattern may match in either."""
    matching = [rule for rule in given if re.search(rule["pattern"], f"{name} {query}")]
    return [float(value) for value in matching[-1]["values"]] if matching else []


def _file(folder: Folder) -> Any:
    return folder.root / "measured.json"
