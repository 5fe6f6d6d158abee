"""Kubernetes quantities as numbers: "100m" CPU, "1.5Gi" memory."""

from __future__ import annotations

import math
import re

_FACTORS = {
    "n": 1e-9, "u": 1e-6, "m": 1e-3, "": 1.0, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15, "E": 1e18,
    "Ki": 2.0**10, "Mi": 2.0**20, "Gi": 2.0**30, "Ti": 2.0**40, "Pi": 2.0**50, "Ei": 2.0**60,
}  # fmt: skip


def number(quantity: str | int | float | None) -> float:
    """In units: cores, bytes. Raises ValueError for what is no quantity."""
    text = str(quantity or 0)
    parts = re.fullmatch(r"([+-]?[\d.]+(?:[eE][+-]?\d+)?)([a-zA-Z]*)", text)
    if parts is None or parts[2] not in _FACTORS:
        raise ValueError(f"{text!r} is no Kubernetes quantity")
    return float(parts[1]) * _FACTORS[parts[2]]


def gibibytes(quantity: str) -> int:
    """Rounded up: vendors sell whole gibibytes."""
    return max(1, math.ceil(number(quantity) / 2**30))
