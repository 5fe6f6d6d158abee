"""Speaking to the user through the engine: lasting messages and the changing status line of a resource."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator

import grpc
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc


class Engine:
    """The engine's log. Before it is attached (and in tests) messages go nowhere."""

    def __init__(self) -> None:
        self._stub: engine_pb2_grpc.EngineStub | None = None
        self._current = threading.local()
        self._said: set[tuple[str, str]] = set()
        self._lock = threading.Lock()

    def attach(self, address: str) -> None:
        self._stub = engine_pb2_grpc.EngineStub(grpc.insecure_channel(address))

    @contextlib.contextmanager
    def about(self, urn: str) -> Iterator[None]:
        """What this thread says inside is about the resource."""
        self._current.urn = urn
        try:
            yield
        finally:
            self._current.urn = ""

    def warn_once(self, message: str, urn: str | None = None) -> None:
        """A lasting warning about the given or the thread's current resource, the same one only once."""
        about = getattr(self._current, "urn", "") if urn is None else urn
        with self._lock:
            if (about, message) in self._said:
                return
            self._said.add((about, message))
        self.warn(message, about)

    def warn(self, message: str, urn: str) -> None:
        self._log(engine_pb2.LogSeverity.WARNING, message, urn)

    def info(self, message: str, urn: str) -> None:
        self._log(engine_pb2.LogSeverity.INFO, message, urn)

    def status(self, message: str, urn: str) -> None:
        """Replaces the resource's status line; an empty message clears it."""
        self._log(engine_pb2.LogSeverity.INFO, message, urn, ephemeral=True)

    def _log(self, severity: engine_pb2.LogSeverity.ValueType, message: str, urn: str, ephemeral: bool = False) -> None:
        if self._stub is None:
            return
        with contextlib.suppress(grpc.RpcError):  # an engine that has gone away needs no messages
            self._stub.Log(engine_pb2.LogRequest(severity=severity, message=message, urn=urn, ephemeral=ephemeral))
