"""The engine killed on purpose, at a moment that can be repeated: one rule in <sandbox>/engine-kill.json, gone once it has struck.

    {"call": 7, "when": "after", "operation": "create", "type": "digitalocean:*"}

All plugins of the sandbox count their Create, Update and Delete calls together; at the `call`th that matches, the plugin kills its engine
(SIGKILL) and ends without an answer: before it has done anything, in the middle of it (`during`, after `seconds`), or when all is done and
the engine alone does not know it yet (`after`). What struck stands in <sandbox>/engine-killed.json.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import threading
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from ..folder import Folder, locked, read_json, write_json

FILE, STRUCK = "engine-kill.json", "engine-killed.json"
WHEN = ("before", "during", "after")
OPERATIONS = ("create", "update", "delete")


@dataclass(frozen=True)
class Moment:
    """When the engine is killed."""

    call: int = 1
    when: str = "after"
    operation: str = "*"
    type: str = "*"
    seconds: float = 1.0

    def __str__(self) -> str:
        which = "" if (self.operation, self.type) == ("*", "*") else f" that is a {self.operation} of {self.type}"
        return f"{self.when} call {self.call}{which}"


def seeded(seed: int, calls: int) -> Moment:
    """One of the moments in a run of so many calls: always the same for a seed."""
    chosen = random.Random(seed)
    return Moment(call=chosen.randint(1, calls), when=chosen.choice(("before", "after", "after")))


def set(folder: Folder, moment: Moment) -> None:
    """From now on; takes the place of a rule that has not struck."""
    if moment.when not in WHEN or moment.call < 1:
        raise ValueError(f"write one of {', '.join(WHEN)}, and a call from 1 on")
    with _alone(folder):
        (folder.root / STRUCK).unlink(missing_ok=True)
        write_json(folder.root / FILE, {**asdict(moment), "seen": 0})


def clear(folder: Folder) -> None:
    with _alone(folder):
        (folder.root / FILE).unlink(missing_ok=True)


def waiting(folder: Folder) -> bool:
    """Whether a rule is set that has not struck yet."""
    return (folder.root / FILE).exists()


def planned(folder: Folder) -> Moment | None:
    """The rule that has not struck yet."""
    rule: dict[str, Any] = read_json(folder.root / FILE, {})
    rule.pop("seen", None)
    return Moment(**rule) if rule else None


def struck(folder: Folder) -> dict[str, Any] | None:
    """What the engine was killed at: operation, urn, when."""
    found: dict[str, Any] | None = read_json(folder.root / STRUCK, None)
    return found


@contextlib.contextmanager
def moment(operation: str, urn: str, preview: bool = False) -> Iterator[None]:
    """Around one call of a plugin: never ends where the rule strikes. A preview's calls do not count."""
    folder = Folder.from_environment() if "QUAYSIDE_SANDBOX" in os.environ else None
    rule = None if preview or folder is None else _count(folder, operation, urn)
    if folder is None or rule is None:
        yield
        return
    engine = os.getppid()

    def strike() -> None:
        write_json(folder.root / STRUCK, {"operation": operation, "urn": urn, "when": rule["when"]})
        if os.getppid() == engine:  # who has ended meanwhile leaves us to another parent, such as the user's session
            os.kill(engine, signal.SIGKILL)
        end_group()

    if rule["when"] == "before":
        strike()
    if rule["when"] == "during":
        timer = threading.Timer(float(rule["seconds"]), strike)
        timer.daemon = True
        timer.start()
    try:
        yield
    finally:
        strike()


def end_group() -> None:
    """Ends this plugin at once with all that it has started, such as helm: what an official plugin does itself ends with it.

    The engine makes each plugin the leader of a process group (Go SDK, cmdutil.RegisterProcessGroup).
    """
    if os.getpgrp() == os.getpid():
        os.killpg(os.getpgrp(), signal.SIGKILL)
    os._exit(0)


def _count(folder: Folder, operation: str, urn: str) -> dict[str, Any] | None:
    """The rule, where this is the call that it waits for."""
    if not waiting(folder):
        return None
    with _alone(folder):
        rule: dict[str, Any] | None = read_json(folder.root / FILE, None)
        type = urn.split("::")[2].split("$")[-1]
        if rule is None or not fnmatchcase(operation, rule["operation"]) or not fnmatchcase(type, rule["type"]):
            return None
        rule["seen"] += 1
        if rule["seen"] < rule["call"]:
            write_json(folder.root / FILE, rule)
            return None
        (folder.root / FILE).unlink()
        return rule


def _alone(folder: Folder) -> contextlib.AbstractContextManager[None]:
    return locked(Path(folder.root) / f".{FILE}.lock")
