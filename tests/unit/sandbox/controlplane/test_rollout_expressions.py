"""Conditions of measurements are read as expr-lang reads them."""

from __future__ import annotations

import math

import pytest

from quayside_sandbox.controlplane.controllers.argo_rollouts.expressions import InvalidExpression, holds, phase


@pytest.mark.parametrize(
    ("condition", "result", "expected"),
    [
        ("result[0] >= 0.99", [0.99], True),
        ("len(result) > 0 && result[0] < 5", [], False),
        ("len(result) == 0 || isNaN(result[0])", [math.nan], True),
        ("!(result[0] > 1) and not isInf(result[0])", [0.5], True),
        ("result[0] * 100 - 5 > 2 * 40 + 5", [0.91], True),
        ("result[-1] == 2", [1.0, 2.0], True),
        ("all(result, {# > 0.9}) && none(result, # > 1)", [0.95, 0.99], True),
        ("len(result) > 0 ? result[0] > 1 : true", [], True),
        ("default(result, 0) == 0", None, True),
        ("asInt(result[0]) in [1]", [1.0], None),
        ("true || result[0] > 1", [], True),
        ("-result[0] < 0 or nil == nil", [1.0], True),
    ],
)
def test_forms(condition: str, result: list[float] | None, expected: bool | None) -> None:
    if expected is None:
        with pytest.raises(InvalidExpression):
            holds(condition, result)
    else:
        assert holds(condition, result) is expected


@pytest.mark.parametrize(
    ("condition", "result", "why"),
    [
        ("result[0] > 1", [], "index out of range: 0 (array length is 0)"),
        ("result > 1", [1.0], "mismatched types"),
        ("len(result)", [1.0], "expected bool"),
        ("success[0] > 1", [1.0], "unknown name success"),
        ("result[0] >", [1.0], "unexpected token 'EOF'"),
        ("result[0] > 1)", [1.0], "unexpected token ')'"),
        ("result[0] =~ 1", [1.0], "unrecognized character"),
        ("__import__('os')", [1.0], "unknown name __import__"),
    ],
)
def test_what_cannot_be_worked_out_is_an_error(condition: str, result: list[float], why: str) -> None:
    with pytest.raises(InvalidExpression) as wrong:
        holds(condition, result)
    assert why in str(wrong.value)


def test_two_conditions_leave_a_middle_and_one_does_not() -> None:
    both = ("len(result) > 0 && result[0] >= 99", "len(result) > 0 && result[0] < 95")
    assert [phase(*both, each) for each in ([99.5], [90.0], [97.0], [])] == ["Successful", "Failed", "Inconclusive", "Inconclusive"]
    assert [phase(both[0], "", each) for each in ([99.5], [])] == ["Successful", "Failed"]
    assert [phase("", both[1], each) for each in ([90.0], [])] == ["Failed", "Successful"]
    assert phase("", "", []) == "Successful"
    with pytest.raises(InvalidExpression, match="no data returned from the metric provider"):
        phase("result[0] > 1", "", [])
