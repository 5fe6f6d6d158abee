"""The platform: puts the parts together in the order of the story, from the cluster to the services."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import pulumi

from quayside import namespaces
from quayside.addons import pages
from quayside.addons.contract import build_all
from quayside.addons.index import ADDONS
from quayside.clusters import index as clusters
from quayside.edge import index as entries
from quayside.edge import records
from quayside.edge.certificates import until_signed
from quayside.labels import owner_labels
from quayside.lock import lock
from quayside.objects import register
from quayside.outputs import outputs
from quayside.planes import mesh
from quayside.settings.entry import gateway_api_comes
from quayside.settings.hosts import whole, within
from quayside.settings.mesh import ISTIO_ENTRIES, istio_runs, istiod_replicas
from quayside.settings.service import ServiceSettings
from quayside.settings.stack import Settings
from quayside.settings.traffic.whole_names import whole_names
from quayside.webhooks import patient
from quayside.workloads import alerts, monitoring, version_specs
from quayside.workloads.pull_secrets import logins
from quayside.workloads.service import Service

if TYPE_CHECKING:
    from collections.abc import Iterable

    from quayside.addons.contract import Addon
    from quayside.edge.contract import Entry, Route
    from quayside.edge.direct import DirectEntry
    from quayside.edge.records import Record
    from quayside.edge.wildcard import WildcardCertificate
    from quayside.edge.zone import Zone
    from quayside.planes.cert_manager import CertManager
    from quayside.planes.gateway_api_crds import GatewayApi
    from quayside.planes.istio import Istio
    from quayside.settings.traffic.external_authorization import ExternalAuthorizationSettings


class Platform:
    """Everything that a stack's settings ask for.

    Not a component itself: its parts stand at the top of the stack, so that one can move to a stack of its own without a new name.
    Of the parts that not every stack has, the code is loaded where they are built.
    """

    def __init__(self, settings: Settings, addons: Iterable[Addon] = ()) -> None:
        """Register all resources of the stack. addons: further ones, beside those that the settings ask for (see addons.contract)."""
        self.settings = settings
        self.cluster = clusters.build("cluster", settings)
        self._inside = pulumi.ResourceOptions(parent=self.cluster.owned)
        self._homes = homes(settings)
        self.gateway_api = self._gateway_api() if gateway_api_comes(self._said("entry", "entry_migrating_from", "mesh")) else None
        self.cert_manager = self._cert_manager() if settings.certificates.enabled else None
        self.istio = self._istio() if istio_runs(self._said("mesh", "entry", "entry_migrating_from")) else None
        self.addons = build_all([*ADDONS, *addons], settings, self.cluster, [self.istio] if self.istio else [])
        self.entry = entries.build("entry", settings, self.cluster, self._after_istio())
        before = settings.left()
        self.leaving = entries.build("entry", before, self.cluster, self._after_istio()) if before else None
        self.wildcards = [self._wildcard(entry) for entry in (self.entry, self.leaving) if entry and self._has_wildcard()]
        shared = {name: self._namespace(name) for name in shared_namespaces(settings)}
        self.services = {name: self._service(name, service, shared) for name, service in settings.services.items()}
        self.pages = self._pages()
        if settings.entry.kind == "direct":
            self.entry = self._direct()
        self.records = records.plan(settings)
        self.zone = self._zone()
        # all that is in the cluster hangs on it
        definitions = [self.gateway_api.definitions.resources] if self.gateway_api else []
        after = [cast("pulumi.Resource", self.cluster), *([self.zone] if self.zone else [])]
        lock(after, further=definitions, protected=not settings.disposable)

    def export(self) -> None:
        """Make the stack's outputs."""
        for name, value in self.outputs().items():
            pulumi.export(name, value)

    def outputs(self) -> dict[str, Any]:
        """What the stack tells: see quayside.outputs."""
        return outputs(self.settings, self.cluster, self.services, self.records, self._addresses(), self.zone)

    def _pages(self) -> dict[str, list[Any]]:
        """Routes to the pages of add-ons, where the settings have hosts for them: host → what leads there."""
        made: dict[str, list[Any]] = {}
        for exposure in pages.exposures(self.settings, owner_labels()):
            after = [self.addons[each] for each in ("prometheus", "kiali") if each in self.addons]
            for entry in (each for each in (self.entry, self.leaving) if each):
                first = [*after, *self.wildcards, cast("pulumi.Resource", entry)]
                leading: list[Any] = []
                route = self._route(entry)
                for manifest in sorted(entries.routes(route, exposure), key=lambda each: each["kind"] in entries.LISTENING):
                    kind, called = manifest["kind"], f"{manifest['metadata']['name']}-{route.entry}"
                    awaited = kind == "Certificate" and (self._moves_to(entry) or route.leaving_wildcard is not None)
                    behind = [*first, *(leading if kind in entries.LISTENING else [])]
                    opts = pulumi.ResourceOptions(parent=self.cluster.owned, depends_on=behind)
                    one = register(called, until_signed(manifest) if awaited else manifest, patient(opts))
                    leading += [one] if route.leaving_wildcard or kind != "Certificate" else []
                    for host in exposure.hosts:
                        made.setdefault(host, []).append(one)
        return made

    def _moves_to(self, entry: Entry) -> bool:
        """Whether names are about to be led to an entry."""
        return self.leaving is not None and entry is self.entry

    def _route(self, entry: Entry) -> Route:
        """How routes are made at an entry."""
        route = entry.route
        leaves = self.settings.certificates.leaving_wildcard
        return replace(route, wildcard=None, leaving_wildcard=route.wildcard) if leaves else route

    def _gateway_api(self) -> GatewayApi:
        from quayside.planes.gateway_api_crds import GatewayApi

        return GatewayApi("gateway-api", self._charts(), self._inside)

    def _after_definitions(self) -> pulumi.ResourceOptions:
        """Options of what looks for the Gateway API's definitions when it starts, where they are brought."""
        first = [self.gateway_api] if self.gateway_api else None
        return pulumi.ResourceOptions.merge(self._inside, pulumi.ResourceOptions(depends_on=first))

    def _cert_manager(self) -> CertManager:
        from quayside.planes.cert_manager import CertManager

        said = self.settings.certificates.model_dump(include={"keep_crds", "email", "challenge", "values"}, exclude_none=True)
        args: Any = {**said, **self._charts(), **entries.solver(self.settings)}
        if self.settings.certificates.needs_dns_token:
            args["dns_token"] = self.settings.secret(self.settings.certificates.dns_token)
        return CertManager("cert-manager", args, self._after_definitions())

    def _istio(self) -> Istio:
        from quayside.planes.istio import Istio

        said = self.settings.mesh.model_dump(exclude={"namespaces"}, exclude_none=True)
        args: Any = {**said, "replicas": istiod_replicas(self._said("environment", "mesh")), **self._charts()}
        args["mesh_config"] = entries.mesh_config(self.settings)
        if asked := {name: policy for name, each in self.settings.services.items() if (policy := external_authorization(each))}:
            from quayside.traffic.external_authorization import providers

            args["mesh_config"]["extensionProviders"] = providers(asked, self._homes)
        if self.settings.observability.tracing.enabled:
            from quayside.addons.tracing_values import provider

            known = args["mesh_config"].get("extensionProviders", [])
            args["mesh_config"]["extensionProviders"] = [*known, provider()]
        return Istio("istio", args, self._after_definitions())

    def _after_istio(self) -> pulumi.ResourceOptions:
        """Options of what needs Istio's definitions, webhooks and proxies, where there are any."""
        return pulumi.ResourceOptions.merge(self._inside, pulumi.ResourceOptions(depends_on=[self.istio] if self.istio else None))

    def _after_operator(self) -> pulumi.ResourceOptions:
        """Options of what needs the definitions of Prometheus' operator and Argo Rollouts too, where there are any."""
        first = [self.addons[each] for each in ("prometheus", "argo-rollouts") if each in self.addons] or None
        return pulumi.ResourceOptions.merge(self._after_istio(), pulumi.ResourceOptions(depends_on=first))

    def _said(self, *topics: str) -> dict[str, Any]:
        """Topics of the settings as checks read them."""
        return self.settings.model_dump(by_alias=True, include=set(topics))

    def _direct(self) -> DirectEntry:
        """The load balancer straight before a service, which has to be there, with the pods that are led to."""
        from quayside.edge import direct

        name = str(self.settings.entry.service)
        pods, namespace = version_specs.live(name, self.settings.services[name]), self.services[name].led_in()
        return direct.before("entry", self.settings, self.cluster, self._inside, pods, namespace)

    def _addresses(self) -> dict[str, pulumi.Output[str]]:
        """Kind of each entry → its address; that of the one that is being left is the last."""
        return {each.route.entry: each.address for each in (self.entry, self.leaving) if each}

    def _has_wildcard(self) -> bool:
        settings = self.settings
        return bool(self.cert_manager and settings.domain and settings.certificates.wildcard)

    def _wildcard(self, entry: Entry) -> WildcardCertificate:
        """The wildcard's certificate of an entry. One for each, because two may stand side by side, and each reads its own namespace."""
        from quayside.edge.wildcard import SECRET, WildcardCertificate

        settings = self.settings
        args: Any = {"domain": settings.domain, "issuer": settings.certificates.issuer, "namespace": entry.namespace}
        # routes are changed after it, lest they lead to a listener without a certificate. In a zone that the run makes nothing can be proved
        # before its registrar knows its name servers, which the run tells.
        args["awaited"] = not settings.names.create_zone or self._moves_to(entry)
        name = "wildcard" if entry.route.entry == "ingress-nginx" else f"wildcard-{entry.route.entry}"
        first = [self.cert_manager] if self.cert_manager else None
        if settings.observability.metrics.enabled:
            rule = monitoring.prometheus_rule("wildcard", entry.namespace, owner_labels(), alerts.wildcard(SECRET))
            register(f"{name}-alerts", rule, patient(self._after_operator()))
        return WildcardCertificate(name, args, pulumi.ResourceOptions(parent=self.cluster.owned, depends_on=first))

    def _zone(self) -> Zone | None:
        settings = self.settings
        zone = settings.names.zone or settings.domain
        if settings.domain is None or zone is None or settings.names.dns != "cloudflare":
            return None
        from quayside.edge.zone import Zone

        said = settings.names.model_dump(include={"create_zone", "account", "edge_certificates", "ttl", "zone_settings"}, exclude_none=True)
        args: Any = {**said, "zone": zone, "token": settings.secret("cloudflareToken"), "disposable": settings.disposable}
        args["records"] = records.arguments(self.records, self._addresses())
        former = {each.key: each.former for each in self.records if each.former}
        return Zone("names", args, former_keys=former, record_waits={each.key: self._waited_for(each) for each in self.records})

    def _waited_for(self, record: Record) -> list[Any]:
        """What must be there before a record leads a name from one entry to another: routes with the pods behind them, and certificates."""
        if self.leaving is None or record.content is not None or record.entry != self.settings.entry.kind:
            return []
        led = [
            name for name, each in self.settings.services.items() if each.hosts and covers(record.name, each.hosts, self.settings.domain)
        ]
        shown = [each for host, found in self.pages.items() if covers(record.name, [host], self.settings.domain) for each in found]
        return [self.entry, *self.wildcards, *(self.services[name] for name in led), *shown]

    def _service(self, name: str, service: ServiceSettings, shared: dict[str, Any]) -> Service:
        settings = self.settings
        args: Any = service.model_dump(exclude_none=True)
        args["secrets"] = {variable: settings.secret(secret) for variable, secret in service.secrets.items()}
        args["registries"] = logins(settings.registries, settings.secret)
        args["hosts"] = {whole(host, settings.domain): paths for host, paths in args["hosts"].items()} if settings.domain else {}
        if self.entry:
            args["route"] = route_of(self.entry, self._route(self.entry), self.cert_manager)
        if self.leaving:
            args["leaving_route"] = route_of(self.leaving, self._route(self.leaving), self.cert_manager)
        if not self.entry and settings.entry.service == name:
            args["route"] = {"entry": settings.entry.kind}
        if service.namespace:
            args["namespace"] = shared[service.namespace].metadata["name"]
        elif settings.namespace_suffix:
            args["namespace_suffix"] = settings.namespace_suffix
        if settings.mesh.mode != "off":
            args["mesh"] = {"mode": settings.mesh.mode, "revision": settings.mesh.of(service.namespace or name)}
        if "traffic" in args:
            args["traffic"] = whole_names(args["traffic"], self._homes)
        if settings.observability.metrics.enabled:
            from quayside.addons.prometheus_values import PROMETHEUS

            args["monitoring"] = {"dashboards": settings.observability.dashboards.enabled, "address": PROMETHEUS}
        # the way back from sharing its own namespace, see _namespace
        before = [pulumi.Alias(parent=self._inside.parent)]
        return Service(name, args, self._after_operator(), namespace_aliases=before, routes_after=self.wildcards)

    def _namespace(self, name: str) -> Any:
        """A namespace that services share.

        Until now it may have been the own one of the service of that name: without the alias it would be made anew, which takes up what is
        there, and then be deleted with all that is in it.
        """
        suffix = self.settings.namespace_suffix
        own = pulumi.Alias(parent=pulumi.create_urn(name, "quayside:index:Service", self._inside.parent))
        opts = pulumi.ResourceOptions.merge(self._after_istio(), pulumi.ResourceOptions(aliases=[own]))
        labels = {**owner_labels(), **mesh.namespace_labels(self.settings.mesh.mode, self.settings.mesh.of(name))}
        return register(name, namespaces.manifest(f"{name}-{suffix}" if suffix else name, labels), opts)

    def _charts(self) -> Any:
        """The arguments that all components with a chart have in common."""
        return {"mirror": self.settings.charts.mirror} if self.settings.charts.mirror else {}


