"""Load balancing: which of a service's pods gets a request."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from quayside.settings.base import Model, Rule, empty
from quayside.settings.traffic.keys import CookieName, HeaderKey, Parameter
from quayside.settings.types import Duration, LabelValue

_BY = ("header", "cookie", "query", "sourceAddress")


def by_one_thing(spec: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Envoy could hash several things one after the other, the other data planes could not."""
    said = [key for key in _BY if spec.get(key) not in (None, False)]
    if not said:
        yield "header", f"is missing; write one of {', '.join(_BY)}"
    for key in said[1:]:
        yield key, f"stands beside {said[0]}; keep one of them"


def hash_and_algorithm(spec: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """A hash is an algorithm of its own."""
    algorithm, by = spec.get("algorithm"), spec.get("hash")
    if algorithm == "consistent-hash" and not by:
        yield "hash", "is missing, by which consistent-hash finds the pod; write hash.header, hash.cookie, hash.query or hash.sourceAddress"
    if by and algorithm not in (None, "consistent-hash"):
        yield (
            "hash",
            f"has no use beside algorithm {algorithm}; remove one of them" if isinstance(algorithm, str) else "has no use; remove it",
        )


class CookieSettings(Model):
    """A cookie by which a client is known."""

    name: CookieName
    """Its name. Who comes without it is given one."""
    ttl: Duration = Duration("1h")
    """How long a new one lives; 0s is until the browser is closed. Default: 1h."""


class HashSettings(Model):
    """What has the same value goes to the same pod, as long as that is there. One of the four."""

    rules: ClassVar[tuple[Rule, ...]] = (by_one_thing,)

    header: HeaderKey | None = None
    """A header of the request."""
    cookie: CookieSettings | None = None
    """A cookie, which is given to who has none."""
    query: Parameter | None = None
    """A parameter of the URL's query."""
    source_address: bool = False
    """The client's address. Default: false."""


class LoadBalancingSettings(Model):
    """Which pod gets a request."""

    rules: ClassVar[tuple[Rule, ...]] = (hash_and_algorithm,)

    algorithm: Literal["least-request", "round-robin", "random", "consistent-hash"] | None = None
    """least-request (of two pods, the one with fewer requests under way), round-robin, random or consistent-hash. Default: consistent-hash
    with a hash, else least-request."""
    hash: HashSettings | None = None
    """What consistent-hash finds the pod by. Default: none."""
    locality: bool | None = None
    """Whether pods in the caller's own zone, then region, are preferred while they are well, which outlier detection finds out.
    Default: as the mesh does, in Istio true."""
    failover: dict[Annotated[str, LabelValue], LabelValue] = empty()
    """Where requests go when a region's pods fail: region → region. Default: to all others alike."""

    @property
    def chosen(self) -> str:
        """The algorithm that counts."""
        return self.algorithm or ("consistent-hash" if self.hash else "least-request")


def refused(spec: LoadBalancingSettings, plane: str) -> Iterator[tuple[str, str]]:
    """See outlier_detection.refused."""
    if plane == "direct":
        yield (
            "",
            "is not to be had from a load balancer that leads straight to pods and chooses among connections; write entry.kind: gateway-api",
        )
    if plane not in ("ingress-nginx", "kong"):
        return
    if spec.chosen == "random":
        yield "algorithm", f"is random, which {plane} does not know; write round-robin, or entry.kind: gateway-api"
    for key, said in (("locality", spec.locality is not None), ("failover", bool(spec.failover))):
        if said:
            yield key, f"is not to be had from {plane}, which sees no zones; remove it, or write entry.kind: gateway-api"
    if plane == "kong" and spec.hash and spec.hash.cookie and spec.hash.cookie.ttl.seconds:
        yield (
            "hash.cookie.ttl",
            "is not to be had from Kong, whose cookies live until the browser is closed; write 0s, or entry.kind: gateway-api",
        )
