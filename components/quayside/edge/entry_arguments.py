"""What a stack's settings say of an entry, with the defaults that depend on the stack's names and certificates."""

from typing import Any

import pulumi

from quayside.labels import default_name
from quayside.settings.claims import every_name_proxied, load_balancer_name, proxy_protocol
from quayside.settings.stack import Settings


def common(settings: Settings, kind: str) -> dict[str, Any]:
    """The arguments that all entries with pods of their own have. kind: which one, for names that two entries in one stack keep apart."""
    spec = settings.model_dump(by_alias=True, exclude={"secrets"})
    certificates, given = settings.certificates, settings.entry.model_dump(exclude_none=True)
    front = given["load_balancer"]
    signed = certificates.enabled and settings.domain is not None
    return {
        "replicas": given["replicas"],
        "values": given["values"],
        "load_balancer": {
            "name": load_balancer_cloud_name(kind),
            **front,
            "proxy_protocol": proxy_protocol(spec),
            "host_name": load_balancer_name(spec),
        },
        "behind_cloudflare": every_name_proxied(spec),
        "issuer": certificates.issuer if signed else None,
        "wildcard": settings.domain if signed and certificates.wildcard else None,
        "mirror": settings.charts.mirror,
    }


def load_balancer_cloud_name(kind: str) -> str:
    """Name at the cloud of the load balancer that nobody gave one: of at most 63 characters, and never that of another entry's."""
    return f"{default_name(pulumi.get_project(), pulumi.get_stack())[: 62 - len(kind)].rstrip('-')}-{kind}"


def tcp_ports(settings: Settings) -> dict[str, int]:
    """The further TCP ports of all services: name → number."""
    return {f"{service}-{name}": number for service, each in settings.services.items() for name, number in each.tcp.items()}


def first(opts: pulumi.ResourceOptions | None) -> list[Any]:
    """What a component's options say must be there before it. Its children do not take that over by themselves."""
    given: Any = opts.depends_on if opts else None
    return [] if given is None else list(given) if isinstance(given, (list, tuple)) else [given]
