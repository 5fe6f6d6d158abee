"""A service whose new versions take over step by step: which of its objects a run makes in which order.

- On: the two Services, which lead to the pods that are there → the route → the Rollout, which a run waits for → the Deployment goes, with all
  that goes, at the end of the run. The Services lead to pods that answer at each moment: to the Deployment's until the Rollout's are whole.
- Off: the Deployment → the route, to the service's own Service → the Rollout goes, and then the two Services.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import pulumi

from quayside.edge.contract import Exposure
from quayside.workloads import analysis, measures, monitoring, network, rollout
from quayside.workloads.metadata import FORCED, Manifest, selector
from quayside.workloads.placement import PlacedService
from quayside.workloads.version_specs import Pods
from quayside.workloads.versions import Common, make_ground, make_pods

Led = Sequence[tuple[Manifest, Any]]
"""Routes, each with its resource."""

WRITTEN = frozenset({"GRPCRoute", "HTTPRoute", "VirtualService"})
"""Kinds of routes that Argo Rollouts writes shares into. Beside an Ingress it makes one of its own."""


class Steered(NamedTuple):
    """What is there before the routes, and what makes the pods after them."""

    after: list[Any]
    """What a route comes after."""
    pods: Callable[[Led], Any]
    """Registers the pods, once there are routes."""


def make_steered(common: Common, spec: PlacedService, main: Pods) -> Steered:
    """Register what comes before the routes."""
    assert spec.progressive is not None
    asked, ground = spec.progressive, make_ground(common, main)
    labels = {**common.labels, **selector(main.name)}

    def side(name: str) -> Any:
        of_mesh = {**labels, **common.service_labels}
        service = network.service(name, common.home, of_mesh, spec, main.name, common.service_annotations)
        return common.register(service, common.first, known_as=name, ignore_changes=[rollout.SELECTOR])

    sides = [side(name) for name in rollout.services(common.service)]

    def pods(led: Led) -> Any:
        routes = [(manifest, resource) for manifest, resource in led if rollout.steered(manifest)]
        checks = common.register(_checks(common.service, common.home, labels, spec, main), common.first, known_as=common.service)
        manifest = rollout.rollout(ground.deployment, asked, [manifest for manifest, _ in routes])
        return make_pods(common, main, manifest, [*ground.before, *sides, checks, *(resource for _, resource in routes)])

    return Steered([ground.address, *sides], pods)


def at_entry(exposure: Exposure) -> Exposure:
    """What the entry is asked for: the version that has proved itself, with the new one beside it."""
    stable, _ = rollout.services(exposure.service)
    return replace(exposure, stable=stable, versions=(rollout.share(exposure.service),))


def by_force(manifest: Manifest, spec: PlacedService) -> Manifest:
    """A route, told to win over what Argo Rollouts wrote there: a run in the middle of a rollout would be refused otherwise. It leads back to
    the version that has proved itself until Argo Rollouts looks at it again.

    Also when a service is progressive no more: what was written last is another's until somebody wins over it. Without a Prometheus it cannot
    have been.
    """
    if manifest["kind"] not in WRITTEN or spec.monitoring is None or spec.monitoring.address is None:
        return manifest
    about = manifest["metadata"]
    return {**manifest, "metadata": {**about, "annotations": {**about.get("annotations", {}), **FORCED}}}


def _checks(name: str, home: Any, labels: Mapping[str, str], spec: PlacedService, main: Pods) -> Manifest:
    """The AnalysisTemplate. What it asks names the namespace, which may be known only later."""
    metrics = (
        home.apply(lambda known: _metrics(name, known, spec, main)) if isinstance(home, pulumi.Output) else _metrics(name, home, spec, main)
    )
    return analysis.analysis_template(name, home, labels, metrics)


def _metrics(name: str, home: str, spec: PlacedService, main: Pods) -> list[dict[str, Any]]:
    assert spec.progressive is not None
    assert spec.monitoring is not None
    assert spec.monitoring.address is not None
    _, new = rollout.services(name)
    counted = measures.at_entry(monitoring.watched(name, home, spec, [main]), new, network.service_port(spec))
    return analysis.metrics(spec.progressive, counted, spec.monitoring.address)
