"""What is known of one resource type besides its SDK types: what the vendor and its official plugin make of the inputs.

Paths are dotted wire names without indices ("nodePool.size", "forwardingRules.entryPort"): a path speaks of every element of a list.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

# Says what is wrong with a value, given the name that the official plugin would call it by; None where nothing is.
Rule = Callable[[str, Any], str | None]


@dataclass(frozen=True)
class Table:
    """One resource type. `sources` says, for each fact given, where it stands."""

    token: str
    kind: str  # of its records in the store
    sources: Mapping[str, str]
    autoname: bool = False  # a missing `name` becomes <resource name>-<7 hex digits>
    defaults: Mapping[str, Any] = field(default_factory=dict)  # filled in by the plugin's Check
    rules: Mapping[str, Rule] = field(default_factory=dict)
    required: frozenset[str] = frozenset()  # what the vendor needs although the SDK's types do not say so
    immutable: frozenset[str] = frozenset()  # a change makes a new object
    unordered: frozenset[str] = frozenset()  # lists whose order means nothing
    computed: frozenset[str] = frozenset()  # set by the server inside of given objects (at the top level, the SDK's types tell)
    secret: frozenset[str] = frozenset()
    conflicts: tuple[frozenset[str], ...] = ()  # at most one of each may be given
    references: Mapping[str, str] = field(default_factory=dict)  # field → kind of the object that must exist
    unique: tuple[str, ...] = ()  # no two objects agree in all of these fields
    members: Mapping[str, str] = field(default_factory=dict)  # kind → field: while such an object names this one, it cannot be deleted
    seconds: Mapping[str, float] = field(default_factory=lambda: {"create": 1200.0, "update": 1200.0, "delete": 1200.0})


def one_of(*values: str, ignore_case: bool = False) -> Rule:
    """Terraform SDK's validation.StringInSlice."""

    def rule(name: str, value: Any) -> str | None:
        allowed = [item.lower() for item in values] if ignore_case else values
        if (str(value).lower() if ignore_case else value) in allowed:
            return None
        return f"expected {name} to be one of {_quoted(values)}, got {value}"

    return rule


def one_of_attribute(*values: str) -> Rule:
    """Terraform framework's stringvalidator.OneOfCaseInsensitive, used by Cloudflare's provider."""

    def rule(name: str, value: Any) -> str | None:
        if str(value).lower() in {item.lower() for item in values}:
            return None
        return f'Attribute {name} value must be one of: {_quoted(values)}, got: "{value}"'

    return rule


def between(low: int, high: int) -> Rule:
    """Terraform SDK's validation.IntBetween."""

    def rule(name: str, value: Any) -> str | None:
        return None if low <= float(value) <= high else f"expected {name} to be in the range ({low} - {high}), got {value}"

    return rule


def length(low: int, high: int) -> Rule:
    """Terraform SDK's validation.StringLenBetween."""

    def rule(name: str, value: Any) -> str | None:
        return None if low <= len(str(value)) <= high else f"expected length of {name} to be in the range ({low} - {high}), got {value}"

    return rule


def not_empty(name: str, value: Any) -> str | None:
    """Terraform SDK's validation.NoZeroValues."""
    return f"{name} must not be empty, got {value}" if value in ("", 0, False) else None


def cidr(name: str, value: Any) -> str | None:
    """Terraform SDK's validation.IsCIDR."""
    try:
        ipaddress.ip_network(str(value), strict=False)
    except ValueError:
        return f'expected "{name}" to be a valid CIDR Value, got {value}: invalid CIDR address: {value}'
    return None if "/" in str(value) else f'expected "{name}" to be a valid CIDR Value, got {value}: invalid CIDR address: {value}'


def _quoted(values: tuple[str, ...]) -> str:
    """As Go prints a list of strings with %q."""
    return "[" + " ".join(f'"{value}"' for value in values) + "]"
