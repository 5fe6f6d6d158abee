"""Redirects, said to each entry."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from quayside.edge.contract import Manifest, Parts
from quayside.settings.hosts import HostPath
from quayside.settings.traffic.redirects import RedirectSettings, RedirectsSettings, places
from quayside.settings.traffic.words import Target
from quayside.traffic.contract import Subject
from quayside.traffic.objects import kong_plugin, manifest, short

EXAMPLES = {
    "a path that moved": RedirectsSettings(paths={HostPath("/old"): RedirectSettings(to=Target("/new"), code=301)}),
    "a path that is elsewhere": RedirectsSettings(paths={HostPath("/blog"): RedirectSettings(to=Target("https://blog.example.com/"))}),
}


def render(spec: RedirectsSettings, plane: str, subject: Subject) -> Parts:
    """See contract.Render."""
    if plane in ("ingress-nginx", "kong"):
        return Parts(objects=[each for path, redirect in sorted(spec.paths.items()) for each in _ingresses(path, redirect, plane, subject)])
    make = _virtual_service if plane == "istio" else _http_route
    return Parts(rules=[make(sorted(paths), redirect) for redirect, paths in places(spec)])


def _http_route(paths: list[str], redirect: RedirectSettings) -> dict[str, Any]:
    to = urlsplit(redirect.to)
    told: dict[str, Any] = {"path": {"type": "ReplaceFullPath", "replaceFullPath": to.path}, "statusCode": redirect.code}
    if to.hostname:
        told |= {"scheme": to.scheme, "hostname": to.hostname, **({"port": to.port} if to.port else {})}
    return {
        "matches": [{"path": {"type": "Exact", "value": path}} for path in paths],
        "filters": [{"type": "RequestRedirect", "requestRedirect": told}],
    }


def _virtual_service(paths: list[str], redirect: RedirectSettings) -> dict[str, Any]:
    to = urlsplit(redirect.to)
    told: dict[str, Any] = {"uri": to.path, "redirectCode": redirect.code}
    if to.hostname:
        told |= {"scheme": to.scheme, "authority": to.netloc}
    return {"match": [{"uri": {"exact": path}} for path in paths], "redirect": told}


def _ingresses(path: str, redirect: RedirectSettings, plane: str, subject: Subject) -> Iterator[Manifest]:
    """An Ingress for each address that a path leads to: what a redirect says holds for all of an Ingress, and wants a whole address.

    TLS is that of the host, whose certificate the service's own Ingress names.
    """
    leads_to = {host: redirect.to if "://" in redirect.to else f"https://{host}{redirect.to}" for host in sorted(subject.hosts)}
    for address in sorted(set(leads_to.values())):
        name = f"{subject.service}{'-kong' if plane == 'kong' else ''}-redirect-{short(f'{path} {address}')}"
        annotations = {"pulumi.com/skipAwait": "true"}
        if plane == "kong":
            yield kong_plugin("redirect", name, subject, {"location": address, "status_code": redirect.code})
            annotations["konghq.com/plugins"] = name
        else:
            # the code of this one may be any from 300 to 308, whatever its name says (its redirect.go)
            annotations["nginx.ingress.kubernetes.io/permanent-redirect"] = address
            annotations["nginx.ingress.kubernetes.io/permanent-redirect-code"] = str(redirect.code)
        backend = {"service": {"name": subject.service, "port": {"number": subject.port}}}
        paths = [{"path": path, "pathType": "Exact", "backend": backend}]
        rules = [{"host": host, "http": {"paths": paths}} for host, to in leads_to.items() if to == address]
        made = manifest("networking.k8s.io/v1", "Ingress", name, subject, {"ingressClassName": subject.ingress_class, "rules": rules})
        made["metadata"]["annotations"] = annotations
        yield made
