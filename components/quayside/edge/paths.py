"""A service on paths where its traffic policies say something else. Routes of both kinds use it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from quayside.edge.contract import Exposure
from quayside.settings.traffic.timeout import apart


def by_path(exposure: Exposure, paths: Mapping[str, str]) -> Iterator[tuple[Exposure, Mapping[str, str]]]:
    """What the service wants on which of its paths, the more specific first and all of them last. Each has all rules of the service: that a
    path is longer counts more than what else a rule asks for.

    paths: path → Prefix or Exact.
    """
    parts = exposure.parts
    for path, there in apart(parts.by_path, paths):
        yield replace(exposure, parts=replace(parts, rule={**parts.rule, **parts.by_path[path]})), there
    yield exposure, paths
