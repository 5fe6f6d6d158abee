"""The rules of the Gateway API's HTTPRoute and GRPCRoute that lead to a service and its versions. Entries and the ambient mesh both use them.

Which rule is asked first is not their order: the Gateway API takes the longest path, and then the most headers that a rule asks for. So a
version that a request names has a rule for each path of the service, which wins over the one without conditions for the same path.
"""

from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from typing import Any

from quayside.edge.contract import Exposure, Match, Version
from quayside.edge.methods import replaces_prefix
from quayside.edge.paths import by_path
from quayside.edge.sticky import cookie, cookies_pattern, is_sticky, mark, set_cookie, shared
from quayside.settings.hosts import EVERYWHERE

PATH_TYPES = {"Prefix": "PathPrefix", "Exact": "Exact"}
"""What a path's type is called in settings → in the Gateway API. Both count whole elements of a path."""

_EDITS = {"RequestHeaderModifier": "requestHeaderModifier", "ResponseHeaderModifier": "responseHeaderModifier"}
"""Filters of which a rule has one at most, and whose edits can be put together → their field."""

_GRPC_FILTERS = frozenset({*_EDITS, "RequestMirror", "ExtensionRef"})
"""Filters that a GRPCRoute has."""


def http_rules(
    exposure: Exposure, paths: Mapping[str, str] = EVERYWHERE, filters: Iterable[Mapping[str, Any]] = ()
) -> list[dict[str, Any]]:
    """The rules of an HTTPRoute.

    paths: path → Prefix or Exact.
    filters: of each rule, what an entry adds of its own; the service's traffic policies (`exposure.parts.filters`) win over them.
    """
    rules = [rule for part, there in by_path(exposure, paths) for rule in _rules(part, _places(there), filters)]
    return [*deepcopy(exposure.parts.rules), *(_by_match(rules) if replaces_prefix(exposure.parts.filters) else rules)]


def grpc_rules(exposure: Exposure, filters: Iterable[Mapping[str, Any]] = ()) -> list[dict[str, Any]]:
    """The rules of a GRPCRoute, for a service that `speaks_grpc_only`."""
    return _rules(exposure, [{}], filters)


def speaks_grpc_only(exposure: Exposure, paths: Mapping[str, str] = EVERYWHERE) -> bool:
    """Whether a GRPCRoute can say all there is to say: it knows no paths, queries, timeouts or retries. An HTTPRoute carries gRPC as well."""
    parts = exposure.parts
    foreign = any(each["type"] not in _GRPC_FILTERS for each in parts.filters)
    queries = any(match.query for version in exposure.versions for match in version.matches)
    return exposure.protocol == "grpc" and dict(paths) == dict(EVERYWHERE) and not (parts.rule or parts.rules or foreign or queries)


def backends(exposure: Exposure) -> list[dict[str, Any]]:
    """Where requests go that name no version: the Services with their shares. With one of them there is nothing to share out."""
    found = list(_by_weight(exposure.versions))
    if len(found) == 1:
        return [_backend(exposure, found[0])]
    rest = 100 - shared(exposure.versions)
    return [{**_backend(exposure, version), "weight": version.weight if version else rest} for version in found]


def merged(*groups: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Filters of one rule. A rule has one filter at most that edits headers: several become one, and what a later one says of a header wins
    (header names are the same whatever their capitals)."""
    found: list[dict[str, Any]] = []
    for group in groups:
        for given in group:
            new = deepcopy(dict(given))
            field = _EDITS.get(new["type"])
            same = next((each for each in found if each["type"] == new["type"]), None)
            if field is None or same is None:
                found.append(new)
            else:
                same[field] = _edits(same[field], new[field])
    return found


def _places(paths: Mapping[str, str]) -> list[dict[str, Any]]:
    return [{"path": {"type": PATH_TYPES[kind], "value": path}} for path, kind in sorted(paths.items())]


def _rules(exposure: Exposure, places: list[dict[str, Any]], filters: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    versions, every = exposure.versions, merged(filters, exposure.parts.filters)
    rules = [
        _rule(
            exposure, [{**place, **_wanted(match)} for match in version.matches for place in places], every, [_backend(exposure, version)]
        )
        for version in versions
        if version.matches
    ]
    weighted = backends(exposure)
    if is_sticky(versions):
        for version in _by_weight(versions):
            known = {"headers": [_cookies({cookie(exposure.service): mark(versions, version)})]}
            rules.append(_rule(exposure, [{**place, **known} for place in places], every, [_backend(exposure, version)]))
        weighted = [{**each, "filters": [_told(exposure, version)]} for each, version in zip(weighted, _by_weight(versions), strict=True)]
    return [*rules, _rule(exposure, places, every, weighted)]


def _by_match(rules: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The same rules, with one match each, as those that replace a prefix must be."""
    return [{**deepcopy(dict(rule)), "matches": [match]} for rule in rules for match in rule["matches"]]


def _rule(exposure: Exposure, matches: list[dict[str, Any]], filters: list[dict[str, Any]], to: list[dict[str, Any]]) -> dict[str, Any]:
    """One rule. What redirects leads nowhere else. Empty maps and lists are left out: the API server would drop some of them."""
    redirected = any(each["type"] == "RequestRedirect" for each in filters)
    said = {
        "matches": [each for each in matches if each],
        "filters": deepcopy(filters),
        "backendRefs": [] if redirected else to,
    }
    return {**{key: value for key, value in said.items() if value}, **deepcopy(exposure.parts.rule)}


def _wanted(match: Match) -> dict[str, Any]:
    """The conditions of one match."""
    headers = [{"type": "Exact", "name": name, "value": value} for name, value in sorted(match.headers.items())]
    if match.cookies:
        headers.append(_cookies(dict(match.cookies)))
    query = [{"type": "Exact", "name": name, "value": value} for name, value in sorted(match.query.items())]
    return {**({"headers": headers} if headers else {}), **({"queryParams": query} if query else {})}


def _cookies(cookies: dict[str, str]) -> dict[str, Any]:
    return {"type": "RegularExpression", "name": "cookie", "value": cookies_pattern(cookies)["regex"]}


def _by_weight(versions: tuple[Version, ...]) -> Iterator[Version | None]:
    """The versions that have a share of the requests; None is the main one."""
    if shared(versions) < 100:
        yield None
    yield from (version for version in versions if version.weight or version.steered)


def _backend(exposure: Exposure, version: Version | None) -> dict[str, Any]:
    name = version.service if version else exposure.main
    elsewhere = {} if exposure.service_namespace is None else {"namespace": exposure.service_namespace}
    return {"name": name, **elsewhere, "port": exposure.port}


def _told(exposure: Exposure, version: Version | None) -> dict[str, Any]:
    """A filter that tells a client which version it is with."""
    said = {"name": "Set-Cookie", "value": set_cookie(exposure.service, exposure.versions, version)}
    return {"type": "ResponseHeaderModifier", "responseHeaderModifier": {"add": [said]}}


def _edits(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> dict[str, Any]:
    """Edits of headers, without those of ours that others say something of."""
    said = {each["name"].lower() for key in ("set", "add") for each in theirs.get(key, ())} | {
        each.lower() for each in theirs.get("remove", ())
    }
    kept: dict[str, list[Any]] = {key: [each for each in ours.get(key, ()) if each["name"].lower() not in said] for key in ("set", "add")}
    kept["remove"] = [each for each in ours.get("remove", ()) if each.lower() not in said]
    together = {key: [*kept[key], *theirs.get(key, ())] for key in ("set", "add", "remove")}
    return {key: value for key, value in together.items() if value}
