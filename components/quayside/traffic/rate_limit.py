"""Rate limit, said to each data plane."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from quayside.edge.contract import Parts
from quayside.settings.traffic.rate_limit import RateLimitSettings, RedisSettings
from quayside.traffic.contract import Subject
from quayside.traffic.envoy_filters import before_router, label
from quayside.traffic.load_balancing import NGINX
from quayside.traffic.objects import at_pods, kong_plugin
from quayside.traffic.rate_limit_service import filter_of, rate_limit_service, rate_limits

_REDIS = {"host": "redis.cache.svc.cluster.local"}

EXAMPLES = {
    name: RateLimitSettings.model_validate(said)
    for name, said in {
        "local": {"requests": 100},
        "local, by header": {"requests": 10, "unit": "minute", "header": "X-User"},
        "local, by client address": {"requests": 10, "client": True},
        "global": {"requests": 100, "scope": "global"},
        "global, counted in Redis": {"requests": 100, "scope": "global", "redis": _REDIS},
        "global, by header": {"requests": 10, "unit": "minute", "scope": "global", "header": "X-User", "redis": _REDIS},
        "global, by client address": {"requests": 10, "scope": "global", "client": True, "redis": _REDIS},
    }.items()
}
"""See outlier_detection."""

SECONDS = {"second": 1, "minute": 60, "hour": 3600}

FILTER = "envoy.filters.http.local_ratelimit"
GLOBAL_FILTER = "envoy.filters.http.ratelimit"
TYPE = "type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit"
PER_ROUTE = "type.googleapis.com/envoy.extensions.filters.http.ratelimit.v3.RateLimitPerRoute"

KEYS_AT_ONCE = 10_000
"""Headers' values or clients that a proxy counts at once, the latest; Envoy's own 20 (max_dynamic_descriptors) are soon used up, and whoever
falls out begins anew. Each takes some hundred bytes."""

_ALWAYS = {"numerator": 100, "denominator": "HUNDRED"}
"""Envoy's own default for whether a local limit is asked and kept to is: never."""


def render(spec: RateLimitSettings, plane: str, subject: Subject) -> Parts:
    """See contract.Render.

    Where the pods have sidecars these count, also what comes through an Istio entry: the entry's proxies would count the same again.
    """
    if plane == "ingress-nginx":
        unit = {"second": "rps", "minute": "rpm"}[spec.unit]
        return Parts(annotations={f"{NGINX}limit-{unit}": str(spec.requests), f"{NGINX}limit-burst-multiplier": "1"})
    if plane == "kong":
        name = f"{subject.service}-rate-limit"
        return Parts(plugins=[name], objects=[kong_plugin("rate-limiting", name, subject, _kong(spec))])
    if plane != "sidecar" and subject.planes.mesh == "sidecar":
        return Parts()
    if spec.scope == "global" and spec.redis:
        return _global(spec, spec.redis, plane, subject)
    if plane == "sidecar":
        return Parts(objects=at_pods("rate-limit", subject, FILTER, {"@type": TYPE, **_limit(spec)}))
    # a filter without a limit does nothing; the service's own routes then bring theirs
    return _by_route({"@type": TYPE, "stat_prefix": "rate_limit"}, {"@type": TYPE, **_limit(spec)}, subject)


def _global(spec: RateLimitSettings, redis: RedisSettings, plane: str, subject: Subject) -> Parts:
    """A filter that asks the service's own rate limit service: about all requests to its pods, or of the entry's routes about its own."""
    asked, told = filter_of(subject), {"rate_limits": rate_limits(spec)}
    if plane == "sidecar":
        parts = Parts(objects=at_pods("rate-limit", subject, GLOBAL_FILTER, {**asked, **told}))
    else:
        # with nothing to tell, it does not ask
        parts = _by_route(asked, {"@type": PER_ROUTE, **told}, subject)
    return replace(parts, objects=[*parts.objects, *rate_limit_service(spec, redis, subject)])


def _by_route(idle: Mapping[str, Any], limited: Mapping[str, Any], subject: Subject) -> Parts:
    """A filter of the entry's proxies under a name of the service's own, by which its routes say what it does for them."""
    name = f"quayside.rate-limit.{label(subject)}"
    added = before_router("GATEWAY", {"name": name, "typed_config": dict(idle)})
    return Parts(patches=[added], patch={"typed_per_filter_config": {name: dict(limited)}})


def _limit(spec: RateLimitSettings) -> dict[str, Any]:
    """A LocalRateLimit. Counted apart, each value has a bucket of its own, made when it comes up (a descriptor without a value); requests
    without the header share the one that is everybody's."""
    bucket = {"max_tokens": spec.requests, "tokens_per_fill": spec.requests, "fill_interval": f"{SECONDS[spec.unit]}s"}
    limit: dict[str, Any] = {
        "stat_prefix": "rate_limit",
        "token_bucket": bucket,
        "filter_enabled": {"default_value": _ALWAYS},
        "filter_enforced": {"default_value": _ALWAYS},
    }
    if not spec.header and not spec.client:
        return limit
    action: dict[str, Any] = {"remote_address": {}}
    key = "remote_address"
    if spec.header:
        key = "header"
        action = {"request_headers": {"header_name": str(spec.header), "descriptor_key": key}}
    return {
        **limit,
        "rate_limits": [{"actions": [action]}],
        "descriptors": [{"entries": [{"key": key}], "token_bucket": bucket}],
        "max_dynamic_descriptors": KEYS_AT_ONCE,
        "always_consume_default_token_bucket": False,
    }


def _kong(spec: RateLimitSettings) -> dict[str, Any]:
    """The plugin rate-limiting. While Redis is away, requests get through (fault_tolerant)."""
    by: dict[str, Any] = {"limit_by": "service"}
    if spec.header:
        by = {"limit_by": "header", "header_name": str(spec.header)}
    elif spec.client:
        by = {"limit_by": "ip"}
    kept: dict[str, Any] = {"policy": "local"}
    if spec.redis:
        kept = {"policy": "redis", "redis": {"host": str(spec.redis.host), "port": spec.redis.port}, "fault_tolerant": True}
    return {spec.unit: spec.requests, **by, **kept}
