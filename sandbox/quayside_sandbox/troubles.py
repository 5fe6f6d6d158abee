"""What the machine refuses (room, permission, a limit), in one line with the remedy."""

from __future__ import annotations

import errno
import json
import resource
import time
from pathlib import Path

from .folder import Folder
from .processes import is_free

FILE_SIZE = 256 * 1024 * 1024
"""The largest file that must be possible: the engine has 115 MB, a compiler's intermediate ones as much again, etcd's log grows by 64 MB."""

PATIENCE = 5.0
"""Seconds; a killed API server gives its port back at once, a busy machine later."""

_FULL = "free some disk (a sandbox takes 0.5 GB, building its tools 5 GB), or name a folder on another disk in {variables}"
_FORBIDDEN = "give yourself permission to write there, or name another folder in {variables}"
_REMEDIES = {
    errno.EFBIG: "files may not grow as large as they must: run 'ulimit -f unlimited', then try again",
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EACCES: _FORBIDDEN,
    errno.EPERM: _FORBIDDEN,
    errno.EROFS: _FORBIDDEN,
    errno.ENOTDIR: "a file stands where a folder is needed: move it away, or name another folder in {variables}",
    errno.EEXIST: "a file stands where a folder is needed: move it away, or name another folder in {variables}",
    errno.EMFILE: "too few files may be open at once: run 'ulimit -n 4096', then try again",
    errno.ENFILE: "too many files are open on this machine: end some programs, then try again",
    errno.EAGAIN: "no further process may be started: end some programs, or raise 'ulimit -u', then try again",
    errno.ENOMEM: "there is not enough memory: end some programs (a sandbox with one cluster takes about 1 GB), then try again",
}


def told(problem: OSError, variables: str = "QUAYSIDE_SANDBOX and QUAYSIDE_CACHE") -> str | None:
    """One line about what the system refused; None where it is nothing that a user can mend.

    `variables` names those that move the place in question.
    """
    remedy = _REMEDIES.get(problem.errno or 0)
    if not remedy:
        return None
    where = f"{problem.filename}: " if problem.filename else ""
    return f"{where}{problem.strerror}: {remedy.format(variables=variables)}"


def file_size_limit() -> str | None:
    """What to say of a limit on the size of files that is too small; it is inherited by all that the sandbox starts."""
    limit, _ = resource.getrlimit(resource.RLIMIT_FSIZE)
    if limit == resource.RLIM_INFINITY or limit >= FILE_SIZE:
        return None
    return (
        f"files may not grow beyond {limit >> 20} MiB here, and the sandbox needs {FILE_SIZE >> 20} MiB: "
        "run 'ulimit -f unlimited', then try again"
    )


def taken_port(folder: Folder, patience: float | None = None) -> str | None:
    """What to say where another program listens at the address of a cluster of this sandbox that is to run again.

    The address stands in kubeconfigs and in the engine's state, so it cannot be changed. `patience`: seconds that what the sandbox
    itself ran there before is given to end (default: PATIENCE).
    """
    deadline = time.monotonic() + (PATIENCE if patience is None else patience)
    for file in sorted(folder.clusters.glob("*/plane.json")):
        port = _api_port(file)
        while port and not is_free(port):
            if time.monotonic() > deadline:
                return (
                    f"port {port}, at which cluster {file.parent.name} answers, is taken by another program: "
                    "end that program and run this again, or 'quayside-sandbox down' to begin anew"
                )
            time.sleep(0.1)
    return None


def _api_port(file: Path) -> int | None:
    try:
        return int(json.loads(file.read_text())["ports"]["api"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
