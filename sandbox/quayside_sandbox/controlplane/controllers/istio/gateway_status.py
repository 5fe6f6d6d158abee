"""What istiod says of Gateways, ListenerSets and their listeners (conversion.go: reportGatewayStatus, reportListenerSetStatus, buildListener)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

from ....kube.client import Object
from ...gateway_api import GROUP, Listener, Resources
from ...gateway_api.conditions import State, told
from .classes import MESH, GatewayClass

DOMAIN = "svc.cluster.local"
NOT_ALLOWED = "The parent Gateway does not allow this reference; check the 'spec.allowedRoutes'"
WAYPOINT_PORT = 15008


@dataclass(frozen=True)
class Workload:
    """The Service of a Gateway's pods, None while there is none, and whether one of the pods is ready."""

    name: str
    namespace: str
    service: Object | None
    ready: bool

    @property
    def host(self) -> str:
        return f"{self.name}.{self.namespace}.{DOMAIN}"

    @property
    def external(self) -> list[str]:
        found = (((self.service or {}).get("status") or {}).get("loadBalancer") or {}).get("ingress") or []
        return [str(each.get("ip") or each.get("hostname")) for each in found]

    def programmed(self, ports: Sequence[int]) -> State:
        """Of the Gateway as a whole: its Service must be there, have every port, and lead to a pod."""
        if self.service is None:
            return False, "AddressNotUsable", f'Failed to assign to any requested addresses: hostname "{self.host}" not found'
        spec = self.service["spec"]
        offered = {port["port"] for port in spec.get("ports") or []}
        warnings, usable, internal = [], True, []
        for port in dict.fromkeys(ports):
            if port not in offered:
                warnings.append(f'port {port} not found for hostname "{self.host}"')
                usable = False
            elif not self.ready:
                warnings.append(f'no instances found for hostname "{self.host}"')
            else:
                internal.append(f"{self.host}:{port}")
        if spec.get("type") == "LoadBalancer" and not self.external and internal:
            warnings.append(f'address pending for hostname "{self.host}"')
        if warnings:
            head = "Failed to assign to any requested addresses"
            if internal:
                head = f"Assigned to service(s) {_joined(internal)}, but failed to assign to all requested addresses"
            reason = "AddressNotAssigned" if usable else "AddressNotUsable"
            return False, reason, f"{head}: {'; '.join(dict.fromkeys(warnings))}"
        return True, "Programmed", f"Resource programmed, assigned to service(s) {_joined(internal)}"

    def addresses(self, kind: GatewayClass) -> list[Object]:
        """Those from outside, else the Service's own: its name, for waypoints its IP too."""
        found = self.external
        if not found and self.service is not None and self.ready:
            internal = [str(self.service["spec"].get("clusterIP") or "")] if kind.controller == MESH else []
            found = [*filter(None, internal), self.host]
        return [{"type": "IPAddress" if _is_ip(each) else "Hostname", "value": each} for each in found]


def of_gateway(gateway: Object, kind: GatewayClass, workload: Workload, resources: Resources, routes: Mapping[int, int]) -> dict[str, Any]:
    """`routes` are the numbers of routes by the listener's id()."""
    before, generation = gateway.get("status") or {}, gateway["metadata"].get("generation", 1)
    listeners = resources.listeners.get(("Gateway", gateway["metadata"]["namespace"], gateway["metadata"]["name"]), [])
    if not kind.managed:
        remote = (True, "Programmed", "This Gateway is remote; Istio will not program it")
        accepted = {"Accepted": (True, "Accepted", "Resource accepted"), "Programmed": remote}
        return {"conditions": told(before.get("conditions") or [], generation, accepted)}
    ports = [each.port for each in listeners]
    conditions = {"Accepted": (True, "Accepted", "Resource accepted"), "Programmed": workload.programmed(ports)}
    status: dict[str, Any] = {
        "conditions": told(before.get("conditions") or [], generation, conditions),
        "listeners": _listeners(listeners, before, generation, kind, resources, routes),
    }
    addresses = workload.addresses(kind)
    if addresses or before.get("addresses"):
        status["addresses"] = addresses or before["addresses"]  # once known, never taken away
    if kind.listener_sets:
        status["attachedListenerSets"] = len(attached(gateway, resources))
    return status


