"""Waits for the end of its standard input, then ends the process groups named there (processes.Guard).

Lines are "+<pid>" and "-<pid>". Run as a plain file: it starts in milliseconds and needs nothing of the package.
"""

import contextlib
import os
import signal
import sys
import time


def main() -> None:
    groups: list[int] = []
    for line in sys.stdin:
        pid = int(line[1:])
        if line[0] == "+":
            groups.append(pid)
        elif pid in groups:
            groups.remove(pid)
    _signal(groups, signal.SIGTERM)
    deadline = time.monotonic() + 3
    while groups and time.monotonic() < deadline:
        time.sleep(0.05)
        groups = [pid for pid in groups if _exists(pid)]
    _signal(groups, signal.SIGKILL)


def _signal(groups: list[int], number: int) -> None:
    for pid in groups:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, number)


def _exists(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # macOS answers so for a group of zombies
        return False
    return True


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    main()
