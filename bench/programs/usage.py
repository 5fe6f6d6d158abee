"""Writes, at the end of the process that imports it, what that process has used to the file named in BENCH_USAGE."""

import atexit
import json
import os
import resource
import sys
from pathlib import Path


def used() -> dict[str, float]:
    """CPU seconds, and the peak of the memory in bytes.

    Not ru_maxrss, where Linux says it better: it counts what the parent had when it started this process.
    """
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return {"cpu": usage.ru_utime + usage.ru_stime, "memory": _peak(usage)}


def _peak(usage: resource.struct_rusage) -> int:
    status = Path("/proc/self/status")
    if status.exists():
        return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM")) * 1024
    return usage.ru_maxrss if sys.platform == "darwin" else usage.ru_maxrss * 1024


def _write() -> None:
    if file := os.environ.get("BENCH_USAGE"):
        Path(file).write_text(json.dumps(used()))


atexit.register(_write)
