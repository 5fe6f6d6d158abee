"""What each data plane makes of each policy, as a page: from the same code that checks and renders them."""

import inspect
import re
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

from pydantic import BaseModel

from quayside.edge.contract import Parts, Version
from quayside.settings.descriptions import descriptions
from quayside.settings.traffic.index import TrafficSettings, refused
from quayside.settings.traffic.profiles import PROFILES
from quayside.traffic.contract import Planes, Subject
from quayside.traffic.index import PLANES, POLICIES, renderer

BEGIN, END = "<!-- made by python -m quayside.traffic: begin -->", "<!-- end -->"
"""What the page's part that is made here stands between."""

MESH = ("sidecar", "ambient")

_LONGEST = 300
"""Characters of a value that the page shows."""

_ROUTE = {
    "gateway-api": "HTTPRoute `rules[]",
    "ambient": "HTTPRoute `rules[]",
    "istio": "VirtualService `http[]",
    "sidecar": "VirtualService `http[]",
}
"""Plane → where its routes have their rules."""


def page(text: str) -> str:
    """A page with its made part anew."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{_made()}\n{END}{after}"


def answers(policy: str, spec: Any, plane: str) -> tuple[bool, list[str]]:
    """Whether a plane can do it, and how it is said to it, or why not."""
    no = refused(policy, spec, plane)
    if no:
        key = _camel(policy)
        return False, [f"`{key}{f'.{below}' if below else ''}` {message}" for below, message in no]
    return True, list(_rendered(plane, renderer(policy)(spec, plane, subject(plane))))


def examples(policy: str) -> dict[str, Any]:
    """What a policy shows of itself: name → settings."""
    found: dict[str, Any] = import_module(f"quayside.traffic.{policy}").EXAMPLES
    return found


def subject(plane: str) -> Subject:
    """A service on one plane."""
    planes = Planes(mesh=plane) if plane in MESH else Planes(entry=plane)
    return Subject(
        service="shop",
        namespace="shop",
        port=80,
        container_port=8080,
        planes=planes,
        hosts=("shop.example.com",) if planes.entry else (),
        labels={"app.kubernetes.io/name": "shop"},
        selector={"app.kubernetes.io/name": "shop", "app.kubernetes.io/instance": "shop"},
        versions=(Version("canary", "shop-canary", weight=10),),
        entry_namespace=None if planes.entry is None else "entry",
        ingress_class=planes.entry,
    )


def _made() -> str:
    parts = [_overview(), _profiles(), *(_policy(policy) for policy in POLICIES)]
    return "\n".join(parts)


def _overview() -> str:
    """A table of policies and planes: yes, in part (some of the examples), or no."""
    lines = ["## At a glance", "", f"| policy | {' | '.join(PLANES)} |", f"| --- |{' --- |' * len(PLANES)}"]
    for policy in POLICIES:
        can = [[answers(policy, spec, plane)[0] for spec in examples(policy).values()] for plane in PLANES]
        words = ["yes" if all(each) else "in part" if any(each) else "no" for each in can]
        lines.append(f"| [{policy.replace('_', ' ')}](#{policy.replace('_', '-')}) | {' | '.join(words)} |")
    return "\n".join([*lines, ""])


def _profiles() -> str:
    lines = [
        "## Profiles",
        "",
        _flat(descriptions(TrafficSettings)["profile"]),
        "",
        "| profile | policy | what it says |",
        "| --- | --- | --- |",
    ]
    for profile, found in PROFILES.items():
        for policy, spec in found.items():
            said = spec.model_dump(by_alias=True, exclude_none=True)
            lines.append(f"| {profile} | {_camel(policy)} | {_said(said)} |")
    return "\n".join([*lines, ""])


def _policy(policy: str) -> str:
    specs = examples(policy)
    model = type(next(iter(specs.values())))
    lines = [f"## {policy.replace('_', ' ').capitalize()}", "", f"`services.<name>.traffic.{_camel(policy)}`", "", *_explained(model), ""]
    lines += ["| example | plane | | said as, or refused because |", "| --- | --- | --- | --- |"]
    for name, spec in specs.items():
        by_answer: dict[tuple[bool, str], list[str]] = {}
        for plane in PLANES:
            can, said = answers(policy, spec, plane)
            by_answer.setdefault((can, "<br>".join(map(_cell, said))), []).append(plane)
        for (can, said_so), planes in by_answer.items():
            lines.append(f"| {name} | {', '.join(planes)} | {'yes' if can else 'no'} | {said_so} |")
    return "\n".join([*lines, ""])


def _explained(model: type[BaseModel]) -> list[str]:
    """A model's words, and those of its keys with all that is below them."""
    text = re.sub(r"\n(?!\n)", " ", inspect.getdoc(model) or "").replace("\n ", "\n\n")
    return [text, "", *_keys(model, "")]


