"""The look that all tables of the summary share: light enough for a terminal of 100 columns."""

from __future__ import annotations

from rich import box
from rich.table import Table


def titled(title: str, *columns: str) -> Table:
    """An empty table. What does not fit a column goes on in the next line."""
    table = Table(title=title, title_justify="left", title_style="bold", caption_justify="left", box=box.SIMPLE_HEAD, show_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table
