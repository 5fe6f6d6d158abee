"""JWT, said to the service's own proxies."""

from typing import Any

from quayside.edge.contract import Manifest, Parts
from quayside.settings.traffic.jwt import JwtSettings
from quayside.traffic.contract import Subject
from quayside.traffic.objects import SECURITY, manifest, only_by_waypoint, selectors, targets

_ISSUER = {"issuer": "https://login.example.com", "jwksUri": "https://login.example.com/.well-known/jwks.json"}

EXAMPLES = {
    "tokens of one issuer": JwtSettings.model_validate({**_ISSUER, "audiences": ["shop"]}),
    "and of one group, but for health": JwtSettings.model_validate({**_ISSUER, "claims": {"groups": ["staff"]}, "openPaths": ["/healthz"]}),
}


def render(spec: JwtSettings, plane: str, subject: Subject) -> Parts:
    """See contract.Render.

    What tokens must have is said as what is refused (DENY): of policies that allow, one is enough, and `authorization` would let its callers
    in without a token.
    """
    if plane == "ambient":
        where = {"targetRefs": targets(subject)}
        return Parts(objects=[*_objects(f"{subject.service}-jwt", where, spec, subject), *only_by_waypoint(subject)], waypoint=True)
    made = [_objects(f"{name}-jwt", {"selector": chosen}, spec, subject) for name, chosen in selectors(subject)]
    return Parts(objects=[each for objects in made for each in objects])


def _objects(name: str, where: dict[str, Any], spec: JwtSettings, subject: Subject) -> list[Manifest]:
    rule = {"issuer": spec.issuer, "jwksUri": spec.jwks_uri, "forwardOriginalToken": True}
    if spec.audiences:
        rule["audiences"] = list(spec.audiences)
    to = {"to": [{"operation": {"notPaths": list(spec.open_paths)}}]} if spec.open_paths else {}
    denied: list[dict[str, Any]] = [{"from": [{"source": {"notRequestPrincipals": [f"{spec.issuer}/*"]}}], **to}]
    denied += [
        {"when": [{"key": f"request.auth.claims[{claim}]", "notValues": list(values)}], **to}
        for claim, values in sorted(spec.claims.items())
    ]
    return [
        manifest(SECURITY, "RequestAuthentication", name, subject, {**where, "jwtRules": [rule]}),
        manifest(SECURITY, "AuthorizationPolicy", name, subject, {**where, "action": "DENY", "rules": denied}),
    ]
