"""The index of clouds: a new kind of cluster is one file beside this one and one line here (and its word in settings.cluster)."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from quayside.clusters.contract import Cluster
    from quayside.settings.stack import Settings

KINDS = {
    "doks": "quayside.clusters.doks",
}
"""Kind of cluster → the module whose function `from_settings(name, settings)` builds it."""


def build(name: str, settings: Settings) -> Cluster:
    """Build the cluster that a stack's settings ask for. Only the SDK of its cloud is imported."""
    factory = cast("Callable[[str, Settings], Cluster]", import_module(KINDS[settings.cluster.kind]).from_settings)
    return factory(name, settings)
