"""`quayside recover STACK`: after a run that was killed, takes up what it had made, clears the rest, and prints both.

It changes the stack's state, and ends what helm was left in the middle of. It deletes nothing at a cloud: what nobody knows is listed.
"""

import argparse
import json
import os
import sys

from quayside.catalog.api import NotAnswered
from quayside.operations import programs
from quayside.operations.recovery import exported
from quayside.operations.recovery.exported import Exported
from quayside.operations.recovery.looking import Looking, names_of
from quayside.operations.recovery.repairs import carry_out
from quayside.operations.recovery.state import edited, unread
from quayside.operations.recovery.verdicts import Orphan, Verdict
from quayside.operations.verb import Refused, Verb


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("stack", help="name of the stack")
    parser.add_argument("--yes", action="store_true", help="do it without asking")
    parser.add_argument("--cancel", action="store_true", help="no run is alive: take the killed run's lock away first (pulumi cancel)")
    parser.add_argument("--forget-left", action="store_true", help="go on although something is left: the state then knows no more of it")


def _run(chosen: argparse.Namespace) -> int:
    stack: str = chosen.stack
    before = exported.read(stack)
    looking = Looking(before, os.environ)
    verdicts = [looking.verdict(each) for each in before.pending]
    looking.stuck_releases()
    known = {each.found.id for each in verdicts if each.found}
    orphans = [each for each in looking.orphans() if each.id not in known]
    half = unread(before.document)
    _tell(stack, verdicts, looking, orphans, half)
    if verdicts or looking.repairs or half:
        if any(each.what == "left" for each in verdicts) and not chosen.forget_left:
            raise Refused(
                "nothing was changed, for the state would forget what is left: `pulumi stack import` keeps no operation that was begun. "
                "Do what is said beside it, then again; or say --forget-left, and look after it yourself"
            )
        _ask(chosen)
        _change(stack, before, verdicts, looking, cancel=chosen.cancel)
        _say(f"done: `pulumi up -s {stack}` goes on, `pulumi destroy -s {stack}` takes everything away")
    return 1 if orphans or looking.unanswered or any(each.what == "left" for each in verdicts) else 0


def _tell(stack: str, verdicts: list[Verdict], looking: Looking, orphans: list[Orphan], half: list[str]) -> None:
    _say(f"stack {stack}: {_number(len(verdicts), 'operation')} begun and not ended")
    for verdict in verdicts:
        _say(f"  {verdict}")
    if half:
        _say(f"  taken up before, and not read since: {names_of(half)}")
    for _, repair in looking.repairs:
        _say(f"  to run          {repair}")
    if orphans:
        _say("in no state, but with this stack's mark:")
    for orphan in orphans:
        _say(f"  {orphan}")
    for text in looking.unanswered:
        _say(f"  not looked at: {text}")


def _ask(chosen: argparse.Namespace) -> None:
    if chosen.yes:
        return
    if not sys.stdin.isatty():
        raise Refused("nothing was changed: nobody can be asked here; say --yes")
    sys.stdout.write("Do it? [y/N] ")
    sys.stdout.flush()
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise Refused("nothing was changed")


def _change(stack: str, before: Exported, verdicts: list[Verdict], looking: Looking, cancel: bool) -> None:
    """The state first: the engine refuses that while another run is alive, and then nothing else was done."""
    if cancel:
        _pulumi("cancel", "--yes", "-s", stack)
    if exported.read(stack).document != before.document:
        raise Refused("the state has changed meanwhile, so a run is alive; wait until it has ended, then again")
    after = edited(before.document, verdicts)
    _pulumi("stack", "import", "-s", stack, given=json.dumps(after))
    for kubeconfig, repair in looking.repairs:
        carry_out(repair, kubeconfig)
    for verdict in verdicts:
        if verdict.found and verdict.found.provisioning:
            _say(f"waiting until the vendor has made {verdict.pending.name} …")
            try:
                _say(f"it is {looking.await_running(verdict)}")
            except NotAnswered as problem:
                raise Refused(f"the vendor {problem}; then `quayside recover {stack}` again") from None
    kept = {each["urn"] for each in after["deployment"]["resources"] or []}
    again = [each.pending.urn for each in verdicts if each.what == "looked at again" and each.pending.urn in kept]
    targets = list(dict.fromkeys([*unread(after), *again]))
    if targets:
        _pulumi("refresh", "--yes", "--skip-preview", "-s", stack, *(word for urn in targets for word in ("--target", urn)))


def _pulumi(*words: str, given: str | None = None) -> None:
    """Raises Refused."""
    try:
        programs.run(["pulumi", *words, "--non-interactive"], given)
    except programs.Failed as problem:
        said = str(problem)
        if "currently locked" in said or "Another update is currently in progress" in said:
            raise Refused(
                "a run holds the stack's lock. Nothing was changed. If that run is dead, say --cancel (or type `pulumi cancel`), then again"
            ) from None
        raise Refused(f"`pulumi {words[0]}` failed; mend what it says, then again: {said}") from None


def _number(count: int, noun: str) -> str:
    return f"{count or 'no'} {noun}{'' if count == 1 else 's'}"


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


VERB = Verb(help="after a run that was killed: take up what it made, clear the rest, and print both", arguments=_arguments, run=_run)
