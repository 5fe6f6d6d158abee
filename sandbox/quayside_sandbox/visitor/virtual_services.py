"""What visitors of Istio's own gateways meet: where controlplane.istio_api leads them, with the certificate and the Services behind."""

from __future__ import annotations

from ..controlplane.doors import Door
from ..controlplane.istio_api import lead
from ..controlplane.request import Request
from ..kube.client import Object
from .answer import Backend, Route, Shown
from .view import View


def route(view: View, door: Door, request: Request) -> Route:
    led = lead(view.istio(door.control_plane), door, request)
    if led.gateway is None or led.server is None:
        return Route(problem=f"no Gateway of these pods takes {request.host} on port {request.port}")
    if led.to_https:
        return Route(_name(led.gateway), redirect=f"https://{request.host}{request.path}")
    certificate = _certificate(view, door, led.server.get("tls") or {}, request.host) if request.scheme == "https" else None
    if led.virtual_service is None or led.rule is None:
        return Route(certificate=certificate, problem=f"404: no VirtualService of {_name(led.gateway)} has {request.host}{request.path}")
    backends = _destinations(view, led.virtual_service, led.rule.get("route") or [])
    return Route(_name(led.virtual_service), backends, _redirect(led.rule, request), certificate)


def _certificate(view: View, door: Door, tls: Object, host: str) -> Shown | None:
    """From a Secret beside the gateway's pods."""
    if tls.get("mode") == "PASSTHROUGH":
        return None
    names = [tls["credentialName"]] if tls.get("credentialName") else tls.get("credentialNames") or []
    found = [view.certificate(door.pods[0]["metadata"]["namespace"], name, host) for name in names]
    return next((each for each in found if not each.problem), found[0] if found else Shown("", "the server names no credential"))


def _redirect(rule: Object, request: Request) -> str:
    to = rule.get("redirect")
    return f"{to.get('scheme') or request.scheme}://{to.get('authority') or request.host}{to.get('uri') or request.path}" if to else ""


def _destinations(view: View, service: Object, routes: list[Object]) -> tuple[Backend, ...]:
    total = sum(each.get("weight", 0) for each in routes)
    found = []
    for each in routes:
        share = 100.0 * each.get("weight", 0) / total if total else 100.0 / len(routes)
        if share:
            name, _, rest = each["destination"]["host"].partition(".")
            namespace = rest.partition(".")[0] or service["metadata"]["namespace"]
            port = (each["destination"].get("port") or {}).get("number") or _only_port(view, namespace, name)
            found.append(view.backend(namespace, name, port, share))
    return tuple(found)


def _only_port(view: View, namespace: str, name: str) -> int:
    """Without a number the Service must have one port alone."""
    ports = (view.services.get((namespace, name)) or {"spec": {}})["spec"].get("ports") or []
    return int(ports[0]["port"]) if len(ports) == 1 else 0


def _name(thing: Object) -> str:
    return f"{thing['kind']} {thing['metadata']['namespace']}/{thing['metadata']['name']}"
