"""Commands that end in a cluster what a killed run left in the middle."""

from collections.abc import Sequence
from dataclasses import dataclass

from quayside.operations import programs
from quayside.operations.verb import Refused


@dataclass(frozen=True)
class Repair:
    """One of them."""

    words: Sequence[str]
    why: str
    given: str | None = None
    """Its standard input."""

    def __str__(self) -> str:
        return f"{' '.join(self.words)}  ({self.why})"


def carry_out(each: Repair, kubeconfig: str) -> None:
    """kubeconfig: text. Raises Refused."""
    with programs.kept(kubeconfig) as file:
        try:
            programs.run([*each.words, "--kubeconfig", file], each.given)
        except programs.Failed as problem:
            raise Refused(f"`{' '.join(each.words)}` failed: {' '.join(str(problem).split())}; type it yourself, then again") from None
