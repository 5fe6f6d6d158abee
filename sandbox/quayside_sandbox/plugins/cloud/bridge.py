"""Between Pulumi and a simulated cloud, as Pulumi's Terraform bridge stands between Pulumi and a vendor's provider.

Values are Python's (plugins/values.py); servicer.py turns them into protobuf.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ...clouds.check import DEFAULTS, Naming, check
from ...clouds.cloud import Cloud, Refused
from ...clouds.diff import Differences, diff
from ...clouds.resource import PartlyDone, Resource
from ...clouds.sdk import NoSdk, Properties, Type
from ...clouds.store import Record
from ..values import UNKNOWN, Secret, keep_secrets, known, plain


class Failed(Exception):
    """An operation failed and changed nothing that the engine would have to remember."""


class HalfDone(Exception):
    """The object exists but is not as it should be."""

    def __init__(self, message: str, id: str, outputs: Record, inputs: Record) -> None:
        super().__init__(message)
        self.id, self.outputs, self.inputs = id, outputs, inputs


class Bridge:
    """One configured provider."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud

    def resource(self, token: str) -> Resource:
        """Raises Failed for a type that is not simulated."""
        found = self.cloud.resources.get(token)
        if found is None:
            names = ", ".join(sorted(one.rpartition(":")[2] for one in self.cloud.resources))
            raise Failed(
                f"{token.rpartition(':')[2]} ({token}) is not simulated in the sandbox. What is: {names}. "
                f"A further type is one table in quayside_sandbox/clouds/{self.cloud.name}/ and one line in its index (cloud.py)."
            )
        return found(self.cloud)

    def check(self, token: str, news: Record, olds: Record, naming: Naming) -> tuple[Record, list[str]]:
        try:
            return check(self.resource(token), news, olds, naming)
        except NoSdk as problem:
            raise Failed(str(problem)) from None

    def diff(self, token: str, state: Record, inputs: Record, ignored: Iterable[str]) -> Differences:
        return diff(self.resource(token), state, inputs, ignored)

    def create(self, token: str, inputs: Record, timeout: float, preview: bool) -> tuple[str, Record]:
        resource = self.resource(token)
        if preview:
            return "", self._foreseen(resource, {}, inputs)
        wanted = _bare(inputs)
        try:
            record = self.cloud.carry_out(lambda: resource.create(wanted, timeout or resource.table.seconds["create"]))
        except PartlyDone as problem:
            raise self._half_done(resource, problem, wanted, inputs) from None
        except Refused as refusal:
            raise Failed(self.cloud.failure("creating", resource.noun, refusal)) from None
        return record["id"], self._outputs(resource, record, wanted, inputs)

    def read(self, token: str, id: str, state: Record, inputs: Record) -> tuple[str, Record, Record]:
        """Id (empty where it is gone), outputs and inputs; without state it is an import."""
        resource = self.resource(token)
        before = {key: value for key, value in _bare(state).items() if key != "id"}
        try:
            record = self.cloud.carry_out(lambda: resource.read(id, before))
        except Refused as refusal:
            raise Failed(self.cloud.failure("retrieving", resource.noun, refusal)) from None
        if record is None:
            return "", {}, {}
        outputs = self._outputs(resource, record, before, state)
        return record["id"], outputs, self._inputs(resource, outputs, inputs)

    def update(self, token: str, id: str, state: Record, inputs: Record, timeout: float, preview: bool) -> Record:
        resource = self.resource(token)
        if preview:
            return self._foreseen(resource, state, inputs)
        before, wanted = _bare(state), _bare(inputs)
        try:
            record = self.cloud.carry_out(lambda: resource.update(id, before, wanted, timeout or resource.table.seconds["update"]))
        except PartlyDone as problem:
            raise self._half_done(resource, problem, {**before, **wanted}, inputs) from None
        except Refused as refusal:
            raise Failed(self.cloud.failure("updating", resource.noun, refusal)) from None
        gone = self.cloud.sdk.resource(token).inputs.keys() - wanted.keys()
        last = {key: value for key, value in before.items() if key not in gone}
        return self._outputs(resource, record, {**last, **wanted}, inputs)

    def delete(self, token: str, id: str, state: Record, timeout: float) -> None:
        resource = self.resource(token)
        try:
            self.cloud.carry_out(lambda: resource.delete(id, _bare(state), timeout or resource.table.seconds["delete"]))
        except Refused as refusal:
            if refusal.status != 404:
                raise Failed(self.cloud.failure("deleting", resource.noun, refusal)) from None

    def invoke(self, token: str, arguments: Record) -> Record:
        function = self.cloud.functions.get(token)
        if function is None:
            names = ", ".join(sorted(one.rpartition(":")[2] for one in self.cloud.functions))
            raise Failed(f"the look-up {token.rpartition(':')[2]} is not simulated in the sandbox. What is: {names}")
        given = {key: value for key, value in arguments.items() if value is not None}
        unknown = given.keys() - self.cloud.sdk.arguments(token)
        if unknown:
            raise Failed(f"invoking {token}: Invalid or unknown key: {', '.join(sorted(unknown))}")
        try:
            return self.cloud.carry_out(lambda: function(self.cloud, given))
        except Refused as refusal:
            raise Failed(f"invoking {token}: {self.cloud.failure('', '', refusal)}") from None

    def _half_done(self, resource: Resource, problem: PartlyDone, before: Record, inputs: Record) -> HalfDone:
        record = self.cloud.find(resource.table.kind, problem.id) or {"id": problem.id}
        outputs = self._outputs(resource, record, before, inputs)
        return HalfDone(self.cloud.failure("", "", Refused(str(problem))), problem.id, outputs, inputs)

    def _outputs(self, resource: Resource, record: Record, before: Record, like: Record) -> Record:
        """What the SDK knows of the record; secret is what the table says, and what was given as secret."""
        names = self.cloud.sdk.resource(resource.table.token).outputs
        shown = {key: value for key, value in resource.outputs(record, before).items() if key in names and value is not None}
        for name in resource.table.secret & shown.keys():
            shown[name] = Secret(shown[name])
        return {**{key: keep_secrets(value, like.get(key)) for key, value in shown.items()}, "id": record["id"]}

    def _foreseen(self, resource: Resource, state: Record, inputs: Record) -> Record:
        """The outputs as far as a preview can know them."""
        types = self.cloud.sdk.resource(resource.table.token)
        given = _without_notes(inputs)
        gone = {name for name in types.inputs if name not in given and not (name in types.outputs and types.outputs[name].required)}
        last = {key: value for key, value in state.items() if key not in gone}
        outputs: Record = _foreseen_value(last, given, resource.table.computed, "")
        for name, property in types.outputs.items():
            if name not in outputs and property.required:
                outputs[name] = Secret(UNKNOWN) if name in resource.table.secret else UNKNOWN
        return outputs

    def _inputs(self, resource: Resource, outputs: Record, before: Record) -> Record:
        """The inputs that would make the object what it is: those that were given, or for an import all that are set."""
        if before:
            return {key: value if key == DEFAULTS else _refreshed(value, outputs.get(key)) for key, value in before.items()}
        types = self.cloud.sdk.resource(resource.table.token).inputs
        return {**self._given(types, plain(outputs), resource.table.computed, ""), DEFAULTS: []}

    def _given(self, types: Properties, outputs: Record, computed: frozenset[str], prefix: str) -> Record:
        found: Record = {}
        for name, property in types.items():
            value = outputs.get(name)
            worth = value is not None and (property.required or value not in ("", 0, False, [], {}))
            if worth and f"{prefix}{name}" not in computed:
                found[name] = self._given_value(property.type, value, computed, f"{prefix}{name}.")
        return found

    def _given_value(self, type: Type, value: Any, computed: frozenset[str], prefix: str) -> Any:
        if type.kind == "object" and isinstance(value, dict):
            return self._given(self.cloud.sdk.nested(type.name), value, computed, prefix)
        if type.kind == "list" and type.element and isinstance(value, list):
            return [self._given_value(type.element, item, computed, prefix) for item in value]
        return value


