"""The JSON schema of a stack's file, for editors and for tools that need an example of each secret.

`python -m quayside.settings.schema` writes it anew beside this module; a test holds the committed file to be current.
It describes what a stack may write, not what a whole must have: nothing is required, because the defaults may say it, and null removes.
"""

import json
from pathlib import Path
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from quayside.settings.descriptions import descriptions
from quayside.settings.stack import NAMESPACE, Settings

FILE = Path(__file__).with_name("schema.json")


class _Generator(GenerateJsonSchema):
    """Puts each field's description in, and keeps the titles out: they repeat the keys."""

    def model_schema(self, schema: Any) -> dict[str, Any]:
        made = super().model_schema(schema)
        model = schema["cls"]
        for name, text in descriptions(model).items():
            made["properties"][model.model_fields[name].alias]["description"] = text
        return made

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def schema() -> dict[str, Any]:
    """The schema, as plain data."""
    settings = Settings.model_json_schema(schema_generator=_Generator)
    definitions = {name: _partial(each) for name, each in settings.pop("$defs").items()}
    secrets = definitions["SecretSettings"]
    for each in [*secrets["properties"].values(), secrets["additionalProperties"]]:
        examples = _first(each, "examples")
        # a secure value is a map with the ciphertext; its plain form is checked when the stack is run
        secure = {"type": "object", "properties": {"secure": {"type": "string"}}, "required": ["secure"], "additionalProperties": False}
        both = {"description": each.get("description"), "examples": examples, "anyOf": [secure, {"type": "string"}, {"type": "null"}]}
        each.clear()
        each.update({key: value for key, value in both.items() if value})
    topics = _partial(settings)["properties"]
    config = {
        "type": "object",
        "properties": {f"{NAMESPACE}:{topic}": each for topic, each in topics.items()},
        "patternProperties": {f"^(?!{NAMESPACE}:)": {}},  # other packages' keys
        "additionalProperties": False,
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A stack of quayside: Pulumi.<stack>.yaml",
        "type": "object",
        "properties": {"config": config},
        "$defs": definitions,
    }


def _partial(part: dict[str, Any]) -> dict[str, Any]:
    """A schema that lets every key be absent or null, without what only concerns Python's readers."""
    result: dict[str, Any] = {}
    for key, value in part.items():
        if key in ("properties", "patternProperties"):
            result[key] = {name: _nullable(_partial(each)) for name, each in value.items()}
        elif key == "additionalProperties" and isinstance(value, dict):
            result[key] = _nullable(_partial(value))
        elif key == "anyOf":
            result[key] = [_partial(each) for each in value]
        elif key == "description":
            result[key] = " ".join(value.split())
        elif key not in ("required", "default", "propertyNames"):
            result[key] = value
    if "patternProperties" in result:
        result["additionalProperties"] = False
    return result


def _nullable(part: dict[str, Any]) -> dict[str, Any]:
    if {"type": "null"} in part.get("anyOf", []):
        return part
    described = {"description": part.pop("description")} if "description" in part else {}
    return described | {"anyOf": [part, {"type": "null"}]}


def _first(part: Any, key: str) -> Any:
    """The first value of a key anywhere in a schema."""
    if isinstance(part, dict):
        return part.get(key) or next((found for each in part.values() if (found := _first(each, key))), None)
    return next((found for each in part if (found := _first(each, key))), None) if isinstance(part, list) else None


def text() -> str:
    """The schema as the committed file has it."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
