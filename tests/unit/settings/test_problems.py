"""Keys that nobody expects still give a problem, and no traceback."""

from typing import Any

import pytest

from quayside.settings.problems import Problem, did_you_mean
from quayside.settings.stack import Settings
from unit.examples import topics


@pytest.mark.parametrize(
    ("changed", "path"),
    [
        ({"[key]": {}}, ("[key]",)),
        ({"charts": {"[key]": 1}}, ("charts", "[key]")),
        ({"services": {"[key]": {"image": "acme/shop:1"}}}, ("services", "[key]")),
        ({"secrets": {1: "x"}}, ("secrets", "1")),
        ({"charts": {1: "x"}}, ("charts", "1")),
        ({"services": {1: {"image": "acme/shop:1"}}}, ("services", "1")),
    ],
)
def test_odd_keys(changed: dict[str, Any], path: tuple[str, ...]) -> None:
    settings, problems = Settings.check({**topics(), **changed})
    assert settings is None
    assert path in [problem.path for problem in problems]


def test_a_name_beside_odd_keys() -> None:
    stack = topics()
    stack["secrets"][1] = "x"
    stack["services"]["hello"]["secrets"] = {"A": "nobody"}
    _, problems = Settings.check(stack)
    assert ("services", "hello", "secrets", "A") in [problem.path for problem in problems]


def test_paths_and_words_are_text() -> None:
    assert Problem(("secrets", 1), "is wrong").path == ("secrets", "1")  # type: ignore[arg-type]  # what YAML may hold
    assert did_you_mean("x", [2, "a"]) == "known are 2, a"  # type: ignore[list-item]  # the same
