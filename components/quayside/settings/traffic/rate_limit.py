"""Rate limit: how many requests get through in a span of time."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from quayside.settings.base import Model, Rule
from quayside.settings.hosts import Domain
from quayside.settings.traffic.keys import HeaderKey

ONE_IS_ENOUGH = True
"""What one proxy turns away does not get to the next; where pods have no proxy of their own, the entry counts."""


def by_one_thing(spec: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """nginx and Kong count by one thing."""
    if spec.get("header") is not None and spec.get("client") is True:
        yield "client", "stands beside header; keep one of them"


def counts_somewhere(spec: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Redis holds the counts that instances share, and no others."""
    if spec.get("redis") is not None and spec.get("scope", "local") == "local":
        yield "redis", "has no use with scope local, where each instance counts for itself; remove it, or write scope: global"


class RedisSettings(Model):
    """A Redis that holds counts. It is asked without a password and in the clear, so keep it where only the cluster reaches it; and from the
    service's namespace (Kong: from its own), which it must let in."""

    host: Domain
    """Its host name, such as redis.cache.svc.cluster.local."""
    port: Annotated[int, Field(ge=1, le=65535)] = 6379
    """Its port. Default: 6379."""


class RateLimitSettings(Model):
    """How many requests get through in a span of time; those beyond are answered with 429 (nginx: 503)."""

    rules: ClassVar[tuple[Rule, ...]] = (by_one_thing, counts_somewhere)

    requests: Annotated[int, Field(ge=1, le=1_000_000)]
    """How many requests."""
    unit: Literal["second", "minute", "hour"] = "second"
    """In what span: second, minute or hour. Default: second."""
    scope: Literal["local", "global"] = "local"
    """Who counts: local (each instance for itself: each pod of the service with a sidecar, else each pod of the entry) or global (one count
    for the service, in redis). Istio's proxies ask a further pod of the service's for a global one, by Envoy's rate limit service; while that or
    Redis is away, all requests get through. A global count begins anew with each second, minute or hour of the clock. Default: local."""
    header: HeaderKey | None = None
    """A header whose values are counted apart. Default: none, all requests together."""
    client: bool = False
    """Whether each client's address is counted apart. Default: false."""
    redis: RedisSettings | None = None
    """Where a global count is kept. What Redis forgets, such as by a restart without a volume, is counted from the beginning. Default:
    none."""


def refused(spec: RateLimitSettings, plane: str) -> Iterator[tuple[str, str]]:
    """See outlier_detection.refused."""
    if plane == "direct":
        yield "", "is not to be had from a load balancer that leads straight to pods and sees no requests; write entry.kind: gateway-api"
    if plane == "ambient":
        yield (
            "",
            "is not to be had in ambient mode: Istio limits rates by EnvoyFilter, which its docs call unsupported at waypoints "
            "(ambient/usage/l7-features); write mesh.mode: sidecar, or entry.kind: gateway-api, which counts what comes from outside",
        )
    if plane == "ingress-nginx":
        yield from _nginx(spec)
    elif spec.scope == "global" and plane not in ("direct", "ambient") and spec.redis is None:
        yield "redis", "is missing, where all instances share a count; write redis.host, or scope: local"


def _nginx(spec: RateLimitSettings) -> Iterator[tuple[str, str]]:
    if spec.scope == "global":
        yield "scope", "is global, and each pod of ingress-nginx counts for itself; write local, or entry.kind: gateway-api with redis"
    if not spec.client:
        yield "client", "is not true, and ingress-nginx counts by the client's address alone; write true, or entry.kind: gateway-api"
    if spec.unit == "hour":
        yield "unit", "is hour, and ingress-nginx counts by second and by minute; write one of these"
