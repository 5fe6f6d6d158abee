"""The life of one resource type in a simulated cloud. The plain ones are a Table; the odd ones override what is odd about them."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from .cloud import Cloud, Refused
from .paths import Path
from .store import Missing, Record
from .table import Table


class PartlyDone(Exception):
    """The object exists, but a later step failed: the engine keeps it and tries again."""

    def __init__(self, id: str, message: str) -> None:
        super().__init__(message)
        self.id = id


class Resource:
    """Inputs and outputs are plain values here: secrets opened, nothing unknown, `__defaults` taken away."""

    table: ClassVar[Table]
    path: ClassVar[str]  # of the vendor's API
    noun: ClassVar[str]  # as the official plugin's messages call it

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud

    # What a type says of itself.

    def problems(self, inputs: Record) -> list[tuple[str, str]]:
        """(path, reason) of what the plugin refuses before any request, beyond the table. Values may be UNKNOWN here."""
        return []

    def verify(self, inputs: Record, before: Record | None) -> None:
        """What the vendor refuses; `before` is the record that an update changes. Raises Refused."""

    def server_set(self, inputs: Record) -> Record:
        """What the vendor adds to a new object."""
        return {}

    def outputs(self, record: Record, before: Record) -> Record:
        """What Pulumi gets to see of a record; `before` are the last outputs, or the inputs of a new object."""
        return {key: value for key, value in record.items() if not key.startswith("_")}

    def unchanged(self, path: Path, old: Any, new: Any, state: Record, inputs: Record) -> bool:
        """Whether a difference between state and inputs is none, e.g. in upper and lower case."""
        return False

    def replaces(self, path: Path, old: Any, new: Any, state: Record) -> bool:
        """Whether a change needs a new object, beyond the table's `immutable`."""
        return False

    def new_id(self, inputs: Record) -> str:
        return str(uuid.uuid4())

    # Its life.

    def create(self, inputs: Record, timeout: float) -> Record:
        """Raises Refused, PartlyDone."""
        self.request("POST", self.path, "create")
        with self.cloud.alone():
            self.references("POST", self.path, inputs)
            self.distinct("POST", self.path, inputs)
            self.verify(inputs, None)
            fields = {**inputs, **self.server_set(inputs)}
            return self.cloud.store.create(self.cloud.name, self.table.kind, fields, id=self.new_id(inputs))

    def read(self, id: str, state: Record) -> Record | None:
        """The record, or None where it is gone. `state` are the last outputs, empty for an import."""
        self.request("GET", f"{self.path}/{id}", "read")
        return self.cloud.find(self.table.kind, id)

    def update(self, id: str, olds: Record, news: Record, timeout: float) -> Record:
        """Raises Refused, PartlyDone."""
        path = f"{self.path}/{id}"
        self.request("PUT", path, "update")
        with self.cloud.alone():
            before = self.cloud.find(self.table.kind, id)
            if before is None:
                raise self.cloud.refused("PUT", path, 404, "The resource you were accessing could not be found.")
            self.references("PUT", path, news)
            self.distinct("PUT", path, news, id)
            self.verify(news, before)
            return self.store_update(id, olds, news)

    def store_update(self, id: str, olds: Record, news: Record) -> Record:
        """Keeps the new inputs; what was given before and is not given any more goes, unless the server had set it anyway."""
        outputs = self.cloud.sdk.resource(self.table.token).outputs
        gone = [key for key in self.cloud.sdk.resource(self.table.token).inputs if key in olds and key not in news]
        dropped = {key for key in gone if not (key in outputs and outputs[key].required)}

        def change(record: Record) -> Record:
            return {**{key: value for key, value in record.items() if key not in dropped}, **news}

        try:
            return self.cloud.store.update(self.cloud.name, self.table.kind, id, change)
        except Missing:
            raise self.cloud.refused("PUT", f"{self.path}/{id}", 404, "The resource you were accessing could not be found.") from None

    def delete(self, id: str, state: Record, timeout: float) -> None:
        """Nothing happens where it is gone already. Raises Refused."""
        self.request("DELETE", f"{self.path}/{id}", "delete")
        self.cloud.store.delete(self.cloud.name, self.table.kind, id)

    # Parts that several types use.

    def request(self, method: str, path: str, operation: str) -> None:
        self.cloud.request(method, path, f"{operation} {self.table.kind}")

    def references(self, method: str, path: str, inputs: Record) -> None:
        """What the inputs name must exist. Raises Refused."""
        for name, kind in self.table.references.items():
            id = inputs.get(name)
            if id and self.cloud.find(kind, str(id)) is None:
                raise self.missing_reference(method, path, name, kind, str(id))

    def missing_reference(self, method: str, path: str, name: str, kind: str, id: str) -> Refused:
        return self.cloud.refused(method, path, 404, "The resource you were accessing could not be found.")

    def distinct(self, method: str, path: str, inputs: Record, id: str = "") -> None:
        """No other object may have the same unique fields. Raises Refused."""
        if self.table.unique:
            match = {name: inputs.get(name) for name in self.table.unique}
            if any(record["id"] != id for record in self.cloud.list(self.table.kind, **match)):
                raise self.taken(method, path, match)

    def taken(self, method: str, path: str, match: Record) -> Refused:
        return self.cloud.refused(method, path, 409, "name already exists")

    def members(self, id: str) -> list[Record]:
        """What keeps the object from being deleted."""
        return [record for kind, name in self.table.members.items() for record in self.cloud.list(kind, **{name: id})]
