"""The faults of Pulumi's own host, one by one: ours has none of them, and Pulumi's still has each (else our remedy can go)."""

import asyncio
from collections.abc import Callable
from typing import Any

import pulumi
import pytest
from pulumi.errors import InputPropertyError
from pulumi.provider.experimental.component import ComponentProvider

from quayside.__main__ import COMPONENTS
from quayside.host import Host
from unit.host.sample import Level, Sample
from unit.recorder import is_known, is_secret, record, value_of

OURS = Host([Sample], "sample")
PULUMIS = ComponentProvider([Sample], "sample")


def late(value: Any) -> pulumi.Output[Any]:
    return pulumi.Output.from_input(value)


def secret(value: Any) -> pulumi.Output[Any]:
    return pulumi.Output.secret(value)


def unknown(value: Any = None) -> pulumi.Output[Any]:
    """What an Output is in a preview when its value comes only with the update."""

    async def given(result: Any) -> Any:
        return result

    return pulumi.Output(set(), asyncio.ensure_future(given(None)), asyncio.ensure_future(given(False)))


def mapped(provider: Any, inputs: Callable[[], dict[str, Any]]) -> Any:
    """What a component would get, with Outputs resolved."""
    found: list[Any] = []
    definition = provider._component_defs["Sample"]
    record(lambda: found.append(provider.map_inputs(inputs(), definition)), preview=True)
    return value_of(found[0])


ROWS: dict[str, tuple[Callable[[], dict[str, Any]], Any]] = {
    "a whole number": (lambda: {"size": 80.0}, {"size": 80}),
    "a number that comes late": (lambda: {"size": late(80.0)}, {"size": 80}),
    "a secret number": (lambda: {"size": secret(80.0)}, {"size": 80}),
    "a number in a map that comes late": (lambda: {"port": {"portNumber": late(80.0)}}, {"port": {"port_number": 80}}),
    "an enum that comes late": (lambda: {"level": late("high")}, {"level": Level.HIGH}),
    "a list of enums": (lambda: {"levels": ["low", "high"]}, {"levels": [Level.LOW, Level.HIGH]}),
    "a map that comes late": (lambda: {"port": late({"portNumber": 80.0})}, {"port": {"port_number": 80}}),
    "a secret map": (lambda: {"port": secret({"portNumber": 80.0})}, {"port": {"port_number": 80}}),
    "a list's item that comes late": (lambda: {"ports": [late({"portNumber": 80.0})]}, {"ports": [{"port_number": 80}]}),
    "a map's item that comes late": (lambda: {"byName": {"web": late({"portNumber": 80.0})}}, {"by_name": {"web": {"port_number": 80}}}),
    "a list that comes late": (lambda: {"ports": late([{"portNumber": 80.0}])}, {"ports": [{"port_number": 80}]}),
    "a map of maps that comes late": (lambda: {"byName": late({"web": {"portNumber": 80.0}})}, {"by_name": {"web": {"port_number": 80}}}),
}


def exactly(left: Any, right: Any) -> bool:
    """Equal, and of the same types: 80.0 is not 80."""
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(exactly(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(exactly, left, right))
    return type(left) is type(right) and bool(left == right)


@pytest.mark.parametrize("row", ROWS)
def test_our_host_hands_it_over(row: str) -> None:
    inputs, wanted = ROWS[row]
    assert exactly(mapped(OURS, inputs), wanted)


@pytest.mark.parametrize("row", ROWS)
def test_pulumis_host_still_has_the_fault(row: str) -> None:
    inputs, wanted = ROWS[row]
    try:
        found = mapped(PULUMIS, inputs)
    except (TypeError, ValueError, InputPropertyError):
        return
    assert not exactly(found, wanted)


@pytest.mark.parametrize(
    "inputs", [{"size": unknown}, {"port": unknown}, {"ports": unknown}, {"level": unknown}], ids=lambda each: next(iter(each))
)
def test_what_is_unknown_stays_unknown(inputs: dict[str, Callable[[], Any]]) -> None:
    found: list[Any] = []
    definition = OURS._component_defs["Sample"]
    record(lambda: found.append(OURS.map_inputs({key: make() for key, make in inputs.items()}, definition)), preview=True)
    (output,) = found[0].values()
    assert not is_known(output)


def test_what_is_secret_stays_secret() -> None:
    found: list[Any] = []
    definition = OURS._component_defs["Sample"]
    record(lambda: found.append(OURS.map_inputs({"port": secret({"portNumber": 80.0})}, definition)))
    assert is_secret(found[0]["port"])


def state(provider: Any) -> dict[str, Any]:
    found: list[Any] = []
    record(lambda: found.append(provider.get_state(Sample("s", {}), provider._component_defs["Sample"])))
    return {key: value_of(value) for key, value in found[0].items()}


OUTPUTS = {"one": {"portNumber": 80}, "many": [{"portNumber": 80}], "byName": {"web": {"portNumber": 80}}, "level": "high"}


def test_outputs_have_the_keys_of_the_schema() -> None:
    assert state(OURS) == OUTPUTS


@pytest.mark.parametrize("key", ["many", "byName"])
def test_pulumis_outputs_still_have_pythons_keys(key: str) -> None:
    assert state(PULUMIS)[key] != OUTPUTS[key]


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"size": 1.5}, "size is not a whole number"),
        ({"level": "loud"}, "level is none of low, high"),
        ({"port": {}}, r"Missing required input 'port\.portNumber' on 'Sample'"),
    ],
)
def test_wrong_inputs_are_refused_with_their_place(inputs: dict[str, Any], message: str) -> None:
    with pytest.raises(InputPropertyError, match=message):
        mapped(OURS, lambda: inputs)


@pytest.mark.parametrize("component", COMPONENTS, ids=lambda each: each.__name__)
def test_arguments_are_typed_dicts(component: Any) -> None:
    """Classes arrive as plain maps (pulumi/pulumi#18526): no host can mend that for us."""
    args = component.__init__.__annotations__["args"]
    assert hasattr(args, "__required_keys__")
