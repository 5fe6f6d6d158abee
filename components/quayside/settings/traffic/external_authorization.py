"""External authorization: another service is asked about each request, and says yes or no."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from quayside.settings.base import Model, Rule
from quayside.settings.hosts import HostPath
from quayside.settings.traffic.words import A_LIST, DIRECT, HeaderName, RequestPath
from quayside.settings.types import Name, ShortDuration

ONE_IS_ENOUGH = True
"""The service's own proxies ask about all who come, through whichever entry."""


def http_has_paths(spec: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """A check by gRPC has a message of its own (envoy.service.auth.v3)."""
    if spec.get("protocol") == "grpc":
        for key in ("path", "requestHeaders", "answerHeaders"):
            if spec.get(key):
                yield key, "is for protocol: http; a check by gRPC says it in its own messages; remove it"


class ExternalAuthorizationSettings(Model):
    """Another service is asked about each request, such as oauth2-proxy: what it answers with 200 goes on, all else goes back to the client."""

    rules: ClassVar[tuple[Rule, ...]] = (http_has_paths,)
    known: ClassVar[frozenset[str]] = frozenset({"protocol", "fail_open"})

    service: Name
    """The service that is asked."""
    namespace: Name | None = None
    """Its namespace, whole. Default: one of its own, named like it."""
    port: Annotated[int, Field(ge=1, le=65535)] = 80
    """Its port. Default: 80."""
    protocol: Literal["http", "grpc"] = "http"
    """How it is asked: http, or grpc (envoy.service.auth.v3). Default: http."""
    path: HostPath | None = None
    """What the path of its requests begins with; the one that is asked about follows. ingress-nginx asks for this path alone.
    Default: nothing."""
    request_headers: Annotated[list[HeaderName], A_LIST] | None = None
    """Headers of the request that it is told, besides Host, path and method. ingress-nginx tells it all. Default: authorization and cookie."""
    answer_headers: Annotated[list[HeaderName], A_LIST] = Field(default_factory=list)
    """Headers of its yes that the request takes along, such as x-auth-request-user. Default: none."""
    timeout: ShortDuration = ShortDuration("2s")
    """How long its answer may take; ingress-nginx has a minute. Default: 2s."""
    fail_open: bool = False
    """Whether requests go on while it does not answer. Default: false."""
    open_paths: Annotated[list[RequestPath], A_LIST] = Field(default_factory=list)
    """Paths about which it is not asked. Default: none."""

    @property
    def host(self) -> str:
        """The name of that service in the cluster."""
        return f"{self.service}.{self.namespace or self.service}.svc.cluster.local"


def refused(spec: ExternalAuthorizationSettings, plane: str) -> Iterator[tuple[str, str]]:
    """What a data plane cannot do of it (see outlier_detection)."""
    if plane == "ingress-nginx":
        elsewhere = "or entry.kind: gateway-api, or mesh.mode: sidecar"
        if spec.protocol == "grpc":
            yield "protocol", f"is grpc, and ingress-nginx asks by http; write http, {elsewhere}"
        if spec.fail_open:
            yield "failOpen", f"is true, and ingress-nginx lets nothing pass without an answer; write false, {elsewhere}"
        if spec.open_paths:
            yield (
                "openPaths",
                f"are not to be had from ingress-nginx, which asks about all paths; let that service say yes to them, {elsewhere}",
            )
    if plane == "kong":
        wrong = "is not to be had from Kong, whose open-source edition has no plugin for it"
        yield "", f"{wrong}; write entry.kind: gateway-api, or mesh.mode: sidecar"
    if plane == "direct":
        yield "", DIRECT
