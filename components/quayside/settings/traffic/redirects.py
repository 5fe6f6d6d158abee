"""Redirects: paths whose requests are told to ask elsewhere."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from quayside.settings.base import Model, Rule, empty
from quayside.settings.hosts import HostPath
from quayside.settings.traffic.words import DIRECT, OUTSIDE, Target

ONE_IS_ENOUGH = True
"""Who is told to ask elsewhere came through the entry."""


class RedirectSettings(Model):
    """Where requests for a path are told to ask."""

    to: Target
    """A path of the same host, or a whole address."""
    code: Literal[301, 302, 303, 307, 308] = 302
    """The HTTP status. Browsers remember 301 and 308 for good; 307 and 308 keep the method. Default: 302."""


def leads_away(redirects: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """A path that leads to itself is asked for ever."""
    paths = redirects.get("paths")
    for path, redirect in (paths if isinstance(paths, Mapping) else {}).items():
        if isinstance(redirect, Mapping) and redirect.get("to") == path:
            yield f"paths.{path}.to", "leads to itself, for ever; write another path"


class RedirectsSettings(Model):
    """Paths whose requests are told to ask elsewhere, on all hosts of the service. They are exact, and come before those that lead to it."""

    rules: ClassVar[tuple[Rule, ...]] = (leads_away,)

    paths: dict[Annotated[str, HostPath], RedirectSettings] = empty()
    """Path → where to ask instead."""


ROOM = 10
"""Rules for redirects in an HTTPRoute, which has 16 in all (its definition, maxItems): the others are for the service and its versions."""

ROOM_OF_A_RULE = 64
"""Matches of a rule (maxItems)."""


def places(spec: RedirectsSettings) -> list[tuple[RedirectSettings, list[str]]]:
    """Where paths lead, each with all of the paths that do."""
    found: dict[tuple[str, int], list[str]] = {}
    for path, redirect in sorted(spec.paths.items()):
        found.setdefault((redirect.to, redirect.code), []).append(path)
    return [(spec.paths[HostPath(paths[0])], paths) for paths in found.values()]


def refused(spec: RedirectsSettings, plane: str) -> Iterator[tuple[str, str]]:
    """What a data plane cannot do of it (see outlier_detection)."""
    if plane == "gateway-api":
        leads_to = places(spec)
        if len(leads_to) > ROOM or any(len(paths) > ROOM_OF_A_RULE for _, paths in leads_to):
            wrong = f"lead to more than {ROOM} places, or {ROOM_OF_A_RULE} of them to one, for which an HTTPRoute has no room"
            yield "paths", f"{wrong}; let the service redirect them, or write entry.kind: istio"
    if plane in ("sidecar", "ambient"):
        yield "", OUTSIDE
    if plane == "direct":
        yield "", DIRECT
