"""What the load balancer straight before a service is told: pure functions. `direct.py` makes it."""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from quayside.settings.base import Model, empty
from quayside.settings.entry import LoadBalancerSettings
from quayside.settings.types import Name


class DirectEntrySpec(Model):
    """The cloud's load balancer straight before the pods of one service."""

    known: ClassVar[frozenset[str]] = frozenset({"service", "pods", "port", "tls", "tcp", "load_balancer", "behind_cloudflare", "cloud"})

    service: Name
    """Name of the service."""
    namespace: Name
    """Namespace of the service."""
    pods: Name | None = None
    """Name of the pods that it leads to, where they are those of another version. Default: the service's."""
    port: Annotated[int, Field(ge=1, le=65535)] = 8080
    """Port on which its container listens. Default: 8080."""
    tls: bool = False
    """Whether the service ends TLS itself: then the load balancer listens on 443, else on 80. Default: false."""
    tcp: dict[str, Annotated[int, Field(ge=1, le=65535)]] = empty()
    """Further TCP ports, of the load balancer and the container alike: name → number. Default: none."""
    load_balancer: LoadBalancerSettings = LoadBalancerSettings()
    """The cloud's load balancer before it."""
    behind_cloudflare: bool = False
    """Whether Cloudflare stands before every name that leads here. Then nobody else is let in. Default: false."""
    cloud: Literal["doks"] = "doks"
    """Where the cluster runs, if it is not handed over: doks. Default: doks."""


def labels_of(pods: str) -> dict[str, str]:
    """Labels by which a service's pods are found (as workloads.metadata.selector has them)."""
    return {"app.kubernetes.io/name": pods, "app.kubernetes.io/instance": pods}


def ports(spec: DirectEntrySpec) -> dict[str, Any]:
    """Ports of the load balancer, and of the container behind them."""
    own = {"https": 443} if spec.tls else {"http": 80}
    return {
        **{name: {"port": number, "target_port": str(spec.port)} for name, number in own.items()},
        **{f"tcp-{number}": {"port": number, "target_port": str(number)} for number in spec.tcp.values()},
    }
