"""What every cluster offers to the parts above it. They ask the cluster, and never which cloud it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import pulumi

if TYPE_CHECKING:
    import pulumi_kubernetes as kubernetes

    from quayside.clusters.roots import Root
    from quayside.settings.entry import LoadBalancerSettings


class Cluster(Protocol):
    """A Kubernetes cluster, whoever runs it."""

    name: pulumi.Output[str]
    """Its name at the cloud."""
    cluster_id: pulumi.Output[str]
    """What tells it from every other cluster, for as long as it lives."""
    region: pulumi.Output[str]
    """Where it runs."""
    kubeconfig: pulumi.Output[str]
    """How to enter it: a kubeconfig, secret, which does not run out."""
    provider: kubernetes.Provider
    """The one provider for everything in it. It is ready when the node pools are, so that nothing waits for nodes in vain."""
    owned: Root
    """Parent of objects without cost at the cloud. They go with the cluster, without a call to its API."""
    billed: Root
    """Parent of what makes a load balancer or volume: deleted through the API before the cluster is, or it would be paid for further."""
    load_balancer_network: pulumi.Output[str]
    """The address range from which its load balancers reach the nodes. Pods have addresses of another range."""

    def load_balancer_annotations(self, settings: LoadBalancerSettings) -> dict[str, str]:
        """What a Service of type LoadBalancer says to the cloud, so that it gets such a load balancer."""
        ...

    def load_balancer_address(self, name: str, service: kubernetes.core.v1.Service) -> pulumi.Output[str]:
        """The IP address of a Service's load balancer, asked from the cloud: the Service's status may hold a host name in its place.

        name: of the load balancer at the cloud. Unknown until the Service exists.
        """
        ...
