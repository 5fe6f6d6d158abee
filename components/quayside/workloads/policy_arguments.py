"""The arguments of traffic policies beside those in traffic_arguments.py: fields and words are those of their settings."""

from typing import Any, NotRequired, TypedDict


class WebsocketsArgs(TypedDict, total=False):
    """Connections that stay open after a request to upgrade them, and may be silent for long.

    Istio's proxies let them through at all times, have no limit on silence, and must speak HTTP/1.1 with the pods for it: that is all they
    are told. The cloud's load balancer ends what is silent for about a minute: let one of the two sides ping.
    """

    idle: str
    """How long a connection may be silent, where the entry limits it (ingress-nginx and Kong: one minute by themselves). Default: 1h."""


class MirroringArgs(TypedDict, total=False):
    """A copy of the requests goes to another service, or to a version of this one; what it answers is dropped.

    The copy does everything that a request does: what writes to the same database writes twice.
    """

    service: str
    """The service that gets the copies."""
    namespace: str
    """The namespace of that service, whole. Default: the one of this service."""
    port: int
    """Port of that service. Default: 80."""
    version: str
    """The version of this service that gets the copies, such as canary."""
    percent: int
    """Share of the requests that are copied, in percent. Default: 100."""


class DelayArgs(TypedDict):
    """Requests that are held up before they are passed on."""

    time: str
    """For how long."""
    percent: NotRequired[int]
    """Share of the requests, in percent. Default: 100."""


class AbortArgs(TypedDict, total=False):
    """Requests that are answered with an error, without the service."""

    status: int
    """The error's HTTP status; clients of gRPC see the status that goes with it. Default: 503."""
    percent: int
    """Share of the requests, in percent. Default: 100."""


class FaultsArgs(TypedDict, total=False):
    """Requests that are held up or refused on purpose, to see what their callers do. Stacks whose environment is prod refuse it.

    The caller's proxy does it, so it reaches those that are in the mesh, and those that come through an Istio entry.
    """

    delay: DelayArgs
    """Requests that are held up. Default: none."""
    abort: AbortArgs
    """Requests that are answered with an error. Default: none."""
    force: bool
    """Whether it is meant for prod as well. Default: false."""


class CorsArgs(TypedDict):
    """Pages of which other origins may read what the service answers in a browser. The entry answers the browser's question itself."""

    origins: list[str]
    """Origins, such as https://shop.example.com, https://*.example.com, or * alone for everyone."""
    methods: NotRequired[list[str]]
    """What they may ask for. Default: GET, HEAD and POST."""
    headers: NotRequired[list[str]]
    """Headers that they may send beside the harmless ones. Default: none."""
    expose: NotRequired[list[str]]
    """Headers of the answer that they may read beside the harmless ones. Default: none."""
    credentials: NotRequired[bool]
    """Whether the browser sends cookies along. Default: false."""
    max_age: NotRequired[str]
    """How long a browser may remember what is allowed; Chrome does for 2h at most. Default: 1h."""


class RewriteArgs(TypedDict, total=False):
    """The service is asked for another path or host than the one that its clients wrote.

    prefix puts a path in place of the one that led here (hosts.<host>.paths): with the path /api and prefix: /, the service is asked for
    /orders where the client asked for /api/orders.
    """

    prefix: str
    """What stands in place of the path that led here; what follows it stays. Default: it stays as it is."""
    path: str
    """The path of all requests. Default: as it is."""
    host: str
    """The host that the service is asked for. Default: the one that the client asked."""


class RedirectArgs(TypedDict):
    """Where requests for a path are told to ask."""

    to: str
    """A path of the same host, or a whole address."""
    code: NotRequired[int]
    """The HTTP status. Browsers remember 301 and 308 for good; 307 and 308 keep the method. Default: 302."""


class RedirectsArgs(TypedDict, total=False):
    """Paths whose requests are told to ask elsewhere, on all hosts of the service. They are exact, and come before those that lead to it."""

    paths: dict[str, RedirectArgs]
    """Path → where to ask instead."""


class HeaderEditsArgs(TypedDict, total=False):
    """Headers that are set, added or removed."""

    set: dict[str, str]
    """Header → value, whatever was there."""
    add: dict[str, str]
    """Header → a further value, beside what was there."""
    remove: list[str]
    """Headers that are taken away."""


class HeadersArgs(TypedDict, total=False):
    """Headers of requests and of answers are edited on the way. They stand in the open: no place for secrets.

    The entry's own headers (Strict-Transport-Security, X-Content-Type-Options) stay where nothing is said of them here.
    """

    request: HeaderEditsArgs
    """What the service is told. Default: all as it is."""
    response: HeaderEditsArgs
    """What the client is told. Default: all as it is."""


