"""The simulated clouds' memory: one JSON file for each object, <clouds>/<cloud>/<kind>/<id>.json.

Plain files, so that a crash loses nothing, a person can read them, and `quayside-sandbox cloud` can change them behind Pulumi's back.
Plugins write what was asked for; the provisioner (provisioner.py) carries it out and writes what a vendor would: status, addresses.
Keys are the official schema's (camelCase) names; keys that begin with an underscore are the sandbox's own and never reach Pulumi.
"""

from __future__ import annotations

import contextlib
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from ..folder import locked, read_json, write_json

Record = dict[str, Any]


class Missing(LookupError):
    """There is no such object in the simulated cloud."""


class Store:
    """All clouds of one sandbox."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextlib.contextmanager
    def lock(self, cloud: str) -> Iterator[None]:
        """Keeps every other writer of one cloud out; not re-entrant. The methods below take it themselves."""
        with locked(self.folder / f".{cloud}.lock"):
            yield

    def create(self, cloud: str, kind: str, fields: Record, id: str | None = None) -> Record:
        """Keeps a new object and returns it with its `id` and `createdAt`."""
        record = {**fields, "id": id or str(uuid.uuid4()), "createdAt": fields.get("createdAt") or timestamp()}
        with self.lock(cloud):
            write_json(self._path(cloud, kind, record["id"]), record)
        return record

    def find(self, cloud: str, kind: str, id: str) -> Record | None:
        record: Record | None = read_json(self._path(cloud, kind, id), None)
        return record

    def get(self, cloud: str, kind: str, id: str) -> Record:
        """Raises Missing."""
        record = self.find(cloud, kind, id)
        if record is None:
            raise Missing(f"{cloud} has no {kind} {id}")
        return record

    def kinds(self, cloud: str) -> list[str]:
        return sorted(path.name for path in (self.folder / cloud).glob("*") if path.is_dir())

    def clouds(self) -> list[str]:
        return sorted(path.name for path in self.folder.glob("*") if path.is_dir())

    def update(self, cloud: str, kind: str, id: str, change: Record | Callable[[Record], Record | None]) -> Record:
        """Merges the given fields (top level), or lets a function edit the record in place or return a new one. Raises Missing."""
        with self.lock(cloud):
            record = self.get(cloud, kind, id)
            record = change(record) or record if callable(change) else {**record, **change}
            write_json(self._path(cloud, kind, id), record)
        return record

    def delete(self, cloud: str, kind: str, id: str) -> None:
        """Forgets the object; nothing happens where it is gone already."""
        with self.lock(cloud):
            self._path(cloud, kind, id).unlink(missing_ok=True)

    def _path(self, cloud: str, kind: str, id: str) -> Path:
        return self.folder / cloud / kind / f"{id.replace('/', '%2F')}.json"

    # Last, so that `list[...]` above is the built-in one.
    def list(self, cloud: str, kind: str, /, **match: Any) -> list[Record]:
        """The objects whose fields equal those given, oldest first."""
        found: list[Record] = []
        for path in (self.folder / cloud / kind).glob("*.json"):
            record = read_json(path, None)
            if record is not None and all(record.get(key) == value for key, value in match.items()):
                found.append(record)
        return sorted(found, key=lambda record: (record["createdAt"], record["id"]))


def timestamp() -> str:
    """Now, as the vendors write it, with microseconds so that objects sort in the order of their making."""
    now = time.time()
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now)) + f".{int(now % 1 * 1e6):06d}Z"
