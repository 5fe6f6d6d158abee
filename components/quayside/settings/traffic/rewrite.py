"""Rewrites: a service is asked for another path or host than the one that its clients wrote."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from quayside.settings.base import Model, Rule
from quayside.settings.hosts import Host, HostPath
from quayside.settings.traffic.words import DIRECT, OUTSIDE

ONE_IS_ENOUGH = True
"""Only the entry knows by which path it was led here."""


def one_path(rewrite: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """A path is rewritten in one way."""
    said = {key for key in ("prefix", "path", "host") if rewrite.get(key) is not None}
    if not said:
        yield "prefix", "is missing, and so are path and host; write one of them, or remove rewrite"
    if {"prefix", "path"} <= said:
        yield "path", "stands beside prefix, and only one of them can be; remove one"


class RewriteSettings(Model):
    """The service is asked for another path or host than the one that its clients wrote.

    prefix puts a path in place of the one that led here (hosts.<host>.paths): with the path /api and prefix: /, the service is asked for
    /orders where the client asked for /api/orders.
    """

    rules: ClassVar[tuple[Rule, ...]] = (one_path,)

    prefix: HostPath | None = None
    """What stands in place of the path that led here; what follows it stays. Default: it stays as it is."""
    path: HostPath | None = None
    """The path of all requests. Default: as it is."""
    host: Host | None = None
    """The host that the service is asked for. Default: the one that the client asked."""


def refused(spec: RewriteSettings, plane: str) -> Iterator[tuple[str, str]]:
    """What a data plane cannot do of it (see outlier_detection)."""
    if plane == "ingress-nginx":
        for key in ("prefix", "path"):
            if getattr(spec, key) is not None:
                # its docs, Ingress Path Matching: the modifier is enforced on all paths of the host, whatever Ingress they are in
                wrong = "would make ingress-nginx read all paths of these hosts, also other services', as regular expressions"
                yield key, f"{wrong}; let the service answer on the path itself, or write entry.kind: gateway-api"
    if plane == "kong" and spec.path is not None:
        wrong = "is not to be had from Kong: its plugin for it is the one that edits headers, and a route has each plugin once"
        yield "path", f"{wrong}; write prefix, or entry.kind: gateway-api"
    if plane in ("sidecar", "ambient"):
        yield "", OUTSIDE
    if plane == "direct":
        yield "", DIRECT
