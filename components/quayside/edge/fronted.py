"""What all entries have in common whose pods stand behind a load balancer of the cloud: what they are told, and the load balancer's arguments."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from quayside.edge.cloudflare_addresses import CLOUDFLARE_ADDRESSES
from quayside.settings.entry import EntrySettings
from quayside.settings.hosts import Domain
from quayside.settings.types import Name


class FrontedEntry(EntrySettings):
    """What takes requests from outside and leads them to services."""

    known: ClassVar[frozenset[str]] = EntrySettings.known | {
        "replicas",
        "load_balancer",
        "values",
        "behind_cloudflare",
        "wildcard",
        "cloud",
    }

    behind_cloudflare: bool = False
    """Whether Cloudflare stands before every name that leads here. Then nobody else is let in, and its header tells the client's address.
    Default: false."""
    issuer: Name | None = None
    """ClusterIssuer that signs a certificate for each service's hosts. Default: none."""
    wildcard: Domain | None = None
    """Domain whose certificate, also for the names right below it, is in the Secret wildcard-tls of its namespace. Default: none."""
    cloud: Literal["doks"] = "doks"
    """Where the cluster runs, if it is not handed over: doks. Default: doks."""

    @property
    def proxy_protocol(self) -> bool:
        """Whether the client's address comes by proxy protocol. Without a host name pods would not get through: Kubernetes leads them past
        the load balancer, cert-manager's own check of a challenge among them."""
        said, host_name = self.load_balancer.proxy_protocol, self.load_balancer.host_name
        return host_name is not None and not self.behind_cloudflare if said is None else said


def load_balancer_arguments(spec: FrontedEntry, namespace: Any, selector: Mapping[str, str], ports: Mapping[str, Any]) -> Any:
    """The load balancer before an entry's pods. selector: their labels; ports: name → port, as LoadBalancer takes them."""
    return {
        **spec.load_balancer.model_dump(exclude_none=True, warnings=False),
        "proxy_protocol": spec.proxy_protocol,
        "namespace": namespace,
        "selector": selector,
        "ports": ports,
        "allow_from": list(CLOUDFLARE_ADDRESSES) if spec.behind_cloudflare else None,
        "cloud": spec.cloud,
    }
