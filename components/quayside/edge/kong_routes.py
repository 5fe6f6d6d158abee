"""Routes for Kong: Ingresses, one for each service and one for each kind of request that is led to another version of it."""

from collections.abc import Iterable, Mapping
from typing import Any

from quayside.edge.certificates import covers, signed_hosts
from quayside.edge.contract import WILDCARD_SECRET, Exposure, Manifest, Match, Route

ANNOTATION = "konghq.com"


def routes(route: Route, exposure: Exposure) -> list[Manifest]:
    """What leads to a service. See contract.Routes.

    Hosts with a certificate and those without are two Ingresses: that http is sent on to https is said of all of one. Their names are not
    those of ingress-nginx's, so that a stack can move from one to the other.
    A match is an Ingress as well, for the same hosts and paths: of two routes Kong takes the one that asks for more headers.
    """
    signed = signed_hosts(route, exposure)
    secure = [host for host in sorted(exposure.hosts) if host in signed or covers(route.wildcard, host)]
    plain = [host for host in sorted(exposure.hosts) if host not in secure]
    made = []
    for hosts, by_tls in ((secure, True), (plain, False)):
        if not hosts:
            continue
        end = "-plain" if secure and not by_tls else ""
        own = _annotations(route, exposure, signed if by_tls else [], by_tls)
        made.append(_ingress(route, exposure, f"{exposure.service}-kong{end}", hosts, exposure.service, own, signed if by_tls else []))
        for name, service, match in _matches(exposure):
            told = {**_annotations(route, exposure, [], by_tls), **_headers(match)}
            made.append(_ingress(route, exposure, f"{exposure.service}-kong-{name}{end}", hosts, service, told, []))
    return made


def wildcard_ingress(domain: str, namespace: Any, labels: Mapping[str, str]) -> Manifest:
    """What makes Kong serve the wildcard's certificate: it takes certificates from Ingresses alone. It leads nowhere."""
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": {"name": "wildcard", "namespace": namespace, "labels": dict(labels), "annotations": {"pulumi.com/skipAwait": "true"}},
        "spec": {
            "ingressClassName": "kong",
            "rules": [{"host": domain}],
            "tls": [{"hosts": [domain, f"*.{domain}"], "secretName": WILDCARD_SECRET}],
        },
    }


def _matches(exposure: Exposure) -> Iterable[tuple[str, str, Match]]:
    """Name, Service and match of each version that is led to by matches. Names stay when others come and go behind them."""
    for version in exposure.versions:
        for number, match in enumerate(version.matches, start=1):
            yield (version.name if number == 1 else f"{version.name}-{number}"), version.service, match


def _headers(match: Match) -> dict[str, str]:
    """The headers that a route asks for. What the separator (a comma) divides would be two values, either of which is enough."""
    values = "".join(match.headers.values())
    separator = next((each for each in ("|", ";", "::", "~") if each not in values), ",") if "," in values else ","
    return {
        **({} if separator == "," else {f"{ANNOTATION}/headers-separator": separator}),
        **{f"{ANNOTATION}/headers.{name.lower()}": value for name, value in sorted(match.headers.items())},
    }


def _annotations(route: Route, exposure: Exposure, signed: list[str], by_tls: bool) -> dict[str, str]:
    """Pulumi does not wait for it (see ingress_nginx_routes.routes)."""
    only_tls = {f"{ANNOTATION}/protocols": "https", f"{ANNOTATION}/https-redirect-status-code": "308"}
    plugins = {f"{ANNOTATION}/plugins": ",".join(exposure.parts.plugins)} if exposure.parts.plugins else {}
    return {
        "pulumi.com/skipAwait": "true",
        f"{ANNOTATION}/strip-path": "false",
        **(only_tls if by_tls else {}),
        **({"cert-manager.io/cluster-issuer": str(route.issuer)} if signed else {}),
        **plugins,
        **exposure.parts.annotations,
    }


def _ingress(
    route: Route, exposure: Exposure, name: str, hosts: list[str], service: str, annotations: Mapping[str, str], signed: list[str]
) -> Manifest:
    backend = {"service": {"name": service, "port": {"number": exposure.port}}}
    rules = [
        {
            "host": host,
            "http": {
                "paths": [{"path": path, "pathType": kind, "backend": backend} for path, kind in sorted(exposure.hosts[host].items())]
            },
        }
        for host in hosts
    ]
    tls = {"tls": [{"hosts": signed, "secretName": f"{exposure.service}-kong-tls"}]} if signed else {}
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": {"name": name, "namespace": exposure.namespace, "labels": dict(exposure.labels), "annotations": dict(annotations)},
        "spec": {"ingressClassName": route.ingress_class, "rules": rules, **tls},
    }