def route_of(entry: Entry, route: Route, cert_manager: CertManager | None) -> dict[str, Any]:
    """What a service is told of an entry."""
    told: dict[str, Any] = dict(route.told())
    if entry.route.entry in ISTIO_ENTRIES:
        # routes and policies have objects in the entry's namespace, which has to be there first
        told["namespace"] = entry.namespace
        if cert_manager and entry.route.issuer:
            # and so have cert-manager's definitions and webhook: services have Certificates of their own
            told["issuer"] = cert_manager.issuers[entry.route.issuer]
    return told


def covers(name: str, hosts: Iterable[str], domain: str | None) -> bool:
    """Whether a record's name is that of any of these hosts, or a wildcard above one."""
    known = [whole(host, domain) for host in hosts] if domain else []
    return name in known or (name.startswith("*.") and any(within(host, name[2:]) for host in known))


def shared_namespaces(settings: Settings) -> list[str]:
    """Namespaces that services share by name, each once."""
    return sorted({service.namespace for service in settings.services.values() if service.namespace})


def homes(settings: Settings) -> dict[str, str]:
    """Services with their namespaces, whole."""
    end = f"-{settings.namespace_suffix}" if settings.namespace_suffix else ""
    return {name: f"{service.namespace or name}{end}" for name, service in settings.services.items()}


def external_authorization(service: ServiceSettings) -> ExternalAuthorizationSettings | None:
    """Whom a service wants to be asked about its requests."""
    return service.traffic.external_authorization if service.traffic else None
