"""Timeout: how long an answer may take."""

from collections.abc import Collection, Iterator, Mapping
from typing import Annotated, Any, ClassVar

from quayside.settings.base import Model, Rule, empty
from quayside.settings.hosts import HostPath
from quayside.settings.types import ShortDuration


def some_paths(timeout: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What holds for all paths is said once."""
    paths = timeout.get("paths")
    if isinstance(paths, Mapping) and "/" in paths:
        yield "paths./", "is all paths; write it as request"


class TimeoutSettings(Model):
    """How long an answer may take, all tries of it together. nginx and Kong, which have no such clock, end an answer that is silent for as
    long; nginx stops trying again after it, and Kong tries once."""

    rules: ClassVar[tuple[Rule, ...]] = (some_paths,)

    request: ShortDuration
    """From the whole request to the whole answer. It is longer than attempts × perTry of the retries."""
    paths: dict[Annotated[str, HostPath], ShortDuration] = empty()
    """Paths, each with all below it, whose answers may take another time, such as an upload: path → time. Default: none."""


def refused(spec: TimeoutSettings, plane: str) -> Iterator[tuple[str, str]]:
    """See outlier_detection.refused."""
    if plane == "direct":
        yield "", "is not to be had from a load balancer that leads straight to pods and sees no requests; write entry.kind: gateway-api"
    if plane == "ingress-nginx" and spec.request.milliseconds % 1000:
        yield "request", "is not to be had from ingress-nginx, which counts whole seconds; write some, such as 10s"
    if plane in ("ingress-nginx", "kong") and spec.paths:
        wrong = f"are not to be had from {plane}, which has one clock for all paths of a service"
        yield "paths", f"{wrong}; write the longest time as request, or entry.kind: gateway-api"


def apart(own: Collection[str], paths: Mapping[str, str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Of paths that lead to a service, those for which a path counts that has a time of its own, the longest of these first: it, and path →
    Prefix or Exact.

    own: paths with times of their own. paths: those that lead to the service.
    """
    for path in sorted(own, key=lambda each: (-len(each), each)):
        found = {}
        for led, kind in paths.items():
            if kind == "Prefix" and _within(path, led):
                found[path] = "Prefix"
            elif path == max((each for each in own if _within(led, each)), key=len, default=None):
                found.setdefault(led, kind)
        if found:
            yield path, found


def _within(path: str, outer: str) -> bool:
    """Whether a path is another one or lies below it, by whole elements."""
    return f"{path.rstrip('/')}/".startswith(f"{outer.rstrip('/')}/")
