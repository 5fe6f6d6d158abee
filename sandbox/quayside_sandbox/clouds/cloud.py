"""One simulated vendor as its plugin sees it: memory, settings, requests that are answered or refused."""

from __future__ import annotations

import abc
import contextlib
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from ..folder import locked
from .faults import Faults
from .sdk import Sdk
from .store import Record, Store

if TYPE_CHECKING:
    from .resource import Resource

Function = Callable[["Cloud", Record], Record]


class Refused(Exception):
    """The vendor does not carry a request out; the message is what the official plugin shows."""

    def __init__(self, message: str, status: int = 422) -> None:
        super().__init__(message)
        self.status = status


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

    @cached_property
    def sdk(self) -> Sdk:
        return Sdk(self.package)

    @abc.abstractmethod
    def refused(self, method: str, path: str, status: int, message: str, code: int = 0) -> Refused:
        """A refusal in this vendor's words."""

    @abc.abstractmethod
    def authenticate(self, method: str, path: str) -> None:
        """Raises Refused where the settings hold no credentials."""

    def failure(self, doing: str, noun: str, refusal: Refused) -> str:
        """What the official plugin says of a failed operation, e.g. of one that was "creating" a "VPC"."""
        return str(refusal)

    def request(self, method: str, path: str, operation: str) -> None:
        """Comes before each look at or change of the cloud: checks the credentials, and fails or delays as the faults say."""
        self.authenticate(method, path)
        fault = self.faults.strike(self.name, operation)
        if fault:
            raise self.refused(method, path, fault.status, fault.message)

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """One request at a time, where a look and a change must not be parted (names, addresses, quotas)."""
        with locked(self.store.folder / f".{self.name}.requests.lock"):
            yield

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
