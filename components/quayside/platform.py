"""The platform: puts the parts together in the order of the story, from the cluster to the services."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pulumi

from quayside import namespaces
from quayside.clusters import index as clusters
from quayside.edge import index as entries
from quayside.edge import records
from quayside.estimate import estimate
from quayside.labels import owner_labels
from quayside.lock import lock
from quayside.objects import register
from quayside.settings.hosts import whole
from quayside.settings.rules import SYSTEM_POOL
from quayside.settings.service import ServiceSettings
from quayside.settings.stack import Settings
from quayside.workloads.pull_secrets import logins
from quayside.workloads.service import Service

if TYPE_CHECKING:
    from quayside.addons.metrics_server import MetricsServer
    from quayside.edge.wildcard import WildcardCertificate
    from quayside.edge.zone import Zone
    from quayside.planes.cert_manager import CertManager


class Platform:
    """Everything that a stack's settings ask for.

    Not a component itself: its parts stand at the top of the stack, so that one can move to a stack of its own without a new name.
    Of the parts that not every stack has, the code is loaded where they are built.
    """

    def __init__(self, settings: Settings) -> None:
        """Register all resources of the stack."""
        self.settings = settings
        self.cluster = clusters.build("cluster", settings)
        self._inside = pulumi.ResourceOptions(parent=self.cluster.owned)
        self.metrics_server = self._metrics_server() if any(each.scale for each in settings.services.values()) else None
        self.cert_manager = self._cert_manager() if settings.certificates.enabled else None
        self.entry = entries.build("entry", settings, self.cluster, self._inside)
        self.wildcard = self._wildcard()
        self.records = records.plan(settings)
        self.zone = self._zone()
        shared = {name: self._namespace(name) for name in shared_namespaces(settings)}
        self.services = {name: self._service(name, service, shared) for name, service in settings.services.items()}
        # all that is in the cluster hangs on it
        lock([cast("pulumi.Resource", self.cluster), *([self.zone] if self.zone else [])], protected=not settings.disposable)

    def export(self) -> None:
        """Make the stack's outputs."""
        for name, value in self.outputs().items():
            pulumi.export(name, value)

    def outputs(self) -> dict[str, Any]:
        """What the stack tells.

        kubeconfig: how to enter the cluster, secret. clusterName, nodePools: the cluster. entryAddress: where its names lead.
        hosts: each host, with what it leads to. services: where each is. recordsToSet: the DNS records to set by hand.
        estimate: what the stack costs a month, line by line.
        """
        outputs: dict[str, Any] = {
            "kubeconfig": self.cluster.kubeconfig,
            "clusterName": self.cluster.name,
            "nodePools": node_pools(self.settings),
            "services": {
                name: {"namespace": each.namespace, "image": each.image, "url": each.url, "urls": each.urls}
                for name, each in self.services.items()
            },
            "estimate": estimate(self.settings).as_output(),
        }
        address = self.entry.address if self.entry else None
        if address is not None:
            outputs["entryAddress"] = address
        if self.settings.domain:
            hosts = records.host_names(self.settings)
            outputs["hosts"] = {host: address if leads_to is None else leads_to for host, leads_to in hosts.items()}
            if self.settings.names.dns == "none":
                known = pulumi.Output.from_input(address or "")
                outputs["recordsToSet"] = known.apply(lambda each: records.to_set(self.records, each))
        if self.zone and self.settings.names.create_zone:
            outputs["nameServers"] = self.zone.name_servers
        return outputs

    def _metrics_server(self) -> MetricsServer:
        from quayside.addons.metrics_server import MetricsServer

        return MetricsServer("metrics-server", self._charts(), self._inside)

    def _cert_manager(self) -> CertManager:
        from quayside.planes.cert_manager import CertManager

        said = self.settings.certificates.model_dump(include={"keep_crds", "email", "challenge", "values"}, exclude_none=True)
        args: Any = {**said, **self._charts()}
        if self.settings.certificates.needs_dns_token:
            args["dns_token"] = self.settings.secret(self.settings.certificates.dns_token)
        return CertManager("cert-manager", args, self._inside)

    def _wildcard(self) -> WildcardCertificate | None:
        settings = self.settings
        if not (self.entry and self.cert_manager and settings.domain and settings.certificates.wildcard):
            return None
        from quayside.edge.wildcard import WildcardCertificate

        args: Any = {"domain": settings.domain, "issuer": settings.certificates.issuer, "namespace": self.entry.namespace}
        return WildcardCertificate("wildcard", args, pulumi.ResourceOptions(parent=self.cluster.owned, depends_on=[self.cert_manager]))

    def _zone(self) -> Zone | None:
        settings = self.settings
        zone = settings.names.zone or settings.domain
        if settings.domain is None or zone is None or settings.names.dns != "cloudflare":
            return None
        from quayside.edge.zone import Zone

        said = settings.names.model_dump(include={"create_zone", "account", "edge_certificates", "ttl", "zone_settings"}, exclude_none=True)
        args: Any = {**said, "zone": zone, "token": settings.secret("cloudflareToken"), "disposable": settings.disposable}
        args["records"] = records.arguments(self.records, self.entry.address if self.entry else None)
        return Zone("names", args)

    def _service(self, name: str, service: ServiceSettings, shared: dict[str, Any]) -> Service:
        settings = self.settings
        args: Any = service.model_dump(exclude_none=True)
        args["secrets"] = {variable: settings.secret(secret) for variable, secret in service.secrets.items()}
        args["registries"] = logins(settings.registries, settings.secret)
        args["hosts"] = {whole(host, settings.domain): paths for host, paths in args["hosts"].items()} if settings.domain else {}
        if self.entry:
            args["route"] = self.entry.route.told()
        if service.namespace:
            args["namespace"] = shared[service.namespace].metadata["name"]
        elif settings.namespace_suffix:
            args["namespace_suffix"] = settings.namespace_suffix
        # the way back from sharing its own namespace, see _namespace
        return Service(name, args, self._inside, namespace_aliases=[pulumi.Alias(parent=self._inside.parent)])

    def _namespace(self, name: str) -> Any:
        """A namespace that services share.

        Until now it may have been the own one of the service of that name: without the alias it would be made anew, which takes up what is
        there, and then be deleted with all that is in it.
        """
        suffix = self.settings.namespace_suffix
        own = pulumi.Alias(parent=pulumi.create_urn(name, "quayside:index:Service", self._inside.parent))
        opts = pulumi.ResourceOptions.merge(self._inside, pulumi.ResourceOptions(aliases=[own]))
        return register(name, namespaces.manifest(f"{name}-{suffix}" if suffix else name, owner_labels()), opts)

    def _charts(self) -> Any:
        """The arguments that all components with a chart have in common."""
        return {"mirror": self.settings.charts.mirror} if self.settings.charts.mirror else {}


def shared_namespaces(settings: Settings) -> list[str]:
    """Namespaces that services share by name, each once."""
    return sorted({service.namespace for service in settings.services.values() if service.namespace})


def node_pools(settings: Settings) -> dict[str, dict[str, Any]]:
    """What the settings say of each node pool's size and count, for the stack's outputs."""
    pools = {SYSTEM_POOL: settings.cluster.system_pool, **settings.cluster.pools}
    shown = {"size", "count", "min", "max"}
    return {name: pool.model_dump(include=shown, exclude_none=True) for name, pool in pools.items()}
