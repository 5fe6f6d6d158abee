"""YAML that people write, read within bounds: whatever lies there, the answer is a document or one line that says what to mend.

The document is YAML's own tree, not values: what is written again from it is what stood there. Python's YAML is of version 1.1 and takes
`yes` for true and `14:30` for 870; the engine's takes both for text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import yaml

MAX_BYTES = 512 * 1024
"""Four times what a program can be given at all (language/host.py), for indentation and comments. The engine itself has no bound: 12 MB kept
it busy for more than ninety seconds with 420 MB (v3.259.0, tried)."""
MAX_DEPTH = 50
"""Maps and lists inside of each other; a patch of a pod's deepest field needs some twenty."""
MAX_VALUES = 100_000
"""Keys and values, each alias counted as what it stands for; a stack of 500 services with all their settings has some 30,000."""

# All that YAML calls printable; the rest may only be written as an escape inside of double quotes (yaml.org/spec/1.2.2, production 1).
_CONTROL = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # twenty times as fast, where it is built in


class InvalidYaml(Exception):
    """What is wrong, where it can be told with the line, and what to do."""


def read_text(file: Path) -> str:
    """A file's text. Raises InvalidYaml, whose message begins with the file's name."""
    try:
        if not file.is_file():  # a pipe would be waited for
            raise InvalidYaml(f"{file.name} is no file: put the settings there as a file")
        with file.open("rb") as handle:
            data = handle.read(MAX_BYTES + 1)
    except OSError as problem:
        raise InvalidYaml(f"{file.name} cannot be read ({problem.strerror}): give yourself permission to read it") from problem
    try:
        return decode(data)
    except InvalidYaml as problem:
        raise InvalidYaml(f"{file.name}{problem}") from None


def decode(data: bytes) -> str:
    """The text of a file's bytes. Raises InvalidYaml."""
    if len(data) > MAX_BYTES:
        raise InvalidYaml(f" is larger than {MAX_BYTES // 1024} KiB: move services to stacks of their own")
    try:
        text = data.decode("utf-8-sig")  # Windows' editors begin with a mark, and the engine skips it
    except UnicodeDecodeError as problem:
        line = data.count(b"\n", 0, problem.start) + 1
        raise InvalidYaml(f", line {line}: the text is not in UTF-8: save the file in that encoding") from problem
    if found := _CONTROL.search(text):
        line = text.count("\n", 0, found.start()) + 1
        said = f", line {line}: holds the control character U+{ord(found.group()):04X}: remove it, or save the file in UTF-8"
        raise InvalidYaml(said)
    return text


def parse(text: str, name: str = "the file") -> yaml.Node | None:
    """The document's tree, or None where there is nothing in it. Raises InvalidYaml, whose message begins with `name`."""
    try:
        _within_bounds(text)
        node: yaml.Node | None = yaml.compose(text, Loader=_Loader)
        _no_key_twice(node)
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        where = f", line {mark.line + 1}" if mark else ""
        raise InvalidYaml(f"{name}{where}: not valid YAML ({problem.problem}): look at indentation, quotes and brackets there") from None
    except (yaml.YAMLError, RecursionError) as problem:
        raise InvalidYaml(f"{name}: not valid YAML ({str(problem).splitlines()[0]})") from None
    except InvalidYaml as problem:
        raise InvalidYaml(f"{name}{problem}") from None
    return node


def _within_bounds(text: str) -> None:
    """Looks at the events alone, which cost neither recursion nor more memory than the text."""
    open_ones: list[tuple[str | None, int]] = []  # the anchors of the maps and lists that are not closed, and the count before each
    sizes: dict[str, int] = {}
    count = documents = 0
    for event in yaml.parse(text, Loader=_Loader):
        line = (event.start_mark.line if event.start_mark else 0) + 1
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise InvalidYaml(f", line {line}: a second document begins, which Pulumi does not read: remove the line '---'")
        elif isinstance(event, yaml.AliasEvent):
            if any(anchor == event.anchor for anchor, _ in open_ones):
                raise InvalidYaml(f", line {line}: '*{event.anchor}' stands inside of what it repeats: write the value in its place")
            count += sizes.get(event.anchor or "", 1)
        elif isinstance(event, yaml.CollectionStartEvent):
            open_ones.append((event.anchor, count))
            count += 1
            if len(open_ones) > MAX_DEPTH:
                raise InvalidYaml(f", line {line}: is nested deeper than {MAX_DEPTH} levels: no setting is; look for brackets left open")
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, before = open_ones.pop()
            if anchor:
                sizes[anchor] = count - before
        elif isinstance(event, yaml.ScalarEvent):
            count += 1
            if event.anchor:
                sizes[event.anchor] = 1
        if count > MAX_VALUES:
            raise InvalidYaml(
                f", line {line}: holds more than {MAX_VALUES} values, repetitions by '*' counted: move services to stacks of their own"
            )


def _no_key_twice(root: yaml.Node | None) -> None:
    """Python would take the last one in silence; the engine refuses it."""
    for node in nodes(root):
        if isinstance(node, yaml.MappingNode):
            seen: dict[str, int] = {}
            for key, _ in node.value:
                if isinstance(key, yaml.ScalarNode) and key.value != "<<":
                    line = key.start_mark.line + 1
                    if key.value in seen:
                        said = f"the key '{key.value}' stands here and in line {seen[key.value]}: keep one"
                        raise InvalidYaml(f", line {line}: {said}")
                    seen[key.value] = line


def nodes(root: yaml.Node | None) -> Iterator[yaml.Node]:
    """Each node once, however many aliases lead to it."""
    waiting, seen = [root] if root else [], set[int]()
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        yield node
        if isinstance(node, yaml.MappingNode):
            waiting += [part for pair in node.value for part in pair]
        elif isinstance(node, yaml.SequenceNode):
            waiting += node.value


def pairs(node: yaml.Node | None) -> dict[str, yaml.Node]:
    """A map's values by key; empty where the node is no map."""
    return {str(key.value): value for key, value in node.value} if isinstance(node, yaml.MappingNode) else {}
