"""A table as a terminal of 100 columns shows it, without colours."""

from io import StringIO

from rich.console import Console
from rich.table import Table

WIDTH = 100


def rendered(table: Table | None) -> str:
    """Raises AssertionError where it is wider than the terminal."""
    assert table is not None
    written = StringIO()
    Console(file=written, width=WIDTH).print(table)
    text = written.getvalue()
    assert max(len(line) for line in text.splitlines()) <= WIDTH
    return text


def rows(table: Table | None) -> list[list[str]]:
    """The rows' cells as they were given, colours included."""
    assert table is not None
    return [list(row) for row in zip(*(column.cells for column in table.columns), strict=True)]
