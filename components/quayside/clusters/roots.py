"""The two parents of everything in a cluster: what goes with it, and what has to go before it."""

from typing import NamedTuple

import pulumi
import pulumi_kubernetes as kubernetes


class Root(pulumi.ComponentResource):
    """A parent that hands its children the cluster's provider, and nothing else of its own."""

    def __init__(self, name: str, opts: pulumi.ResourceOptions) -> None:
        super().__init__("quayside:index:Root", name, None, opts)
        self.register_outputs({})


class Roots(NamedTuple):
    """See `contract.Cluster`."""

    owned: Root
    billed: Root


def roots(name: str, parent: pulumi.Resource, provider: kubernetes.Provider, cluster: pulumi.Resource | None) -> Roots:
    """Make both roots of a cluster.

    name: prefix of their names.
    cluster: the resource whose deletion takes the objects along. None for a cluster that is not ours: its objects are deleted one by one.
    """
    return Roots(
        owned=Root(f"{name}-owned", pulumi.ResourceOptions(parent=parent, providers=[provider], deleted_with=cluster)),
        billed=Root(f"{name}-billed", pulumi.ResourceOptions(parent=parent, providers=[provider])),
    )
