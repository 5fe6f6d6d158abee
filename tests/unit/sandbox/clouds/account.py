"""One simulated cloud as tests speak to it."""

from __future__ import annotations

from typing import Any

from quayside_sandbox.clouds.check import Naming
from quayside_sandbox.clouds.index import load
from quayside_sandbox.clouds.store import Store
from quayside_sandbox.plugins.cloud.bridge import Bridge

POOL = {"name": "base", "size": "s-2vcpu-4gb", "nodeCount": 2}
CLUSTER = {"name": "main", "region": "sgp1", "version": "1.36.1-do.0", "nodePool": POOL}


class Account:
    """The bridge of one cloud, with short names for resource types, and the store behind it."""

    def __init__(self, store: Store, cloud: str, **settings: Any) -> None:
        self.store, self.name = store, cloud
        self.bridge = Bridge(load(cloud)(store, {"token": "t", "apiToken": "t", **settings}))

    def token(self, name: str) -> str:
        return f"{self.name}:index/{name[0].lower()}{name[1:]}:{name}"

    def check(
        self, type_name: str, inputs: dict[str, Any], olds: dict[str, Any] | None = None, **naming: Any
    ) -> tuple[dict[str, Any], list[str]]:
        return self.bridge.check(self.token(type_name), inputs, olds or {}, Naming("one", **naming))

    def inputs(self, type_name: str, **given: Any) -> dict[str, Any]:
        checked, reasons = self.check(type_name, given)
        assert reasons == []
        return checked

    def create(self, type_name: str, preview: bool = False, timeout: float = 5.0, **given: Any) -> tuple[str, dict[str, Any]]:
        return self.bridge.create(self.token(type_name), self.inputs(type_name, **given), timeout, preview)

    def update(self, type_name: str, id: str, state: dict[str, Any], preview: bool = False, **given: Any) -> dict[str, Any]:
        return self.bridge.update(self.token(type_name), id, state, self.inputs(type_name, **given), 5.0, preview)

    def diff(self, type_name: str, state: dict[str, Any], ignored: tuple[str, ...] = (), **given: Any) -> Any:
        return self.bridge.diff(self.token(type_name), state, self.inputs(type_name, **given), ignored)

    def read(
        self, type_name: str, id: str, state: dict[str, Any] | None = None, **inputs: Any
    ) -> tuple[str, dict[str, Any], dict[str, Any]]:
        return self.bridge.read(self.token(type_name), id, state or {}, inputs)

    def delete(self, type_name: str, id: str, state: dict[str, Any], timeout: float = 5.0) -> None:
        self.bridge.delete(self.token(type_name), id, state, timeout)

    def token_of(self, function: str) -> str:
        return f"{self.name}:index/{function}:{function}"

    def invoke(self, function: str, /, **arguments: Any) -> dict[str, Any]:
        return self.bridge.invoke(self.token_of(function), arguments)
