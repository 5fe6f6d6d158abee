"""Whether a stack may be lost by a plain `destroy`: what its settings say; where a project has no such setting, what its state protects."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from ..stack_files import schema_of, stack_file
from ..yaml_files import InvalidYaml, parse, read_text

KEY = "quayside:disposable"
DEFAULTS = "quayside:defaults"


def disposable(project: Path, stack: str) -> bool | None:
    """None where neither the settings nor their schema know of it."""
    file = stack_file(project, stack)
    content = _mapping(file)
    schema = schema_of(file) if file.is_file() else None
    defaults = (_mapping(project / "Pulumi.yaml").get("config") or {}).get(DEFAULTS)
    return decide(content.get("config") or {}, defaults, _property(schema))


def decide(config: dict[str, Any], defaults: Any, known: bool) -> bool | None:
    """The stack's own word, else the project's defaults, else 'no' where the schema knows the setting at all (`known`)."""
    shared = defaults.get("value", defaults) if isinstance(defaults, dict) else None
    topic = KEY.partition(":")[2]
    if KEY in config:  # null removes what the defaults say
        return _true(config[KEY])
    if isinstance(shared, dict) and topic in shared:
        return _true(shared[topic])
    return False if known else None


def _true(value: Any) -> bool:
    """`pulumi config set` writes booleans as words."""
    return value is True or str(value).lower() == "true"


def _property(schema: dict[str, Any] | None) -> bool:
    config = ((schema or {}).get("properties") or {}).get("config") or {}
    return KEY in (config.get("properties") or {})


def _mapping(file: Path) -> dict[str, Any]:
    """A YAML file's mapping; empty where there is none: whoever runs the stack says what is wrong with its file."""
    try:
        text = read_text(file)
        parse(text)  # which bounds it
        content = yaml.safe_load(text)
    except (InvalidYaml, ValueError, yaml.YAMLError):
        return {}
    return content if isinstance(content, dict) else {}
