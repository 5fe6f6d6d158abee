"""Routes for ingress-nginx: one Ingress for each service."""

from quayside.edge.contract import Exposure, Manifest, Route
from quayside.settings.hosts import depth, within


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
        **({"nginx.ingress.kubernetes.io/ssl-redirect": "true"} if tls else {}),
        **({"cert-manager.io/cluster-issuer": route.issuer} if others else {}),
    }
    backend = {"service": {"name": exposure.service, "port": {"number": exposure.port}}}
    rules = [
        {
            "host": host,
            "http": {
                "paths": [{"path": path, "pathType": kind, "backend": backend} for path, kind in sorted(exposure.hosts[host].items())]
            },
        }
        for host in hosts
    ]
    return [
        {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "Ingress",
            "metadata": {
                "name": exposure.service,
                "namespace": exposure.namespace,
                "labels": dict(exposure.labels),
                "annotations": annotations,
            },
            "spec": {"ingressClassName": route.ingress_class, "rules": rules, **({"tls": tls} if tls else {})},
        }
    ]


def covers(wildcard: str | None, host: str) -> bool:
    """Whether a certificate for a domain and *.<domain> is one for this host: DNS wildcards stand for exactly one label."""
    return wildcard is not None and within(host, wildcard) and depth(host, wildcard) <= 1
