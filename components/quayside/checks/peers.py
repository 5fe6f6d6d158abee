"""Where the mesh talks to itself alone (mTLS STRICT), whoever may call is in it: all others are cut off without a word."""

from collections.abc import Iterator

from quayside.checks import mesh
from quayside.checks.contract import Finding, Outputs
from quayside.checks.held import Held, Object, home, is_ready, labels, place, selects, spec, title

_STAY = "let them join the mesh, write mesh.mtls: permissive until they have, or take them out of the NetworkPolicy"


def check(held: Held, outputs: Outputs) -> Iterator[Finding]:
    """See the module. Who may call is what NetworkPolicies say; where they let in everybody, nobody is known."""
    for policy in held.ours("NetworkPolicy"):
        if mesh.mode(held, home(policy)) == "off":
            continue
        members = [pod for pod in held.pods(home(policy), spec(policy).get("podSelector") or {}) if mesh.is_member(held, pod)]
        if not members:
            continue
        outside: dict[str, Object] = {}
        for rule in spec(policy).get("ingress") or ():
            if any(strict(held, members[0], port) for port in _asked(rule)):
                outside |= {home(pod): pod for peer in rule.get("from") or () for pod in _strangers(held, policy, peer)}
        for namespace, pod in sorted(outside.items()):
            wrong = f"lets in pods of {namespace} that are not in the mesh ({title(pod)}), and its own take no others (mTLS STRICT)"
            yield Finding(place(policy), wrong, _STAY)


def strict(held: Held, pod: Object, port: int | None = None) -> bool:
    """Whether a pod takes the mesh's own connections alone: by the policy for it, its namespace or the mesh, the nearest that says."""
    found: tuple[int, Object] = (0, {})
    for policy in held.of("PeerAuthentication"):
        selector = spec(policy).get("selector")
        if selector and home(policy) == home(pod) and selects(selector, labels(pod)):
            rank = 3
        elif not selector and home(policy) in (home(pod), mesh.ROOT):
            rank = 2 if home(policy) == home(pod) else 1
        else:
            continue
        said = (spec(policy).get("mtls") or {}).get("mode") or "UNSET"
        if rank > found[0] and (said != "UNSET" or (port is not None and _at(policy, port))):
            found = rank, policy
    mode = _at(found[1], port) or (spec(found[1]).get("mtls") or {}).get("mode")
    return mode == "STRICT"


def _at(policy: Object, port: int | None) -> str | None:
    said = (spec(policy).get("portLevelMtls") or {}).get(str(port)) or {}
    return None if said.get("mode") in (None, "UNSET") else str(said["mode"])


def _asked(rule: Object) -> list[int | None]:
    """The ports of a rule at which the mesh's own connections are asked for."""
    ports = [each.get("port") for each in rule.get("ports") or ()]
    return [port if isinstance(port, int) else None for port in ports if port not in mesh.OWN_PORTS] if ports else [None]


def _strangers(held: Held, policy: Object, peer: Object) -> Iterator[Object]:
    """The pods that a peer of a NetworkPolicy means and that are not in the mesh. Those that do not answer have nobody to miss them."""
    within, pods = peer.get("namespaceSelector"), peer.get("podSelector") or {}
    if within == {} or (within is None and "podSelector" not in peer):
        return
    for namespace in held.of("Namespace"):
        chosen = title(namespace) == home(policy) if within is None else selects(within, _labels(namespace))
        if chosen:
            yield from (pod for pod in held.pods(title(namespace), pods) if is_ready(pod) and not mesh.is_member(held, pod))


def _labels(namespace: Object) -> dict[str, str]:
    """Kubernetes itself gives each namespace its name as a label."""
    return {"kubernetes.io/metadata.name": title(namespace), **labels(namespace)}
