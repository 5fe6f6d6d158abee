"""What every check is: a function over what a cluster holds and what the stack's outputs say, which yields findings."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from quayside.checks.held import Held

Outputs = Mapping[str, Any]
"""A stack's outputs, as Platform makes them. Checks pass over what a stack does not tell."""


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it must be."""

    where: str
    """The object: kind and name, with its namespace."""
    problem: str
    """What is wrong with it."""
    remedy: str
    """What to do."""

    def __str__(self) -> str:
        """One line: messages of controllers have several."""
        return " ".join(f"{self.where} {self.problem}; {self.remedy}".split())


class Check(Protocol):
    """A check. It yields nothing where all is well."""

    def __call__(self, held: Held, outputs: Outputs) -> Iterator[Finding]: ...
