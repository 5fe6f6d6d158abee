"""What every kind of resource of this plugin answers to the engine: Kubernetes objects (objects.py) and Helm releases (release.py).

Properties are plain Python values (plugins/values.py: UNKNOWN, Secret); servicer.py turns these results into protobuf.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Protocol

Properties = dict[str, Any]


class Change(Enum):
    """How one property changes; the values are those of the engine's PropertyDiff.Kind."""

    ADD = 0
    ADD_REPLACE = 1
    DELETE = 2
    DELETE_REPLACE = 3
    UPDATE = 4
    UPDATE_REPLACE = 5

    def replacing(self) -> Change:
        """The same change, where it needs a new object."""
        return Change(self.value | 1)


@dataclass(frozen=True)
class CheckFailure:
    """One input that cannot be: where, and why. An empty property means the resource as a whole."""

    property: str
    reason: str


@dataclass(frozen=True)
class CheckResult:
    """The inputs as the engine shall keep them, with defaults filled in."""

    inputs: Properties
    failures: list[CheckFailure] = field(default_factory=list)


@dataclass(frozen=True)
class DiffResult:
    """What an update would change; no `detailed` entry and no replaced path means: nothing."""

    detailed: dict[str, Change] = field(default_factory=dict)
    replaces: list[str] = field(default_factory=list)
    delete_before_replace: bool = False
    # A change that has no path of its own, e.g. after a failed initialization.
    changed: bool = False
    # Whether the paths speak of the inputs (as everywhere in this plugin) or of the outputs.
    of_inputs: bool = True

    @property
    def some(self) -> bool:
        return self.changed or bool(self.detailed) or bool(self.replaces)


@dataclass(frozen=True)
class State:
    """A resource as it is: its outputs and, where they were read from the server, its inputs. An empty id means it is gone."""

    id: str
    outputs: Properties
    inputs: Properties | None = None


@dataclass(frozen=True)
class Autonaming:
    """What the stack's `pulumi:autonaming` setting asks for; `mode` is propose, enforce or disable."""

    proposed: str
    mode: str


class Problem(Exception):
    """An operation failed and changed nothing that the engine would have to remember."""


class PartialFailure(Exception):
    """The resource exists but is not as it should be: the engine keeps its state, fails the step, and updates it next time."""

    def __init__(self, message: str, state: State, inputs: Properties, reasons: list[str]) -> None:
        super().__init__(message)
        self.message, self.state, self.inputs, self.reasons = message, state, inputs, reasons


class ResourceKindHandler(Protocol):
    """The life of a resource. `olds` are its last outputs, `old_inputs` its last inputs; `timeout` is seconds, None where nobody set one.

    All may raise Problem; create and update may raise PartialFailure.
    """

    def check(self, urn: str, olds: Properties, news: Properties, seed: bytes, autonaming: Autonaming | None = None) -> CheckResult:
        """`olds` and `news` are inputs here."""

    def diff(
        self, urn: str, id: str, olds: Properties, news: Properties, old_inputs: Properties, ignore_changes: list[str]
    ) -> DiffResult: ...

    def create(self, urn: str, news: Properties, timeout: float | None, preview: bool) -> State: ...

    def read(self, urn: str, id: str, olds: Properties, old_inputs: Properties) -> State:
        """`olds` is empty for an import."""

    def update(
        self,
        urn: str,
        id: str,
        olds: Properties,
        news: Properties,
        old_inputs: Properties,
        timeout: float | None,
        preview: bool,
        ignore_changes: list[str],
    ) -> State: ...

    def delete(self, urn: str, id: str, olds: Properties, old_inputs: Properties, timeout: float | None) -> None: ...
