"""Argo Rollouts' controller: every Rollout and every AnalysisRun of a cluster, while the chart's pods run.

Facts: argo-rollouts v1.10.2 rollout/controller.go, service/service.go, utils/config/config.go.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

import yaml

from ....kube import ApiError
from ....kube.client import Object
from ...injectors.contract import available
from ...watched import Watched
from ..surroundings import Surroundings
from .look import API, HASH, MANAGER, ROLLOUT, RUN, Look, annotation, owned
from .measuring import COMPLETED, measured
from .patches import merge_patch
from .progress import Round
from .prometheus import ask
from .replica_sets import SETS
from .routers import INGRESS, ISTIO, RoutingFailed
from .runs import TemplateMissing
from .services import MANAGED_BY

log = logging.getLogger(__name__)
CONFIG = "argo-rollouts-config"
ROUTES = {"istio": (ISTIO, "VirtualService"), "nginx": (INGRESS, "Ingress")}
AGAIN, SOON = 3.0, 0.1  # seconds until the definitions are looked for again; until a watch has caught up


def is_controller(deployment: Object) -> bool:
    """Of a Deployment: the chart's component, by whatever name the release has."""
    labels = deployment["metadata"].get("labels") or {}
    containers = deployment["spec"]["template"]["spec"].get("containers") or []
    return labels.get("app.kubernetes.io/part-of") == "argo-rollouts" and any(each["name"] == "argo-rollouts" for each in containers)


class ArgoRollouts:
    """The controller of one cluster."""

    def __init__(self, around: Surroundings) -> None:
        self.around, self.api = around, around.api
        self.deployments, self.services, self.pods = (
            around.watch(version, kind) for version, kind in (("apps/v1", "Deployment"), ("v1", "Service"), ("v1", "Pod"))
        )
        self._own: list[Watched] = []  # of kinds that come with the chart, and of what it makes
        self._routes: dict[str, Watched] = {}  # by router: the kind of routes that the controller itself looks after
        self._seen: dict[str, int] = {}  # by uid: the version that was written last

    @property
    def watches(self) -> Sequence[Watched]:
        return [self.deployments, *self._own, *([self.services] if self._own else []), *self._routes.values()]

    def reconcile(self) -> float | None:
        deployment = next((each for each in self.deployments.items() if is_controller(each) and available(each)), None)
        if deployment is None:
            return None
        if not self._own:
            if not {kind.kind for kind in self.api.kinds(API)} >= {ROLLOUT, RUN}:
                return AGAIN
            self._own = [self.around.watch(*kind) for kind in ((API, ROLLOUT), (API, RUN), SETS)]
        if not all(watched.synced.is_set() for watched in self._own):
            return SOON
        rollouts, runs, _ = self._own
        waits = [self._try(each, self._measure) for each in runs.items()]
        if rollouts.items():
            self._watch_routes(rollouts.items())
            plugins = self._plugins(deployment["metadata"]["namespace"])
            waits += [self._try(each, lambda rollout: self._round(rollout, plugins)) for each in rollouts.items()]
        self._let_services_go({(each["metadata"]["namespace"], each["metadata"]["name"]) for each in rollouts.items()})
        return min((each for each in waits if each is not None), default=None)

    def _try(self, thing: Object, act: Callable[[Object], float | None]) -> float | None:
        """One that fails does not keep the others from their turn."""
        metadata = thing["metadata"]
        if metadata.get("deletionTimestamp"):
            return None
        try:
            return act(thing)
        except (ApiError, RoutingFailed, TemplateMissing) as problem:
            log.info("%s %s/%s tries again: %s", thing["kind"], metadata["namespace"], metadata["name"], problem)
            return 0.5
        except (AttributeError, KeyError, TypeError, ValueError):  # the stand-in's definitions take what the real ones would refuse
            log.exception("%s %s/%s is not as its kind has to be", thing["kind"], metadata["namespace"], metadata["name"])
            return None

    def _round(self, rollout: Object, plugins: set[str]) -> float | None:
        if self._behind(rollout):
            return SOON
        if "canary" not in (rollout["spec"].get("strategy") or {}):
            log.info("Rollout %s has no canary strategy: the sandbox's controller knows no other", rollout["metadata"]["name"])
            return None
        _, runs, sets = self._own
        now = Round(self.api, Look(rollout, owned(sets.items(), rollout), owned(runs.items(), rollout)), plugins)
        again = now.run()
        if now.written:
            self._wrote(now.written)
        return again

    def _measure(self, run: Object) -> float | None:
        if (run.get("status") or {}).get("phase") in COMPLETED:
            return None
        if self._behind(run):
            return SOON
        rules = self.around.measured()
        status, again = measured(run, lambda metric: ask(self.services, self.pods, rules, metric))
        if change := merge_patch(run.get("status") or {}, status):
            metadata = run["metadata"]
            self._wrote(self.api.patch(API, RUN, metadata["name"], {"status": change}, metadata["namespace"], field_manager=MANAGER))
        return again

    def _behind(self, thing: Object) -> bool:
        """Whether the watch has not yet seen what was written last."""
        return int(thing["metadata"].get("resourceVersion", 0)) < self._seen.get(thing["metadata"]["uid"], 0)

    def _wrote(self, thing: Object) -> None:
        self._seen[thing["metadata"]["uid"]] = int(thing["metadata"].get("resourceVersion", 0))

    def _watch_routes(self, rollouts: Sequence[Object]) -> None:
        """Weights that somebody else writes are set right at once; not so those of the plugin, which watches nothing."""
        for each in rollouts:
            routing = ((each["spec"].get("strategy") or {}).get("canary") or {}).get("trafficRouting") or {}
            for router, kind in ROUTES.items():
                if router in routing and router not in self._routes and any(one.kind == kind[1] for one in self.api.kinds(kind[0])):
                    self._routes[router] = self.around.watch(*kind)

    def _plugins(self, namespace: str) -> set[str]:
        """The traffic routers that the controller's ConfigMap names."""
        found = self.api.find("v1", "ConfigMap", CONFIG, namespace) or {}
        try:
            listed = yaml.safe_load((found.get("data") or {}).get("trafficRouterPlugins") or "[]")
        except yaml.YAMLError:
            listed = None
        return {str(each.get("name")) for each in listed or [] if isinstance(each, dict)}

    def _let_services_go(self, rollouts: set[tuple[str, str]]) -> None:
        """Services of Rollouts that are gone lead to all pods again."""
        for service in self.services.items():
            metadata, name = service["metadata"], annotation(service, MANAGED_BY)
            if name and (metadata["namespace"], name) not in rollouts and not metadata.get("deletionTimestamp"):
                change = {"metadata": {"annotations": {MANAGED_BY: None}}, "spec": {"selector": {HASH: None}}}
                try:
                    self.api.patch("v1", "Service", metadata["name"], change, metadata["namespace"], field_manager=MANAGER)
                except ApiError as problem:
                    if problem.code != 404:
                        raise
