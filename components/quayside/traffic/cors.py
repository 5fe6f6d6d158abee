"""CORS, said to each entry."""

from re import escape
from typing import Any

from quayside.edge.contract import Parts
from quayside.settings.traffic.cors import CorsSettings
from quayside.settings.traffic.words import HeaderName, Origin
from quayside.traffic.contract import Subject
from quayside.traffic.objects import kong_plugin, seconds

EXAMPLES = {
    "pages of one site": CorsSettings(
        origins=[Origin("https://shop.example.com"), Origin("https://*.example.org")],
        headers=[HeaderName("Content-Type")],
        credentials=True,
    ),
    "everyone": CorsSettings(origins=[Origin("*")]),
}

_HARMLESS = [HeaderName("Accept")]
"""ingress-nginx and Kong allow many headers, or all, where none are named."""

_LABELS = r"([-a-z0-9]+\.)+"
"""What an asterisk stands for, as a regular expression."""


def render(spec: CorsSettings, plane: str, subject: Subject) -> Parts:
    """See contract.Render."""
    if plane == "ingress-nginx":
        return Parts(annotations=_nginx(spec))
    if plane == "kong":
        name = f"{subject.service}-cors"
        return Parts(plugins=[name], objects=[kong_plugin("cors", name, subject, _kong(spec))])
    if plane == "istio":
        return Parts(rule={"corsPolicy": _virtual_service(spec)})
    said = {
        "allowOrigins": list(spec.origins),
        "allowMethods": list(spec.methods),
        "allowHeaders": list(spec.headers),
        "exposeHeaders": list(spec.expose),
    }
    told: dict[str, Any] = {key: value for key, value in said.items() if value}
    return Parts(filters=[{"type": "CORS", "cors": {**told, "allowCredentials": spec.credentials, "maxAge": max(spec.max_age.seconds, 1)}}])


def _virtual_service(spec: CorsSettings) -> dict[str, Any]:
    said = {"allowMethods": list(spec.methods), "allowHeaders": list(spec.headers), "exposeHeaders": list(spec.expose)}
    origins = [
        {"regex": ".*"} if each == "*" else {"regex": _pattern(each)} if "*" in each else {"exact": str(each)} for each in spec.origins
    ]
    told = {key: value for key, value in said.items() if value}
    return {"allowOrigins": origins, **told, "allowCredentials": spec.credentials, "maxAge": seconds(1000 * spec.max_age.seconds)}


def _nginx(spec: CorsSettings) -> dict[str, str]:
    """Its own defaults let cookies through and remember for 20 days: all is said."""
    said = {
        "enable-cors": "true",
        "cors-allow-origin": ", ".join(spec.origins),
        "cors-allow-methods": ", ".join(spec.methods),
        "cors-allow-headers": ", ".join(spec.headers or _HARMLESS),
        "cors-expose-headers": ", ".join(spec.expose),
        "cors-allow-credentials": str(spec.credentials).lower(),
        "cors-max-age": str(spec.max_age.seconds),
    }
    return {f"nginx.ingress.kubernetes.io/{key}": value for key, value in said.items() if value}


def _kong(spec: CorsSettings) -> dict[str, Any]:
    """Of origins, its plugin takes what has more than letters, digits, dots and hyphens for a regular expression."""
    return {
        "origins": [f"^{_pattern(each)}$" if "*." in each else str(each) for each in spec.origins],
        "methods": list(spec.methods),
        "headers": list(spec.headers or _HARMLESS),
        **({"exposed_headers": list(spec.expose)} if spec.expose else {}),
        "credentials": spec.credentials,
        "max_age": spec.max_age.seconds,
    }


def _pattern(origin: str) -> str:
    before, after = origin.split("*.", 1)
    return before + _LABELS + escape(after)
