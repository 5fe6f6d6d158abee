"""Follows objects of one kind through a watch that survives what watches die of."""

from __future__ import annotations

import contextlib
import queue
import socket
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import TracebackType

import httpx

from ....kube import Api, ApiError
from .progress import Object

# How long one watch request lasts before it is renewed; the list before it is cheap (one name, or one label).
_RENEW = 300.0
_SLOWEST_RETRY = 2.0


@dataclass(frozen=True)
class Selection:
    """Which objects to follow."""

    api_version: str
    kind: str
    namespace: str | None = None
    fields: str | None = None
    labels: str | None = None

    @classmethod
    def of(cls, live: Object) -> Selection:
        """One object, by its name."""
        metadata = live["metadata"]
        return cls(live["apiVersion"], live["kind"], metadata.get("namespace"), f"metadata.name={metadata['name']}")


@dataclass(frozen=True)
class Seen:
    """An object as it is now, or None where it is gone."""

    selection: Selection
    name: str
    object: Object | None


@dataclass(frozen=True)
class Listed:
    """The first full list of a selection is in: what was not seen by now does not exist."""

    selection: Selection


@dataclass(frozen=True)
class Lost:
    """The API server did not answer; it is asked again."""

    problem: str


Event = Seen | Listed | Lost


class Watch:
    """Puts an event into the queue for each change of the selected objects, beginning with those that exist.

    Lists, then watches from there; lists again after 410 (the resource version is too old), a disconnect or any other error, and
    tells what vanished in between. A kind that the server does not serve (any more) has no objects.
    """

    def __init__(self, api: Api, selection: Selection, events: queue.Queue[Event]) -> None:
        self._api, self._selection, self._events = api, selection, events
        self._known: dict[str, str] = {}
        self._closed = threading.Event()
        self._stop_reading: Callable[[], None] = lambda: None
        self._lock = threading.Lock()

    def __enter__(self) -> Watch:
        name = f"watch {self._selection.kind}"
        threading.Thread(target=self._follow, name=name, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        with self._lock:
            self._closed.set()
            self._stop_reading()

    def _follow(self) -> None:
        pause, first = 0.05, True
        while not self._closed.is_set():
            try:
                version = self._list()
                if first:
                    self._events.put(Listed(self._selection))
                    first = False
                for kind, live in self._watch(version):
                    pause = 0.05
                    self._note(live, gone=kind == "DELETED")
            except (ApiError, httpx.HTTPError, httpx.StreamError, ValueError, OSError) as problem:
                if self._closed.is_set():
                    return
                if not (isinstance(problem, ApiError) and problem.code == 410):
                    self._events.put(Lost(str(problem) or type(problem).__name__))
                    self._closed.wait(pause)
                    pause = min(pause * 2, _SLOWEST_RETRY)

    def _list(self) -> str:
        s = self._selection
        try:
            items, version = self._api.list_with_version(s.api_version, s.kind, s.namespace, labels=s.labels, fields=s.fields)
        except ApiError as problem:
            if problem.code != 404:
                raise
            items, version = [], ""
        for vanished in set(self._known) - {item["metadata"]["name"] for item in items}:
            del self._known[vanished]
            self._events.put(Seen(s, vanished, None))
        for item in items:
            self._note(item, gone=False)
        if not version:  # not served: nothing to watch until it is
            self._closed.wait(_SLOWEST_RETRY)
        return version

    def _watch(self, version: str) -> Iterable[tuple[str, Object]]:
        s = self._selection
        if not version:
            return []
        return self._api.watch(
            s.api_version,
            s.kind,
            s.namespace,
            fields=s.fields,
            labels=s.labels,
            resource_version=version,
            timeout=_RENEW,
            on_open=self._opened,
        )

    def _note(self, live: Object, *, gone: bool) -> None:
        metadata = live["metadata"]
        name, version = metadata["name"], metadata.get("resourceVersion", "")
        if gone:
            self._known.pop(name, None)
            self._events.put(Seen(self._selection, name, None))
        elif self._known.get(name) != version:
            self._known[name] = version
            self._events.put(Seen(self._selection, name, live))

    def _opened(self, response: httpx.Response) -> None:
        """A read in another thread ends only when its socket is shut down."""
        connection: socket.socket = response.extensions["network_stream"].get_extra_info("socket")

        def stop() -> None:
            with contextlib.suppress(OSError):  # the other side may have been faster
                socket.socket.shutdown(connection, socket.SHUT_RDWR)

        with self._lock:
            self._stop_reading = stop
            if self._closed.is_set():
                stop()
