"""What the Prometheus of a simulated cluster answers: rules in <sandbox>/measured.json, looked at each time that somebody asks it.

Nobody visits a rehearsal, so where nothing is set the answer to every question is the empty vector, as in life.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..folder import Folder
from .rules_file import Rule, RulesFile

EXAMPLE = "success-rate"
_FILE = RulesFile("measured", "pattern")
rules, clear = _FILE.rules, _FILE.clear
"""Those that are set, each {pattern, values}; and how all of them are taken away."""


def set(folder: Folder, pattern: str, values: Sequence[float]) -> None:
    """From now on, questions that match are answered with these samples; none is the empty vector. Raises ValueError."""
    try:
        re.compile(pattern)
    except re.error as problem:
        raise ValueError(f"{pattern!r} is no regular expression: {problem}; write for example {EXAMPLE}") from problem
    # As text: JSON has no NaN, which Prometheus answers where nothing was divided by nothing.
    _FILE.put(folder, {"pattern": pattern, "values": [repr(float(value)) for value in values]})


def of(given: Sequence[Rule], name: str, query: str) -> list[float]:
    """What the rules say of a measurement with this name and this query: a pattern may match in either."""
    matching = [rule for rule in given if re.search(rule["pattern"], f"{name} {query}")]
    return [float(value) for value in matching[-1]["values"]] if matching else []
