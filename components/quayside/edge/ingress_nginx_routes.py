"""Routes for ingress-nginx: one Ingress for each service, and one for a version beside it."""

from re import escape

from quayside.edge.certificates import covers
from quayside.edge.contract import Exposure, Manifest, Match, Route, Version
from quayside.edge.sticky import MAX_AGE, cookie, is_sticky

PREFIX = "nginx.ingress.kubernetes.io/"
"""Of the annotations by which an Ingress says what its fields cannot."""


def routes(route: Route, exposure: Exposure) -> list[Manifest]:
    """The Ingress of a service, for all its hosts. See contract.Routes.

    One object, however the hosts get their certificates: ingress-nginx refuses a second Ingress for the same host and path, so a host
    could not move from one to the other.
    Pulumi does not wait for it: that takes ten seconds after each event and looks for the same pods that the Deployment is waited for;
    whether the route is sound the controller's webhook says at once, and the Ingress gets an address when the controller has it.
    """
    hosts = sorted(exposure.hosts)
    covered = [host for host in hosts if covers(route.wildcard, host)]
    others = [host for host in hosts if host not in covered and route.issuer]
    tls = [
        *([{"hosts": covered}] if covered else []),  # without a Secret: the controller's default certificate is the wildcard's
        *([{"hosts": others, "secretName": f"{exposure.service}-tls"}] if others else []),
    ]
    annotations = {
        "pulumi.com/skipAwait": "true",
        **({f"{PREFIX}ssl-redirect": "true"} if tls else {}),
        **({"cert-manager.io/cluster-issuer": str(route.issuer)} if others else {}),
        **(affinity(exposure.service) if is_sticky(exposure.versions) else {}),
        **exposure.parts.annotations,
    }
    main = _ingress(route, exposure, exposure.service, exposure.main, annotations)
    main["spec"] |= {"tls": tls} if tls else {}
    # who moves shares makes the Ingress of the version, too
    beside = [version for version in exposure.versions if not version.steered]
    return [main, *(_ingress(route, exposure, version.service, version.service, canary(version)) for version in beside)]


def canary(version: Version) -> dict[str, str]:
    """What makes an Ingress one of another version, which takes a share of the requests to the main one's hosts and paths.

    The controller asks for a header, then for a cookie, then it draws by weight; it knows one other version, one header and one cookie
    (its user guide, annotations, Canary). settings.versions_rules refuses all else. TLS and all other annotations are the main one's.
    """
    said = {"pulumi.com/skipAwait": "true", f"{PREFIX}canary": "true", f"{PREFIX}canary-weight": str(version.weight)}
    return said | (_by(version.matches) if version.matches else {})


def affinity(service: str) -> dict[str, str]:
    """What makes clients stay, with the pod of their version that they were led to first: the controller asks for its own cookie before all
    else, and a version takes it over from the main Ingress (rootfs/etc/nginx/lua/balancer.lua, affinity-canary-behavior: sticky)."""
    said = {"affinity": "cookie", "session-cookie-name": cookie(service), "session-cookie-max-age": str(MAX_AGE)}
    more = {"session-cookie-path": "/", "session-cookie-samesite": "Lax"}
    return {f"{PREFIX}{key}": value for key, value in (said | more).items()}


def _by(matches: tuple[Match, ...]) -> dict[str, str]:
    """The one condition. Several matches differ in the value of one header: they are of users."""
    for name in matches[0].headers:
        values = [match.headers[name] for match in matches]
        how, what = ("value", values[0]) if len(values) == 1 else ("pattern", f"^({'|'.join(map(escape, values))})$")
        return {f"{PREFIX}canary-by-header": name, f"{PREFIX}canary-by-header-{how}": what}
    return {f"{PREFIX}canary-by-cookie": name for name in matches[0].cookies}


def _ingress(route: Route, exposure: Exposure, name: str, service: str, annotations: dict[str, str]) -> Manifest:
    """An Ingress that leads all hosts and paths to a Service, without TLS."""
    backend = {"service": {"name": service, "port": {"number": exposure.port}}}
    rules = [
        {
            "host": host,
            "http": {
                "paths": [{"path": path, "pathType": kind, "backend": backend} for path, kind in sorted(exposure.hosts[host].items())]
            },
        }
        for host in sorted(exposure.hosts)
    ]
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": {"name": name, "namespace": exposure.namespace, "labels": dict(exposure.labels), "annotations": annotations},
        "spec": {"ingressClassName": route.ingress_class, "rules": rules},
    }
