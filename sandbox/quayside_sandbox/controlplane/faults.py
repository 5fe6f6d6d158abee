"""Failures on demand: rules in <sandbox>/faults.json, carried out by failures.py, volumes.py and lost_nodes.py.

The program under test knows nothing of them.
"""

from __future__ import annotations

import fnmatch
import time
from typing import Any

from .. import processes
from ..folder import Folder, locked, read_json, write_json

Rule = dict[str, str]

# Kind of failure → by what the sufferer can be named.
KINDS: dict[str, tuple[str, ...]] = {
    "image-missing": ("image", "pod"),
    "crash-loop": ("image", "pod"),
    "never-ready": ("image", "pod"),
    "out-of-memory": ("image", "pod"),
    "volume-pending": ("volume",),
    "node-lost": ("node",),
}
OF_PODS = ("image-missing", "crash-loop", "never-ready", "out-of-memory")
EXAMPLES = {
    "image": "image=docker.io/acme/web:*",
    "pod": "pod=shop/web-*",
    "volume": "volume=shop/data-*",
    "node": "node=main-*",
}


def rules(folder: Folder) -> list[Rule]:
    """Those that are set: {kind, match}."""
    found: list[Rule] = read_json(_file(folder), [])
    return found


def set(folder: Folder, kind: str, match: str) -> None:
    """From now on, what matches fails in this way: 'image=GLOB', 'pod=NAMESPACE/GLOB', 'volume=NAMESPACE/GLOB' or 'node=GLOB'.

    Returns once every running cluster will see to it. Raises ValueError.
    """
    check(kind, match)
    with locked(folder.root / ".faults.lock"):
        present = rules(folder)
        rule = {"kind": kind, "match": match}
        if rule not in present:
            write_json(_file(folder), [*present, rule])
    _await_applied(folder)


def clear(folder: Folder, kind: str | None = None, match: str | None = None) -> None:
    """Takes back all rules, or those of a kind and match; what failed because of them recovers."""
    with locked(folder.root / ".faults.lock"):
        kept = [rule for rule in rules(folder) if (kind and rule["kind"] != kind) or (match and rule["match"] != match)]
        write_json(_file(folder), kept)
    _await_applied(folder)


def check(kind: str, match: str) -> None:
    """Raises ValueError, saying what to write instead."""
    if kind not in KINDS:
        raise ValueError(f"there is no failure {kind!r}; there are {', '.join(KINDS)}")
    selector, _, pattern = match.partition("=")
    if selector not in KINDS[kind] or not pattern:
        examples = " or ".join(EXAMPLES[name] for name in KINDS[kind])
        raise ValueError(f"{match!r} does not say what is to suffer {kind}; write for example {examples}")
    if selector in ("pod", "volume") and "/" not in pattern:
        raise ValueError(f"{match!r} needs a namespace: write for example {EXAMPLES[selector]} (the namespace may be '*')")


def matches(rule: Rule, selector: str, value: str) -> bool:
    """Whether the rule names this sufferer; `value` of a pod or volume is namespace/name."""
    name, _, pattern = rule["match"].partition("=")
    return name == selector and fnmatch.fnmatchcase(value, pattern)


# -- between those who set rules and the provisioner ----------------------------------------------------------------------------


def note_applied(folder: Folder, cluster: str, applied: list[Rule]) -> None:
    """The provisioner's word that a cluster has taken in these rules."""
    with locked(folder.root / ".faults.lock"):
        write_json(_applied(folder), {**read_json(_applied(folder), {}), cluster: applied})


def forget(folder: Folder, cluster: str) -> None:
    """The cluster is not run any more."""
    with locked(folder.root / ".faults.lock"):
        notes: dict[str, Any] = read_json(_applied(folder), {})
        if notes.pop(cluster, None) is not None:
            write_json(_applied(folder), notes)


def _await_applied(folder: Folder, timeout: float = 20.0) -> None:
    deadline = time.monotonic() + timeout
    wanted = rules(folder)
    while processes.alive(folder, "provisioner") and any(note != wanted for note in read_json(_applied(folder), {}).values()):
        if time.monotonic() > deadline:
            raise TimeoutError("the clusters have not taken in the faults in time: see logs/provisioner.log")
        if rules(folder) != wanted:
            return  # somebody else has changed them since
        time.sleep(0.05)


def _file(folder: Folder) -> Any:
    return folder.root / "faults.json"


def _applied(folder: Folder) -> Any:
    return folder.root / ".faults.applied.json"
