"""Clouds that fail, are slow or lose answers, on demand: rules in <sandbox>/cloud-faults.json, asked before each request.

    [{"cloud": "digitalocean", "operation": "create kubernetesClusters", "call": 2, "times": 1, "status": 503, "message": "…", "seconds": 1.5}]

`operation` is a pattern over "<create|read|update|delete|list> <kind>"; the rule holds from its `call`th matching request on (default: the
first), `times` times (default: for ever). Without `status` the request is only slow. `retryAfter` are the seconds of the answer's
Retry-After header, `code` a number of the vendor's own beside the status. `after`: the cloud carries the request out, and then the answer is
lost.
"""

from __future__ import annotations

import threading
import uuid
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from ..folder import locked, read_json, write_json

FILE = "cloud-faults.json"
Rule = dict[str, Any]


@dataclass(frozen=True)
class Fault:
    """The answer that a request gets instead of its own."""

    status: int
    message: str
    retry_after: float | None = None
    code: int = 0
    after: bool = False


class Faults:
    """The rules of one sandbox; counts are kept beside them, so that all plugin processes count together."""

    def __init__(self, sandbox: Path) -> None:
        self.file, self.counts, self.lock = sandbox / FILE, sandbox / f".{FILE}.counts", sandbox / f".{FILE}.lock"

    def strike(self, cloud: str, operation: str, ended: threading.Event) -> Fault | None:
        """Called before each request: waits where a rule says so, and returns the answer of a rule that fails it."""
        if not self.file.exists():
            return None
        struck = self._count(cloud, operation)
        if seconds := sum(float(rule.get("seconds") or 0) for rule in struck):
            ended.wait(seconds)
        return next((_fault(rule) for rule in struck if "status" in rule), None)

    def rules(self) -> list[Rule]:
        """Those that are set."""
        found: list[Rule] = read_json(self.file, [])
        return found

    def add(self, **rule: Any) -> None:
        """Sets one more rule; what is None is left out."""
        with locked(self.lock):
            kept = {key: value for key, value in rule.items() if value is not None}
            write_json(self.file, [*self.rules(), {"id": uuid.uuid4().hex, **kept}])

    def clear(self) -> None:
        """Takes all rules back, and what was counted."""
        with locked(self.lock):
            self.file.unlink(missing_ok=True)
            self.counts.unlink(missing_ok=True)

    def _count(self, cloud: str, operation: str) -> list[Rule]:
        """The rules that hold for this request, after counting it."""
        struck = []
        with locked(self.lock):
            counts: dict[str, int] = read_json(self.counts, {})
            for number, rule in enumerate(self.rules()):
                if rule.get("cloud", cloud) != cloud or not fnmatchcase(operation, rule.get("operation", "*")):
                    continue
                key = rule.get("id") or f"{number} {cloud} {rule.get('operation', '*')}"
                counts[key] = counts.get(key, 0) + 1
                first = int(rule.get("call", 1))
                if first <= counts[key] < first + rule.get("times", float("inf")):
                    struck.append(rule)
            write_json(self.counts, counts)
        return struck


def _fault(rule: Rule) -> Fault:
    message = str(rule.get("message", "fault set in the sandbox"))
    return Fault(int(rule["status"]), message, rule.get("retryAfter"), int(rule.get("code", 0)), bool(rule.get("after")))