def of_listener_set(
    listener_set: Object, kind: GatewayClass, workload: Workload, resources: Resources, routes: Mapping[int, int]
) -> dict[str, Any]:
    """Of one whose Gateway is istiod's."""
    before, metadata = listener_set.get("status") or {}, listener_set["metadata"]
    generation, listeners = metadata.get("generation", 1), resources.listeners.get(("ListenerSet", metadata["namespace"], metadata["name"]))
    why = ""
    if not kind.listener_sets:
        why = f'The "{kind.name}" GatewayClass does not support ListenerSet'
    elif listeners is None:
        why = NOT_ALLOWED
    if why or listeners is None:
        refused: State = (False, "NotAllowed", why)
        return {"conditions": told(before.get("conditions") or [], generation, {"Accepted": refused, "Programmed": refused})}
    conditions = {
        "Accepted": (True, "Accepted", "Resource accepted"),
        "Programmed": workload.programmed([each.port for each in listeners]),
    }
    if all(each.conflict for each in listeners):
        none: State = (False, "ListenersNotValid", "No listener of this set is valid: all of them conflict with others")
        conditions = {"Accepted": none, "Programmed": none}
    return {
        "conditions": told(before.get("conditions") or [], generation, conditions),
        "listeners": _listeners(listeners, before, generation, kind, resources, routes),
    }


def attached(gateway: Object, resources: Resources) -> list[Object]:
    """The ListenerSets that add a listener to a Gateway."""
    return [
        owner.owner
        for (kind, _, _), listeners in resources.listeners.items()
        if kind == "ListenerSet" and (owner := listeners[0]).gateway is gateway and not all(each.conflict for each in listeners)
    ]


def _listeners(
    listeners: Sequence[Listener], before: Object, generation: int, kind: GatewayClass, resources: Resources, routes: Mapping[int, int]
) -> list[Object]:
    known = {each["name"]: each.get("conditions") or [] for each in before.get("listeners") or []}
    return [
        {
            "name": each.name,
            "attachedRoutes": routes.get(id(each), 0),
            "supportedKinds": [{"group": GROUP, "kind": kind} for kind in each.kinds()[0]],
            "conditions": told(known.get(each.name, []), generation, _conditions(each, kind, resources)),
        }
        for each in listeners
    ]


def _conditions(listener: Listener, kind: GatewayClass, resources: Resources) -> dict[str, State]:
    fine = "No errors found"
    found: dict[str, State] = {
        "Accepted": (True, "Accepted", fine),
        "Programmed": (True, "Programmed", fine),
        "Conflicted": (False, "NoConflicts", fine),
        "ResolvedRefs": (True, "ResolvedRefs", fine),
    }
    if problem := listener.unresolved(resources):
        found["ResolvedRefs"] = (False, *problem)
        found["Programmed"] = (False, "Invalid", "Bad TLS configuration")
    if not listener.kinds()[1]:
        found["ResolvedRefs"] = (False, "InvalidRouteKinds", "Invalid route kinds")
    protocol = listener.spec["protocol"]
    if kind.controller == MESH:
        if (listener.port, protocol) != (WAYPOINT_PORT, "HBONE"):
            why = 'Expected a single listener on port 15008 with protocol "HBONE"'
            found["Accepted"] = (False, "UnsupportedProtocol", why)
    elif protocol == "HBONE":
        found["Accepted"] = (False, "UnsupportedProtocol", 'protocol "HBONE" is only supported for waypoint proxies')
    elif protocol not in ("HTTP", "HTTPS", "TLS", "TCP"):
        found["Accepted"] = (False, "UnsupportedProtocol", f'protocol "{protocol}" is unsupported')
    if listener.conflict:
        message = "another listener has this port and host name already"
        found["Conflicted"] = (True, listener.conflict, message)
        found["Accepted"] = found["Programmed"] = (False, listener.conflict, message)
    return found


def _joined(hosts: list[str]) -> str:
    if len(hosts) < 3:
        return " and ".join(hosts)
    return f"{', '.join(hosts[:-1])}, and {hosts[-1]}"


def _is_ip(text: str) -> bool:
    try:
        return bool(ip_address(text))
    except ValueError:
        return False
