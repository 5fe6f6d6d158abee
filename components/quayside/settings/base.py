"""What all settings models have in common: camelCase keys, no unknown ones, rules over several fields, and room for Outputs.

The same models check a stack's files and the arguments of components: whoever imports a component gets the checks of the settings.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar, Self

import pulumi
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic.alias_generators import to_camel
from pydantic_core import InitErrorDetails

from quayside.settings.text import problem

LATER = "is known only later, as an Output; write a plain value"
"""What is wrong with an Output where the program itself decides by the value: it would count as true, or as none of the choices."""

Rule = Callable[[Mapping[str, Any]], Iterator[tuple[str, str]]]
"""A check of one map as a whole: a pure function from a plain map to (key, message) for each thing that is wrong, the key with dots
where it lies deeper.
It may be given values of any type, because it is asked even where single values are wrong."""


def empty() -> Any:
    """The default of a map by name: nothing in it."""
    return Field(default_factory=dict)


class Model(BaseModel):
    """A map in the settings with a fixed set of keys."""

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", frozen=True, strict=True)

    rules: ClassVar[tuple[Rule, ...]] = ()
    known: ClassVar[frozenset[str]] = frozenset()
    """Fields that must be known while the program runs. A map that stands here may still hold Outputs further down."""

    @field_validator("*", mode="wrap")
    @classmethod
    def _outputs_pass(cls, value: Any, handler: Callable[[Any], Any], info: ValidationInfo) -> Any:
        """An Output cannot be checked before the stack is brought up; it only occurs in a component's arguments."""
        if not isinstance(value, pulumi.Output):
            return handler(value)
        if info.field_name in cls.known:
            raise problem(LATER)
        return value

    @model_validator(mode="wrap")
    @classmethod
    def _all_at_once(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        """Ask the rules even when single values are wrong: whoever repairs a file wants to see everything in one go."""
        errors: list[InitErrorDetails] = []
        checked = None
        try:
            checked = handler(data)
        except ValidationError as error:
            errors += [_again(details) for details in error.errors()]
        # without warnings: an Output is not what the types say
        spec = data if checked is None or not cls.rules else checked.model_dump(by_alias=True, warnings=False)
        if cls.rules and isinstance(spec, Mapping):
            found = [wrong for rule in cls.rules for wrong in rule(spec)]
            errors += [InitErrorDetails(type=problem(message), loc=tuple(key.split(".")), input=None) for key, message in found]
        if checked is None or errors:
            raise ValidationError.from_exception_data(cls.__name__, errors)
        return checked


def _again(details: Any) -> InitErrorDetails:
    """An error that pydantic reported, in the form in which it takes it back."""
    kind = problem(details["msg"]) if details["type"] == "problem" else details["type"]
    return InitErrorDetails(type=kind, loc=details["loc"], input=details["input"], ctx=details.get("ctx", {}))
