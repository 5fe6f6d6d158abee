"""Settings that are too deep, too many or of the wrong characters: said at once and alone, without a traceback."""

import math
import resource
import subprocess
import sys
from typing import Any

import pulumi
import pytest

from quayside.arguments import checked
from quayside.settings.bounds import AT_ONCE, MAX_DEPTH, MAX_VALUES, outside
from quayside.settings.problems import SHOWN, InvalidSettings, spoken
from quayside.settings.service import ServiceSettings
from quayside.settings.stack import Settings
from unit.examples import topics
from unit.settings.stack import read


def nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = {"a": value}
    return value


def refused(stack: dict[str, Any]) -> list[str]:
    with pytest.raises(InvalidSettings) as error:
        read(stack)
    return error.value.lines


@pytest.mark.parametrize("depth", [MAX_DEPTH, 500])
def test_what_is_nested_too_deep(depth: int) -> None:
    stack = topics() | {"services": {"hello": {"patches": nested(depth)}}}
    (line,) = refused(stack)
    assert line == (
        f"Pulumi.dev.yaml: quayside:services.hello.patches is nested deeper than {MAX_DEPTH} levels; "
        "no setting is, look for brackets left open"
    )


@pytest.mark.parametrize("value", ["[" * 100_000 + "]" * 100_000, '{"a":' * 2000 + "1" + "}" * 2000])
def test_what_is_nested_deeper_than_python_reads(value: str) -> None:
    (line,) = refused(topics() | {"services": value})
    assert line.startswith("Pulumi.dev.yaml: quayside:services.….… is nested deeper than")


def test_what_turns_in_a_circle_is_nested_too_deep() -> None:
    circle: dict[str, Any] = {}
    circle["again"] = circle
    with pytest.raises(InvalidSettings, match=r"patches\.again\.again is nested deeper than"):
        checked(ServiceSettings, {"image": "acme/x:1", "patches": circle}, "service x")


def test_all_that_a_stack_may_say_is_within_the_bounds() -> None:
    deep: Any = nested(MAX_DEPTH - 5)
    assert outside({"services": {"hello": {"patches": {"deployment": deep}}}, "text": "tab\there, line\r\nthere, é, 🙂"}) == []


def test_too_many_values() -> None:
    (line,) = refused(topics() | {"services": {f"s{number}": 1 for number in range(MAX_VALUES + 1)}})
    assert line.startswith(f"Pulumi.dev.yaml: quayside:services is too much: the settings hold more than {MAX_VALUES} values")


@pytest.mark.parametrize("letter", ["\0", "\x07", "\x1b", "\x7f", "\x9b", "\ud800", "\ufffe"])
def test_control_characters_are_named_and_never_printed(letter: str) -> None:
    stack = topics()
    stack["services"]["hello"]["config"] = {"A": f"sec{letter}ret", f"B{letter}": "x"}
    stack["secrets"]["smtpPassword"] = f"hush{letter}"
    lines = refused(stack)
    number = f"U+{ord(letter):04X}"
    key = f"B{letter.encode('unicode_escape').decode()}"
    assert lines == [
        f"Pulumi.dev.yaml: quayside:services.hello.config.A holds the control character {number}; remove it",
        f"Pulumi.dev.yaml: quayside:services.hello.config.{key} is a key with the control character {number}; remove it",
        f"Pulumi.dev.yaml: quayside:secrets.smtpPassword holds the control character {number}; remove it",
    ]
    assert letter not in "".join(lines)


def test_importers_get_the_same_checks_and_outputs_pass() -> None:
    args = {"image": "acme/x:1", "config": {"A": "a\x00b"}, "secrets": {"B": pulumi.Output.from_input("x")}}
    with pytest.raises(InvalidSettings) as error:
        checked(ServiceSettings, args, "service x")
    assert error.value.lines == ["config.A holds the control character U+0000; remove it"]


def test_numbers_that_json_does_not_know() -> None:
    for number in (math.inf, math.nan):
        (problem,) = outside({"services": {"hello": {"patches": {"x": number}}}})
        assert problem.path == ("services", "hello", "patches", "x")
        assert problem.message == "is no finite number; write digits, or quotes around a word"


def test_an_error_of_thousands_of_lines_is_cut() -> None:
    stack = topics() | {f"topic{number}": 1 for number in range(3000)}
    with pytest.raises(InvalidSettings) as error:
        read(stack)
    shown = str(error.value).splitlines()
    assert len(shown) == SHOWN + 2
    assert shown[0].startswith("3000 problems")
    assert shown[-1] == f"  … and {3000 - SHOWN} more"
    many_bells = {f"k{number}": "\x07" for number in range(3000)}
    assert len(outside(many_bells)) == AT_ONCE


def test_long_keys_are_cut_and_strange_ones_escaped() -> None:
    assert spoken(("services", "x" * 10_000)) == f"services.{'x' * 80}…"
    assert spoken(("a\nb", "\u202e")) == "a\\nb.\\u202e"
    _, problems = Settings.check(topics() | {"x" * 100_000: 1})
    assert len(problems) == 1


def test_many_wrong_names_take_little_memory_and_time() -> None:
    """Hints compare each wrong name with all secrets: 4 million comparisons. In 20 seconds of a processor and 600 MB, all included."""
    program = (
        "from quayside.settings.stack import Settings\n"
        "n = 2000\n"
        "secrets = {f'k{i}': 'not-a-real-secret' for i in range(n)}\n"
        "services = {'a': {'image': 'acme/x:1', 'secrets': {f'V{i}': f'nope{i}' for i in range(n)}}}\n"
        "print(len(Settings.check({'services': services, 'secrets': secrets})[1]) >= n)"
    )

    def bounds() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (20, 20))
        resource.setrlimit(resource.RLIMIT_AS, (600 << 20, 600 << 20))

    answer = subprocess.run([sys.executable, "-c", program], preexec_fn=bounds, capture_output=True, text=True)
    assert (answer.stdout, answer.stderr, answer.returncode) == ("True\n", "", 0)
