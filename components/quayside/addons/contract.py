"""What an add-on is: something that a cluster may have besides the platform's own parts, with what it needs and what it cannot stand beside.

A program adds its own without a change here: `Platform(settings, addons=[chart_addon(…)])`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, Any

import pulumi

from quayside.settings.problems import InvalidSettings, did_you_mean

if TYPE_CHECKING:
    from quayside.charts import Chart
    from quayside.clusters.contract import Cluster
    from quayside.settings.stack import Settings


@dataclass(frozen=True)
class Ground:
    """What an add-on stands on."""

    settings: Settings
    """The stack's settings."""
    cluster: Cluster
    """The cluster that it is for."""
    after: Sequence[Any]
    """What is there before it: the cluster's planes, and the add-ons that it needs."""

    def options(self, *, billed: bool = False) -> pulumi.ResourceOptions:
        """Options of its resource. billed: whether it makes volumes or load balancers, which are paid for until they are deleted."""
        root = self.cluster.billed if billed else self.cluster.owned
        return pulumi.ResourceOptions(parent=root, depends_on=list(self.after) or None)

    @property
    def mirror(self) -> dict[str, Any]:
        """The argument that all components with a chart have in common."""
        return {"mirror": self.settings.charts.mirror} if self.settings.charts.mirror else {}


@dataclass(frozen=True)
class Addon:
    """An add-on."""

    name: str
    """What others call it that need it."""
    build: Callable[[Ground], Any]
    """Builds it and returns its resource."""
    wanted: Callable[[Settings], bool] = field(default=lambda settings: True)
    """Whether a stack's settings ask for it. Default: always."""
    needs: tuple[str, ...] = ()
    """Add-ons that have to be there before it."""
    conflicts: tuple[str, ...] = ()
    """Add-ons that cannot be in the same cluster."""


def chart_addon(
    name: str,
    chart: Chart,
    values: Callable[[Settings], Mapping[str, Any]] = lambda settings: {},
    *,
    namespace: str | None = None,
    privileged: bool = False,
    billed: bool = False,
    wanted: Callable[[Settings], bool] = lambda settings: True,
    needs: tuple[str, ...] = (),
    conflicts: tuple[str, ...] = (),
) -> Addon:
    """An add-on that is a Helm chart in a namespace of its own.

    namespace: by default its name. privileged: whether its pods may do anything to the nodes; else they are held to the restricted security
    profile. billed: see Ground.options.
    """

    def build(ground: Ground) -> Any:
        from quayside import namespaces
        from quayside.labels import owner_labels
        from quayside.objects import register
        from quayside.releases import release

        opts, home = ground.options(billed=billed), namespace or name
        make = namespaces.privileged if privileged else namespaces.manifest
        first = register(home, make(home, owner_labels()), opts)
        then = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[first]))
        return release(name, chart, values(ground.settings), namespace=home, mirror=ground.settings.charts.mirror, opts=then)

    return Addon(name, build, wanted, needs, conflicts)


def in_order(addons: Iterable[Addon]) -> list[Addon]:
    """Add-ons with each after what it needs, else by name: the same from one run to the next.

    Raises InvalidSettings where one is there twice, needs what is not there, or stands beside what it cannot stand beside.
    """
    given = list(addons)
    known = {each.name: each for each in given}
    problems = [f"{name} is there twice; write another name" for name in sorted(known) if [each.name for each in given].count(name) > 1]
    for each in sorted(known.values(), key=lambda one: one.name):
        problems += [
            f"{each.name} needs {need}, which is not there; {did_you_mean(need, known)}" for need in each.needs if need not in known
        ]
        problems += [
            f"{each.name} cannot be in one cluster with {other}; leave one of them out" for other in each.conflicts if other in known
        ]
    if problems:
        raise InvalidSettings("the add-ons", problems)
    sorter = TopologicalSorter({name: sorted(known[name].needs) for name in sorted(known)})
    try:
        return [known[name] for name in sorter.static_order()]
    except CycleError as error:
        raise InvalidSettings("the add-ons", [f"need each other in a circle: {' → '.join(error.args[1])}"]) from error


def build_all(addons: Iterable[Addon], settings: Settings, cluster: Cluster, first: Sequence[Any] = ()) -> dict[str, Any]:
    """Build those that the settings ask for: name → its resource. first: what is there before all of them."""
    made: dict[str, Any] = {}
    for each in in_order(one for one in addons if one.wanted(settings)):
        made[each.name] = each.build(Ground(settings, cluster, [*first, *(made[need] for need in each.needs)]))
    return made
