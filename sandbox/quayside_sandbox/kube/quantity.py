"""Quantities ("500m", "1Gi") in the one spelling that the API server answers with: 0.5 → 500m, 1024Mi → 1Gi, 1000m → 1."""

from __future__ import annotations

import math
import re
from fractions import Fraction

_BINARY = ("", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei")
_DECIMAL = {"n": -3, "u": -2, "m": -1, "": 0, "k": 1, "M": 2, "G": 3, "T": 4, "P": 5, "E": 6}
_SHAPE = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))(?:([eE][+-]?\d+)|([KMGTPE]i)|([numkMGTPE]?))")


def canonical(value: object) -> object:
    """The quantity in its canonical spelling; what is no quantity comes back as it is."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return value
    match = _SHAPE.fullmatch(str(value).strip())
    if not match:
        return value
    digits, exponent, binary, decimal = match.groups()
    number = Fraction(digits)
    if binary:
        number *= 1024 ** _BINARY.index(binary)
        if abs(number) >= 1024:
            return _binary(math.ceil(number))
        return _decimal(number)
    if exponent:
        number *= Fraction(10) ** int(exponent[1:])
        return _exponential(number)
    return _decimal(number * Fraction(1000) ** _DECIMAL[decimal])


def _binary(number: int) -> str:
    power = 0
    while number and number % 1024 == 0 and power < len(_BINARY) - 1:
        number, power = number // 1024, power + 1
    return f"{number}{_BINARY[power]}"


def _decimal(number: Fraction) -> str:
    mantissa, power = _thousands(number)
    return f"{mantissa}{next(suffix for suffix, exponent in _DECIMAL.items() if exponent == power)}"


def _exponential(number: Fraction) -> str:
    mantissa, power = _thousands(number)
    return f"{mantissa}e{power * 3}" if power else str(mantissa)


def _thousands(number: Fraction) -> tuple[int, int]:
    """(mantissa, power of 1000) with no fraction and no thousands left; finer than nano is rounded up, away from zero."""
    nano = number * 1000**3
    mantissa, power = math.ceil(nano) if nano >= 0 else math.floor(nano), -3
    while mantissa and mantissa % 1000 == 0 and power < 6:
        mantissa, power = mantissa // 1000, power + 1
    return (mantissa, power) if mantissa else (0, 0)
