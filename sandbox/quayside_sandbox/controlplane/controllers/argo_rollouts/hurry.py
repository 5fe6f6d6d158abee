"""The clock of the simulated controller: what a Rollout waits for on purpose passes faster than in life.

A pause of a minute is over in a second. The deadline for progress runs slower than that: pods take their own time to become ready.
"""

from __future__ import annotations

import datetime
import re

HASTE = 60.0
DEADLINE_HASTE = 10.0
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
_PART = re.compile(r"([0-9.]+)(ms|s|m|h)")


def now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


def stamp(moment: datetime.datetime) -> str:
    """As Kubernetes reads it. In life there are whole seconds, of which one is a minute here: so thousandths."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def read(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text)


def seconds(duration: str | int | None) -> float:
    """'90s', '1m30s', or a number of seconds. Raises ValueError."""
    text = str(duration or 0)
    if text.isdigit():
        return float(text)
    parts = _PART.findall(text)
    if "".join(number + unit for number, unit in parts) != text:
        raise ValueError(f'time: invalid duration "{text}"')
    return sum(float(number) * _UNITS[unit] for number, unit in parts)


def left(since: str, duration: float, haste: float = HASTE) -> float:
    """Seconds of our time until a duration that began at a stamp is over; 0 or less once it is."""
    return duration / haste - (now() - read(since)).total_seconds()
