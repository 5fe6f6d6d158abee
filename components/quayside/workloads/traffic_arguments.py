"""The arguments of a service's traffic policies, as the component and the package's schema have them: fields and words are those of its settings."""

from typing import NotRequired, TypedDict

from quayside.workloads.policy_arguments import (
    AuthorizationArgs,
    CorsArgs,
    EgressArgs,
    ExternalAuthorizationArgs,
    FaultsArgs,
    FilterArgs,
    HeadersArgs,
    JwtArgs,
    MaxBodyArgs,
    MirroringArgs,
    RedirectsArgs,
    RewriteArgs,
    WebsocketsArgs,
)


class CookieArgs(TypedDict):
    """A cookie by which a client is known."""

    name: str
    """Its name. Who comes without it is given one."""
    ttl: NotRequired[str]
    """How long a new one lives; 0s is until the browser is closed. Default: 1h."""


class HashArgs(TypedDict, total=False):
    """What has the same value goes to the same pod, as long as that is there. One of the four."""

    header: str
    """A header of the request."""
    cookie: CookieArgs
    """A cookie, which is given to who has none."""
    query: str
    """A parameter of the URL's query."""
    source_address: bool
    """The client's address. Default: false."""


class LoadBalancingArgs(TypedDict, total=False):
    """Which pod gets a request."""

    algorithm: str
    """least-request (of two pods, the one with fewer requests under way), round-robin, random or consistent-hash. Default: consistent-hash
    with a hash, else least-request."""
    hash: HashArgs
    """What consistent-hash finds the pod by. Default: none."""
    locality: bool
    """Whether pods in the caller's own zone, then region, are preferred while they are well, which outlier detection finds out.
    Default: as the mesh does, in Istio true."""
    failover: dict[str, str]
    """Where requests go when a region's pods fail: region → region. Default: to all others alike."""


class OutlierDetectionArgs(TypedDict, total=False):
    """Pods that fail are left out for a while, so that others answer."""

    errors: int
    """How many errors in a row (5xx, or no answer at all) put a pod out. Default: 3."""
    interval: str
    """How often pods are looked at. Kong looks at each answer. Default: 10s."""
    ejection: str
    """How long a pod is out, in Istio times the number of its ejections; in Kong until a connection to it, tried as often, is taken.
    Default: 30s."""
    most: int
    """Greatest share of the pods that is out at once, in percent. Default: 50."""


class ConnectionPoolArgs(TypedDict, total=False):
    """How much a service is asked at once; what is beyond is answered with 503 at once, before it piles up. Each instance of a proxy counts
    for itself: each pod of the gateway, of the waypoint, and of a caller with a sidecar."""

    connect_timeout: str
    """How long a TCP connection to a pod may take. Default: 500ms."""
    pending: int
    """Most requests that wait for a connection. Default: 10."""
    concurrent: int
    """Most requests that are under way. Default: 10."""
    requests_per_connection: int
    """How many requests a connection serves before it is closed. Default: 2."""
    retries: int
    """Most retries that are under way. Default: 3."""


class TimeoutArgs(TypedDict):
    """How long an answer may take, all tries of it together. nginx and Kong, which have no such clock, end an answer that is silent for as
    long; nginx stops trying again after it, and Kong tries once."""

    request: str
    """From the whole request to the whole answer. It is longer than attempts × perTry of the retries."""
    paths: NotRequired[dict[str, str]]
    """Paths, each with all below it, whose answers may take another time, such as an upload: path → time. Default: none."""


class RetriesArgs(TypedDict, total=False):
    """What failed is tried again, at another pod where there is one."""

    attempts: int
    """How many more times, as Istio counts. Default: 3."""
    per_try: str
    """How long one try may take. Default: 2s."""
    conditions: list[str]
    """When: connect-failure (no connection), refused-stream (HTTP/2's word for not now), reset (the connection broke), a status, or
    with gRPC one of its own: cancelled, deadline-exceeded, internal, resource-exhausted, unavailable.
    Default: connect-failure, refused-stream, 503, reset."""
    idempotent_only: bool
    """Whether only requests are tried again that may be sent twice: GET, HEAD, OPTIONS, PUT, DELETE and TRACE (RFC 9110, 9.2.2).
    Default: true."""


