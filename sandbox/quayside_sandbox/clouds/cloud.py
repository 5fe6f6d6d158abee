"""One simulated vendor as its plugin sees it: memory, settings, requests that are answered or refused."""

from __future__ import annotations

import abc
import contextlib
import itertools
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from ..folder import locked
from .faults import Fault, Faults
from .retries import Retries
from .sdk import Sdk
from .store import Record, Store

if TYPE_CHECKING:
    from .resource import Resource

Function = Callable[["Cloud", Record], Record]
T = TypeVar("T")


class Refused(Exception):
    """The vendor does not carry a request out; the message is what the official plugin shows."""

    def __init__(self, message: str, status: int = 422, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.status, self.retry_after = status, retry_after


class Cloud(abc.ABC):
    """What all vendors share. A subclass names the SDK, the index of resource types and functions, and how refusals read."""

    name: ClassVar[str]
    package: ClassVar[str]
    # token → resource type, token → function: a type or function that stands in neither is refused.
    resources: ClassVar[Mapping[str, type[Resource]]]
    functions: ClassVar[Mapping[str, Function]]
    # Settings of the provider and the environment variables that stand in for them, first one wins.
    variables: ClassVar[Mapping[str, tuple[str, ...]]]

    def __init__(self, store: Store, settings: Record | None = None) -> None:
        self.store = store
        self.settings: Record = settings or {}
        self.faults = Faults(store.folder.parent)
        self.ended = threading.Event()  # the engine wants no more
        self._lost = threading.local()  # a fault that strikes once the request of this thread is carried out

    @cached_property
    def sdk(self) -> Sdk:
        return Sdk(self.package)

    @abc.abstractmethod
    def refused(self, method: str, path: str, status: int, message: str, code: int = 0) -> Refused:
        """A refusal in this vendor's words."""

    @abc.abstractmethod
    def authenticate(self, method: str, path: str) -> None:
        """Raises Refused where the settings hold no credentials."""

    @property
    @abc.abstractmethod
    def retries(self) -> Retries:
        """How the vendor's client repeats requests."""

    def given_up(self, refusal: Refused, attempts: int) -> Refused:
        """The refusal that the last of several attempts met, as the vendor's client tells it."""
        return refusal

    def failure(self, doing: str, noun: str, refusal: Refused) -> str:
        """What the official plugin says of a failed operation, e.g. of one that was "creating" a "VPC"."""
        return str(refusal)

    def carry_out(self, operation: Callable[[], T]) -> T:
        """Does what the plugin is asked for as the vendor's client does: what failed for a moment is sent again. Raises Refused."""
        for attempt in itertools.count(1):
            self._lost.fault = None
            try:
                done = operation()
                self._lose_answer()
                return done
            except Refused as refusal:
                if not self.retries.repeats(refusal.status):
                    raise
                if attempt > self.retries.most:
                    raise self.given_up(refusal, attempt) from None
                pause = self.retries.pause(attempt, refusal.status, refusal.retry_after)
            if self.ended.wait(pause):
                raise Refused("interrupted")
        raise AssertionError("the last attempt returns or raises")

    def request(self, method: str, path: str, operation: str) -> None:
        """Comes before each look at or change of the cloud: checks the credentials, and fails or delays as the faults say."""
        self.authenticate(method, path)
        fault = self.faults.strike(self.name, operation, self.ended)
        if fault is None:
            return
        if fault.after:
            self._lost.fault = (method, path, fault)
        else:
            raise self._struck(method, path, fault)

    def _lose_answer(self) -> None:
        """Raises Refused where this thread's request was carried out and a fault takes its answer away."""
        lost, self._lost.fault = getattr(self._lost, "fault", None), None
        if lost:
            raise self._struck(*lost)

    def _struck(self, method: str, path: str, fault: Fault) -> Refused:
        refusal = self.refused(method, path, fault.status, fault.message, fault.code)
        refusal.retry_after = fault.retry_after
        return refusal

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """One request at a time, where a look and a change must not be parted (names, addresses, quotas)."""
        with locked(self.store.folder / f".{self.name}.requests.lock"):
            yield
        self._lose_answer()

    def wait(self, done: Callable[[], bool], timeout: float, pause: float = 0.1) -> bool:
        """Looks again and again until it is done; False once the time is over. Raises Refused when the engine gives up."""
        end = time.monotonic() + timeout
        while not done():
            if time.monotonic() >= end:
                return False
            if self.ended.wait(min(pause, max(0.0, end - time.monotonic()))):
                raise Refused("interrupted")
            pause = min(pause * 1.3, 1.0)
        return True

    # The store's methods for this cloud.

    def find(self, kind: str, id: str) -> Record | None:
        return self.store.find(self.name, kind, id)

    # Last, so that `list[...]` above is the built-in one.
    def list(self, kind: str, /, **match: Any) -> list[Record]:
        return self.store.list(self.name, kind, **match)
