"""Who was led to a version of a service once stays with it: the cookie by which proxies without a memory of their own do it."""

from itertools import permutations
from re import escape
from typing import Any

from quayside.edge.contract import Version

MAX_AGE = 86400
"""Seconds for which a client stays with its version: one day, as long as the cookie lives."""

MAIN = "main"


def cookie(service: str) -> str:
    """Name of the cookie that says which version of a service a client is with."""
    return f"quayside-{service}"


def mark(versions: tuple[Version, ...], version: Version | None) -> str:
    """What the cookie says of a version; None stands for the main one.

    The main version's mark names the weights, and so it is forgotten when they change: clients of it are then led by the new weights, while
    those of the others stay. Otherwise a canary could grow only by clients that never came before.
    """
    return version.name if version else f"{MAIN}-{shared(versions)}"


def set_cookie(service: str, versions: tuple[Version, ...], version: Version | None) -> str:
    """The header Set-Cookie with which a version answers."""
    return f"{cookie(service)}={mark(versions, version)}; Path=/; Max-Age={MAX_AGE}; HttpOnly; SameSite=Lax"


def shared(versions: tuple[Version, ...]) -> int:
    """Share of the requests, in percent, that all versions beside the main one have by weight."""
    return sum(version.weight for version in versions)


def is_sticky(versions: tuple[Version, ...]) -> bool:
    """Whether clients stay: only where weights decide is there anything to remember."""
    return any(version.sticky and version.weight for version in versions)


def cookies_pattern(cookies: dict[str, str]) -> dict[str, Any]:
    """A match of the header Cookie that has all of these, whatever else stands in it.

    A regular expression of RE2, which has no lookahead, over the whole header: several cookies are looked for in every order.
    """
    pairs = [f"{escape(name)}={escape(value)}" for name, value in sorted(cookies.items())]
    orders = ["(; .*)?; ".join(order) for order in permutations(pairs)]
    alternatives = orders[0] if len(orders) == 1 else f"({'|'.join(orders)})"
    return {"regex": f"(.*; ?)?{alternatives}(;.*)?"}
