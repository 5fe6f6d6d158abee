"""CORS: pages of which other origins may read what a service answers in a browser."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar

from pydantic import Field

from quayside.settings.base import Model, Rule
from quayside.settings.traffic.words import A_LIST, DIRECT, OUTSIDE, HeaderName, Method, Origin
from quayside.settings.types import Duration

ONE_IS_ENOUGH = True
"""Browsers come through the entry."""

_SIMPLE: tuple[Method, ...] = ("GET", "HEAD", "POST")
"""What any page may ask for by a form or an image."""


def everyone_alone(cors: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Browsers refuse credentials for everyone (Fetch, CORS protocol), and HTTPRoute everyone beside others."""
    origins = cors.get("origins")
    if not isinstance(origins, list):
        return
    if not origins:
        yield "origins", "is empty; write at least one, or remove cors"
    if len(set(map(str, origins))) < len(origins):
        yield "origins", "has one of them twice; keep it once"
    if "*" in origins and len(origins) > 1:
        yield "origins", "has others beside *, which is everyone; keep * alone, or remove it"
    if "*" in origins and cors.get("credentials") is True:
        yield "credentials", "is true for everyone (*), which browsers refuse; write the origins, or credentials: false"


class CorsSettings(Model):
    """Pages of which other origins may read what the service answers in a browser. The entry answers the browser's question itself."""

    rules: ClassVar[tuple[Rule, ...]] = (everyone_alone,)

    origins: Annotated[list[Origin], A_LIST]
    """Origins, such as https://shop.example.com, https://*.example.com, or * alone for everyone."""
    methods: Annotated[list[Method], A_LIST] = Field(default_factory=lambda: list(_SIMPLE))
    """What they may ask for. Default: GET, HEAD and POST."""
    headers: Annotated[list[HeaderName], A_LIST] = Field(default_factory=list)
    """Headers that they may send beside the harmless ones. Default: none."""
    expose: Annotated[list[HeaderName], A_LIST] = Field(default_factory=list)
    """Headers of the answer that they may read beside the harmless ones. Default: none."""
    credentials: bool = False
    """Whether the browser sends cookies along. Default: false."""
    max_age: Duration = Duration("1h")
    """How long a browser may remember what is allowed; Chrome does for 2h at most. Default: 1h."""


ROOM = 64
"""Entries in each of these lists of an HTTPRoute (maxItems in its definition)."""


def refused(spec: CorsSettings, plane: str) -> Iterator[tuple[str, str]]:
    """What a data plane cannot do of it (see outlier_detection)."""
    if plane in ("sidecar", "ambient"):
        yield "", OUTSIDE
    if plane == "direct":
        yield "", DIRECT
    for key in ("origins", "headers", "expose") if plane == "gateway-api" else ():
        if (count := len(getattr(spec, key))) > ROOM:
            yield (
                key,
                f"are {count}, and an HTTPRoute has room for {ROOM}; write fewer, such as https://*.example.com, or entry.kind: istio",
            )