class MaxBodyArgs(TypedDict):
    """The largest body of a request, such as an upload; a larger one is answered with 413.

    Istio's proxies keep each body in memory until they have it whole: they must have room for it, and what streams is no longer a stream.
    ingress-nginx and Kong only count.
    """

    size: str
    """Its size."""


class CallerArgs(TypedDict, total=False):
    """What a caller may ask for."""

    methods: list[str]
    """Methods, such as GET. Default: all."""
    paths: list[str]
    """Paths, such as /orders or /orders/*. Default: all."""


class AuthorizationArgs(TypedDict, total=False):
    """Who may call the service: its own namespace, the entry where the service has hosts, and those that are named. All others are refused.

    Callers are known by the certificate that the mesh gives each ServiceAccount, so that one without it is nobody, and refused. `access` does
    the same by addresses, for whole namespaces and without a mesh.
    """

    allow: dict[str, CallerArgs]
    """Who else may call: the name of a service of this stack, or namespace/ServiceAccount → what it may ask for."""
    own_namespace: bool
    """Whether all in the service's own namespace may. Default: true."""


class JwtArgs(TypedDict):
    """Requests must bring a token that an issuer has signed, in the header Authorization: Bearer. One that is wrong is answered with 401,
    none at all with 403. The service gets the token as well.
    """

    issuer: str
    """Who signs, as the tokens' claim iss says it."""
    jwks_uri: str
    """Where its public keys are; Istio's control plane asks there."""
    audiences: NotRequired[list[str]]
    """For whom tokens are meant: one of these stands in their claim aud. Default: for anyone."""
    claims: NotRequired[dict[str, list[str]]]
    """Further claims that a token must have: name → values, of which it has one. All of the claims must fit."""
    open_paths: NotRequired[list[str]]
    """Paths that need no token. Default: none."""


class ExternalAuthorizationArgs(TypedDict):
    """Another service is asked about each request, such as oauth2-proxy: what it answers with 200 goes on, all else goes back to the client."""

    service: str
    """The service that is asked."""
    namespace: NotRequired[str]
    """Its namespace, whole. Default: one of its own, named like it."""
    port: NotRequired[int]
    """Its port. Default: 80."""
    protocol: NotRequired[str]
    """How it is asked: http, or grpc (envoy.service.auth.v3). Default: http."""
    path: NotRequired[str]
    """What the path of its requests begins with; the one that is asked about follows. ingress-nginx asks for this path alone. Default:
    nothing."""
    request_headers: NotRequired[list[str]]
    """Headers of the request that it is told, besides Host, path and method. ingress-nginx tells it all. Default: authorization and
    cookie."""
    answer_headers: NotRequired[list[str]]
    """Headers of its yes that the request takes along, such as x-auth-request-user. Default: none."""
    timeout: NotRequired[str]
    """How long its answer may take; ingress-nginx has a minute. Default: 2s."""
    fail_open: NotRequired[bool]
    """Whether requests go on while it does not answer. Default: false."""
    open_paths: NotRequired[list[str]]
    """Paths about which it is not asked. Default: none."""


class FilterArgs(TypedDict, total=False):
    """Code that the service's proxies run on each request, for what no policy says: a script in Lua, or a WebAssembly module.

    Its syntax is checked before anything is changed; what it does is not, and a mistake in it is one in every request. It is bound to
    Envoy's version, and so to Istio's.
    """

    lua: str
    """A script with a function envoy_on_request(handle) or envoy_on_response(handle). No place for secrets. Default: none."""
    wasm: str
    """An image with a WebAssembly module (proxy-wasm), with a fixed tag or digest, from a registry that wants no password. Default:
    none."""
    config: dict[str, Any]
    """What the module is told. No place for secrets."""
    phase: str
    """When the module is asked: first of all, authorized (after tokens and callers were checked) or last. Default: last."""
    fail_open: bool
    """Whether requests go on where the module cannot be loaded or fails. Default: false."""


class EgressHostArgs(TypedDict, total=False):
    """A host outside of the cluster that a service calls."""

    port: int
    """Its port. Default: 443."""
    protocol: str
    """What is spoken: tls (https among it), http in the clear, or tcp for all else, such as a database. Default: tls."""


class EgressArgs(TypedDict, total=False):
    """What the service may call outside of the cluster: these hosts and, as ever, what the mesh knows. All else its proxy refuses.

    With mesh.egress: registry that holds for all services, and one without this key calls nothing outside. It keeps honest programs to what is
    written; one that wants out can go around its proxy, against which only a NetworkPolicy helps (Istio's docs, Security Model).
    """

    hosts: dict[str, EgressHostArgs]
    """Host → how it is called."""
