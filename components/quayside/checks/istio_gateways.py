"""Every Gateway of Istio's own is for pods that exist, has its certificates where those pods are, and is alone with the hosts whose TLS it ends."""

from collections import defaultdict
from collections.abc import Iterator

from quayside.checks import mesh
from quayside.checks.contract import Finding, Outputs
from quayside.checks.held import Held, Object, home, place, spec


def check(held: Held, outputs: Outputs) -> Iterator[Finding]:
    """See the module."""
    ended: dict[tuple[str, object, str], list[str]] = defaultdict(list)
    for gateway in mesh.istio_gateways(held):
        pods = mesh.selected_by(held, gateway)
        said = ",".join(f"{key}={value}" for key, value in sorted((spec(gateway).get("selector") or {}).items()))
        if not pods:
            yield Finding(
                place(gateway), f"is for pods with {said}, and there are none", "kubectl get pods -A --show-labels shows those there are"
            )
        namespaces = sorted({home(pod) for pod in pods})
        for server in spec(gateway).get("servers") or ():
            yield from _credential(held, gateway, server, namespaces)
            for host in server.get("hosts") or () if server.get("tls") and not server["tls"].get("httpsRedirect") else ():
                claim = said, (server.get("port") or {}).get("number"), host.rpartition("/")[2]
                ended[claim] += [place(gateway)] if place(gateway) not in ended[claim] else []
    for (_, port, host), gateways in ended.items():
        if len(gateways) > 1:
            wrong = f"both take {host} by TLS on port {port}"
            yield Finding(
                " and ".join(gateways), wrong, "take it from one of them: Istio leaves out that server of the younger, and tells nobody"
            )


def _credential(held: Held, gateway: Object, server: Object, namespaces: list[str]) -> Iterator[Finding]:
    """The pods read Secrets of their own namespace, wherever the Gateway itself is."""
    tls = server.get("tls") or {}
    name = tls.get("credentialName")
    if not name or str(tls.get("mode") or "SIMPLE") == "PASSTHROUGH":
        return
    for namespace in namespaces:
        signed = [each for each in held.of("Certificate", namespace=namespace) if spec(each).get("secretName") == name]
        if signed or held.get("Secret", name, namespace) is not None:
            continue
        elsewhere = held.get("Secret", name, home(gateway)) is not None
        told = f"; it is in {home(gateway)}, where they do not look" if elsewhere else ""
        wrong = f"serves TLS from Secret {name}, which the namespace of its pods ({namespace}) does not have{told}"
        yield Finding(place(gateway), wrong, f"have it made in {namespace}")
