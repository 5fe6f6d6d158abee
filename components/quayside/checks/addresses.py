"""Every Service leads to pods that answer, on ports that they have."""

from collections.abc import Iterator

from quayside.checks.contract import Finding, Outputs
from quayside.checks.held import Held, Object, container_ports, home, is_ready, place, spec

SUFFIX = ".svc.cluster.local"


def check(held: Held, outputs: Outputs) -> Iterator[Finding]:
    """See the module."""
    for service in held.ours("Service"):
        if spec(service).get("type") == "ExternalName":
            yield from _bridge(held, service)
        elif spec(service).get("selector"):
            yield from _pods(held, service)


def _bridge(held: Held, service: Object) -> Iterator[Finding]:
    """A name for a Service of another namespace of this cluster."""
    target = str(spec(service).get("externalName") or "")
    name, _, namespace = target.removesuffix(SUFFIX).partition(".")
    if target.endswith(SUFFIX) and held.get("Service", name, namespace) is None:
        yield Finding(place(service), f"leads to {target}, which does not exist", "pulumi up")


def _pods(held: Held, service: Object) -> Iterator[Finding]:
    selector = {"matchLabels": spec(service)["selector"]}
    pods = held.pods(home(service), selector)
    if not pods:
        if held.wants_pods(service, selector):
            yield Finding(
                place(service), "selects no pods", f"compare its selector with `kubectl get pods -n {home(service)} --show-labels`"
            )
        return
    if not any(is_ready(pod) or spec(service).get("publishNotReadyAddresses") for pod in pods):
        yield Finding(place(service), f"has no pod that answers ({len(pods)} not ready)", f"kubectl describe pods -n {home(service)}")
    names = {port.get("name") for pod in pods for port in container_ports(pod)}
    for port in spec(service).get("ports") or ():
        target = port.get("targetPort")
        if isinstance(target, str) and not target.isdigit() and target not in names:
            wrong = f"leads port {port.get('port')} to the pods' port '{target}', which none of them has"
            yield Finding(place(service), wrong, "name the container's port so, or set targetPort")
