"""The command `quayside`: one verb a file of this folder, listed in VERBS."""

import argparse
import sys
from collections.abc import Mapping

from quayside.operations import check, preview, recover
from quayside.operations.verb import Refused, Verb

VERBS: Mapping[str, Verb] = {
    "check": check.VERB,
    "preview": preview.VERB,
    "recover": recover.VERB,
}


def main(words: list[str] | None = None) -> int:
    """Entry point: what a user can mend is one line, without a traceback."""
    parser = argparse.ArgumentParser(prog="quayside", description="Look at a stack, and take it up again after a run that was killed.")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    for name, verb in VERBS.items():
        verb.arguments(verbs.add_parser(name, help=verb.help, description=verb.help))
    chosen = parser.parse_args(words)
    try:
        return VERBS[chosen.verb].run(chosen)
    except Refused as problem:
        sys.stderr.write(f"error: {problem}\n")
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