def _bare(values: Record) -> Record:
    """Secrets opened, the bridge's notes taken away: what the vendor gets."""
    assert known(values), "unknown values reach no vendor"
    bare: Record = plain(_without_notes(values))
    return bare


def _without_notes(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_notes(item) for key, item in value.items() if key != DEFAULTS}
    if isinstance(value, list):
        return [_without_notes(item) for item in value]
    return Secret(_without_notes(value.value)) if isinstance(value, Secret) else value


def _foreseen_value(old: Any, new: Any, computed: frozenset[str], prefix: str) -> Any:
    """What is new over what was; where there is something new, the server will set more in it. `prefix` is its place, dot included."""
    if isinstance(new, dict):
        before = old if isinstance(old, dict) else {}
        merged = {**before, **{key: _foreseen_value(before.get(key), value, computed, f"{prefix}{key}.") for key, value in new.items()}}
        names = {path.removeprefix(prefix) for path in computed if path.startswith(prefix)} if old is None else set()
        return {**{name: UNKNOWN for name in names if "." not in name}, **merged}
    if isinstance(new, list):
        before_items = old if isinstance(old, list) else []
        pairs = [(before_items[index] if index < len(before_items) else None, item) for index, item in enumerate(new)]
        return [_foreseen_value(last, item, computed, prefix) for last, item in pairs]
    return new


def _refreshed(given: Any, actual: Any) -> Any:
    """The input as the object now has it; only what was given, inside of objects too."""
    if isinstance(given, Secret) or isinstance(actual, Secret):
        return Secret(_refreshed(plain(given), plain(actual)))
    if isinstance(given, dict) and isinstance(actual, dict):
        return {key: value if key == DEFAULTS else _refreshed(value, actual.get(key)) for key, value in given.items()}
    return given if actual is None else actual
