"""Edits of headers, of requests and of answers."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar

from pydantic import Field

from quayside.settings.base import Model, Rule, empty
from quayside.settings.traffic.words import A_LIST, DIRECT, HeaderName, HeaderValue


def each_once(edits: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Planes differ in what comes first, so that each header is edited in one way. Case says nothing in a header's name."""
    seen: dict[str, str] = {}
    for key in ("set", "add", "remove"):
        names = edits.get(key)
        for name in names if isinstance(names, (Mapping, list)) else ():
            before = seen.get(str(name).lower())
            if before is not None:
                yield key, f"names {name} a second time (see {before}); keep one of them"
            seen[str(name).lower()] = key


class HeaderEdits(Model):
    """Headers that are set, added or removed."""

    rules: ClassVar[tuple[Rule, ...]] = (each_once,)

    set: dict[Annotated[str, HeaderName], HeaderValue] = empty()
    """Header → value, whatever was there."""
    add: dict[Annotated[str, HeaderName], HeaderValue] = empty()
    """Header → a further value, beside what was there."""
    remove: Annotated[list[HeaderName], A_LIST] = Field(default_factory=list)
    """Headers that are taken away."""


def some_edit(headers: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Nothing at all is no edit."""
    if not any(headers.get(key) for key in ("request", "response")):
        yield "request", "is missing, and so is response; write one of them, or remove headers"


class HeadersSettings(Model):
    """Headers of requests and of answers are edited on the way. They stand in the open: no place for secrets.

    The entry's own headers (Strict-Transport-Security, X-Content-Type-Options) stay where nothing is said of them here.
    """

    rules: ClassVar[tuple[Rule, ...]] = (some_edit,)

    request: HeaderEdits | None = None
    """What the service is told. Default: all as it is."""
    response: HeaderEdits | None = None
    """What the client is told. Default: all as it is."""


EDITS = ("set", "add", "remove")

ROOM = 16
"""Headers in each of these lists of an HTTPRoute (maxItems in its definition)."""

OURS = {
    "request": {"set": frozenset({"x-real-ip"})},
    "response": {
        "set": frozenset({"x-content-type-options", "strict-transport-security"}),
        "remove": frozenset({"server", "x-powered-by"}),
    },
}
"""What the Gateway API's entry edits of itself (edge.gateway_api_routes.filters)."""


def refused(spec: HeadersSettings, plane: str) -> Iterator[tuple[str, str]]:
    """What a data plane cannot do of it (see outlier_detection)."""
    if plane == "ingress-nginx":
        wrong = "is not to be had from ingress-nginx but by snippets, by which whoever writes an Ingress reads all Secrets (CVE-2021-25742)"
        yield "", f"{wrong}; let the service set them, or write entry.kind: gateway-api"
    if plane == "direct":
        yield "", DIRECT
    if plane in ("gateway-api", "ambient"):
        yield from _beyond_room(spec, OURS if plane == "gateway-api" else {})


def _beyond_room(spec: HeadersSettings, ours: Mapping[str, Mapping[str, frozenset[str]]]) -> Iterator[tuple[str, str]]:
    """ours: what the entry edits itself, unless something is said of it here."""
    for kind, edits in (("request", spec.request), ("response", spec.response)):
        if edits is None:
            continue
        said = {each.lower() for key in EDITS for each in getattr(edits, key)}
        for key in EDITS:
            own = len(ours.get(kind, {}).get(key, frozenset()) - said)
            count = len(getattr(edits, key))
            if count + own > ROOM:
                with_ours = f" (with {own} of the entry's own)" if own else ""
                yield f"{kind}.{key}", f"are {count + own}{with_ours}, and an HTTPRoute has room for {ROOM}; let the service say the others"
