"""What istiod says of routes, parent by parent (conditions.go, createRouteStatus)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from ....kube.client import Object
from ...gateway_api import Bond, Resources
from ...gateway_api.backends import unresolved
from ...gateway_api.conditions import State, told
from .classes import CONTROLLER

# Of several refusals the first of these is told.
ORDER = ("NotAllowedByListeners", "NoMatchingListenerHostname", "NoMatchingParent")


def of_route(route: Object, found: Sequence[Bond], resources: Resources) -> dict[str, Any]:
    """`found` are its bonds; what other controllers said of it stays."""
    before = (route.get("status") or {}).get("parents") or []
    known = {_key(each["parentRef"]): each.get("conditions") or [] for each in before if each["controllerName"] == CONTROLLER}
    generation = route["metadata"].get("generation", 1)
    problem = unresolved(route, resources)
    resolved: State = (False, *problem) if problem else (True, "ResolvedRefs", "All references resolved")
    parents = [each for each in before if each["controllerName"] != CONTROLLER]
    for reference in _each(found):
        accepted = _accepted([bond for bond in found if bond.reference is reference])
        conditions = told(known.get(_key(reference), []), generation, {"Accepted": accepted, "ResolvedRefs": resolved})
        parents.append({"parentRef": reference, "controllerName": CONTROLLER, "conditions": conditions})
    return {"parents": parents}


def _accepted(found: Sequence[Bond]) -> State:
    good = [bond for bond in found if bond.refusal is None]
    if good:
        return True, "Accepted", "Route was valid" if len(good) == 1 else f"Route was valid, bound to {len(good)} parents"
    refusals = [bond.refusal for bond in found if bond.refusal]
    reason = min((reason for reason, _ in refusals), key=ORDER.index)
    return False, reason, "; ".join(message for each, message in refusals if each == reason)


def _each(found: Sequence[Bond]) -> list[Object]:
    return list({id(bond.reference): bond.reference for bond in found}.values())


def _key(reference: Object) -> str:
    return json.dumps(reference, sort_keys=True)
