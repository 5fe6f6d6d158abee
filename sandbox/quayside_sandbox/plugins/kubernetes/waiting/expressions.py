"""`pulumi.com/waitFor`: the user's own rule, `jsonpath={.path}[=value]`, `condition=Type[=Status]`, or a JSON array of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from . import jsonpath
from .progress import Object
from .rule import AloneRule, Verdict, View, condition, observed


class InvalidExpression(ValueError):
    """The annotation's text is not an expression to wait for."""


@dataclass(frozen=True)
class Expression:
    """One expression: `look` answers whether the object satisfies it, and what was found instead."""

    text: str
    look: Callable[[Object], tuple[bool, str]]


def parse(text: str) -> list[Expression]:
    """Reads the annotation's value. Raises InvalidExpression."""
    try:
        listed = json.loads(text)
    except ValueError:
        listed = [text]
    if not isinstance(listed, list) or not all(isinstance(item, str) for item in listed):
        listed = [text]
    if not listed:
        raise InvalidExpression("pulumi.com/waitFor is an empty list: write at least one 'jsonpath={.path}' or 'condition=Type'")
    return [_parse_one(item) for item in listed]


class ExpressionsRule(AloneRule):
    """All expressions are satisfied."""

    def __init__(self, expressions: list[Expression]) -> None:
        self._expressions = expressions

    def judge(self, view: View) -> Verdict:
        open_ones = []
        for expression in self._expressions:
            satisfied, found = expression.look(view.live)
            if not satisfied:
                open_ones.append(f"Waiting for {expression.text}" + (f" ({found})" if found else ""))
        return Verdict(ready=not open_ones, status="; ".join(open_ones), reasons=open_ones)


class AnyKindRule(AloneRule):
    """PULUMI_K8S_AWAIT_ALL: the conditions by which most kinds speak of themselves (kstatus of sigs.k8s.io/cli-utils)."""

    def judge(self, view: View) -> Verdict:
        live = view.live
        if "observedGeneration" in (live.get("status") or {}) and not observed(live):
            text = "its controller has not seen the newest specification"
            return Verdict(status=text, reasons=[text])
        for kind, healthy in (("Ready", "True"), ("Reconciling", "False"), ("Stalled", "False")):
            entry = condition(live, kind)
            if entry and entry.get("status") != healthy:
                text = f"condition {kind} is {entry.get('status')}: {entry.get('message') or entry.get('reason') or ''}"
                return Verdict(status=text, reasons=[text])
        return Verdict(ready=True)


def _parse_one(text: str) -> Expression:
    if text.startswith("condition="):
        kind, _, status = text.removeprefix("condition=").partition("=")
        if not kind:
            raise InvalidExpression(f"pulumi.com/waitFor: {text!r} names no condition: write 'condition=Ready'")
        return Expression(text, lambda live: _look_for_condition(live, kind, status or "True"))
    if text.startswith("jsonpath="):
        return _parse_path(text)
    raise InvalidExpression(f"pulumi.com/waitFor: expected a 'jsonpath=' or 'condition=' prefix, got {text!r}")


def _parse_path(text: str) -> Expression:
    braced = text.removeprefix("jsonpath=")
    end = _closing_brace(braced)
    if not braced.startswith("{") or end is None:
        raise InvalidExpression(f"pulumi.com/waitFor: {braced!r} should be wrapped in brackets {{ … }} and without shell quotes")
    path, rest = braced[1:end].strip(), braced[end + 1 :]
    value = rest[1:]
    if rest and not rest.startswith("="):
        raise InvalidExpression(f"pulumi.com/waitFor: the format is {{.path}}=value or {{.path}}, got {braced!r}")
    if rest == "=" or "=" in value or value.startswith("{"):
        raise InvalidExpression(f"pulumi.com/waitFor: {braced!r} needs one plain value after the '='")
    try:
        select = jsonpath.parse(path)
    except jsonpath.InvalidPath as problem:
        raise InvalidExpression(f"pulumi.com/waitFor: {problem}") from problem
    return Expression(braced, lambda live: _look_at_path(select(live), value))


def _look_at_path(nodes: list[Any], value: str) -> tuple[bool, str]:
    if not nodes:
        return False, "selects nothing"
    if not value:
        return True, ""
    found = nodes[0]
    if isinstance(found, dict | list):
        return False, "selects an object or a list, which equals no value"
    text = found if isinstance(found, str) else json.dumps(found)
    return text == value, f'found "{text}"'


def _look_for_condition(live: Object, kind: str, status: str) -> tuple[bool, str]:
    entry = condition(live, kind)
    if not entry:
        return False, f"no condition {kind} yet"
    if str(entry.get("status")) == status:
        return True, ""
    return False, f"{entry.get('status')}: {entry.get('message') or entry.get('reason') or 'no reason given'}"


def _closing_brace(text: str) -> int | None:
    """Where the first brace is closed, braces inside quotes aside."""
    depth, quote = 0, ""
    for at, letter in enumerate(text):
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"":
            quote = letter
        elif letter == "{":
            depth += 1
        elif letter == "}":
            depth -= 1
            if depth == 0:
                return at
    return None
