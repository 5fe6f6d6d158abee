"""Text with a shape: the base of every type in settings that is written as a word (quantities, versions, names, addresses).

A value stays a plain `str` for everyone who uses it; the class adds the check, the words of the message and the part of the JSON schema.
Messages say what is wrong and what to write, and never repeat the value: it could be a secret in the wrong place.
"""

import re
from typing import Any, ClassVar

import pulumi
from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

PROBLEM = "problem"
"""The type of every pydantic error whose message is ours and is shown as it stands."""


def problem(message: str) -> PydanticCustomError:
    """A pydantic error with a finished message. Braces are doubled because pydantic treats the message as a template."""
    return PydanticCustomError(PROBLEM, message.replace("{", "{{").replace("}", "}}"))


def listed(value: Any) -> Any:
    """A list, before its words are looked at: pydantic's own message would not say how one is written."""
    if not isinstance(value, list):
        raise problem("is not a list; write each word in a line of its own, after a hyphen")
    return value


class Text(str):
    """A string that matches `pattern` as a whole.

    Subclasses set the pattern, `wrong` ("is not …"), `write` ("write …") and examples which are valid themselves (a test holds them to it),
    and may override `further` for what a pattern cannot say.
    """

    pattern: ClassVar[str] = r".+"
    wrong: ClassVar[str] = "is not text"
    write: ClassVar[str] = "write text"
    examples: ClassVar[tuple[str, ...]] = ()
    numbers: ClassVar[bool] = False
    """Whether a whole number may stand for its digits: `pulumi config set --path` turns 8080 into a number."""

    @classmethod
    def further(cls, value: str) -> bool:
        """Whether a value that matches the pattern is right in what the pattern cannot express."""
        return True

    @classmethod
    def parse(cls, value: Any) -> Any:
        """Check a value. An Output is passed on unchecked: it is known only while the stack is brought up."""
        if isinstance(value, (cls, pulumi.Output)):
            return value
        if cls.numbers and isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if isinstance(value, (bool, int, float)):
            raise problem(f"is a {'truth value' if isinstance(value, bool) else 'number'} without quotes; {cls.write}, in quotes")
        if not isinstance(value, str) or not re.fullmatch(cls.pattern, value, re.DOTALL) or not cls.further(value):
            raise problem(f"{cls.wrong}; {cls.write}")
        return cls(value)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(cls.parse)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        shape: JsonSchemaValue = {"type": ["string", "integer"] if cls.numbers else "string"}
        if cls.pattern != Text.pattern:
            shape["pattern"] = f"^(?:{cls.pattern})$"
        return shape | ({"examples": list(cls.examples)} if cls.examples else {})
