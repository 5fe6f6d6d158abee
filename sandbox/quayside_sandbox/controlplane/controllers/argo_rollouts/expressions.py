"""Conditions of measurements, as expr-lang reads them: `len(result) > 0 && result[0] >= 0.99`.

Numbers, texts, true, false, nil, `result` with an index, functions, comparisons, arithmetic, `in`, `&& || !` and their words, `a ? b : c`,
and all, any, none, one with `#` for each element. What is beyond that is an error, as a slip is in life.

Facts: expr-lang.org/docs/language-definition; argo-rollouts v1.10.2 utils/evaluate/evaluate.go.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Sequence
from typing import Any

_TOKEN = re.compile(r"\s*(?:(\d+\.?\d*(?:[eE][+-]?\d+)?)|(\"[^\"]*\"|'[^']*')|([A-Za-z_]\w*)|(&&|\|\||[=!<>]=|[-+*/%<>!?:#()\[\]{},]))")
_WORDS = {"and": "&&", "or": "||", "not": "!"}
_LEVELS = ({"||"}, {"&&"}, {"==", "!=", "<", "<=", ">", ">=", "in"}, {"+", "-"}, {"*", "/", "%"})
_ORDER: dict[str, Callable[[Any, Any], Any]] = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
_SUMS: dict[str, Callable[[Any, Any], Any]] = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}
_EACH: dict[str, Callable[[list[bool]], bool]] = {
    "all": all,
    "any": any,
    "none": lambda found: not any(found),
    "one": lambda f: sum(f) == 1,
}
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "len": len,
    "isNaN": math.isnan,
    "isInf": math.isinf,
    "isNil": lambda value: value is None,
    "asInt": int,
    "asFloat": float,
    "default": lambda value, other: other if value is None else value,
    "abs": abs,
}
Scope = dict[str, Any]
Node = Callable[[Scope], Any]


class InvalidExpression(ValueError):
    """It cannot be read, or not be worked out for this result."""


def holds(condition: str, result: Sequence[float] | float | None) -> bool:
    """Whether a condition is true of a result. Raises InvalidExpression."""
    try:
        value = _Parser(condition).whole()({"result": result})
    except (ArithmeticError, IndexError, TypeError, ValueError) as problem:
        if isinstance(problem, InvalidExpression):
            raise
        raise InvalidExpression(str(problem)) from problem
    if not isinstance(value, bool):
        raise InvalidExpression(f"expected bool, but got {type(value).__name__}")
    return value


def phase(success: str, failure: str, result: Sequence[float] | float | None) -> str:
    """What a measurement with these two conditions comes to. Raises InvalidExpression."""

    def of(kind: str, condition: str) -> bool | None:
        try:
            return holds(condition, result) if condition else None
        except InvalidExpression as problem:
            empty = result is None or (isinstance(result, Sequence) and not result)
            why = "metric result is nil or empty: no data returned from the metric provider" if empty else str(problem)
            raise InvalidExpression(f'could not evaluate {kind} "{condition}": {why}') from problem

    good, bad = of("successCondition", success), of("failureCondition", failure)
    if good is None or bad is None:  # one alone decides
        return "Successful" if good or (good is None and not bad) else "Failed"
    return "Failed" if bad else "Successful" if good else "Inconclusive"


class _Parser:
    """By recursive descent; each part becomes a function of the scope."""

    def __init__(self, text: str) -> None:
        self.tokens: list[str] = []
        at = 0
        while text[at:].strip():
            found = _TOKEN.match(text, at)
            if not found:
                raise InvalidExpression(f"unrecognized character: {text[at:].strip()[0]!r}")
            self.tokens.append(_WORDS.get(found[0].strip(), found[0].strip()))
            at = found.end()

    def whole(self) -> Node:
        node = self.choice()
        if self.tokens:
            raise InvalidExpression(f"unexpected token {self.tokens[0]!r}")
        return node

    def choice(self) -> Node:
        condition = self.level(0)
        if not self.took("?"):
            return condition
        yes = self.choice()
        self.need(":")
        no = self.choice()
        return lambda scope: yes(scope) if _truth(condition(scope)) else no(scope)

    def level(self, number: int) -> Node:
        """Binary operators, the loosest first."""
        if number == len(_LEVELS):
            return self.sign()
        left = self.level(number + 1)
        while self.tokens and self.tokens[0] in _LEVELS[number]:
            left = _binary(self.tokens.pop(0), left, self.level(number + 1))
        return left

    def sign(self) -> Node:
        if self.took("!"):
            inner = self.sign()
            return lambda scope: not _truth(inner(scope))
        if self.took("-"):
            inner = self.sign()
            return lambda scope: -_number(inner(scope))
        node = self.atom()
        while self.took("["):
            node, index = node, self.choice()
            node = _indexed(node, index)
            self.need("]")
        return node

    def atom(self) -> Node:
        token = self.tokens.pop(0) if self.tokens else ""
        if token == "(":
            node = self.choice()
            self.need(")")
            return node
        if token[:1].isdigit():
            number = float(token) if any(sign in token for sign in ".eE") else int(token)
            return lambda scope: number
        if token[:1] in ("'", '"'):
            return lambda scope: token[1:-1]
        if token in ("true", "false", "nil"):
            constant = {"true": True, "false": False, "nil": None}[token]
            return lambda scope: constant
        if token in ("result", "#"):
            return lambda scope: scope[token]
        if token in _EACH:
            return self.each(_EACH[token])
        if token in _FUNCTIONS:
            return self.call(_FUNCTIONS[token])
        raise InvalidExpression(f"unknown name {token}" if token.isidentifier() else f"unexpected token {token or 'EOF'!r}")

    def call(self, function: Callable[..., Any]) -> Node:
        self.need("(")
        given = [self.choice()]
        while self.took(","):
            given.append(self.choice())
        self.need(")")
        return lambda scope: function(*(each(scope) for each in given))

    def each(self, judge: Callable[[list[bool]], bool]) -> Node:
        self.need("(")
        things = self.choice()
        self.need(",")
        braces = self.took("{")
        test = self.choice()
        if braces:
            self.need("}")
        self.need(")")
        return lambda scope: judge([_truth(test({**scope, "#": each})) for each in things(scope)])

    def took(self, token: str) -> bool:
        if self.tokens[:1] == [token]:
            self.tokens.pop(0)
            return True
        return False

    def need(self, token: str) -> None:
        if not self.took(token):
            raise InvalidExpression(f"unexpected token {(self.tokens or ['EOF'])[0]!r}, {token!r} was expected")


def _indexed(thing: Node, index: Node) -> Node:
    def value(scope: Scope) -> Any:
        things, at = thing(scope), index(scope)
        if not isinstance(at, int) or not isinstance(things, Sequence):
            raise InvalidExpression(f"cannot fetch {at} from {type(things).__name__}")
        if not -len(things) <= at < len(things):
            raise InvalidExpression(f"index out of range: {at} (array length is {len(things)})")
        return things[at]

    return value


def _binary(sign: str, left: Node, right: Node) -> Node:
    if sign == "&&":
        return lambda scope: _truth(left(scope)) and _truth(right(scope))
    if sign == "||":
        return lambda scope: _truth(left(scope)) or _truth(right(scope))
    if sign in ("==", "!="):
        return lambda scope: (left(scope) == right(scope)) == (sign == "==")
    if sign == "in":
        return lambda scope: left(scope) in right(scope)
    if sign in _ORDER:
        return lambda scope: _ORDER[sign](_number(left(scope)), _number(right(scope)))
    if sign == "%":
        return lambda scope: math.fmod(_number(left(scope)), _number(right(scope)))
    return lambda scope: _SUMS[sign](_number(left(scope)), _number(right(scope)))


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise InvalidExpression(f"expected bool, but got {type(value).__name__}")
    return value


def _number(value: Any) -> int | float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise InvalidExpression(f"invalid operation: mismatched types, {type(value).__name__} where a number has to be")
    return value
