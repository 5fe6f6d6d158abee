"""Settings of the entry: what takes requests from outside and leads them to services."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from quayside.settings.base import Model, Rule, empty
from quayside.settings.claims import every_name_proxied, part
from quayside.settings.hosts import Host
from quayside.settings.types import LabelKey, Memory, Name, Value


def host_name_has_use(load_balancer: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Without proxy protocol pods reach the stack's hosts in any case, and a host name would only hide the address."""
    if load_balancer.get("hostName") and load_balancer.get("proxyProtocol") is False:
        yield "hostName", "has no use without proxy protocol, which is switched off; remove it, or proxyProtocol: false"


def body_has_limit(entry: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """nginx takes zero for no limit at all (its client_max_body_size)."""
    size = entry.get("maxBody")
    if isinstance(size, Memory) and not size.amount:
        yield "maxBody", "is zero, which would allow bodies of any size; write a size such as 20Mi"


def one_load_balancer(entry: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The chart's own Service would be a second load balancer, paid for and in nobody's care."""
    if part(entry, "values", "controller", "service"):
        yield "values.controller.service", "would make a load balancer beside the entry's own; write what you need under loadBalancer"


class LoadBalancerSettings(Model):
    """The cloud's load balancer before the entry."""

    rules: ClassVar[tuple[Rule, ...]] = (host_name_has_use,)

    name: Name | None = None
    """Name at the cloud, unique in an account. Default: project and stack."""
    size_unit: Annotated[int, Field(ge=1, le=200)] = 1
    """Number of its nodes, each for $12 a month and 10000 requests a second at DigitalOcean. It may change once a minute; a node that goes
    ends its connections within a minute. Default: 1."""
    proxy_protocol: bool | None = None
    """Whether it tells the entry the client's address by proxy protocol. Default: true, unless every name is proxied by Cloudflare,
    which tells it in a header."""
    host_name: Host | None = None
    """Host name that stands for it inside the cluster, so that pods reach the stack's own hosts through it: without one, Kubernetes
    leads them past the load balancer, and proxy protocol fails. Default: entry.<domain> with proxy protocol, else none."""
    annotations: dict[Annotated[str, LabelKey], Value] = empty()
    """Further annotations of its Service, merged over ours: for every feature of the cloud's that has no key here."""


class EntrySettings(Model):
    """What takes requests from outside and leads them to services."""

    rules: ClassVar[tuple[Rule, ...]] = (body_has_limit, one_load_balancer)

    kind: Literal["ingress-nginx", "none"] = "ingress-nginx"
    """Which one: ingress-nginx (retired upstream since March 2026) or none. Default: ingress-nginx."""
    replicas: Annotated[int, Field(ge=1, le=50)] = 1
    """Number of its pods. Two or more stay available while a node goes. Default: 1."""
    max_body: Memory = Memory("20Mi")
    """Largest request body, such as an upload. Cloudflare's proxy ends at 100 MB on its free and Pro plans. Default: 20Mi."""
    load_balancer: LoadBalancerSettings = LoadBalancerSettings()
    """The cloud's load balancer before it."""
    values: dict[str, Any] = empty()
    """Values for its chart, merged over ours: for every field that has no key here."""


def clients_are_known(settings: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """A rule of the whole stack: proxy protocol tells of Cloudflare, and nginx then looks at no header (its nginx.tmpl, real_ip_header)."""
    if part(settings, "entry", "loadBalancer").get("proxyProtocol") is True and every_name_proxied(settings):
        yield "entry.loadBalancer.proxyProtocol", "would hide all clients behind Cloudflare, which proxies every name; remove it"
