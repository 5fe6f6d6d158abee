"""One failure that is known, and what is said about it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Failure:
    """What failed, and how."""

    type: str
    error: str
    inputs: Mapping[str, Any]
    stack: str

    def name(self, key: str, otherwise: str) -> str:
        """A name among the inputs, of an object among its metadata; `otherwise` where there is none to show."""
        about = self.inputs.get("metadata")
        for value in (self.inputs.get(key), about.get(key) if isinstance(about, Mapping) else None):
            if isinstance(value, str) and re.fullmatch(r"[A-Za-z0-9._-]+", value):
                return value
        return otherwise


@dataclass(frozen=True)
class Rule:
    """Words of an error → what to do."""

    words: str
    """Pattern that the error contains, in upper or lower case."""
    says: str
    """The remedy. {name}, {namespace}: of what failed; {stack}: the stack."""
    type: str = ""
    """What the resource's type ends with, for a rule that is not about all."""
    unless: str = ""
    """Pattern of errors in which the words mean something else."""

    def knows(self, failure: Failure) -> bool:
        """Whether the rule is about this failure."""
        if self.unless and re.search(self.unless, failure.error):
            return False
        return failure.type.endswith(self.type) and re.search(self.words, failure.error, re.IGNORECASE) is not None

    def told(self, failure: Failure) -> str:
        """The remedy of this failure."""
        return self.says.format(
            name=failure.name("name", "NAME"), namespace=failure.name("namespace", "NAMESPACE"), stack=failure.stack or "STACK"
        )
