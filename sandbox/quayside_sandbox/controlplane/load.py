"""How busy simulated pods are: rules in <sandbox>/load.json, looked at each time that somebody asks the metrics API (metrics_api.py).

A pod uses a share of what it requests, and never more than its limits.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Sequence
from dataclasses import dataclass

from ..folder import Folder
from .rules_file import Rule, RulesFile

EXAMPLE = "shop/web-*"
_FILE = RulesFile("load", "pod")
rules, clear = _FILE.rules, _FILE.clear
"""Those that are set, each {pod, cpu, memory}; and how all of them are taken away."""


@dataclass(frozen=True)
class Load:
    """Use of what is requested, in percent. A service at rest, where nothing else is said."""

    cpu: int = 20
    memory: int = 50


def set(folder: Folder, pod: str, load: Load) -> None:
    """From now on, pods that match NAMESPACE/GLOB are so busy, those that come later too. Raises ValueError."""
    if "/" not in pod:
        raise ValueError(f"{pod!r} needs a namespace: write for example {EXAMPLE} (the namespace may be '*')")
    if min(load.cpu, load.memory) < 0:
        raise ValueError("a pod uses 0 percent of what it requests, or more")
    _FILE.put(folder, {"pod": pod, "cpu": load.cpu, "memory": load.memory})


def of(given: Sequence[Rule], pod: str) -> Load:
    """What the rules say of a pod, namespace/name."""
    matching = [rule for rule in given if fnmatch.fnmatchcase(pod, rule["pod"])]
    return Load(matching[-1]["cpu"], matching[-1]["memory"]) if matching else Load()
