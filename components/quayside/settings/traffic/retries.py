"""Retries: what failed is tried again."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field

from quayside.settings.base import Model, Rule
from quayside.settings.text import Text, listed
from quayside.settings.types import ShortDuration

NO_ANSWER = frozenset({"connect-failure", "refused-stream", "reset"})
"""Conditions under which no answer came at all."""

NGINX_CODES = frozenset({"403", "404", "429", "500", "502", "503", "504"})
"""Answers after which nginx can ask another pod (ngx_http_proxy_module, proxy_next_upstream)."""


GRPC = ("cancelled", "deadline-exceeded", "internal", "resource-exhausted", "unavailable")
"""Statuses of gRPC after which Envoy can try again (its x-envoy-retry-grpc-on). They come with the HTTP status 200."""


class Condition(Text):
    """When a request is tried again: words of Envoy's x-envoy-retry-on and x-envoy-retry-grpc-on, or a status."""

    pattern = rf"connect-failure|refused-stream|reset|{'|'.join(GRPC)}|[45][0-9]{{2}}"
    wrong = "is not a condition for a retry"
    write = "write connect-failure, refused-stream, reset, a status such as 503, or with gRPC unavailable"
    examples = ("connect-failure", "503")
    numbers = True


def some_condition(spec: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Without a condition nothing is ever tried again."""
    if spec.get("conditions") == []:
        yield "conditions", "is empty, so that nothing is tried again; write some, or remove retries"


class RetriesSettings(Model):
    """What failed is tried again, at another pod where there is one."""

    rules: ClassVar[tuple[Rule, ...]] = (some_condition,)

    attempts: Annotated[int, Field(ge=1, le=10)] = 3
    """How many more times, as Istio counts. Default: 3."""
    per_try: ShortDuration = ShortDuration("2s")
    """How long one try may take. Default: 2s."""
    conditions: Annotated[list[Condition], BeforeValidator(listed)] = Field(
        default_factory=lambda: [Condition("connect-failure"), Condition("refused-stream"), Condition("503"), Condition("reset")]
    )
    """When: connect-failure (no connection), refused-stream (HTTP/2's word for not now), reset (the connection broke), a status, or
    with gRPC one of its own: cancelled, deadline-exceeded, internal, resource-exhausted, unavailable.
    Default: connect-failure, refused-stream, 503, reset."""
    idempotent_only: bool = True
    """Whether only requests are tried again that may be sent twice: GET, HEAD, OPTIONS, PUT, DELETE and TRACE (RFC 9110, 9.2.2).
    Default: true."""


def refused(spec: RetriesSettings, plane: str) -> Iterator[tuple[str, str]]:
    """See outlier_detection.refused."""
    codes = sorted(set(map(str, spec.conditions)) - NO_ANSWER)
    if plane == "direct":
        yield "", "are not to be had from a load balancer that leads straight to pods and sees no requests; write entry.kind: gateway-api"
    if plane == "ambient":
        yield (
            "",
            "are not to be had in ambient mode: HTTPRoute's standard channel (v1.6.1) has no field for them, and Istio's docs call EnvoyFilter "
            "unsupported at waypoints (ambient/usage/l7-features); remove them, which leaves Istio's own two retries, or write mesh.mode: sidecar",
        )
    if plane == "kong":
        yield (
            "",
            "are not to be had from Kong as they are meant: it tries again only where no answer came, and its one clock for a try "
            "(read-timeout) also cuts off what may not be sent twice; write entry.kind: gateway-api",
        )
    if plane == "ingress-nginx":
        yield from _nginx(spec, codes)


def _nginx(spec: RetriesSettings, codes: list[str]) -> Iterator[tuple[str, str]]:
    if spec.idempotent_only:
        yield (
            "idempotentOnly",
            "is true, and ingress-nginx has one clock for the tries of all methods: it would cut off a POST after perTry; write false, "
            "with which POST is sent twice, or entry.kind: gateway-api",
        )
    if spec.per_try.milliseconds % 1000:
        yield "perTry", "is not to be had from ingress-nginx, which counts whole seconds; write some, such as 2s"
    if unknown := [code for code in codes if code not in NGINX_CODES]:
        yield "conditions", f"have {unknown[0]}, after which nginx asks no other pod; keep to {', '.join(sorted(NGINX_CODES))}"
