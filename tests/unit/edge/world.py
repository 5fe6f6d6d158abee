"""A name server in small: answers from records as RFC 1034 and 4592 want it, for tests of what records mean."""

from collections.abc import Iterable

from quayside.edge.records import Record


def answers(records: Iterable[Record], name: str, further: Iterable[str] = ()) -> list[Record]:
    """The records that answer for a name.

    further: names of records that others put beside ours, of a type that nobody asks for here.
    """
    known = list(records)
    owners = {record.name for record in known} | set(further)
    existing = {part for owner in owners for part in _upwards(owner)}
    if name in existing:
        return [record for record in known if record.name == name]
    encloser = next((part for part in _upwards(name) if part in existing), "")
    return [record for record in known if record.name == f"*.{encloser}"]


def _upwards(name: str) -> list[str]:
    """A name and all above it."""
    labels = name.split(".")
    return [".".join(labels[index:]) for index in range(len(labels))]
