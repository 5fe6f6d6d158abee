"""How ingress-nginx and Kong read Ingresses.

Facts: kubernetes.io/docs/concepts/services-networking/ingress; ingress-nginx docs/user-guide (canary, ssl-redirect, default certificate);
Kong ingress controller docs (protocols).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..controlplane.doors import INGRESS_CONTROLLERS, INGRESS_NGINX, Door
from ..controlplane.request import Request
from ..kube.client import Object
from .answer import Backend, Route, Shown
from .certificates import matches
from .view import View

NGINX, KONG = "nginx.ingress.kubernetes.io/", "konghq.com/"
OLD_CLASS = "kubernetes.io/ingress.class"
KONG_CERTIFICATE = re.compile(r"/etc/secrets/([^/]+)/tls\.crt")
Hit = tuple[tuple[int, int, int], Object, Object]
"""How exact, the Ingress, and the path in it."""


def route(view: View, door: Door, request: Request) -> Route:
    mine = [each for each in view.ingresses if _program(each, view) == door.kind]
    certificate = _certificate(view, door, mine, request.host) if request.scheme == "https" else None
    hits = sorted((hit for each in mine if not _is_canary(each) for hit in _hits(each, request)), key=lambda hit: hit[0])
    if not hits:
        return Route(certificate=certificate, problem=f"404: no Ingress of {door.kind} has {request.host}{request.path}")
    _, ingress, path = hits[-1]
    name = f"Ingress {ingress['metadata']['namespace']}/{ingress['metadata']['name']}"
    if request.scheme == "http" and _to_https(ingress, door):
        return Route(name, redirect=f"https://{request.host}{request.path}")
    return Route(name, _shares(view, mine if door.kind == INGRESS_NGINX else [], ingress, path, request), certificate=certificate)


def _program(ingress: Object, view: View) -> str:
    """Which one serves it."""
    named = _annotations(ingress).get(OLD_CLASS) or ingress["spec"].get("ingressClassName")
    found = view.classes.get(named or "")
    return INGRESS_CONTROLLERS.get(str(found["spec"].get("controller")), "") if found else ""


def _hits(ingress: Object, request: Request) -> Iterator[Hit]:
    for rule in ingress["spec"].get("rules") or []:
        host = rule.get("host") or ""
        if host and not matches(host, request.host):
            continue
        for path in (rule.get("http") or {}).get("paths") or []:
            value, kind = path.get("path") or "/", path.get("pathType", "ImplementationSpecific")
            exact = value == request.path
            prefix = kind != "Exact" and (value == "/" or exact or request.path.startswith(value.rstrip("/") + "/"))
            if exact or prefix:
                rank = 2 if host and not host.startswith("*") else int(bool(host))
                yield (rank, int(kind == "Exact"), len(value)), ingress, path


def _shares(view: View, others: list[Object], ingress: Object, path: Object, request: Request) -> tuple[Backend, ...]:
    """The main backend, less what canaries of the same host and path take."""
    left, found = 100.0, []
    for each in others:
        if not _is_canary(each):
            continue
        hit = next((hit for hit in _hits(each, request) if hit[2].get("path") == path.get("path")), None)
        share = _canary_share(_annotations(each), request) if hit else 0.0
        if hit and share:
            found.append(_backend(view, each, hit[2], share))
            left -= share
    return (_backend(view, ingress, path, left), *found) if left > 0 else tuple(found)


def _canary_share(annotations: Object, request: Request) -> float:
    """By header first, then by cookie, then by weight."""
    header = str(annotations.get(f"{NGINX}canary-by-header") or "").lower()
    if header and header in request.headers:
        value, wanted = request.headers[header], annotations.get(f"{NGINX}canary-by-header-value")
        pattern = annotations.get(f"{NGINX}canary-by-header-pattern")
        if pattern and not wanted:
            return 100.0 if re.search(pattern, value) else 0.0
        if value == (wanted or "always"):
            return 100.0
        if not wanted and value == "never":
            return 0.0
    cookie = request.cookies.get(str(annotations.get(f"{NGINX}canary-by-cookie") or ""))
    if cookie in ("always", "never"):
        return 100.0 if cookie == "always" else 0.0
    total = float(annotations.get(f"{NGINX}canary-weight-total") or 100)
    return 100.0 * float(annotations.get(f"{NGINX}canary-weight") or 0) / total


def _backend(view: View, ingress: Object, path: Object, share: float) -> Backend:
    service = path["backend"].get("service") or {}
    port = service.get("port") or {}
    return view.backend(ingress["metadata"]["namespace"], service.get("name", "-"), port.get("number") or port.get("name") or 0, share)


def _certificate(view: View, door: Door, mine: list[Object], host: str) -> Shown:
    """That of the Ingress which names the host, if it is there and right; else the one for everybody."""
    for each in mine:
        for block in each["spec"].get("tls") or []:
            if block.get("secretName") and any(matches(name, host) for name in block.get("hosts") or []):
                found = view.certificate(each["metadata"]["namespace"], block["secretName"], host)
                if not found.problem or _default(door) is None:
                    return found
    default = _default(door)
    return view.certificate(*default, host) if default else Shown("", f"no certificate is kept for {host}: {door.kind} shows its own")


def _default(door: Door) -> tuple[str, str] | None:
    """Namespace and name of the Secret that the controller's pods are told to show where there is none."""
    namespace = door.pods[0]["metadata"]["namespace"]
    for container in door.pods[0]["spec"]["containers"]:
        for word in container.get("args") or []:
            if word.startswith("--default-ssl-certificate="):
                place, _, name = word.partition("=")[2].replace("$(POD_NAMESPACE)", namespace).rpartition("/")
                return place or namespace, name
        for variable in container.get("env") or []:
            given = KONG_CERTIFICATE.search(str(variable.get("value") or "")) if variable["name"] == "KONG_SSL_CERT" else None
            if given:
                return namespace, given[1]
    return None


def _to_https(ingress: Object, door: Door) -> bool:
    annotations = _annotations(ingress)
    if door.kind != INGRESS_NGINX:
        return bool(annotations.get(f"{KONG}protocols") == "https")
    if annotations.get(f"{NGINX}force-ssl-redirect") == "true":
        return True
    return bool(ingress["spec"].get("tls")) and annotations.get(f"{NGINX}ssl-redirect", "true") == "true"


def _is_canary(ingress: Object) -> bool:
    return _annotations(ingress).get(f"{NGINX}canary") == "true"


def _annotations(thing: Object) -> Object:
    return thing["metadata"].get("annotations") or {}
