"""The `http` rules of Istio's VirtualService that lead to a service and its versions. Entries and the mesh both use them."""

from collections.abc import Iterator, Mapping
from typing import Any

import pulumi

from quayside.edge.contract import Exposure, Match, Version
from quayside.edge.methods import with_unsafe
from quayside.edge.paths import by_path
from quayside.edge.sticky import cookie, cookies_pattern, is_sticky, mark, set_cookie, shared
from quayside.settings.hosts import EVERYWHERE
from quayside.settings.merge import merge

STEERED, STEERED_UNSAFE = "steered", "steered-unsafe"
"""Names of the rules in which somebody else moves shares: for requests that may be sent twice, or all of them, and for the others."""

_ANSWERED = frozenset({"redirect", "directResponse"})
"""What a rule has in place of a destination."""


def http_rules(exposure: Exposure, paths: Mapping[str, str] = EVERYWHERE, fields: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
    """The rules, in the order in which they are asked: those of traffic policies, versions that a request names, those that its client is
    with, and then weights.

    paths: path → Prefix or Exact.
    fields: of each rule, what an entry adds of its own, such as headers; the service's traffic policies (`exposure.parts.rule`) win over it.
    """
    rules = [rule for part, there in by_path(exposure, paths) for rule in _rules(part, there, fields or {})]
    # who moves shares finds the rules by their names
    unsafe = {"name": STEERED_UNSAFE} if any(version.steered for version in exposure.versions) else {}
    return [*exposure.parts.rules, *with_unsafe(rules, {**exposure.parts.unsafe, **unsafe} if exposure.parts.unsafe else {})]


def _rules(exposure: Exposure, paths: Mapping[str, str], fields: Mapping[str, Any]) -> list[dict[str, Any]]:
    versions, common = exposure.versions, _common(fields, exposure.parts.rule)
    named = [(match, version) for version in versions for match in version.matches]
    rules = [_rule(paths, _wanted(match), [_destination(exposure, version)], common) for match, version in named]
    if is_sticky(versions):
        for version in _by_weight(versions):
            known = {"headers": {"cookie": cookies_pattern({cookie(exposure.service): mark(versions, version)})}}
            rules.append(_rule(paths, known, [_destination(exposure, version)], common))
    name = {"name": STEERED} if any(version.steered for version in versions) else {}
    return [*rules, {**name, **_rule(paths, {}, weighted(exposure), common)}]


def _common(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of all rules. What policies say of a header takes the place of what the entry says of it; of all others the entry's stays."""
    both = {kind for each in (ours, theirs) for kind in each.get("headers", {})}
    edits = {kind: _edits(ours.get("headers", {}).get(kind, {}), theirs.get("headers", {}).get(kind, {})) for kind in sorted(both)}
    return {**merge(ours, theirs), **({"headers": edits} if edits else {})}


def _edits(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> dict[str, Any]:
    """Edits of headers, all in small letters, without those of ours of which others say something."""
    said = {name for key in ("set", "add", "remove") for name in theirs.get(key, ())}
    kept: dict[str, Any] = {
        key: {name: value for name, value in ours.get(key, {}).items() if name not in said} | dict(theirs.get(key, {}))
        for key in ("set", "add")
    }
    kept["remove"] = [*(name for name in ours.get("remove", ()) if name not in said), *theirs.get("remove", ())]
    return {key: value for key, value in kept.items() if value}


def path_matches(path: str, kind: str) -> list[dict[str, Any]]:
    """The `uri` of each match that together mean what Kubernetes means by a path.

    Its Prefix counts whole elements of a path: /api leads to /api and /api/x, and not to /apix. Istio's compares letters.
    """
    if kind == "Exact":
        return [{"exact": path}]
    bare = path.rstrip("/")
    return [{"exact": bare}, {"prefix": f"{bare}/"}] if bare else [{"prefix": "/"}]


def ordered(paths: Mapping[str, str]) -> list[tuple[str, str]]:
    """Paths with the more specific before the less: exact ones, then the longer. Istio takes the first that fits."""
    return sorted(paths.items(), key=lambda each: (each[1] != "Exact", -len(each[0].rstrip("/")), each[0]))


def _rule(
    paths: Mapping[str, str], wanted: dict[str, Any], destinations: list[dict[str, Any]], common: Mapping[str, Any]
) -> dict[str, Any]:
    uris = [uri for path, kind in ordered(paths) for uri in path_matches(path, kind)]
    route = {} if _ANSWERED & common.keys() else {"route": destinations}
    return {"match": [{"uri": uri, **wanted} for uri in uris], **route, **common}


def _wanted(match: Match) -> dict[str, Any]:
    """The conditions of one match, as a HTTPMatchRequest has them."""
    headers = {name.lower(): {"exact": value} for name, value in sorted(match.headers.items())}
    if match.cookies:
        headers["cookie"] = cookies_pattern(dict(match.cookies))
    query = {name: {"exact": value} for name, value in sorted(match.query.items())}
    return {**({"headers": headers} if headers else {}), **({"queryParams": query} if query else {})}


def _by_weight(versions: tuple[Version, ...]) -> Iterator[Version | None]:
    """The versions that have a share of the requests; None is the main one."""
    if shared(versions) < 100:
        yield None
    yield from (version for version in versions if version.weight or version.steered)


def weighted(exposure: Exposure) -> list[dict[str, Any]]:
    """Destinations with their shares. With one of them there is nothing to share out."""
    versions = exposure.versions
    found = list(_by_weight(versions))
    if len(found) == 1:
        return [_destination(exposure, found[0])]
    made = []
    for version in found:
        weight = version.weight if version else 100 - shared(versions)
        told = {"headers": {"response": {"add": {"set-cookie": set_cookie(exposure.service, versions, version)}}}}
        made.append({**_destination(exposure, version), "weight": weight, **(told if is_sticky(versions) else {})})
    return made


def _destination(exposure: Exposure, version: Version | None) -> dict[str, Any]:
    """A Service and its port: Istio would guess the port only where there is a single one. A name without dots is one beside the
    VirtualService."""
    home, service = exposure.service_namespace, version.service if version else exposure.main
    host = service if home is None else pulumi.Output.concat(service, ".", home, ".svc.cluster.local")
    return {"destination": {"host": host, "port": {"number": exposure.port}}}
