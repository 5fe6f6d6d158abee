"""Checks over several values of one service: pure functions over plain maps (see base.Rule)."""

from collections.abc import Iterator, Mapping
from typing import Any

import pulumi

from quayside.settings.types import Cpu, Duration, Memory

_AMOUNTS = (("cpu", Cpu), ("memory", Memory))

_IDENTITY = (("apiVersion",), ("kind",), ("metadata", "name"), ("metadata", "namespace"))
_POD = ("spec", "template", "spec")
_WITH_PODS = ("Deployment", "Rollout")


def requests_within_limits(resources: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Kubernetes refuses a container that asks for more than it may have."""
    requests, limits = _map(resources.get("requests")), _map(resources.get("limits"))
    for key, kind in _AMOUNTS:
        asked, allowed = _parsed(kind, requests.get(key)), _parsed(kind, limits.get(key))
        if asked is not None and allowed is not None and asked.amount > allowed.amount:
            yield "requests", f"ask for more {key} than limits allow ({asked} > {allowed}); write requests ≤ limits"


def variables_once(service: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """An environment variable comes from one place: in Kubernetes one of two would win without a word."""
    seen: dict[str, str] = {}
    for source in ("env", "config", "secrets"):
        for name in _map(service.get(source)):
            if name in seen:
                yield source, f"sets {name}, which {seen[name]} sets too; keep it in one of them"
            seen[name] = source


def range_in_order(scale: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The bounds of the autoscaler's range."""
    low, high = _number(scale.get("min")), _number(scale.get("max"))
    if low is not None and high is not None and low > high:
        yield "min", f"is more than max ({low} > {high}); write min ≤ max"


def replicas_within_scale(service: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The number to start with lies in the autoscaler's range. 1 is the default and says nothing: the range's least is then the start."""
    count, scale = _number(service.get("replicas")), _map(service.get("scale"))
    low, high = _number(scale.get("min")), _number(scale.get("max"))
    if count in (None, 1) or low is None or high is None or low > high:
        return
    if not low <= count <= high:
        yield "replicas", f"is outside of scale ({count} is not in {low} to {high}); write scale.min ≤ replicas ≤ scale.max, or remove it"


def targets_within_limits(service: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """An autoscaler computes a share of the request, so there has to be one, and waits for no more than a pod may ever use."""
    scale, resources = _map(service.get("scale")), _map(service.get("resources"))
    requests, limits = _map(resources.get("requests")), _map(resources.get("limits"))
    for key, kind in _AMOUNTS:
        target = _number(scale.get(key))
        asked, allowed = _parsed(kind, requests.get(key)), _parsed(kind, limits.get(key))
        if target is None or asked is None:
            continue
        if not asked.amount:
            wrong = f"is a share of the {key} that a pod requests, and resources.requests.{key} is 0"
            yield f"scale.{key}", f"{wrong}; write a request, or remove the range"
            continue
        if allowed is None:
            continue
        most = int(100 * allowed.amount / asked.amount)
        if target >= most:
            wrong = f"cannot be passed: limits let a pod use {most}% of the {key} it requests"
            yield f"scale.{key}", f"{wrong}; write less than {most}, or greater limits"


def answer_within_period(probe: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """One question is over before the next is asked."""
    spans = {key: _parsed(Duration, probe.get(key)) for key in ("period", "timeout")}
    for key, span in spans.items():
        if span is not None and not span.seconds:
            yield key, "is no time at all; write 1s or more"
    period, timeout = spans["period"], spans["timeout"]
    if period is not None and timeout is not None and timeout.seconds > period.seconds > 0:
        yield "timeout", f"is longer than the period ({timeout} > {period}); write timeout ≤ period"


def start_within_timeout(service: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """A rollout has a time limit, and a pod may not take longer than that to start."""
    startup = _map(_map(service.get("probes")).get("startup"))
    limit, period, failures = _parsed(Duration, service.get("timeout")), _parsed(Duration, startup.get("period")), startup.get("failures")
    if limit is not None and not limit.seconds:
        yield "timeout", "is no time at all; write 1s or more"
    elif limit is not None and period is not None and _number(failures) is not None and period.seconds * failures > limit.seconds:
        wrong = f"let a pod take {period.seconds * failures} s to start, but its rollout fails after {limit.seconds} s (timeout)"
        yield "probes.startup.failures", f"{wrong}; write fewer, or a longer timeout"


def patches_keep_names(service: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What an object is called is what other objects know it by."""
    for kind, patch in _map(service.get("patches")).items():
        for path in _IDENTITY:
            if _has(patch, path):
                yield f"patches.{kind}.{'.'.join(path)}", "cannot be changed; remove it"
        for maps in [("metadata",), *([_POD] if kind in _WITH_PODS else [])]:
            if cut := _cut(patch, maps):
                wrong = "is not a map, and would take away what the service cannot be without"
                yield f"patches.{kind}.{'.'.join(cut)}", f"{wrong}; write single fields below it, or remove it"
        containers = (*_POD, "containers")
        if kind in _WITH_PODS and _has(patch, containers):
            remedy = "write fields of it under patches.Container, and a container beside it as one of initContainers, restartPolicy: Always"
            yield f"patches.{kind}.{'.'.join(containers)}", f"would replace the service's own container; {remedy}"


def _has(tree: Any, path: tuple[str, ...]) -> bool:
    for step in path:
        if not isinstance(tree, Mapping) or step not in tree:
            return False
        tree = tree[step]
    return True


def _cut(tree: Any, path: tuple[str, ...]) -> tuple[str, ...]:
    """The part of a path that leads to something else than a map; empty where nothing does, or it is known only later."""
    for count, step in enumerate(path, start=1):
        if not isinstance(tree, Mapping) or step not in tree:
            break
        tree = tree[step]
        if not isinstance(tree, (Mapping, pulumi.Output)):
            return path[:count]
    return ()


def _parsed(kind: Any, value: Any) -> Any:
    """A value of that kind, or None where it is not known yet or wrong: its own problem is reported where it stands."""
    try:
        value = kind.parse(value)
    except ValueError:
        return None
    return value if isinstance(value, kind) else None


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _map(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
