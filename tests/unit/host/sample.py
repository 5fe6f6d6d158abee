"""A component with one argument of each kind that Pulumi's own host gets wrong. Its module is what the host analyses."""

from enum import Enum
from typing import NotRequired, TypedDict

import pulumi


class Level(Enum):
    """How loud."""

    LOW = "low"
    HIGH = "high"


class PortArgs(TypedDict):
    """A port."""

    port_number: pulumi.Input[int]
    """Its number."""


class SampleArgs(TypedDict, total=False):
    """One of each."""

    size: pulumi.Input[int]
    level: pulumi.Input[Level]
    levels: list[Level]
    port: pulumi.Input[PortArgs]
    ports: pulumi.Input[list[pulumi.Input[PortArgs]]]
    by_name: pulumi.Input[dict[str, pulumi.Input[PortArgs]]]
    words: pulumi.Input[dict[str, pulumi.Input[str]]]


class PortState(TypedDict):
    """A port, as an output."""

    port_number: NotRequired[int]


class Sample(pulumi.ComponentResource):
    """A component."""

    one: pulumi.Output[PortState]
    many: pulumi.Output[list[PortState]]
    by_name: pulumi.Output[dict[str, PortState]]
    level: pulumi.Output[Level]

    def __init__(self, name: str, args: SampleArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("sample:index:Sample", name, None, opts)
        port: PortState = {"port_number": 80}
        self.one = pulumi.Output.from_input(port)
        self.many = pulumi.Output.from_input([port])
        self.by_name = pulumi.Output.from_input({"web": port})
        self.level = pulumi.Output.from_input(Level.HIGH)