class RedisArgs(TypedDict):
    """A Redis that holds counts. It is asked without a password and in the clear, so keep it where only the cluster reaches it; and from the
    service's namespace (Kong: from its own), which it must let in."""

    host: str
    """Its host name, such as redis.cache.svc.cluster.local."""
    port: NotRequired[int]
    """Its port. Default: 6379."""


class RateLimitArgs(TypedDict):
    """How many requests get through in a span of time; those beyond are answered with 429 (nginx: 503)."""

    requests: int
    """How many requests."""
    unit: NotRequired[str]
    """In what span: second, minute or hour. Default: second."""
    scope: NotRequired[str]
    """Who counts: local (each instance for itself: each pod of the service with a sidecar, else each pod of the entry) or global (one count
    for the service, in redis). Istio's proxies ask a further pod of the service's for a global one, by Envoy's rate limit service; while that or
    Redis is away, all requests get through. A global count begins anew with each second, minute or hour of the clock. Default: local."""
    header: NotRequired[str]
    """A header whose values are counted apart. Default: none, all requests together."""
    client: NotRequired[bool]
    """Whether each client's address is counted apart. Default: false."""
    redis: NotRequired[RedisArgs]
    """Where a global count is kept. What Redis forgets, such as by a restart without a volume, is counted from the beginning. Default:
    none."""


class TrafficArgs(TypedDict, total=False):
    """How requests to a service are spread, limited, retried and led. Every data plane says it in its own words."""

    profile: str
    """Policies to begin with, of which those that a data plane cannot do are left out there: base (for what other services share) or
    business (for what people use: the same, and who came once comes to the same pod). Single policies are written over it, field by
    field, and null takes one away. Default: none."""
    load_balancing: LoadBalancingArgs
    """Which pod gets a request. Default: the data plane's own."""
    outlier_detection: OutlierDetectionArgs
    """Pods that fail are left out for a while. Default: none."""
    connection_pool: ConnectionPoolArgs
    """How much a service is asked at once. Default: no limit."""
    timeout: TimeoutArgs
    """How long an answer may take. Default: the data plane's own."""
    retries: RetriesArgs
    """What failed is tried again. Default: the data plane's own."""
    rate_limit: RateLimitArgs
    """How many requests get through in a span of time. Default: all."""
    websockets: WebsocketsArgs
    """Connections that stay open, and may be silent for long. Default: as the data plane does."""
    mirroring: MirroringArgs
    """A copy of the requests goes somewhere else. Default: none."""
    faults: FaultsArgs
    """Requests that are held up or refused on purpose. Default: none."""
    cors: CorsArgs
    """Pages of which other origins may read what the service answers. Default: as the service says."""
    rewrite: RewriteArgs
    """The service is asked for another path or host. Default: for what the client wrote."""
    redirects: RedirectsArgs
    """Paths whose requests are told to ask elsewhere. Default: none."""
    headers: HeadersArgs
    """Headers are edited on the way. Default: none but by the entry."""
    max_body: MaxBodyArgs
    """The largest body of a request. Default: as the entry does."""
    authorization: AuthorizationArgs
    """Who may call the service, by identity. Default: as access says."""
    jwt: JwtArgs
    """Requests must bring a token. Default: none."""
    external_authorization: ExternalAuthorizationArgs
    """Another service is asked about each request. Default: none."""
    filter: FilterArgs
    """Code that the service's proxies run on each request. Default: none."""
    egress: EgressArgs
    """What the service may call outside of the cluster. Default: as mesh.egress says."""
