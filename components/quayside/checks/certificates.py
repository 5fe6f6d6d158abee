"""Every host that is served by TLS has a certificate, and none has failed. One that is still being issued is well: nobody waits for it."""

from collections.abc import Iterator

from quayside.checks.contract import Finding, Outputs
from quayside.checks.held import Held, Object, condition, home, owner, place, spec, status, title, why


def check(held: Held, outputs: Outputs) -> Iterator[Finding]:
    """See the module."""
    for issuer in held.of("ClusterIssuer", "Issuer"):
        ready = condition(issuer, "Ready")
        if ready.get("status") != "True":
            look = f"kubectl describe {issuer['kind'].lower()} {title(issuer)}" + (f" -n {home(issuer)}" if home(issuer) else "")
            yield Finding(
                place(issuer), f"cannot sign{why(ready)}", f"{look}; Let's Encrypt wants an address that exists (certificates.email)"
            )
    for certificate in held.of("Certificate"):
        yield from _failed(held, certificate)
    for route in held.ours("Ingress"):
        for tls in spec(route).get("tls") or ():
            yield from _served(held, route, tls)
    for gateway in held.ours("Gateway", "ListenerSet"):
        for listener in spec(gateway).get("listeners") or ():
            for reference in (listener.get("tls") or {}).get("certificateRefs") or ():
                tls = {"secretName": reference.get("name"), "hosts": [listener.get("hostname")]}
                yield from _served(held, gateway, tls, reference.get("namespace"))


def awaited(held: Held) -> list[str]:
    """Certificates that are still being issued."""
    return [place(each) for each in held.of("Certificate") if condition(each, "Ready").get("status") != "True"]


def covers(certificate: Object, host: str) -> bool:
    """Whether a certificate is asked for a host: a wildcard stands for exactly one label."""
    names = spec(certificate).get("dnsNames") or ()
    return host in names or f"*.{host.partition('.')[2]}" in names


def _failed(held: Held, certificate: Object) -> Iterator[Finding]:
    issuer = spec(certificate).get("issuerRef") or {}
    name, kind = issuer.get("name"), issuer.get("kind") or "Issuer"
    if issuer.get("group", "cert-manager.io") == "cert-manager.io" and not held.get(
        kind, name, home(certificate) if kind == "Issuer" else ""
    ):
        yield Finding(
            place(certificate), f"is for {kind} {name}, which does not exist", "kubectl get clusterissuer,issuer -A shows those there are"
        )
    issuing = condition(certificate, "Issuing")
    if status(certificate).get("lastFailureTime") and issuing.get("status") != "True":
        ready = issuing or condition(certificate, "Ready")
        look = f"kubectl describe certificate,order,challenge -n {home(certificate)}"
        yield Finding(place(certificate), f"was refused{why(ready)}", f"{look} says why; cert-manager tries again after an hour")


def _served(held: Held, route: Object, tls: Object, namespace: str | None = None) -> Iterator[Finding]:
    """namespace: of the Secret, where that is not the route's."""
    secret, where = tls.get("secretName"), namespace or home(route)
    if secret:
        asked = [each for each in held.of("Certificate", namespace=where) if spec(each).get("secretName") == secret]
        if not asked and held.get("Secret", secret, where) is None:
            yield Finding(place(route), f"serves TLS from Secret {secret}, which nobody makes", "see that cert-manager's pods run")
            return
        asked = asked or [_any]
    elif not owner(route):
        return  # somebody else's entry may have a certificate that nobody asked cert-manager for
    else:  # the entry's own, in whatever namespace that is
        asked = held.of("Certificate")
    for host in tls.get("hosts") or ():
        if _any not in asked and not any(covers(each, host) for each in asked):
            whose = f"the certificate in Secret {secret}" if secret else "any certificate"
            yield Finding(
                place(route), f"serves {host} by TLS, and {whose} is not for it", "pulumi up --refresh, then `kubectl get certificate -A`"
            )


_any: Object = {"kind": "Certificate", "metadata": {"name": ""}}
"""Stands for a Secret that was made by hand: what is in it is not looked at."""
