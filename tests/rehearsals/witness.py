"""Who writes down, in the order in which the API server saw it, what happens to a service's routes, Services and pods; to be asked afterwards
whether requests were led to nobody at any moment between. All kinds of one cluster have one count of changes (etcd's revision)."""

from __future__ import annotations

import socket
import threading
from collections.abc import Mapping
from typing import Any

import httpx

from quayside_sandbox.kube import Api

from .cluster_checks import condition

Object = dict[str, Any]
Place = tuple[str, str]
Change = tuple[int, Place, Object | None]
"""Number of the change, kind and name of the object, and what it was from then on; None where it was deleted."""

CANARY = "nginx.ingress.kubernetes.io/canary"


class Witness:
    """Watches a namespace from its first day on, while a `with` lasts."""

    def __init__(self, api: Api, namespace: str, route: tuple[str, str]) -> None:
        """route: apiVersion and kind of the routes."""
        self.api, self.namespace = api, namespace
        self.kinds = [("v1", "Pod"), ("v1", "Service"), route]
        self.seen: list[Change] = []
        self._open: list[httpx.Response] = []
        self._threads = [threading.Thread(target=self._watch, args=kind, daemon=True) for kind in self.kinds]

    def __enter__(self) -> Witness:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        """A watch is ended by the other end of its connection: whoever reads it notices nothing else."""
        for response in self._open:
            connection = response.extensions["network_stream"].get_extra_info("socket")
            socket.socket.shutdown(connection, socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()

    def _watch(self, version: str, kind: str) -> None:
        try:
            for event, thing in self.api.watch(version, kind, self.namespace, timeout=900, on_open=self._open.append):
                metadata = thing["metadata"]
                now = None if event == "DELETED" else thing
                self.seen.append((int(metadata["resourceVersion"]), (kind, metadata["name"]), now))
        except (httpx.HTTPError, httpx.StreamError, OSError, RuntimeError):
            return  # __exit__ closed the response

    def gaps(self, service: str) -> list[str]:
        """See gaps."""
        return gaps(self.seen, service)


def gaps(changes: list[Change], service: str) -> list[str]:
    """Moments, from the first route on, at which requests were led to a Service without a pod that answers, or to none at all."""
    found: list[str] = []
    held: dict[Place, Object] = {}
    begun = False
    for number, place, thing in sorted(changes, key=lambda each: each[0]):
        if thing is None:
            held.pop(place, None)
        else:
            held[place] = thing
        shares = led(held)
        begun = begun or bool(shares)
        if begun and not any(shares.values()):
            found.append(f"{number}: no route leads to {service}")
        for name, share in shares.items():
            if share and not ready(held, name):
                found.append(f"{number}: {share} lead to {name}, which has no pod that answers")
    return found


def led(held: Mapping[Place, Object]) -> dict[str, str]:
    """Service → how requests are led to it; empty text for one that a route names and leads nobody to."""
    shares: dict[str, str] = {}
    for (kind, _), route in held.items():
        if kind == "Ingress":
            shares |= _by_ingress(route)
        elif kind == "HTTPRoute":
            shares |= _by_http_route(route)
    # ingress-nginx gives the main version what another one leaves
    taken = next((share for share in shares.values() if share == "100 %"), None)
    return {name: "" if share == "the rest" and taken else share for name, share in shares.items()}


def _by_ingress(route: Object) -> dict[str, str]:
    said = {key: value for key, value in (route["metadata"].get("annotations") or {}).items() if key.startswith(CANARY)}
    backends = {path["backend"]["service"]["name"] for rule in route["spec"]["rules"] for path in rule["http"]["paths"]}
    (name,) = backends
    if not said:
        return {name: "the rest"}
    named = f"{CANARY}-by-header" in said or f"{CANARY}-by-cookie" in said
    weight = said[f"{CANARY}-weight"]
    return {name: f"{weight} %" if weight != "0" else "some by name" if named else ""}


def _by_http_route(route: Object) -> dict[str, str]:
    shares: dict[str, str] = {}
    for rule in route["spec"]["rules"]:
        for backend in rule.get("backendRefs") or ():
            weight = backend.get("weight", 1)
            alone = len(rule["backendRefs"]) == 1
            shares[backend["name"]] = "the rest" if alone else f"{weight} %" if weight else shares.get(backend["name"], "")
    return shares


def ready(held: Mapping[Place, Object], service: str) -> list[str]:
    """Images of the pods that answer for a Service, of which none is going."""
    found = held.get(("Service", service))
    if found is None:
        return []
    selector = found["spec"]["selector"]
    return sorted(
        thing["spec"]["containers"][0]["image"]
        for (kind, _), thing in held.items()
        if kind == "Pod"
        and selector.items() <= (thing["metadata"].get("labels") or {}).items()
        and not thing["metadata"].get("deletionTimestamp")
        and condition(thing, "Ready").get("status") == "True"
    )
