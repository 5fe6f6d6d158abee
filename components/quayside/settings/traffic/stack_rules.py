"""Checks of traffic policies against the rest of their stack: pure functions over plain settings (see base.Rule)."""

from collections.abc import Iterator, Mapping
from typing import Any

from quayside.settings.claims import entry_kind, part, right
from quayside.settings.hosts import Domain, HostKey, whole
from quayside.settings.problems import did_you_mean

Found = Iterator[tuple[str, str]]

STRANGERS = ("ingress-nginx", "kong", "direct")
"""Entries that are no part of the mesh: nobody knows by a certificate who they are."""


def faults_stay_out_of_prod(spec: Mapping[str, Any]) -> Found:
    """Whoever means it says so."""
    for name, traffic in _policies(spec):
        faults = traffic.get("faults")
        if isinstance(faults, Mapping) and spec.get("environment") == "prod" and faults.get("force") is not True:
            wrong = "would hold up or refuse requests of a stack whose environment is prod"
            yield f"services.{name}.traffic.faults", f"{wrong}; remove it (faults: null), or write force: true"


def mirrors_have_a_service(spec: Mapping[str, Any]) -> Found:
    """Requests that are copied to nobody look like those that are copied."""
    services = part(spec, "services")
    for name, traffic in _policies(spec):
        to, key = part(traffic, "mirroring").get("service"), f"services.{name}.traffic.mirroring.service"
        if not isinstance(to, str) or part(traffic, "mirroring").get("namespace") is not None:
            continue
        if to not in services:
            yield key, f"is no service of this stack; {did_you_mean(to, services)}, or write its namespace"
        elif to == name:
            yield key, "is the service itself; write another, or version"
        elif home(spec, to) != home(spec, name):
            yield key, "is in another namespace; let both share one (services.<name>.namespace), or write its namespace"


def callers_exist(spec: Mapping[str, Any]) -> Found:
    """Who may call is a service of the stack, or a ServiceAccount of somebody else's."""
    services = part(spec, "services")
    for name, traffic in _policies(spec):
        for caller in part(traffic, "authorization", "allow"):
            if "/" not in str(caller) and caller not in services:
                wrong = f"is no service of this stack; {did_you_mean(str(caller), services)}"
                yield f"services.{name}.traffic.authorization.allow.{caller}", f"{wrong}, or write namespace/ServiceAccount"


def entry_is_known(spec: Mapping[str, Any]) -> Found:
    """An entry that is not Istio's is nobody to the mesh: what lets in those who are known by name would refuse all from outside.

    In ambient mode the same holds for all that waypoints check, because who goes around them is refused.
    """
    mode = part(spec, "mesh").get("mode", "off")
    kind = entry_kind(spec)
    if kind not in STRANGERS or mode == "off":
        return
    policies = ("authorization", "jwt", "externalAuthorization") if mode == "ambient" else ("authorization",)
    for name, traffic in _policies(spec):
        for policy in policies:
            reached = [key for key in ("hosts", "tcp") if part(spec, "services", name, key)]
            if traffic.get(policy) is not None and reached:
                wrong = f"would refuse all requests from outside: entry.kind {kind} is not in the mesh, and nobody there knows who it is"
                yield f"services.{name}.traffic.{policy}", f"{wrong}; write entry.kind: gateway-api, or remove {' and '.join(reached)}"


def redirected_paths_are_free(spec: Mapping[str, Any]) -> Found:
    """A path of a host leads to one service, or is redirected by one."""
    domain, services = right(Domain, spec.get("domain")), part(spec, "services")
    if domain is None:
        return
    taken = {
        (whole(host, domain), str(path)): name
        for name in services
        for host in part(services, name, "hosts")
        if right(HostKey, host) is not None
        for path in part(services, name, "hosts", host, "paths")
    }
    for name, traffic in _policies(spec):
        for host in part(services, name, "hosts"):
            for path in part(traffic, "redirects", "paths") if right(HostKey, host) is not None else ():
                other = taken.setdefault((whole(host, domain), str(path)), name)
                if other != name:
                    wrong = f"leads to service {other} on host {host} already"
                    yield f"services.{name}.traffic.redirects.paths.{path}", f"{wrong}; write another path"


def home(spec: Mapping[str, Any], service: str) -> str:
    """The namespace of a service of the stack, whole."""
    suffix = spec.get("namespaceSuffix")
    name = part(spec, "services", service).get("namespace") or service
    return f"{name}-{suffix}" if isinstance(suffix, str) else str(name)


def _policies(spec: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each service's policies."""
    for name in part(spec, "services"):
        yield str(name), part(spec, "services", name, "traffic")


RULES = (faults_stay_out_of_prod, mirrors_have_a_service, callers_exist, entry_is_known, redirected_paths_are_free)
"""Checks of a whole stack's settings."""
