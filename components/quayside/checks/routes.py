"""Every Ingress leads to a Service and a port that exist, and the entry has taken it."""

from collections.abc import Iterator

from quayside.checks.answers import paths
from quayside.checks.contract import Finding, Outputs
from quayside.checks.held import Held, Object, home, place, spec, status


def check(held: Held, outputs: Outputs) -> Iterator[Finding]:
    """See the module."""
    for route in held.ours("Ingress"):
        named = spec(route).get("ingressClassName") or ""
        for host, path, _, backend in paths(route):
            name, port = backend.get("name"), backend.get("port") or {}
            service = held.get("Service", name, home(route))
            if service is None:
                yield Finding(place(route), f"leads {host}{path} to Service {name}, which its namespace does not have", "pulumi up")
            elif not _has(held, service, port):
                said = port.get("number") or port.get("name")
                yield Finding(place(route), f"leads {host}{path} to port {said}, which Service {name} does not have", "pulumi up")
        if named and held.get("IngressClass", named) is None:
            yield Finding(place(route), f"is for class {named}, which nobody serves", "kubectl get ingressclass shows those there are")
        elif not (status(route).get("loadBalancer") or {}).get("ingress"):
            yield Finding(place(route), "has no address: the entry has not taken it", "look at the log of the entry's pods")


def _has(held: Held, service: Object, port: Object) -> bool:
    """Whether a Service has a port; one that stands for another Service has that one's."""
    if spec(service).get("type") == "ExternalName":
        name, _, rest = str(spec(service).get("externalName") or "").partition(".")
        service = held.get("Service", name, rest.partition(".")[0]) or service
        if spec(service).get("type") == "ExternalName":
            return True  # outside of this cluster, or missing, which is said of the Service itself
    ports = spec(service).get("ports") or ()
    return any(port.get("number") == each.get("port") or (port.get("name") or "") == each.get("name") for each in ports)
