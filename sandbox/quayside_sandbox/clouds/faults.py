"""Clouds that fail, are slow or run out, on demand: rules in <sandbox>/cloud-faults.json, asked before each request.

    [{"cloud": "digitalocean", "operation": "create kubernetesClusters", "call": 2, "times": 1, "status": 503, "message": "…", "seconds": 1.5}]

`operation` is a pattern over "<create|read|update|delete|list> <kind>"; the rule holds from its `call`th matching request on (default: the
first), `times` times (default: for ever). Without `status` the request is only slow.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from ..folder import locked, read_json, write_json

FILE = "cloud-faults.json"


@dataclass(frozen=True)
class Fault:
    """The answer that a request gets instead of its own."""

    status: int
    message: str


class Faults:
    """The rules of one sandbox; counts are kept beside them, so that all plugin processes count together."""

    def __init__(self, sandbox: Path) -> None:
        self.rules, self.counts, self.lock = sandbox / FILE, sandbox / f".{FILE}.counts", sandbox / f".{FILE}.lock"

    def strike(self, cloud: str, operation: str) -> Fault | None:
        """Called before each request: waits where a rule says so, and returns the answer of a rule that fails it."""
        if not self.rules.exists():
            return None
        struck = self._count(cloud, operation)
        time.sleep(sum(float(rule.get("seconds", 0)) for rule in struck))
        failing = next((rule for rule in struck if "status" in rule), None)
        return Fault(int(failing["status"]), str(failing.get("message", "fault set in the sandbox"))) if failing else None

    def _count(self, cloud: str, operation: str) -> list[dict[str, Any]]:
        """The rules that hold for this request, after counting it."""
        struck = []
        with locked(self.lock):
            counts: dict[str, int] = read_json(self.counts, {})
            for number, rule in enumerate(read_json(self.rules, [])):
                if rule.get("cloud", cloud) != cloud or not fnmatchcase(operation, rule.get("operation", "*")):
                    continue
                key = f"{number} {cloud} {rule.get('operation', '*')}"
                counts[key] = counts.get(key, 0) + 1
                first = int(rule.get("call", 1))
                if first <= counts[key] < first + rule.get("times", float("inf")):
                    struck.append(rule)
            write_json(self.counts, counts)
        return struck
