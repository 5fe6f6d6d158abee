"""Every network policy holds for some pod, and lets requests in on a port that its pods have."""

from collections.abc import Iterator

from quayside.checks import mesh
from quayside.checks.contract import Finding, Outputs
from quayside.checks.held import Held, container_ports, home, owner, place, spec


def check(held: Held, outputs: Outputs) -> Iterator[Finding]:
    """See the module."""
    for policy in held.ours("NetworkPolicy"):
        selector = spec(policy).get("podSelector") or {}
        if not selector:
            continue  # for all pods, as many as there are
        pods = held.pods(home(policy), selector)
        if not pods:
            if held.wants_pods(policy, selector):
                yield Finding(place(policy), "holds for no pod", f"compare it with `kubectl get pods -n {home(policy)} --show-labels`")
            continue
        if not owner(policy):
            continue  # containers need not name their ports; a service's do
        # the proxies' own ports are named by no container: what makes a waypoint names other ones, and ztunnel answers for all pods
        known = {port.get(key) for pod in pods for port in container_ports(pod) for key in ("name", "containerPort")}
        asked = [port.get("port") for rule in spec(policy).get("ingress") or () for port in rule.get("ports") or ()]
        asked = [port for port in asked if port not in mesh.OWN_PORTS]
        if known and asked and not known.intersection(asked):
            said = ", ".join(map(str, asked))
            yield Finding(place(policy), f"lets requests in on port {said}, which its pods do not have", "pulumi up --refresh")
