"""Every service that the stack tells of is there: with the image, the route and the certificate that its outputs promise."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from quayside.checks.answers import Answer, answers
from quayside.checks.contract import Finding, Outputs
from quayside.checks.held import Held, Object, place, spec, template


def check(held: Held, outputs: Outputs) -> Iterator[Finding]:
    """See the module."""
    for name, told in (outputs.get("services") or {}).items():
        where = told.get("namespace") or name
        for kind in ("Namespace", "Deployment", "Service", "ServiceAccount"):
            found = held.get(kind, where) if kind == "Namespace" else held.get(kind, name, where)
            if found is None and not (kind == "Deployment" and _pods(held, name, where)):
                missing = f"{kind} {where}" if kind == "Namespace" else f"{kind} {where}/{name}"
                yield Finding(missing, "is missing", f"pulumi up --refresh makes it again; service {name} cannot be without it")
        yield from _runs(held, name, where, told.get("image"))
        for version, image in (told.get("versions") or {}).items():
            whole = f"{name}-{version}"
            for kind in ("Deployment", "Service"):
                if held.get(kind, whole, where) is None:
                    remedy = f"pulumi up --refresh makes it again; {version} of service {name} cannot be without it"
                    yield Finding(f"{kind} {where}/{whole}", "is missing", remedy)
            yield from _runs(held, whole, where, image)
        for url in told.get("urls") or ():
            yield from _reached(held, name, url)
    yield from _served(held, outputs)


def _runs(held: Held, name: str, where: str, image: Any) -> Iterator[Finding]:
    """A version has the image that the stack says: a promoted canary's is the main one's."""
    pods = _pods(held, name, where)
    images = [one.get("image") for one in spec(template(pods)).get("containers") or ()] if pods else []
    if pods and image and image not in images:
        wrong = f"runs {', '.join(map(str, images))}, and the stack says {image}"
        yield Finding(place(pods), wrong, "pulumi up --refresh; somebody else changed it")


def _pods(held: Held, name: str, where: str) -> Object | None:
    """What makes the pods of a version: a Deployment, or the Rollout of a service that is progressive."""
    return held.get("Deployment", name, where) or held.get("Rollout", name, where)


def _reached(held: Held, name: str, url: str) -> Iterator[Finding]:
    """A route leads the address to the service, with TLS where the address says so."""
    parts = urlsplit(url)
    found = [each for each in answers(held) if (each.host, each.path) == (parts.hostname, parts.path or "/") and _is_of(each, name)]
    if not found:
        yield Finding(f"service {name}", f"is not reached at {url}: no route leads there", "pulumi up --refresh makes its route again")
    elif parts.scheme == "https" and not any(each.secure for each in found):
        yield Finding(place(found[0].route), f"has no TLS for {parts.hostname}", "pulumi up --refresh makes its route again")


def _is_of(answer: Answer, name: str) -> bool:
    """Whether a service answers: its main version, another one (which is named after it), or a redirect of its own."""
    return any(each == name or each.startswith(f"{name}-") for each in answer.services) or not answer.services


def _served(held: Held, outputs: Outputs) -> Iterator[Finding]:
    """Whatever host leads to the entry is answered there."""
    known = {each.host for each in answers(held)}
    ours = {outputs[key] for key in ("entryAddress", "entryMigratingFromAddress") if outputs.get(key)}
    for host, leads_to in (outputs.get("hosts") or {}).items():
        if ours.intersection(str(leads_to).split(", ")) and not known.intersection((host, f"*.{host.partition('.')[2]}", "*")):
            yield Finding(
                f"host {host}", "leads to the entry, where nothing answers for it", "give it to a service (services.<name>.hosts)"
            )
