"""What a verb of the command `quayside` is made of."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Verb:
    """One thing that the command does."""

    help: str
    arguments: Callable[[argparse.ArgumentParser], None]
    """Adds its options."""
    run: Callable[[argparse.Namespace], int]
    """Does it; returns the exit status. Raises Refused."""


class Refused(Exception):
    """It cannot be done: what is wrong, where, and what to do, in one line."""
