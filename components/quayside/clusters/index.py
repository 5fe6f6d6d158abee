"""The index of clouds: a new kind of cluster is one file beside this one and one line here (and its word in settings.cluster)."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from quayside.clusters.contract import Cluster
    from quayside.settings.entry import LoadBalancerSettings
    from quayside.settings.stack import Settings

KINDS = {
    "doks": "quayside.clusters.doks",
}
"""Kind of cluster → the module whose function `from_settings(name, settings)` builds it."""

LOAD_BALANCERS = {
    "doks": "quayside.clusters.doks_load_balancer",
}
"""Kind of cluster → the module whose pure function `annotations(settings)` is what a Service says to the cloud."""


def build(name: str, settings: Settings) -> Cluster:
    """Build the cluster that a stack's settings ask for. Only the SDK of its cloud is imported."""
    factory = cast("Callable[[str, Settings], Cluster]", import_module(KINDS[settings.cluster.kind]).from_settings)
    return factory(name, settings)


def load_balancer_annotations(kind: str, settings: LoadBalancerSettings) -> dict[str, str]:
    """What `Cluster.load_balancer_annotations` says, for those who have no cluster at hand. No SDK is imported."""
    factory = cast("Callable[[LoadBalancerSettings], dict[str, str]]", import_module(LOAD_BALANCERS[kind]).annotations)
    return factory(settings)