def _keys(model: type[BaseModel], above: str) -> Iterator[str]:
    for name, said in descriptions(model).items():
        field = model.model_fields[name]
        key = f"{above}{field.alias}"
        yield f"- `{key}`: {_flat(said)}"
        for below in _models(field.annotation):
            named = ".<name>" if "dict" in str(field.annotation) else ""
            yield from _keys(below, f"{key}{named}.")


def _models(kind: Any) -> Iterator[type[BaseModel]]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield kind
    for each in getattr(kind, "__args__", ()):
        yield from _models(each)


def _rendered(plane: str, parts: Parts) -> Iterator[str]:
    """The fields that parts become, kind by kind."""
    rules = _ROUTE.get(plane, "")
    yield from (f"DestinationRule `trafficPolicy.{key}` {_code(value)}" for key, value in parts.destination.items())
    yield from (f"{rules}.{key}` {_code(value)}" for key, value in parts.rule.items())
    yield from (f"{rules}.{key}` below `{path}` {_code(value)}" for path, said in parts.by_path.items() for key, value in said.items())
    yield from (f"{rules}` of its own: {_code(rule)}" for rule in parts.rules)
    yield from (f"{rules}.{key}` for POST and PATCH {_code(value)}" for key, value in parts.unsafe.items())
    yield from (f"{rules}.filters[]` {_code(each)}" for each in parts.filters)
    yield from (f"EnvoyFilter `HTTP_ROUTE` {_code(parts.patch)}" for _ in range(1) if parts.patch)
    yield from (f"EnvoyFilter `HTTP_ROUTE` for POST and PATCH {_code(parts.unsafe_patch)}" for _ in range(1) if parts.unsafe_patch)
    yield from (f"EnvoyFilter `{each['applyTo']}` at the entry {_code(each['patch']['value'])}" for each in parts.patches)
    yield from (f"Ingress annotation `{key}: {value}`" for key, value in parts.annotations.items())
    yield from (f"Service annotation `{key}: {value}`" for key, value in parts.service_annotations.items())
    yield from (f"KongUpstreamPolicy `{key}` {_code(value)}" for key, value in parts.upstream.items())
    yield from (_object(each) for each in parts.objects)
    if parts.waypoint:
        yield "all by way of a waypoint"


def _object(manifest: Mapping[str, Any]) -> str:
    fields = manifest.get("spec") or {key: value for key, value in manifest.items() if key not in ("apiVersion", "kind", "metadata")}
    return f"{manifest['kind']} `{manifest['metadata']['name']}` {_code(fields)}"


def _code(value: Any) -> str:
    said = _said(value)
    return f"`{said if len(said) <= _LONGEST else said[:_LONGEST] + '…'}`"


def _said(value: Any) -> str:
    """Data in one line, as short as can be read."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_said(each)}" for key, each in value.items() if each != {}) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_said, value)) + "]"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _cell(text: str) -> str:
    return _flat(text).replace("|", "\\|")


def _flat(text: str) -> str:
    return " ".join(text.split())


def _camel(policy: str) -> str:
    return str(TrafficSettings.model_fields[policy].alias)
