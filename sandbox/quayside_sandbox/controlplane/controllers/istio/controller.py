"""istiod: makes GatewayClasses, runs the pods of Gateways, and says of gateways, listener sets and routes whether they are well.

Facts: istio pilot/pkg/config/kube/gateway (1.30). Its webhooks: admission/istiod.py, injectors/istiod.py.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from ....kube import ApiError
from ....kube.client import Object
from ...authority_injection import REGISTRATION
from ...gateway_api import API, GRANTS, ROUTES, Listener, Resources, bonds
from ...gateway_api.listeners import parent
from ...gateway_api.resources import labels_by_name
from ...injectors.contract import available
from ...watched import Watched
from ..surroundings import Surroundings
from . import classes, gateway_status, managed, revisions, route_status
from .classes import GatewayClass
from .gateway_status import Workload
from .values import Values

log = logging.getLogger(__name__)

Owned = Callable[[Object], bool]
"""Whether an object is one control plane's to speak of: by its label, its namespace's, or the tag `default` (pkg/revisions, IsMine)."""

KINDS = {"GatewayClass": API, "Gateway": API, "ListenerSet": API, **dict.fromkeys(ROUTES, API), "ReferenceGrant": GRANTS}
MANAGER = "pilot-discovery"
DEFAULTS = "gateway.istio.io/defaults-for-class"  # label of a ConfigMap
AGAIN = 3.0  # seconds until it is looked whether definitions have come that were missing
SYNCING = 0.2


class Istiod:
    """All control planes of one cluster."""

    def __init__(self, around: Surroundings) -> None:
        self.around, self.api = around, around.api
        self.deployments = around.watch("apps/v1", "Deployment")
        self._own: dict[str, Watched] = {}  # by kind: those that come with the Gateway API
        self._others: dict[str, Watched] = {}
        self._applied: dict[str, str] = {}  # uid of a Gateway and name of an object → what was applied last

    @property
    def watches(self) -> Sequence[Watched]:
        return [self.deployments, *self._own.values(), *self._others.values()]

    def reconcile(self) -> float | None:
        planes = revisions.running(self.deployments.items())
        if not planes:
            return None
        try:
            return self._reconcile(planes)
        except (LookupError, TypeError, ValueError, AttributeError):  # nobody checks custom resources without the real definitions
            log.exception("an object of the Gateway API is not as its definition wants it")
            return AGAIN

    def _reconcile(self, planes: Mapping[str, Object]) -> float | None:
        again = self._look_for_definitions()
        if "Gateway" not in self._own or "GatewayClass" not in self._own:
            return AGAIN
        if not all(watched.synced.is_set() for watched in self.watches):
            return SYNCING
        self._make_classes()
        served = revisions.served(planes, self._others["MutatingWebhookConfiguration"].items())
        kinds = {each["metadata"]["name"]: classes.of(each["spec"]["controllerName"]) for each in self._items("GatewayClass")}
        namespaces = labels_by_name(self._others["Namespace"].items())
        istios = [
            each
            for each in self._items("Gateway")
            if kinds.get(each["spec"]["gatewayClassName"]) and not each["metadata"].get("deletionTimestamp")
        ]
        everything = Resources(
            gateways=istios,
            sets=list(self._items("ListenerSet")),
            routes=[route for kind in ROUTES for route in self._items(kind)],
            grants=list(self._items("ReferenceGrant")),
            namespaces=namespaces,
            services=self._others["Service"].get,
            secrets=self._others["Secret"].get,
        )
        for revision, istiod in planes.items():
            resources, owned = everything.seen_by(revision), partial(_owns, revision, served, namespaces)
            attached = self._tell_routes(resources, owned)
            for gateway in istios:
                kind = kinds[gateway["spec"]["gatewayClassName"]]
                if kind and owned(gateway):
                    self._run(gateway, kind, revision, istiod, resources)
                if kind:
                    self._tell_gateway(gateway, kind, resources, attached, owned)
        return again

    # -- kinds ------------------------------------------------------------------------------------------------------------

    def _look_for_definitions(self) -> float | None:
        """Watches what has come. Where some are missing they are asked for again: their definitions may come after istiod."""
        missing = {kind: version for kind, version in KINDS.items() if kind not in self._own}
        if missing:
            there = {version: {each.kind for each in self.api.kinds(version)} for version in set(missing.values())}
            self._own |= {kind: self.around.watch(version, kind) for kind, version in missing.items() if kind in there[version]}
        if self._own and not self._others:
            self._others = {kind: self.around.watch("v1", kind) for kind in ("Service", "Secret", "Namespace", "ConfigMap")}
            self._others["MutatingWebhookConfiguration"] = self.around.watch(REGISTRATION, "MutatingWebhookConfiguration")
        return AGAIN if len(self._own) < len(KINDS) else None

    def _items(self, kind: str) -> Iterator[Object]:
        watched = self._own.get(kind)
        version = KINDS[kind]
        yield from ({"apiVersion": version, "kind": kind, **each} for each in (watched.items() if watched else ()))

    # -- classes ----------------------------------------------------------------------------------------------------------

    def _make_classes(self) -> None:
        """Made where they are missing, never changed: a user may have made them otherwise."""
        there = {each["metadata"]["name"]: each for each in self._items("GatewayClass")}
        for known in classes.CLASSES:
            if known.name not in there:
                try:
                    self.api.create(classes.object_of(known), field_manager=MANAGER)
                except ApiError as problem:
                    if problem.code != 409:
                        raise
        for found in there.values():
            if classes.of(found["spec"]["controllerName"]):
                self._say(found, classes.status(found))

    # -- the pods of Gateways ---------------------------------------------------------------------------------------------

    def _run(self, gateway: Object, kind: GatewayClass, revision: str, istiod: Object, resources: Resources) -> None:
        if not kind.managed or not managed.is_managed(gateway):
            return
        try:
            home = istiod["metadata"]["namespace"]
            values = Values.of(revision, home, self._others["ConfigMap"].get)
            overlays = [*self._class_defaults(gateway, home), *self._parameters(gateway)]
            ask = managed.Ask(gateway, kind, _all_listeners(gateway, resources), values, revision, overlays)
            for made in managed.objects(ask):
                self._apply(gateway, kind, made)
        except managed.InvalidParameters as problem:
            log.error("error rendering templates of Gateway %s: %s", gateway["metadata"]["name"], problem)

    def _class_defaults(self, gateway: Object, home: str) -> list[dict[str, str]]:
        """From the oldest ConfigMap beside istiod that is labelled with the class."""
        found = [
            each
            for each in self._others["ConfigMap"].items()
            if each["metadata"]["namespace"] == home
            and (each["metadata"].get("labels") or {}).get(DEFAULTS) == gateway["spec"]["gatewayClassName"]
        ]
        found.sort(key=lambda each: each["metadata"].get("creationTimestamp") or "")
        return [each.get("data") or {} for each in found[:1]]

    def _parameters(self, gateway: Object) -> list[dict[str, str]]:
        reference = (gateway["spec"].get("infrastructure") or {}).get("parametersRef")
        if not reference:
            return []
        if (reference.get("group") or "", reference["kind"]) != ("", "ConfigMap"):
            raise managed.InvalidParameters(f"unknown infrastructure parameters type {reference.get('group')}/{reference['kind']}")
        namespace, name = gateway["metadata"]["namespace"], reference["name"]
        found = self._others["ConfigMap"].get(name, namespace)
        if found is None:
            raise managed.InvalidParameters(f'parametersRef targeting configmap "{namespace}/{name}", but configmap does not exist')
        return [found.get("data") or {}]

    def _apply(self, gateway: Object, kind: GatewayClass, made: Object) -> None:
        """Server-side apply, only where something has changed since. What somebody else made under the name is left alone."""
        metadata = made["metadata"]
        key = f"{gateway['metadata']['uid']}/{made['kind']}/{metadata['name']}"
        there = self._there(made)
        seen = (there or {}).get("metadata") or {}
        content = json.dumps([made, seen.get("uid"), seen.get("generation") or seen.get("resourceVersion")], sort_keys=True)
        mark = hashlib.sha256(content.encode()).hexdigest()
        if self._applied.get(key) == mark:
            return
        if there is not None and managed.MANAGED not in (seen.get("labels") or {}):
            log.debug("%s %s is somebody else's", made["kind"], metadata["name"])
        else:
            try:
                self.api.apply(made, field_manager=kind.controller, force=True)
            except ApiError as problem:  # refused: istiod tries a few times and waits for a change, which the watches tell of
                log.error("%s %s of a Gateway cannot be made: %s", made["kind"], metadata["name"], problem)
        self._applied[key] = mark

    def _there(self, made: Object) -> Object | None:
        name, namespace = made["metadata"]["name"], made["metadata"]["namespace"]
        if made["kind"] == "Deployment":
            return self.deployments.get(name, namespace)
        if made["kind"] == "Service":
            return self._others["Service"].get(name, namespace)
        return self.api.find(made["apiVersion"], made["kind"], name, namespace)

    # -- statuses ---------------------------------------------------------------------------------------------------------

    def _tell_routes(self, resources: Resources, owned: Owned) -> Counter[int]:
        """Returns how many routes each listener has, by its id(). Of what one control plane sees it speaks of its own alone (istio#58292)."""
        attached: Counter[int] = Counter()
        for route in resources.routes:
            if route["metadata"].get("deletionTimestamp"):
                continue
            found = bonds(route, resources)
            attached.update({id(bond.listener) for bond in found if bond.listener and bond.refusal is None})
            status = route_status.of_route(route, found, resources)
            if owned(route) and (status["parents"] or (route.get("status") or {}).get("parents")):
                self._say(route, status)
        return attached

    def _tell_gateway(self, gateway: Object, kind: GatewayClass, resources: Resources, attached: Counter[int], owned: Owned) -> None:
        namespace, name = gateway["metadata"]["namespace"], managed.name_of(gateway, kind)
        running = self.deployments.get(name, namespace)
        service = self._others["Service"].get(name, namespace)
        workload = Workload(name, namespace, service, running is not None and available(running))
        if owned(gateway):
            self._say(gateway, gateway_status.of_gateway(gateway, kind, workload, resources, attached))
        for each in resources.sets:
            here = parent(each) == (namespace, gateway["metadata"]["name"])
            if here and owned(each) and not each["metadata"].get("deletionTimestamp"):
                self._say(each, gateway_status.of_listener_set(each, kind, workload, resources, attached))

    def _say(self, thing: Object, status: Object) -> None:
        before, metadata = thing.get("status") or {}, thing["metadata"]
        if all(before.get(key) == value for key, value in status.items()):
            return
        try:
            self.api.patch(
                thing["apiVersion"],
                thing["kind"],
                metadata["name"],
                {"status": status},
                metadata.get("namespace"),
                subresource="status",
                field_manager=MANAGER,
            )
        except ApiError as problem:
            if problem.code not in (404, 409):
                raise


def _owns(revision: str, served: Mapping[str, str], namespaces: Mapping[str, Mapping[str, str]], thing: Object) -> bool:
    return served.get(revisions.chosen(thing, namespaces.get(thing["metadata"].get("namespace", ""), {}))) == revision


def _all_listeners(gateway: Object, resources: Resources) -> list[Listener]:
    """The Gateway's own and those that ListenerSets add."""
    found = [each for listeners in resources.listeners.values() for each in listeners if each.gateway is gateway]
    return [each for each in found if not each.conflict]
