"""Every service that the stack tells of is there: with the image, the route and the certificate that its outputs promise."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from quayside.checks.contract import Finding, Outputs
from quayside.checks.held import Held, place, spec, template
from quayside.checks.routes import paths


def check(held: Held, outputs: Outputs) -> Iterator[Finding]:
    """See the module."""
    for name, told in (outputs.get("services") or {}).items():
        where = told.get("namespace") or name
        for kind in ("Namespace", "Deployment", "Service", "ServiceAccount"):
            found = held.get(kind, where) if kind == "Namespace" else held.get(kind, name, where)
            if found is None:
                missing = f"{kind} {where}" if kind == "Namespace" else f"{kind} {where}/{name}"
                yield Finding(missing, "is missing", f"pulumi up --refresh makes it again; service {name} cannot be without it")
        pods = held.get("Deployment", name, where)
        images = [one.get("image") for one in spec(template(pods)).get("containers") or ()] if pods else []
        if pods and told.get("image") and told["image"] not in images:
            wrong = f"runs {', '.join(map(str, images))}, and the stack says {told['image']}"
            yield Finding(place(pods), wrong, "pulumi up --refresh; somebody else changed it")
        for url in told.get("urls") or ():
            yield from _reached(held, name, url)
    yield from _served(held, outputs)


def _reached(held: Held, name: str, url: str) -> Iterator[Finding]:
    """A route leads the address to the service, with TLS where the address says so."""
    parts = urlsplit(url)
    routes = [
        route
        for route in held.of("Ingress")
        for host, path, _, backend in paths(route)
        if (host, path, backend.get("name")) == (parts.hostname, parts.path or "/", name)
    ]
    if not routes:
        yield Finding(f"service {name}", f"is not reached at {url}: no Ingress leads there", "pulumi up --refresh makes its route again")
    elif parts.scheme == "https" and not any(
        parts.hostname in (tls.get("hosts") or ()) for each in routes for tls in spec(each).get("tls") or ()
    ):
        yield Finding(place(routes[0]), f"has no TLS for {parts.hostname}", "pulumi up --refresh makes its route again")


def _served(held: Held, outputs: Outputs) -> Iterator[Finding]:
    """Whatever host leads to the entry is answered there."""
    known = {host for route in held.of("Ingress") for host, *_ in paths(route)}
    address = outputs.get("entryAddress")
    for host, leads_to in (outputs.get("hosts") or {}).items():
        if address and leads_to == address and not known.intersection((host, f"*.{host.partition('.')[2]}", "*")):
            yield Finding(
                f"host {host}", "leads to the entry, where nothing answers for it", "give it to a service (services.<name>.hosts)"
            )
