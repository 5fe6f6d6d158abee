"""Host names with wildcards, and labels that a selector wants."""

from __future__ import annotations

from collections.abc import Mapping

from ...kube.client import Object


def covers(pattern: str, host: str) -> bool:
    """Whether a host name, or all that a wildcard stands for, is among what the pattern stands for; '' and '*' stand for everything."""
    pattern, host = pattern.lower(), host.lower()
    if pattern in ("", "*") or pattern == host:
        return True
    return pattern.startswith("*.") and host.endswith(pattern[1:])


def meet(one: str, other: str) -> bool:
    """Whether any name fits both."""
    return covers(one, other) or covers(other, one)


def exactness(pattern: str) -> tuple[bool, int]:
    """Of two patterns that fit a name, the one with more of it wins: a whole name, then the longer wildcard."""
    return (bool(pattern) and not pattern.startswith("*"), len(pattern.lstrip("*")))


def selected(selector: Object, labels: Mapping[str, str]) -> bool:
    """Whether a label selector fits; an empty one fits everything."""
    if not (selector.get("matchLabels") or {}).items() <= labels.items():
        return False
    return all(_holds(each, labels) for each in selector.get("matchExpressions") or [])


def _holds(expression: Object, labels: Mapping[str, str]) -> bool:
    key, operator = str(expression["key"]), str(expression["operator"])
    values: list[str] = expression.get("values") or []
    if operator in ("In", "NotIn"):
        return (labels.get(key) in values) == (operator == "In")
    return (key in labels) == (operator == "Exists")
