"""Rules for requests that may be sent twice, and for those that may not. Entries and the mesh both use them."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

UNSAFE = ("PATCH", "POST")
"""Methods of requests that may not be sent twice (RFC 9110, 9.2.2); CONNECT is none that a service gets."""


def with_unsafe(rules: Iterable[dict[str, Any]], fields: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The rules of a VirtualService, each with its twin for unsafe methods before it, in which these fields differ; the rules as they are
    where none do. What leads nowhere, such as a redirect, has no twin."""
    for rule in rules:
        if fields and "route" in rule:
            matches = [{**each, "method": {"regex": "|".join(UNSAFE)}} for each in rule["match"]]
            yield {**rule, "match": matches, **fields}
        yield rule


def split_by_method(rules: Iterable[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], bool]]:
    """The rules of an HTTPRoute, each with its twin for unsafe methods, and whether it is that twin. In the Gateway API a method counts more
    than headers, so every rule needs one, or the twin of another would take its requests."""
    for rule in rules:
        if "backendRefs" in rule:
            matches = [{**match, "method": method} for match in rule.get("matches") or [{}] for method in UNSAFE]
            for part in [[each] for each in matches] if replaces_prefix(rule.get("filters") or ()) else [matches]:
                yield {**rule, "matches": part}, True
        yield rule, False


def replaces_prefix(filters: Iterable[Mapping[str, Any]]) -> bool:
    """Whether the path that led to a rule of an HTTPRoute is replaced: such a rule has one match (the API's validation in CEL)."""
    return any(each.get("urlRewrite", {}).get("path", {}).get("type") == "ReplacePrefixMatch" for each in filters)
