"""What a stack tells at its end, as its outputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pulumi

from quayside.addons import pages
from quayside.edge import records
from quayside.estimate import estimate
from quayside.settings.rules import SYSTEM_POOL
from quayside.settings.service import ServiceSettings
from quayside.settings.stack import Settings

if TYPE_CHECKING:
    from quayside.clusters.contract import Cluster
    from quayside.edge.records import Record
    from quayside.edge.zone import Zone
    from quayside.workloads.service import Service


def outputs(
    settings: Settings,
    cluster: Cluster,
    services: Mapping[str, Service],
    planned: Sequence[Record],
    addresses: Mapping[str, pulumi.Output[str]],
    zone: Zone | None,
) -> dict[str, Any]:
    """What the stack tells.

    kubeconfig: how to enter the cluster, secret. clusterName, nodePools: the cluster. entryAddress: where its names lead.
    entryMigratingFromAddress: where they lead that have not moved yet, while the stack leaves an entry.
    hosts: each host, with what it leads to. services: where each is. recordsToSet: the DNS records to set by hand.
    observability: how to get to Prometheus and what shows its metrics, from a terminal.
    estimate: what the stack costs a month, line by line.

    planned: the DNS records. addresses: kind of each entry → its address; that of the one that is being left is the last.
    """
    told: dict[str, Any] = {
        "kubeconfig": cluster.kubeconfig,
        "clusterName": cluster.name,
        "nodePools": node_pools(settings),
        "services": {name: of_service(each, settings.services[name]) for name, each in services.items()},
        "estimate": estimate(settings).as_output(),
    }
    told |= dict(zip(("entryAddress", "entryMigratingFromAddress"), addresses.values(), strict=False))
    if settings.domain:
        told["hosts"] = {host: leads_to(each, addresses) for host, each in records.host_names(settings).items()}
        if settings.names.dns == "none":
            told["recordsToSet"] = pulumi.Output.all(**addresses).apply(lambda each: records.to_set(planned, each))
    if zone and settings.names.create_zone:
        told["nameServers"] = zone.name_servers
    if ways := pages.ways(settings):
        told["observability"] = ways
    return told


def of_service(service: Service, settings: ServiceSettings) -> dict[str, Any]:
    """What a stack's outputs say of a service."""
    said = {"namespace": service.namespace, "image": service.image, "url": service.url, "urls": service.urls}
    more = {"versions": service.versions} if settings.canary or settings.blue_green or settings.variants else {}
    return {**said, **more, **({"live": settings.blue_green.live} if settings.blue_green else {})}


def leads_to(told: str | tuple[str, ...], addresses: Mapping[str, pulumi.Output[str]]) -> Any:
    """What a host leads to: what its record says, or the addresses of entries."""
    if isinstance(told, str):
        return told
    found = [addresses[each] for each in told if each in addresses]
    return found[0] if len(found) == 1 else pulumi.Output.all(*found).apply(", ".join)


def node_pools(settings: Settings) -> dict[str, dict[str, Any]]:
    """What the settings say of each node pool's size and count, for the stack's outputs."""
    pools = {SYSTEM_POOL: settings.cluster.system_pool, **settings.cluster.pools}
    shown = {"size", "count", "min", "max"}
    return {name: pool.model_dump(include=shown, exclude_none=True) for name, pool in pools.items()}
