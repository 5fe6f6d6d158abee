"""`quayside check`: looks whether the cluster holds what the stack promises, and says of each thing that is wrong what to do.

quayside check prod
pulumi stack output --json --show-secrets -s prod | quayside check -
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

from quayside.checks.certificates import awaited
from quayside.checks.contract import Finding, Outputs
from quayside.checks.held import Held
from quayside.checks.index import CHECKS, findings
from quayside.operations.looking import read
from quayside.operations.verb import Refused, Verb

WELL, FINDINGS, NOT_CHECKED = 0, 1, 2

WAIT = 90
"""Seconds in which things may become well by themselves: ingress-nginx writes the addresses of routes once a minute
(--status-update-interval), and autoscalers know new pods after metrics-server has measured them twice, at 15 s."""

PAUSE = 3
"""Seconds between two looks."""


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("stack", help="name of the stack, or - for its outputs as JSON on standard input, secrets shown")
    parser.add_argument(
        "--wait", type=float, default=WAIT, metavar="SECONDS", help=f"how long to look again while something is wrong ({WAIT})"
    )


def _run(chosen: argparse.Namespace) -> int:
    try:
        outputs = told(sys.stdin.read() if chosen.stack == "-" else _asked(chosen.stack))
        held, found = look(lambda: read(outputs["kubeconfig"]), outputs, chosen.wait)
    except Refused as problem:
        sys.stderr.write(f"error: {problem}\n")
        return NOT_CHECKED
    for finding in found:
        sys.stdout.write(f"{finding}\n")
    (sys.stderr if found else sys.stdout).write(f"{summary(held, found, outputs)}\n")
    return FINDINGS if found else WELL


def look(reading: Callable[[], Held], outputs: Outputs, wait: float, pause: float = PAUSE) -> tuple[Held, list[Finding]]:
    """What is wrong, and in what; looked at again for so many seconds, because much becomes well by itself."""
    until = time.monotonic() + wait
    while True:
        held = reading()
        found = findings(held, outputs)
        if not found or time.monotonic() + pause > until:
            return held, found
        time.sleep(pause)


def summary(held: Held, found: list[Finding], outputs: Outputs) -> str:
    """How much was looked at."""
    pending = awaited(held)
    verdict = f"{len(found)} findings" if found else "all is well"
    notes = f"; still being issued: {', '.join(pending)}" if pending else ""
    return f"{verdict}: {len(CHECKS)} checks over {len(held.objects)} objects of cluster {outputs.get('clusterName', '')}{notes}"


def told(text: str) -> Mapping[str, Any]:
    """A stack's outputs, with a kubeconfig. Raises Refused."""
    try:
        outputs = json.loads(text)
    except ValueError:
        outputs = None
    if not isinstance(outputs, dict):
        raise Refused("standard input is not a stack's outputs; pipe `pulumi stack output --json --show-secrets` in")
    if not isinstance(outputs.get("kubeconfig"), str) or outputs["kubeconfig"] == "[secret]":
        raise Refused("the outputs hold no kubeconfig; run `pulumi up` first, and show secrets (pulumi stack output --json --show-secrets)")
    return outputs


def _asked(stack: str) -> str:
    """A stack's outputs, from Pulumi."""
    words = ["pulumi", "stack", "output", "--json", "--show-secrets", "--non-interactive", "-s", stack]
    try:
        answer = subprocess.run(words, capture_output=True, text=True)
    except FileNotFoundError:
        raise Refused("pulumi is not on PATH; install it, or pipe the stack's outputs in (quayside check -)") from None
    if answer.returncode:
        raise Refused(f"the outputs of stack {stack} cannot be read: {' '.join(answer.stderr.split())}")
    return answer.stdout


VERB = Verb(help="look whether the cluster holds what the stack promises", arguments=_arguments, run=_run)
