"""Profiles: sets of policies with the reference numbers, to begin with. The numbers are those of the policies' own defaults."""

from dataclasses import dataclass
from typing import Any

from quayside.settings.traffic.connection_pool import ConnectionPoolSettings
from quayside.settings.traffic.index import TrafficSettings, policies
from quayside.settings.traffic.keys import CookieName
from quayside.settings.traffic.load_balancing import CookieSettings, HashSettings, LoadBalancingSettings
from quayside.settings.traffic.outlier_detection import OutlierDetectionSettings
from quayside.settings.traffic.retries import RetriesSettings

AFFINITY_COOKIE = "quayside-affinity"
"""By which the profile business knows a client. No other profile or policy sets it."""

_BASE: dict[str, Any] = {
    "load_balancing": LoadBalancingSettings(algorithm="least-request"),
    "outlier_detection": OutlierDetectionSettings(),
    "connection_pool": ConnectionPoolSettings(),
    "retries": RetriesSettings(),
}

_BY_COOKIE = LoadBalancingSettings(algorithm="consistent-hash", hash=HashSettings(cookie=CookieSettings(name=CookieName(AFFINITY_COOKIE))))

PROFILES: dict[str, dict[str, Any]] = {"base": _BASE, "business": {**_BASE, "load_balancing": _BY_COOKIE}}
"""Profile → policy → its settings."""


@dataclass(frozen=True)
class Effective:
    """The policies that count for a service."""

    policies: dict[str, Any]
    """Policy → its settings, in the order of TrafficSettings."""
    stated: frozenset[str]
    """Those that the service states itself, whole or in part: a data plane that cannot do one is a problem, not an omission."""


def effective(traffic: TrafficSettings | None) -> Effective:
    """What a service states, over its profile: field by field, and null takes a policy away."""
    if traffic is None:
        return Effective({}, frozenset())
    stated = dict(policies(traffic))
    found = dict(PROFILES.get(traffic.profile or "", {}))
    for name, spec in stated.items():
        found[name] = _over(found[name], spec) if name in found else spec
    removed = traffic.model_fields_set - stated.keys()
    ordered = {name: found[name] for name in type(traffic).model_fields if name in found and name not in removed}
    return Effective(ordered, frozenset(stated))


def _over(below: Any, spec: Any) -> Any:
    """A policy over the profile's: the fields that are written win. A hash brings its algorithm along."""
    said = {name: value for name in spec.model_fields_set if (value := getattr(spec, name)) is not None}
    if "hash" in said and "algorithm" not in said:
        said["algorithm"] = None
    elif "algorithm" in said and said["algorithm"] != "consistent-hash":
        said.setdefault("hash", None)
    return below.model_copy(update=said)
