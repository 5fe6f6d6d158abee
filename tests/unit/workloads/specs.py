"""Services to make manifests of, and to register."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pulumi

from quayside.settings.service import ServiceSettings
from quayside.workloads.service import Service
from unit.recorder import Recorded, record, value_of


def spec(**given: Any) -> ServiceSettings:
    """The settings of a service, with keys as in a stack's file."""
    return ServiceSettings.model_validate({"image": "acme/shop:1", **given})


@dataclass(frozen=True)
class Late:
    """A value that is to be an Output. One belongs to the program that makes it, so it cannot be made before."""

    value: Any
    secret: bool = False


def shop(*, preview: bool = False, transform: Any = None, **args: Any) -> Recorded:
    """What the service `shop` registers."""

    def program() -> None:
        given: Any = _with_outputs({"image": "acme/shop:1", **args})
        Service("shop", given, transform=transform)

    return record(program, preview=preview)


def _with_outputs(value: Any) -> Any:
    if isinstance(value, Late):
        return pulumi.Output.secret(value.value) if value.secret else pulumi.Output.from_input(value.value)
    return {key: _with_outputs(each) for key, each in value.items()} if isinstance(value, dict) else value


def resolved(make: Callable[[], Any]) -> Any:
    """What an Output holds that is made in a program."""
    made: list[Any] = []
    record(lambda: made.append(make()))
    return value_of(made[0])
