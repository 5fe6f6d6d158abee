"""The sandbox's list of what stood in for the real thing."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

from ...folder import FOLDER_VARIABLE, locked


def note(kind: str, what: str, by: str, environment: Mapping[str, str] = os.environ) -> None:
    """Adds one to the list, once; outside a sandbox there is no list."""
    root = environment.get(FOLDER_VARIABLE)
    if not root:
        return
    line = json.dumps({"kind": kind, "what": what, "by": by})
    path = Path(root) / "substitutions.jsonl"
    with locked(path.with_suffix(".lock")):
        if not path.exists() or line not in path.read_text().splitlines():
            with path.open("a") as handle:
                handle.write(line + "\n")
