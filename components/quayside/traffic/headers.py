"""Edits of headers, said to each data plane."""

from typing import Any

from quayside.edge.contract import Parts
from quayside.edge.kong_values import beside_ours
from quayside.settings.traffic.headers import HeaderEdits, HeadersSettings
from quayside.settings.traffic.words import HeaderName, HeaderValue
from quayside.traffic.contract import Subject
from quayside.traffic.objects import kong_plugin

EXAMPLES = {
    "of answers": HeadersSettings(
        response=HeaderEdits(set={HeaderName("X-Frame-Options"): HeaderValue("DENY")}, remove=[HeaderName("X-Runtime")])
    ),
    "of requests": HeadersSettings(request=HeaderEdits(add={HeaderName("X-Via"): HeaderValue("edge")})),
}

_KINDS = ("request", "response")


def render(spec: HeadersSettings, plane: str, subject: Subject) -> Parts:
    """See contract.Render."""
    edits = {kind: edit for kind in _KINDS if (edit := getattr(spec, kind)) is not None}
    if plane == "kong":
        made = [
            kong_plugin(
                f"{kind}-transformer",
                f"{subject.service}-{kind}-headers",
                subject,
                beside_ours(_kong(edit)) if kind == "response" else _kong(edit),
            )
            for kind, edit in edits.items()
        ]
        return Parts(plugins=[each["metadata"]["name"] for each in made], objects=made)
    if plane in ("istio", "sidecar"):
        return Parts(rule={"headers": {kind: _virtual_service(edit) for kind, edit in edits.items()}})
    return Parts(
        filters=[{"type": f"{kind.capitalize()}HeaderModifier", f"{kind}HeaderModifier": _http_route(edit)} for kind, edit in edits.items()]
    )


def _http_route(edit: HeaderEdits) -> dict[str, Any]:
    said: dict[str, Any] = {key: [{"name": name, "value": value} for name, value in getattr(edit, key).items()] for key in ("set", "add")}
    return {key: value for key, value in {**said, "remove": list(edit.remove)}.items() if value}


def _virtual_service(edit: HeaderEdits) -> dict[str, Any]:
    """In small letters, as the entry's own are: what the service says of a header takes their place."""
    said: dict[str, Any] = {key: {name.lower(): str(value) for name, value in getattr(edit, key).items()} for key in ("set", "add")}
    return {key: value for key, value in {**said, "remove": [name.lower() for name in edit.remove]}.items() if value}


def _kong(edit: HeaderEdits) -> dict[str, Any]:
    """Its `replace` is for headers that are there, its `add` for those that are not: together they set. What adds beside is `append`."""
    to_set = [f"{name}:{value}" for name, value in edit.set.items()]
    said = {
        "replace": to_set,
        "add": to_set,
        "append": [f"{name}:{value}" for name, value in edit.add.items()],
        "remove": list(edit.remove),
    }
    return {key: {"headers": value} for key, value in said.items() if value}
