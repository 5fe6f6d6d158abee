"""`quayside preview`: `pulumi preview` that looks first whether the stack's cluster answers.

Pulumi itself is silent there: with a cluster that it cannot reach, a preview succeeds and shows less than `up` would do.

quayside preview prod
quayside preview prod -- --diff
"""

import argparse
import subprocess
import sys
from pathlib import Path

from quayside.operations import programs
from quayside.operations.verb import Refused, Verb
from quayside.remedies import remedy

LIMIT = 10
"""Seconds for the API server to answer: a healthy one needs a fraction of one, from the other side of the world too."""

LARGEST = 512 * 1024
"""Bytes of a stack's file: four times the 128 KiB that Linux lets the language host hand to a program (pulumi#8680), for indentation and
comments."""

NO_CLUSTER_YET = ("does not have output property", "no stack named")
"""Pulumi's words where there is nothing to look at: the preview itself then says what there is to say."""


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("stack", help="name of the stack")
    parser.add_argument("options", nargs="*", metavar="-- OPTIONS", help="options of `pulumi preview`, after two dashes")


def _run(chosen: argparse.Namespace) -> int:
    if problem := too_large(Path(f"Pulumi.{chosen.stack}.yaml")):
        raise Refused(problem)
    kubeconfig = _kubeconfig(chosen.stack)
    if kubeconfig and (reason := unanswered(kubeconfig)):
        raise Refused(refusal(chosen.stack, reason))
    sys.stdout.flush()
    try:
        code = subprocess.run(["pulumi", "preview", "-s", chosen.stack, *chosen.options]).returncode
    except FileNotFoundError:
        raise programs.missing("pulumi") from None
    return code if code >= 0 else 128 - code  # ended by a signal, as a shell counts


def refusal(stack: str, reason: str) -> str:
    """What is said of a cluster that does not answer."""
    known = remedy("kubernetes:core/v1:Namespace", [reason], stack=stack)
    advice = known or "See whether the cluster runs and is healthy (its page at the cloud), then run again."
    return (
        f"the cluster of stack {stack} does not answer: {reason}\n"
        f"A preview without it would succeed and be wrong: it cannot see what is there. {advice}\n"
        f"To preview all the same, what concerns the clouds for example: pulumi preview -s {stack}"
    )


def unanswered(kubeconfig: str) -> str | None:
    """Why the API server cannot be worked with, None where it is ready. Raises Refused where nobody can tell."""
    with programs.kept(kubeconfig) as file:
        words = ["kubectl", "--kubeconfig", file, f"--request-timeout={LIMIT}s", "get", "--raw", "/readyz"]
        try:
            answer = subprocess.run(words, capture_output=True, text=True, timeout=3 * LIMIT, stdin=subprocess.DEVNULL)
        except FileNotFoundError:
            raise Refused(f"{programs.missing('kubectl')}, or run `pulumi preview`, which does not look at the cluster") from None
        except subprocess.TimeoutExpired:
            return f"no answer within {3 * LIMIT} seconds: i/o timeout"
    if answer.returncode == 0:
        return None
    lines = [line.strip() for line in answer.stderr.splitlines() if line.strip()]
    return lines[-1].removeprefix("error: ") if lines else f"kubectl ended with {answer.returncode}"


def too_large(file: Path) -> str | None:
    """What is wrong with the size of a stack's file. The engine has no limit of its own: 12 MB kept it busy for more than ninety seconds."""
    if not file.is_file() or file.stat().st_size <= LARGEST:
        return None
    return f"{file.name} is larger than {LARGEST // 1024} KiB, more than a program can be given: move services to stacks of their own"


def _kubeconfig(stack: str) -> str | None:
    """How to enter the stack's cluster, None where it has none yet. Raises Refused."""
    try:
        return programs.run(["pulumi", "stack", "output", "kubeconfig", "--show-secrets", "--non-interactive", "-s", stack])
    except programs.Failed as problem:
        said = " ".join(str(problem).split())
    if any(words in said for words in NO_CLUSTER_YET):
        return None
    raise Refused(f"the state of stack {stack} cannot be read: {said}")


VERB = Verb(help="pulumi preview, after a look whether the stack's cluster answers", arguments=_arguments, run=_run)
