"""The JSON schema of a stack's file."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from quayside.settings import schema
from quayside.settings.stack import Settings
from unit.examples import topics

ROOT = Path(__file__).parents[3]
SCHEMA = schema.schema()


def secrets() -> dict[str, Any]:
    definition: dict[str, Any] = SCHEMA["$defs"]["SecretSettings"]
    return {**definition["properties"], "someOtherSecret": definition["additionalProperties"]}


def test_the_committed_schema_is_current() -> None:
    assert schema.FILE.read_text(encoding="utf-8") == schema.text(), "run `python -m quayside.settings.schema`"


@pytest.mark.parametrize("name", sorted(secrets()))
def test_examples_of_secrets_pass_the_checks(name: str) -> None:
    examples = secrets()[name]["examples"]
    assert examples
    for example in examples:
        stack = topics()
        stack["secrets"][name] = example
        assert Settings.check(stack)[1] == []


def test_the_token_has_an_example_of_its_own() -> None:
    assert secrets()["digitaloceanToken"]["examples"][0].startswith("dop_v1_")


def test_every_topic_is_described() -> None:
    named = {key.removeprefix("quayside:") for key in SCHEMA["properties"]["config"]["properties"]}
    assert named == {field.alias for field in Settings.model_fields.values()}


def test_words_have_examples() -> None:
    assert SCHEMA["$defs"]["ClusterSettings"]["properties"]["region"]["anyOf"][0]["examples"] == ["sgp1", "fra1"]


def test_nothing_is_required_and_null_removes() -> None:
    assert '"required": ["secure"]' in json.dumps(SCHEMA)
    assert json.dumps(SCHEMA).count('"required"') == json.dumps(SCHEMA).count('"required": ["secure"]')
    services = SCHEMA["properties"]["config"]["properties"]["quayside:services"]["anyOf"][0]["patternProperties"]
    assert all({"type": "null"} in each["anyOf"] for each in services.values())


@pytest.mark.parametrize("path", sorted(ROOT.glob("Pulumi.*.yaml")), ids=lambda path: path.name)
def test_stacks_name_the_schema_and_keep_to_it(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.splitlines()[0] == "# yaml-language-server: $schema=components/quayside/settings/schema.json"
    assert set(yaml.safe_load(text)["config"]) <= set(SCHEMA["properties"]["config"]["properties"])


@pytest.mark.parametrize("path", sorted(ROOT.glob("Pulumi.*.yaml")), ids=lambda path: path.name)
def test_stacks_have_valid_settings(path: Path) -> None:
    project = yaml.safe_load((ROOT / "Pulumi.yaml").read_text(encoding="utf-8"))
    stack = {key.removeprefix("quayside:"): value for key, value in yaml.safe_load(path.read_text(encoding="utf-8"))["config"].items()}
    stack["defaults"] = project["config"]["quayside:defaults"]["value"]
    stack["secrets"] = {
        **dict.fromkeys(stack.get("secrets", {}), "not-a-real-secret"),
        "digitaloceanToken": "f" * 64,
        "cloudflareToken": "f" * 40,
    }
    assert Settings.check(stack)[1] == []
