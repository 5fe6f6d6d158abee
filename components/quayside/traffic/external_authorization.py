"""External authorization, said to each data plane; Istio's proxies also have to be told of the service that is asked (see `providers`)."""

from collections.abc import Mapping, Sequence
from typing import Any

from quayside.edge import gateway_api_routes
from quayside.edge.certificates import CHALLENGES
from quayside.edge.contract import Manifest, Parts
from quayside.edge.istio_values import SELECTOR
from quayside.settings.traffic.external_authorization import ExternalAuthorizationSettings
from quayside.traffic.contract import Subject
from quayside.traffic.objects import SECURITY, joined, manifest, only_by_waypoint, seconds, selectors, targets

EXAMPLES = {
    "oauth2-proxy": ExternalAuthorizationSettings.model_validate(
        {"service": "oauth2-proxy", "port": 4180, "answerHeaders": ["x-auth-request-user"]}
    ),
    "by gRPC, but for health": ExternalAuthorizationSettings.model_validate(
        {"service": "policies", "port": 9191, "protocol": "grpc", "openPaths": ["/healthz"]}
    ),
}


_TOLD = ("authorization", "cookie")
"""Headers by which a client says who it is."""


def provider(service: str) -> str:
    """Name under which the mesh knows whom a service wants to be asked about it."""
    return f"quayside-{service}"


def providers(policies: Mapping[str, ExternalAuthorizationSettings], homes: Mapping[str, str]) -> list[dict[str, Any]]:
    """For `extensionProviders` of Istio's MeshConfig: those of all services of a stack.

    policies: service → its policy. homes: services of the stack → their namespaces.
    """
    whole = {
        service: spec if spec.namespace else spec.model_copy(update={"namespace": homes.get(spec.service)})
        for service, spec in policies.items()
    }
    return [{"name": provider(service), **_provider(spec)} for service, spec in sorted(whole.items())]


def render(spec: ExternalAuthorizationSettings, plane: str, subject: Subject) -> Parts:
    """See contract.Render. With a mesh, the service's own proxies ask about all who come, and the entry does not ask a second time."""
    if plane == subject.planes.entry and subject.planes.mesh != "off":
        return Parts()
    if plane == "ingress-nginx":
        return Parts(annotations={f"nginx.ingress.kubernetes.io/{key}": value for key, value in _nginx(spec).items()})
    if plane in ("gateway-api", "istio"):
        return Parts(objects=[_at_entry(spec, plane, subject)])
    rules = [_but(spec.open_paths)]
    if plane == "ambient":
        where = {"targetRefs": targets(subject)}
        asked = _asked(f"{subject.service}-external-authorization", where, rules, subject)
        return Parts(objects=[asked, *only_by_waypoint(subject)], waypoint=True)
    return Parts(
        objects=[_asked(f"{name}-external-authorization", {"selector": chosen}, rules, subject) for name, chosen in selectors(subject)]
    )


def _provider(spec: ExternalAuthorizationSettings) -> dict[str, Any]:
    common = {"service": spec.host, "port": spec.port, "timeout": seconds(spec.timeout.milliseconds), "failOpen": spec.fail_open}
    if spec.protocol == "grpc":
        return {"envoyExtAuthzGrpc": common}
    further = {
        **({"pathPrefix": spec.path.rstrip("/")} if spec.path and spec.path != "/" else {}),
        "includeRequestHeadersInCheck": list(_TOLD if spec.request_headers is None else spec.request_headers),
        "headersToUpstreamOnAllow": list(spec.answer_headers),
        # where to log in, and what remembers it
        "headersToDownstreamOnDeny": ["content-type", "location", "set-cookie", "www-authenticate"],
        "headersToDownstreamOnAllow": ["set-cookie"],
    }
    return {"envoyExtAuthzHttp": {**common, **{key: value for key, value in further.items() if value}}}


def _at_entry(spec: ExternalAuthorizationSettings, plane: str, subject: Subject) -> Manifest:
    """At the entry's proxies, which are those of all hosts: about the service's alone, with and without a port.

    Challenges of http-01 come for the same hosts, from a certificate authority that nobody lets in: they are not asked about.
    """
    gateway = {"group": gateway_api_routes.GROUP, "kind": "Gateway", "name": gateway_api_routes.GATEWAY}
    where: dict[str, Any] = {"targetRefs": [gateway]} if plane == "gateway-api" else {"selector": {"matchLabels": dict(SELECTOR)}}
    hosts = {"hosts": [each for host in sorted(subject.hosts) for each in (host, f"{host}:*")], "notPaths": [CHALLENGES, *spec.open_paths]}
    name = joined(subject.namespace, f"-{subject.service}-external-authorization")
    return _asked(name, where, [{"to": [{"operation": hosts}]}], subject, subject.entry_namespace)


def _asked(name: Any, where: dict[str, Any], rules: list[dict[str, Any]], subject: Subject, namespace: Any = None) -> Manifest:
    spec = {**where, "action": "CUSTOM", "provider": {"name": provider(subject.service)}, "rules": rules}
    return manifest(SECURITY, "AuthorizationPolicy", name, subject, spec, namespace)


def _but(paths: Sequence[str]) -> dict[str, Any]:
    """A rule for all requests but those to some paths."""
    return {"to": [{"operation": {"notPaths": list(paths)}}]} if paths else {}


def _nginx(spec: ExternalAuthorizationSettings) -> dict[str, str]:
    return {
        "auth-url": f"http://{spec.host}:{spec.port}{spec.path or '/'}",
        **({"auth-response-headers": ",".join(spec.answer_headers)} if spec.answer_headers else {}),
    }
