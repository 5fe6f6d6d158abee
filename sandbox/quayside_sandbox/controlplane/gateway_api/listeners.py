"""Listeners: those of a Gateway and those that ListenerSets add to it, what stands in their way, and which routes they take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...kube.client import Object
from .names import selected

if TYPE_CHECKING:
    from .resources import Resources

Problem = tuple[str, str]
"""Reason and message, as conditions have them."""
SECURE = ("HTTPS", "TLS")


@dataclass(frozen=True)
class Listener:
    """One listener; `owner` is the Gateway or ListenerSet it stands in, `gateway` the Gateway whose pods listen."""

    owner: Object
    gateway: Object
    spec: Object
    conflict: str = ""
    """HostnameConflict or ProtocolConflict, where another one that came before has its place."""

    @property
    def name(self) -> str:
        return str(self.spec["name"])

    @property
    def port(self) -> int:
        return int(self.spec["port"])

    @property
    def hostname(self) -> str:
        """'' stands for every name."""
        return str(self.spec.get("hostname") or "")

    @property
    def namespace(self) -> str:
        return str(self.owner["metadata"].get("namespace", ""))

    @property
    def terminates(self) -> bool:
        """Whether TLS ends here."""
        return self.spec["protocol"] in SECURE and (self.spec.get("tls") or {}).get("mode", "Terminate") == "Terminate"

    @property
    def certificates(self) -> list[tuple[str, str]]:
        """Name and namespace of each Secret."""
        references = (self.spec.get("tls") or {}).get("certificateRefs") or []
        return [(each["name"], each.get("namespace") or self.namespace) for each in references]

    def kinds(self) -> tuple[list[str], bool]:
        """The kinds of routes that it takes, and whether it asks for no other ones."""
        protocol = self.spec["protocol"]
        able = {"HTTP": ["HTTPRoute", "GRPCRoute"], "HTTPS": ["HTTPRoute", "GRPCRoute"], "TCP": ["TCPRoute"]}.get(protocol, [])
        if protocol == "TLS":
            able = ["TCPRoute"] if self.terminates else ["TLSRoute"]
        wanted = [each["kind"] for each in (self.spec.get("allowedRoutes") or {}).get("kinds") or []]
        both = [kind for kind in able if kind in wanted] if wanted else able
        return both, not wanted or len(both) == len(wanted)

    def takes(self, namespace: str, namespaces: Mapping[str, Mapping[str, str]]) -> bool:
        """Whether routes may come from a namespace; by default only from its own."""
        return allows((self.spec.get("allowedRoutes") or {}).get("namespaces"), "Same", self.namespace, namespace, namespaces)

    def unresolved(self, resources: Resources) -> Problem | None:
        """What is wrong with its certificates."""
        problem: Problem | None = None
        for name, namespace in self.certificates if self.terminates else ():
            found = _certificate_problem(self.owner, name, namespace, resources)
            if found is None:
                return None  # one that is well is enough
            problem = problem or found
        return problem


def of_gateway(gateway: Object, sets: Sequence[Object], namespaces: Mapping[str, Mapping[str, str]]) -> list[Listener]:
    """The Gateway's own come first, then those of older ListenerSets: whoever comes first keeps what two want."""
    metadata = gateway["metadata"]
    mine = [
        each for each in sets if parent(each) == (metadata.get("namespace", ""), metadata["name"]) and admits(gateway, each, namespaces)
    ]
    mine.sort(key=lambda each: (each["metadata"].get("creationTimestamp") or "", each["metadata"]["namespace"], each["metadata"]["name"]))
    found: list[Listener] = []
    taken: dict[int, dict[str, str]] = {}  # port → host name → protocol
    for owner in (gateway, *mine):
        for spec in owner["spec"].get("listeners") or []:
            before, host, protocol = taken.setdefault(spec["port"], {}), spec.get("hostname") or "", spec["protocol"]
            conflict = _conflict(before, host, protocol)
            if not conflict:
                before[host] = protocol
            found.append(Listener(owner, gateway, spec, conflict))
    return found


def parent(listener_set: Object) -> tuple[str, str]:
    """Namespace and name of its Gateway."""
    reference = listener_set["spec"]["parentRef"]
    return reference.get("namespace") or listener_set["metadata"]["namespace"], reference["name"]


def admits(gateway: Object, listener_set: Object, namespaces: Mapping[str, Mapping[str, str]]) -> bool:
    """Whether a Gateway takes a ListenerSet: none, unless it says so."""
    allowed = (gateway["spec"].get("allowedListeners") or {}).get("namespaces")
    here = gateway["metadata"].get("namespace", "")
    return allows(allowed, "None", here, listener_set["metadata"]["namespace"], namespaces)


def allows(rule: Any, default: str, here: str, there: str, namespaces: Mapping[str, Mapping[str, str]]) -> bool:
    """The rule `from` of allowedRoutes and allowedListeners."""
    source = (rule or {}).get("from") or default
    if source == "Selector":
        labels = {"kubernetes.io/metadata.name": there, **namespaces.get(there, {})}
        return there in namespaces and selected(rule.get("selector") or {}, labels)
    return source == "All" or (source == "Same" and here == there)


def _conflict(before: Mapping[str, str], host: str, protocol: str) -> str:
    """With the listeners that have the port already. All of them agree on whether there is TLS, so one tells of all."""
    other = before.get(host) or next(iter(before.values()), protocol)
    if host in before:
        return "HostnameConflict" if other == protocol else "ProtocolConflict"
    return "" if other == protocol or {other, protocol} <= set(SECURE) else "ProtocolConflict"


def _certificate_problem(owner: Object, name: str, namespace: str, resources: Resources) -> Problem | None:
    reference = f"/Secret/{name}.{namespace if namespace != owner['metadata'].get('namespace') else ''}"
    secret = resources.secrets(name, namespace)
    if secret is None:
        return "InvalidCertificateRef", f"invalid certificate reference {reference}, secret {namespace}/{name} not found"
    data = secret.get("data") or {}
    if not data.get("tls.crt") or not data.get("tls.key"):
        return "InvalidCertificateRef", f"invalid certificate reference {reference}, found secret, but didn't have expected keys"
    if not resources.granted(owner, "Secret", name, namespace):
        here = owner["metadata"].get("namespace")
        why = f'certificateRef {name}/{namespace} not accessible to a Gateway in namespace "{here}" (missing a ReferenceGrant?)'
        return "RefNotPermitted", why
    return None
