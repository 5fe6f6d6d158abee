"""Settings of the entry: what takes requests from outside and leads them to services."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from quayside.settings.base import Model, Rule, empty
from quayside.settings.claims import DEFAULT_ENTRY, LEAVING, entry_kind, every_name_proxied, part
from quayside.settings.entry_rules import KIND_RULES, NO_MANIFESTS_IN_REGISTRIES
from quayside.settings.hosts import Host
from quayside.settings.types import LabelKey, Memory, Name, Value


def host_name_has_use(load_balancer: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Without proxy protocol pods reach the stack's hosts in any case, and a host name would only hide the address."""
    if load_balancer.get("hostName") and load_balancer.get("proxyProtocol") is False:
        yield "hostName", "has no use without proxy protocol, which is switched off; remove it, or proxyProtocol: false"


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

    rules: ClassVar[tuple[Rule, ...]] = KIND_RULES

    kind: Literal["gateway-api", "istio", "ingress-nginx", "kong", "direct", "none"] = DEFAULT_ENTRY
    """Which one: gateway-api (by Istio), istio (its Gateway and VirtualService), ingress-nginx (retired upstream since March 2026), kong
    (its open source ends with 3.9), direct (the load balancer leads straight to the pods of one service) or none.
    Default: gateway-api."""
    service: Name | None = None
    """Name of the service that kind direct leads to. Default: none."""
    replicas: Annotated[int, Field(ge=1, le=50)] = 1
    """Number of its pods. Two or more stay available while a node goes. Default: 1."""
    max_body: Memory | None = None
    """Largest request body, such as an upload, for ingress-nginx and kong. Cloudflare's proxy ends at 100 MB on its free and Pro plans.
    Default: 20Mi."""
    load_balancer: LoadBalancerSettings = LoadBalancerSettings()
    """The cloud's load balancer before it."""
    values: dict[str, Any] = empty()
    """Values for its chart, merged over ours: for every field that has no key here."""
    install_crds: bool = True
    """Whether kind gateway-api brings the Gateway API's custom resource definitions, and takes over those that are there. False where the
    cluster's owner keeps them, in version 1.5 or later. Default: true."""


def clients_are_known(settings: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """A rule of the whole stack: proxy protocol tells of Cloudflare, and nginx then looks at no header (its nginx.tmpl, real_ip_header)."""
    if part(settings, "entry", "loadBalancer").get("proxyProtocol") is True and every_name_proxied(settings):
        yield "entry.loadBalancer.proxyProtocol", "would hide all clients behind Cloudflare, which proxies every name; remove it"


def gateway_api_comes(spec: Mapping[str, Any]) -> bool:
    """Whether a stack brings the Gateway API's definitions: for the entry that it has or is leaving, and for the waypoints of a mesh."""
    entry, leaving = part(spec, "entry"), part(spec, LEAVING)
    kinds = ((entry, entry_kind(spec)), (leaving, leaving.get("kind")))
    wanting = [each for each, kind in kinds if kind == "gateway-api"]
    wanting += [entry] if part(spec, "mesh").get("mode") == "ambient" else []
    return bool(wanting) and all(each.get("installCrds", True) is True for each in wanting)


def definitions_can_be_fetched(settings: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """A rule of the whole stack: a registry of charts holds charts alone."""
    mirror = part(settings, "charts").get("mirror")
    if isinstance(mirror, str) and mirror.startswith("oci://") and gateway_api_comes(settings):
        yield "charts.mirror", NO_MANIFESTS_IN_REGISTRIES
