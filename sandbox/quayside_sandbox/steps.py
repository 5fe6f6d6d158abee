"""Progress a person can follow: each step named, with its time, and with what failed and why."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator

from rich.console import Console
from rich.markup import escape


class Steps:
    """Prints steps as they begin and end; on a terminal a spinner shows which one is under way."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(stderr=True, highlight=False)
        self.seconds: dict[str, float] = {}

    @contextlib.contextmanager
    def step(self, title: str) -> Iterator[None]:
        """Times what is done inside; an exception is shown as a failure and passed on."""
        began = time.monotonic()
        if self.console.is_terminal:
            waiting: contextlib.AbstractContextManager[object] = self.console.status(escape(title))
        else:
            self.console.print(f"… {escape(title)}")
            waiting = contextlib.nullcontext()
        try:
            with waiting:
                yield
        except BaseException as problem:
            word = "interrupted" if isinstance(problem, KeyboardInterrupt) else "failed"
            self.console.print(f"[red]✗[/red] {escape(title)}: {word} after {_spoken(time.monotonic() - began)}")
            raise
        self.seconds[title] = time.monotonic() - began
        self.console.print(f"[green]✓[/green] {escape(title)} [dim]{_spoken(self.seconds[title])}[/dim]")

    def note(self, text: str) -> None:
        self.console.print(f"[dim]{escape(text)}[/dim]")


def _spoken(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < 100 else f"{int(seconds // 60)} min {int(seconds % 60)} s"
