"""Reading a stack's configuration."""

import pytest

from quayside.settings.problems import InvalidSettings
from quayside.settings.stack import Settings
from unit.examples import TOKEN, topics
from unit.settings.stack import read


def test_a_stack_is_laid_over_the_defaults() -> None:
    stack = topics()
    stack["defaults"] = {"services": {"hello": {"port": 9090}, "shop": {"image": "acme/shop:1"}}}
    services = read(stack).services
    assert (services["hello"].port, services["hello"].replicas, sorted(services)) == (9090, 2, ["hello", "shop"])


def test_null_removes_a_default() -> None:
    stack = topics()
    stack["defaults"] = {"services": {"shop": {"image": "acme/shop:1"}}}
    stack["services"]["shop"] = None
    assert sorted(read(stack).services) == ["hello"]


@pytest.mark.parametrize(
    ("stack", "said", "environment"),
    [
        ("prod", {}, "prod"),
        ("prod", {"environment": "test"}, "test"),
        ("mr-42", {}, "dev"),
        ("mr-42", {"environment": "staging"}, "staging"),
    ],
)
def test_environment_is_the_stacks_name_where_it_is_one(stack: str, said: dict[str, str], environment: str) -> None:
    settings, problems = Settings.check({**topics(), **said}, stack=stack)
    assert settings is not None and not problems
    assert settings.environment == environment


def test_token_from_the_environment() -> None:
    stack = topics()
    del stack["secrets"]
    assert read(stack, {"DIGITALOCEAN_TOKEN": TOKEN}, secure=()).secrets.named() == {"digitaloceanToken": TOKEN}


def test_the_stacks_token_wins() -> None:
    assert read(topics(), {"DIGITALOCEAN_TOKEN": "f" * 64}).secrets.named()["digitaloceanToken"] == TOKEN


def test_mirror_from_the_environment() -> None:
    assert read(topics(), {"QUAYSIDE_CHART_MIRROR": "./charts"}).charts.mirror == "./charts"


def test_the_stacks_mirror_wins() -> None:
    stack = {**topics(), "charts": {"mirror": "https://charts.example.com"}}
    assert read(stack, {"QUAYSIDE_CHART_MIRROR": "./charts"}).charts.mirror == "https://charts.example.com"


def test_placeholders_may_stand_in_plain_text() -> None:
    stack = topics()
    stack["secrets"] = {"digitaloceanToken": "dop_v1_" + "5a" * 32, "smtpPassword": "not-a-real-secret"}
    assert read(stack, secure=()).secrets.named() == stack["secrets"]


def test_the_error_counts_and_says_that_nothing_happened() -> None:
    stack = topics()
    stack["cluster"]["region"] = "x"
    with pytest.raises(InvalidSettings) as error:
        read(stack)
    assert str(error.value).splitlines()[0] == "a problem in the settings of stack dev; nothing was changed:"
