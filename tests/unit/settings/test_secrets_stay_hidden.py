"""Secret values do not show: not in messages, not in the error's past, not in what is printed of settings."""

import traceback

import pytest
from pydantic import ValidationError

from quayside.settings.base import Model
from quayside.settings.problems import InvalidSettings, Problem, problems_of
from unit.examples import PASSWORD, TOKEN, settings, topics
from unit.recorder import is_secret, record
from unit.settings.stack import read


def test_settings_print_names_only() -> None:
    shown = repr(settings()) + str(settings()) + repr(settings().secrets)
    assert "smtpPassword" in repr(settings().secrets)
    assert TOKEN not in shown
    assert PASSWORD not in shown


@pytest.mark.parametrize("topic", ["secrets", "cluster", "services", "environment", "nonsense"])
def test_errors_hold_no_values(topic: str) -> None:
    """Wherever a secret was written by mistake."""
    stack = {**topics(), topic: {"digitaloceanToken": "hunter2-hunter2", "hello": "hunter2-hunter2"}}
    with pytest.raises(InvalidSettings) as error:
        read(stack)
    assert "hunter2" not in "".join(traceback.format_exception(error.value))
    assert error.value.__context__ is None


def test_a_problem_without_words_of_its_own_shows_no_value_either() -> None:
    class Odd(Model):
        ratio: float

    with pytest.raises(ValidationError) as error:
        Odd.model_validate({"ratio": "hunter2"})
    assert problems_of(error.value, Odd) == [Problem(("ratio",), "is not right (float_type)")]


def test_a_secret_is_handed_out_as_one() -> None:
    found = []
    record(lambda: found.append(settings().secret("smtpPassword")))
    assert is_secret(found[0])
