"""The programs that the verbs act through, as they stand on the user's PATH: pulumi, kubectl, helm."""

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from quayside.operations.verb import Refused

WHERE = {
    "pulumi": "https://www.pulumi.com/docs/install",
    "kubectl": "https://kubernetes.io/docs/tasks/tools",
    "helm": "https://helm.sh/docs/intro/install",
}


class Failed(Exception):
    """A program ended with an error: its own words."""


def installed(program: str) -> bool:
    """Whether it is on PATH."""
    return shutil.which(program) is not None


def missing(program: str) -> Refused:
    """What is said where it is not there."""
    return Refused(f"{program} is not on PATH; install it ({WHERE.get(program, 'see its documentation')})")


def run(words: Sequence[str], given: str | None = None) -> str:
    """What a program prints; given: its standard input. Raises Failed, or Refused where there is no such program."""
    try:
        answer = subprocess.run(list(words), input=given, stdin=None if given else subprocess.DEVNULL, capture_output=True, text=True)
    except FileNotFoundError:
        raise missing(words[0]) from None
    if answer.returncode:
        raise Failed(answer.stderr.strip() or answer.stdout.strip() or f"{words[0]} ended with {answer.returncode}")
    return answer.stdout


@contextlib.contextmanager
def kept(text: str) -> Iterator[str]:
    """A text as a file that nobody else can read, and that goes."""
    handle, path = tempfile.mkstemp(prefix="quayside-")  # mode 0600
    try:
        with os.fdopen(handle, "w") as file:
            file.write(text)
        yield path
    finally:
        Path(path).unlink()
