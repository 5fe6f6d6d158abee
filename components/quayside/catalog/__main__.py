"""`python -m quayside.catalog [VENDOR …]`: refreshes the price table from the vendors' lists and says what changed."""

import sys

from quayside.catalog.refresh import LISTS, refresh


def main(arguments: list[str]) -> int:
    """Returns the exit status: 1 where a list could not be had."""
    known = [each.vendor for each in LISTS]
    if unknown := [word for word in arguments if word not in known]:
        sys.stderr.write(f"no list of {unknown[0]}; name {' or '.join(known)}, or nothing for all\n")
        return 2
    told, wrong = refresh(arguments)
    sys.stdout.writelines(f"{line}\n" for line in told)
    sys.stderr.writelines(f"{line}\n" for line in wrong)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
