"""Every policy of Istio's finds what it is for: pods that its selector fits and whose proxies read it, or objects that it names."""

from collections.abc import Iterator

from quayside.checks import mesh
from quayside.checks.contract import Finding, Outputs
from quayside.checks.held import Held, Object, home, place, spec, title

SELECTING = ("AuthorizationPolicy", "EnvoyFilter", "PeerAuthentication", "RequestAuthentication", "Sidecar", "Telemetry", "WasmPlugin")

FOR_PROXIES = ("EnvoyFilter", "Sidecar", "WasmPlugin")
"""What nobody but a proxy in the pod itself reads."""


def check(held: Held, outputs: Outputs) -> Iterator[Finding]:
    """See the module."""
    for policy in held.ours(*SELECTING):
        selector = _selector(policy)
        if selector is not None:
            yield from _selects(held, policy, selector)
        for target in spec(policy).get("targetRefs") or ([spec(policy)["targetRef"]] if spec(policy).get("targetRef") else ()):
            yield from _targets(held, policy, target)


def _selector(policy: Object) -> Object | None:
    """None where it is for all pods of its namespace."""
    wanted = (spec(policy).get("selector") or {}).get("matchLabels") or (spec(policy).get("workloadSelector") or {}).get("labels")
    return {"matchLabels": wanted} if wanted else None


def _selects(held: Held, policy: Object, selector: Object) -> Iterator[Finding]:
    """In the root namespace it is for pods of all."""
    everywhere = home(policy) == mesh.ROOT
    namespaces = sorted({home(pod) for pod in held.of("Pod")}) if everywhere else [home(policy)]
    pods = [pod for namespace in namespaces for pod in held.pods(namespace, selector)]
    look = f"compare it with `kubectl get pods -n {home(policy)} --show-labels`"
    if not pods:
        if held.wants_pods(policy, selector):
            yield Finding(place(policy), "is for no pod: none has the labels it asks for", look)
    elif policy["kind"] in FOR_PROXIES and not any(mesh.has_proxy(pod) for pod in pods):
        yield Finding(
            place(policy), f"is for pods without a proxy ({title(pods[0])}), and nobody else reads it", "let them join the mesh by sidecars"
        )


def _targets(held: Held, policy: Object, target: Object) -> Iterator[Finding]:
    kind, name = target.get("kind") or "", target.get("name")
    where = "" if kind == "GatewayClass" else home(policy)
    if kind in ("Service", "Gateway", "ServiceEntry") and held.get(kind, name, where) is None:
        yield Finding(place(policy), f"is for {kind} {where}/{name}, which does not exist", "pulumi up --refresh, or remove it")
