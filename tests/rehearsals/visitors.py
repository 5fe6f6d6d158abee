"""Visitors who ask for hosts all the time, and remember who did not serve them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from quayside_sandbox.rehearsal import Rehearsal
from quayside_sandbox.visitor import View, ask

PAUSE = 0.3
"""Seconds between two looks."""


class Visitors:
    """They ask for as long as a `with` lasts."""

    def __init__(self, rehearsal: Rehearsal, hosts: Sequence[str], also: Callable[[View], list[str]] = lambda view: []) -> None:
        """also: what else may be wrong, as they see the cluster."""
        self.rehearsal, self.hosts, self.also = rehearsal, hosts, also
        self.looks = 0
        self.problems: list[str] = []
        self._gone = threading.Event()
        self._thread = threading.Thread(target=self._stay, daemon=True)

    def __enter__(self) -> Visitors:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._gone.set()
        self._thread.join()

    @contextmanager
    def unserved(self) -> Iterator[list[str]]:
        """What was wrong for anybody, while this `with` lasts; it is told at its end, when they have looked once more."""
        found: list[str] = []
        before, already = self.looks, len(self.problems)
        yield found
        end = self.looks + 2  # one may have begun before
        while self.looks < end:
            assert self._thread.is_alive(), "nobody asks any more"
            time.sleep(PAUSE)
        assert self.looks - before > 2
        found += self.problems[already:]

    def _stay(self) -> None:
        while not self._gone.wait(PAUSE):
            view = self.rehearsal.view()
            for host in self.hosts:
                self.problems += [
                    f"look {self.looks}: {each.host} at {each.load_balancer}: {each.problem}" for each in ask(view, host) if each.problem
                ]
            self.problems += [f"look {self.looks}: {each}" for each in self.also(view)]
            self.looks += 1
