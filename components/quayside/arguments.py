"""Checking the arguments of a component with the models that check a stack's settings."""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from quayside.settings.base import Model
from quayside.settings.bounds import outside
from quayside.settings.problems import InvalidSettings, problems_of, spoken
from quayside.settings.text import Text

M = TypeVar("M", bound=Model)

ESCAPES = frozenset({"values", "patches", "traffic"})
"""Arguments in which None says something: it takes away what we set, or what a profile brings."""


def checked(model: type[M], args: Mapping[str, Any], subject: str) -> M:
    """Complete arguments with the model's defaults, and refuse what a stack's settings would be refused for.

    args: snake_case keys as in the component's TypedDict; None counts as not given, and Outputs pass unchecked.
    subject: what the arguments are for, as it stands in the error ("service hello").
    Raises InvalidSettings with every problem at once.
    """
    if beyond := outside(args):
        raise InvalidSettings(f"the arguments of {subject}", [f"{spoken(problem.path)} {problem.message}" for problem in beyond])
    try:
        given = {key: each if key in ESCAPES else _given(each) for key, each in args.items() if each is not None}
        return model.model_validate(given, by_alias=False, by_name=True)
    except ValidationError as error:
        lines = [f"{spoken(problem.path)} {problem.message}" for problem in problems_of(error, model, by_name=True)]
    # outside of the except clause: the error would carry the values along as its context
    raise InvalidSettings(f"the arguments of {subject}", lines)


def checked_name(kind: type[Text], name: str, subject: str) -> str:
    """Refuse a component's name that could not be a name where it is going to be one."""
    try:
        kind.parse(name)
    except PydanticCustomError as error:
        raise InvalidSettings(f"the arguments of {subject}", [f"its name {error.message()}"]) from None
    return name


def _given(value: Any) -> Any:
    """Arguments without those that are None."""
    return {key: _given(each) for key, each in value.items() if each is not None} if isinstance(value, Mapping) else value
