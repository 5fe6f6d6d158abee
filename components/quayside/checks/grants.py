"""Whatever a route or a listener takes from another namespace, that namespace has granted (ReferenceGrant)."""

from collections.abc import Iterable, Iterator

from quayside.checks.answers import GATEWAY_API, GATEWAY_ROUTES, backends
from quayside.checks.contract import Finding, Outputs
from quayside.checks.held import Held, Object, home, place, spec

_GROUP = GATEWAY_API.rstrip("/")


def check(held: Held, outputs: Outputs) -> Iterator[Finding]:
    """See the module."""
    for route in held.ours(*GATEWAY_ROUTES):
        yield from _ungranted(held, route, "Service", backends(route))
    for gateway in held.ours("Gateway", "ListenerSet"):
        for listener in spec(gateway).get("listeners") or ():
            yield from _ungranted(held, gateway, "Secret", (listener.get("tls") or {}).get("certificateRefs") or ())


def _ungranted(held: Held, asking: Object, kind: str, references: Iterable[Object]) -> Iterator[Finding]:
    wanted = {(each.get("namespace") or home(asking), each.get("name")) for each in references}
    for where, name in sorted(wanted):
        if where != home(asking) and not _granted(held, asking, kind, where, str(name)):
            wrong = f"takes {kind} {where}/{name}, and no ReferenceGrant in {where} lets it"
            yield Finding(place(asking), wrong, f"make one there, from {asking['kind']} in {home(asking)} to {kind} {name}")


def _granted(held: Held, asking: Object, kind: str, where: str, name: str) -> bool:
    return any(
        any(
            (each.get("group"), each.get("kind"), each.get("namespace")) == (_GROUP, asking["kind"], home(asking))
            for each in spec(grant).get("from") or ()
        )
        and any(each.get("kind") == kind and each.get("name") in (None, name) for each in spec(grant).get("to") or ())
        for grant in held.of("ReferenceGrant", namespace=where)
    )
