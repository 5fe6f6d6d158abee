"""The index of traffic policies: a new one is a pair of files of the same name, here and in quayside/traffic, and a field below."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any, Literal

import pulumi
from pydantic import SerializationInfo, SerializerFunctionWrapHandler, model_serializer, model_validator
from pydantic.alias_generators import to_camel

from quayside.settings.base import LATER, Model
from quayside.settings.text import problem
from quayside.settings.traffic.authorization import AuthorizationSettings
from quayside.settings.traffic.connection_pool import ConnectionPoolSettings
from quayside.settings.traffic.cors import CorsSettings
from quayside.settings.traffic.egress import EgressSettings
from quayside.settings.traffic.external_authorization import ExternalAuthorizationSettings
from quayside.settings.traffic.faults import FaultsSettings
from quayside.settings.traffic.filter import FilterSettings
from quayside.settings.traffic.headers import HeadersSettings
from quayside.settings.traffic.jwt import JwtSettings
from quayside.settings.traffic.load_balancing import LoadBalancingSettings
from quayside.settings.traffic.max_body import MaxBodySettings
from quayside.settings.traffic.mirroring import MirroringSettings
from quayside.settings.traffic.outlier_detection import OutlierDetectionSettings
from quayside.settings.traffic.rate_limit import RateLimitSettings
from quayside.settings.traffic.redirects import RedirectsSettings
from quayside.settings.traffic.retries import RetriesSettings
from quayside.settings.traffic.rewrite import RewriteSettings
from quayside.settings.traffic.timeout import TimeoutSettings
from quayside.settings.traffic.websockets import WebsocketsSettings

ANY_PROTOCOL = frozenset({"authorization", "connection_pool", "egress", "load_balancing", "outlier_detection"})
"""Policies that are of use to any TCP connection; the others look at HTTP requests."""


class TrafficSettings(Model):
    """How requests to a service are spread, limited, retried and led. Every data plane says it in its own words."""

    profile: Literal["base", "business"] | None = None
    """Policies to begin with, of which those that a data plane cannot do are left out there: base (for what other services share) or
    business (for what people use: the same, and who came once comes to the same pod). Single policies are written over it, field by
    field, and null takes one away. Default: none."""
    load_balancing: LoadBalancingSettings | None = None
    """Which pod gets a request. Default: the data plane's own."""
    outlier_detection: OutlierDetectionSettings | None = None
    """Pods that fail are left out for a while. Default: none."""
    connection_pool: ConnectionPoolSettings | None = None
    """How much a service is asked at once. Default: no limit."""
    timeout: TimeoutSettings | None = None
    """How long an answer may take. Default: the data plane's own."""
    retries: RetriesSettings | None = None
    """What failed is tried again. Default: the data plane's own."""
    rate_limit: RateLimitSettings | None = None
    """How many requests get through in a span of time. Default: all."""
    websockets: WebsocketsSettings | None = None
    """Connections that stay open, and may be silent for long. Default: as the data plane does."""
    mirroring: MirroringSettings | None = None
    """A copy of the requests goes somewhere else. Default: none."""
    faults: FaultsSettings | None = None
    """Requests that are held up or refused on purpose. Default: none."""
    cors: CorsSettings | None = None
    """Pages of which other origins may read what the service answers. Default: as the service says."""
    rewrite: RewriteSettings | None = None
    """The service is asked for another path or host. Default: for what the client wrote."""
    redirects: RedirectsSettings | None = None
    """Paths whose requests are told to ask elsewhere. Default: none."""
    headers: HeadersSettings | None = None
    """Headers are edited on the way. Default: none but by the entry."""
    max_body: MaxBodySettings | None = None
    """The largest body of a request. Default: as the entry does."""
    authorization: AuthorizationSettings | None = None
    """Who may call the service, by identity. Default: as access says."""
    jwt: JwtSettings | None = None
    """Requests must bring a token. Default: none."""
    external_authorization: ExternalAuthorizationSettings | None = None
    """Another service is asked about each request. Default: none."""
    filter: FilterSettings | None = None
    """Code that the service's proxies run on each request. Default: none."""
    egress: EgressSettings | None = None
    """What the service may call outside of the cluster. Default: as mesh.egress says."""

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, data: Any) -> Any:
        """Policies decide what is made, so they are known. null takes a policy away, inside of one it says nothing."""
        if not isinstance(data, Mapping):
            return data
        if _has_output(data):
            raise problem(f"holds a value that {LATER}")
        return {key: _without_nulls(value) for key, value in data.items()}

    @model_serializer(mode="wrap")
    def _with_nulls(self, handler: SerializerFunctionWrapHandler, info: SerializationInfo) -> dict[str, Any]:
        """null says something here, it takes a policy of the profile away: who reads it back finds it where it was written, and nowhere else."""
        told: dict[str, Any] = {key: value for key, value in handler(self).items() if value is not None}
        removed = (name for name in type(self).model_fields if name in self.model_fields_set and getattr(self, name) is None)
        return told | {to_camel(name) if info.by_alias else name: None for name in removed}


def _has_output(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(_has_output(each) for each in value.values())
    return any(map(_has_output, value)) if isinstance(value, list) else isinstance(value, pulumi.Output)


def _without_nulls(value: Any) -> Any:
    return {key: _without_nulls(each) for key, each in value.items() if each is not None} if isinstance(value, Mapping) else value


def policies(traffic: TrafficSettings) -> Iterator[tuple[str, Any]]:
    """The policies that are stated: field → settings."""
    for name in type(traffic).model_fields:
        if name != "profile" and (spec := getattr(traffic, name)) is not None:
            yield name, spec


def refused(policy: str, spec: Any, plane: str) -> list[tuple[str, str]]:
    """What a data plane cannot do of a policy: (key below it, '' for all of it; the reason and what to write instead)."""
    return list(_module(policy).refused(spec, plane))


def one_is_enough(policy: str) -> bool:
    """Whether it is enough that one of a service's data planes can do it: ONE_IS_ENOUGH in the policy's file, with the reason."""
    return getattr(_module(policy), "ONE_IS_ENOUGH", False)


def _module(policy: str) -> Any:
    return import_module(f"quayside.settings.traffic.{policy}")
