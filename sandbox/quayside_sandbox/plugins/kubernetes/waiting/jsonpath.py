"""JSONPath for `pulumi.com/waitFor: jsonpath={…}`: names, indexes, slices, wildcards, `..` and filters `[?(@.a == "b")]`."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

Nodes = list[Any]
Step = Callable[[Nodes], Nodes]
Test = Callable[[Any], bool]


class InvalidPath(ValueError):
    """The text is not a JSONPath."""


_TOKEN = re.compile(
    r"""\s*(?: (?P<string>'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*") | (?P<number>-?\d+(?:\.\d+)?)
    | (?P<operator>\.\.|==|!=|<=|>=|&&|\|\||[.\[\]()*?@$<>!:,]) | (?P<name>[\w$/-]+) )""",
    re.VERBOSE,
)


def select(path: str, document: Any) -> Nodes:
    """The values at `path` (without braces; a leading `$` may be left out). Raises InvalidPath."""
    return parse(path)(document)


def parse(path: str) -> Callable[[Any], Nodes]:
    """A function that selects the values at `path` in a document. Raises InvalidPath."""
    parser = _Parser(path)
    parser.take("$")
    steps = parser.steps()
    if parser.ahead is not None:
        raise InvalidPath(f"unexpected {parser.ahead!r} in {path!r}")
    return lambda document: _run(steps, [document])


def _run(steps: list[Step], nodes: Nodes) -> Nodes:
    for step in steps:
        nodes = step(nodes)
    return nodes


class _Parser:
    """Reads one path from left to right, one token ahead."""

    def __init__(self, text: str) -> None:
        self.text, self._tokens = text, list(_tokens(text))
        self._at = 0

    @property
    def ahead(self) -> str | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def next(self) -> str:
        token = self.ahead
        if token is None:
            raise InvalidPath(f"{self.text!r} ends too early")
        self._at += 1
        return token

    def take(self, *tokens: str) -> str | None:
        if self.ahead in tokens:
            return self.next()
        return None

    def expect(self, token: str) -> None:
        if not self.take(token):
            raise InvalidPath(f"expected {token!r} before {self.ahead or 'the end'!r} in {self.text!r}")

    def steps(self) -> list[Step]:
        found: list[Step] = []
        while self.ahead in (".", "..", "["):
            if self.take(".."):
                found.append(_descend)
                found.append(self._bracket() if self.take("[") else self._name())
            elif self.take("["):
                found.append(self._bracket())
            else:
                self.next()
                if self.take("["):  # kubectl writes `{.items.[0]}` in places
                    found.append(self._bracket())
                elif self.ahead is not None:
                    found.append(self._name())
        return found

    def _name(self) -> Step:
        return _wildcard if self.take("*") else _child(_unquote(self.next()))

    def _bracket(self) -> Step:
        if self.take("?"):
            test = self._any_of()
            self.expect("]")
            return lambda nodes: [item for node in nodes for item in _items(node) if test(item)]
        choices = [self._choice()]
        while self.take(","):
            choices.append(self._choice())
        self.expect("]")
        return lambda nodes: [value for choice in choices for value in choice(nodes)]

    def _choice(self) -> Step:
        if self.take("*"):
            return _wildcard
        if self.ahead == ":" or _is_index(self.ahead):
            first = int(self.next()) if _is_index(self.ahead) else None
            if not self.take(":"):
                return _index(first or 0)
            last = int(self.next()) if _is_index(self.ahead) else None
            return lambda nodes: [item for node in nodes if isinstance(node, list) for item in node[first:last]]
        return _child(_unquote(self.next()))

    def _any_of(self) -> Test:
        tests = [self._all_of()]
        while self.take("||"):
            tests.append(self._all_of())
        return lambda item: any(test(item) for test in tests)

    def _all_of(self) -> Test:
        tests = [self._test()]
        while self.take("&&"):
            tests.append(self._test())
        return lambda item: all(test(item) for test in tests)

    def _test(self) -> Test:
        if self.take("!"):
            negated = self._test()
            return lambda item: not negated(item)
        if self.take("("):
            inner = self._any_of()
            self.expect(")")
            return inner
        left, is_path = self._operand()
        operator = self.take("==", "!=", "<=", ">=", "<", ">")
        if operator is None:
            if not is_path:
                raise InvalidPath(f"a filter needs a path such as @.type in {self.text!r}")
            return lambda item: bool(left(item))
        right, _ = self._operand()
        return lambda item: _compare(left(item), operator, right(item))

    def _operand(self) -> tuple[Callable[[Any], Nodes], bool]:
        if self.take("@"):
            steps = self.steps()
            return (lambda item: _run(steps, [item])), True
        literal = _literal(self.next())
        return (lambda item: [literal]), False


def _tokens(text: str) -> Iterator[str]:
    position = 0
    while position < len(text.rstrip()):
        match = _TOKEN.match(text, position)
        if not match:
            raise InvalidPath(f"cannot read {text[position:]!r} in {text!r}")
        position = match.end()
        yield match.group(match.lastgroup or 0)


def _is_index(token: str | None) -> bool:
    return token is not None and re.fullmatch(r"-?\d+", token) is not None


def _unquote(token: str) -> str:
    if token[0] in "'\"":
        return re.sub(r"\\(.)", r"\1", token[1:-1])
    if not re.fullmatch(r"[\w$/-]+", token):
        raise InvalidPath(f"{token!r} is not a name")
    return token


def _literal(token: str) -> Any:
    if token[0] in "'\"":
        return _unquote(token)
    try:
        return json.loads(token)
    except ValueError:
        raise InvalidPath(f"{token!r} is not a value: quote a string") from None


def _items(node: Any) -> Nodes:
    return list(node.values()) if isinstance(node, dict) else list(node) if isinstance(node, list) else []


def _wildcard(nodes: Nodes) -> Nodes:
    return [item for node in nodes for item in _items(node)]


def _child(name: str) -> Step:
    return lambda nodes: [node[name] for node in nodes if isinstance(node, dict) and name in node]


def _index(number: int) -> Step:
    return lambda nodes: [node[number] for node in nodes if isinstance(node, list) and -len(node) <= number < len(node)]


def _descend(nodes: Nodes) -> Nodes:
    found: Nodes = []
    for node in nodes:
        found.append(node)
        found += _descend(_items(node))
    return found


def _compare(left: Nodes, operator: str, right: Nodes) -> bool:
    if operator in ("==", "!="):
        return (left[:1] == right[:1]) == (operator == "==")
    if not left or not right or type(left[0]) not in (int, float, str) or isinstance(left[0], str) != isinstance(right[0], str):
        return False
    a, b = left[0], right[0]
    return bool(a < b if operator == "<" else a <= b if operator == "<=" else a > b if operator == ">" else a >= b)
