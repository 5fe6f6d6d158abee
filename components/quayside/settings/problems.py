"""Problems in settings, in words: where they are, what is wrong, what to write. No message repeats a value that somebody wrote."""

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import UnionType
from typing import Any, Union, get_args, get_origin

import pulumi
from pydantic import BaseModel, ValidationError

from quayside.settings.text import PROBLEM, Text


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong in the settings.

    path: keys from the top, ("cluster", "pools", "main", "size").
    message: what is wrong and what to write; it follows the key in a sentence.
    """

    path: tuple[str, ...]
    message: str

    def __post_init__(self) -> None:
        # YAML has keys that are no text: 1, true
        object.__setattr__(self, "path", tuple(str(step) for step in self.path))


SHOWN = 50
"""Problems that a message lists; more than that is one mistake repeated."""
_KNOWN = 30  # words of a vocabulary that a hint lists
_STEP = 80  # characters of a key that a message shows: more than any name may have


def spoken(path: tuple[str, ...]) -> str:
    """A path as messages show it: what is no printable character escaped, what is longer than any key cut off."""
    return ".".join(_spoken(step) for step in path)


def _spoken(step: str) -> str:
    cut = step if len(step) <= _STEP else f"{step[:_STEP]}…"
    return "".join(letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in cut)


class InvalidSettings(pulumi.RunError):
    """All that is wrong, in one error. Pulumi shows a RunError's message alone, without a traceback."""

    def __init__(self, subject: str, lines: Iterable[str]) -> None:
        self.lines = list(lines)
        more = [f"  … and {len(self.lines) - SHOWN} more"] if len(self.lines) > SHOWN else []
        count = "a problem" if len(self.lines) == 1 else f"{len(self.lines)} problems"
        super().__init__("\n".join([f"{count} in {subject}; nothing was changed:", *(f"  {line}" for line in self.lines[:SHOWN]), *more]))


def problems_of(error: ValidationError, model: type[BaseModel], *, by_name: bool = False) -> list[Problem]:
    """Translate what pydantic found in `model` into problems, in the order of the fields.

    by_name: whether whoever wrote it has Python's names for the keys (a component's arguments), and is to be told those.
    """
    keys = Keys(by_name)
    return [_problem(details, model, keys) for details in error.errors()]


def did_you_mean(word: str, vocabulary: Iterable[str]) -> str:
    """A hint after an unknown word: the nearest word of the vocabulary, else the whole of it."""
    words = [str(each) for each in vocabulary]  # YAML has keys that are no text
    near = difflib.get_close_matches(word, words, n=1, cutoff=0.6)
    if near:
        return f"did you mean {_spoken(near[0])}?"
    known = [_spoken(each) for each in sorted(words)[:_KNOWN]] + (["…"] if len(words) > _KNOWN else [])
    return f"known are {', '.join(known)}" if known else "remove it"


@dataclass(frozen=True)
class Keys:
    """How the keys of a model are written."""

    by_name: bool

    def of(self, model: type[BaseModel], *, required: bool = False) -> list[str]:
        """The keys of a model, or those that it needs."""
        fields = ((name, field) for name, field in model.model_fields.items() if field.is_required() or not required)
        return [name if self.by_name else field.alias or name for name, field in fields]


def _problem(details: Any, model: type[BaseModel], keys: Keys) -> Problem:
    path = tuple(str(step) for step in details["loc"])
    if len(path) > 1 and path[-1] == "[key]" and details["type"] != "extra_forbidden":
        path = path[:-1]  # pydantic marks a wrong key of a map by one more step
    if details["type"] == PROBLEM:
        return Problem(path, details["msg"])
    say = _WORDS.get(details["type"])
    return Problem(path, say(details, path, model, keys) if say else f"is not right ({details['type']})")


def _unknown(details: Any, path: tuple[str, ...], model: type[BaseModel], keys: Keys) -> str:
    owner = _type_at(model, path[:-1])
    return f"is not a known key; {did_you_mean(path[-1], keys.of(owner) if _is_model(owner) else [])}"


def _missing(details: Any, path: tuple[str, ...], model: type[BaseModel], keys: Keys) -> str:
    kind = _type_at(model, path)
    if isinstance(kind, type) and issubclass(kind, Text):
        return f"is missing; {kind.write}"
    needed = keys.of(kind, required=True) if _is_model(kind) else []
    return f"is missing; write {', '.join(needed)} below it, indented" if needed else "is missing; write it"


def _vocabulary(details: Any, path: tuple[str, ...], model: type[BaseModel], keys: Keys) -> str:
    words = [str(word) for word in get_args(_type_at(model, path))]
    return f"is none of its choices; {did_you_mean(str(details['input']), words)}"


_WORDS: dict[str, Callable[[Any, tuple[str, ...], type[BaseModel], Keys], str]] = {
    "extra_forbidden": _unknown,
    "missing": _missing,
    "literal_error": _vocabulary,
    "invalid_key": lambda *_: "is a key that is not text; write a known key, or quotes around a name",
    "model_type": lambda *_: "is not a map; write its keys below it, indented",
    "dict_type": lambda *_: "is not a map; write names and what belongs to them below it, indented",
    "int_type": lambda *_: "is not a whole number; write digits without quotes",
    "bool_type": lambda *_: "is neither true nor false; write one of them, without quotes",
    "greater_than_equal": lambda details, *_: f"is too small; write {details['ctx']['ge']} or more",
    "less_than_equal": lambda details, *_: f"is too large; write {details['ctx']['le']} or less",
}


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _type_at(kind: Any, path: tuple[str, ...]) -> Any:
    """The type that a model gives to what stands at a path."""
    if get_origin(kind) in (Union, UnionType):  # "or None": the part that says something
        kind = next(part for part in get_args(kind) if part is not type(None))
    if not path:
        return kind
    if get_origin(kind) is dict or get_origin(kind) is Mapping:
        return _type_at(get_args(kind)[1], path[1:])
    if _is_model(kind):
        for name, field in kind.model_fields.items():
            if path[0] in (name, field.alias):
                return _type_at(field.annotation, path[1:])
    return None
