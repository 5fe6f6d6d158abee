"""A service: one image, some pods, one port."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pulumi

from quayside import namespaces
from quayside.arguments import checked, checked_name
from quayside.edge.certificates import until_signed
from quayside.edge.index import ENTRIES, LISTENING, routes
from quayside.labels import owner_labels
from quayside.objects import register
from quayside.planes import mesh
from quayside.planes.waypoint import kept_labels
from quayside.settings.merge import merge
from quayside.settings.types import Name
from quayside.traffic.envoy_filters import patched
from quayside.traffic.index import Shaped
from quayside.webhooks import patient
from quayside.workloads import configuration, deployment, monitoring, network, pull_secrets, traffic, version_specs
from quayside.workloads.arguments import ServiceArgs
from quayside.workloads.metadata import Manifest, repaired, selector
from quayside.workloads.placement import PlacedService
from quayside.workloads.steered import at_entry, by_force, make_steered
from quayside.workloads.versions import Common, make_all

__all__ = ["Service", "ServiceArgs"]


class Service(pulumi.ComponentResource):
    """A service in a cluster: its pods, how they scale, are replaced and are reached, with configuration, secrets and routes.

    Its name is the name of all its objects. Inside the cluster it answers at `url`, from outside at `urls`.

    - Pods meet the restricted security profile, run as whoever the image says (not root), and are spread over the nodes.
    - A rollout, also one for another configuration or secret, takes no pod away before its successor answers, and a rollback finds the
      configuration of its time.
    - `scale` makes a HorizontalPodAutoscaler. It reads metrics-server, which DigitalOcean's clusters do not have of themselves
      (docs.digitalocean.com, 'Autoscale Cluster With Horizontal Pod Autoscaling'): Platform brings it, in a stack of your own MetricsServer
      does. Without it the number of pods keeps to the range, and does not follow the load.
    - `progressive` makes a Rollout in place of the Deployment, by which new pods take over step by step. It needs Argo Rollouts in the cluster,
      which Platform brings; `pulumi up` does not wait for them to have taken over.
    - Where more than one pod may run, nodes are drained one pod at a time.
    - What the arguments do not have is reached by `patches`, as data, or `transform`, as code.
    """

    namespace: pulumi.Output[str]
    """The namespace it runs in. What is made there by this name is made after it."""
    url: pulumi.Output[str]
    """Its address inside the cluster."""
    urls: pulumi.Output[list[str]]
    """Its addresses from outside, one for each path of each host."""
    image: pulumi.Output[str]
    """The image that its main pods run."""
    versions: pulumi.Output[dict[str, str]]
    """Its versions beside the main one: name → image."""

    def __init__(
        self,
        name: str,
        args: ServiceArgs,
        opts: pulumi.ResourceOptions | None = None,
        *,
        transform: Callable[[Manifest], Manifest] | None = None,
        namespace_aliases: Sequence[pulumi.Alias] = (),
        routes_after: Sequence[pulumi.Resource] = (),
    ) -> None:
        """name: in Pulumi and in the cluster.

        transform: called with the manifest of each object before it is registered; what it returns is registered. For every field that the
            arguments do not have.
        namespace_aliases: what its own namespace was in the state until now, where it did not belong to the service. Only the program knows:
            taken up unasked, a namespace that the program has beside the service would be replaced.
        routes_after: what must be there before its routes are made or changed, such as a certificate that the entry is to show.
        Raises InvalidSettings.
        """
        super().__init__("quayside:index:Service", name, None, opts)
        self._service_name = checked_name(Name, name, f"service {name}")
        self._transform = transform or (lambda manifest: manifest)
        self._own_namespace: str | None = None
        self._waypoint_may_go = False
        self._led: list[tuple[Manifest, Any]] = []
        self._namespace_aliases = list(namespace_aliases)
        self._patches: Mapping[str, Any] = args.get("patches") or {}
        secrets = args.get("secrets") or {}
        registries = args.get("registries") or {}
        spec = _checked(name, args)
        self._entries = [(each.namespace, each.entry) for each in spec.routes if each.namespace != spec.route_namespace]
        versions = version_specs.all_pods(name, spec)
        for each in versions[1:]:
            checked_name(Name, each.name, f"service {name} with its version {each.version}")
        labels: dict[str, str] = {**spec.labels, **selector(name), **owner_labels()}

        home, first = self._home(spec, labels)
        account = self._register(deployment.service_account(name, home, labels), first)
        secret, checksum = self._secret(home, labels, secrets, first)
        ways = traffic.ways(name, home, labels, spec)
        shaped = self._shaped(home, labels, spec, traffic.whole([each.shaped for each in ways]), first)
        self._waypoint_may_go = spec.mesh.mode == "ambient" and not shaped.needs_waypoint
        needed = {server: login for each in versions for server, login in pull_secrets.chosen(each.spec.image, registries).items()}
        common = Common(
            service=name,
            register=self._register,
            home=home,
            labels=labels,
            first=first,
            account=account,
            secret=secret,
            checksum=checksum,
            logins=registries,
            pull_secret=self._pull_secret(home, labels, needed, first),
            entries=spec.called_from,
            patch=self._patches.get("Container"),
            mode=spec.mesh.mode,
            monitoring=spec.monitoring,
            annotations=mesh.pod_annotations(spec.mesh.mode, spec.mesh.revision),
            service_labels=traffic.waypoint_labels(name, shaped),
            service_annotations=shaped.entry.service_annotations,
        )
        rolled = make_steered(common, spec, versions[0]) if spec.progressive else None
        made = rolled.after if rolled else make_all(common, spec, versions)
        self._address = made[0]
        for manifest in traffic.rest(shaped):
            ours = manifest["kind"] not in traffic.BESIDE
            self._register(manifest, made, known_as=self._known_as(manifest), patched=ours, judged=True)
        urls = self._routes(home, labels, spec, [*made, *routes_after], ways)
        if rolled:
            rolled.pods(self._led)
        for manifest in monitoring.objects(name, home, labels, spec, versions):
            self._register(manifest, first, known_as=manifest["metadata"]["name"], patched=False, judged=True)

        self.namespace = first[0].metadata["name"] if self._own_namespace else pulumi.Output.from_input(home)
        self.url = network.url(name, home, spec)
        self.urls = pulumi.Output.from_input(urls)
        self.image = pulumi.Output.from_input(versions[0].spec.image)
        self.versions = pulumi.Output.from_input({each.version: each.spec.image for each in versions if each.version})
        told = {"namespace": self.namespace, "url": self.url, "urls": self.urls, "image": self.image, "versions": self.versions}
        self.register_outputs(told)

    def led_in(self) -> pulumi.Output[str]:
        """Its namespace, known once its own Service leads to the pods it shall: whatever else leads to them is changed after that."""
        namespace: pulumi.Output[str] = self._address.metadata["namespace"]
        return namespace

    def _home(self, spec: PlacedService, labels: dict[str, str]) -> tuple[Any, list[Any]]:
        """Its namespace, and what has to be there before anything in it can be."""
        if spec.namespace is not None:
            return spec.namespace, []
        suffix = f"-{spec.namespace_suffix}" if spec.namespace_suffix else ""
        own = checked_name(Name, f"{self._service_name}{suffix}", f"service {self._service_name}: with its namespaceSuffix")
        self._own_namespace = own
        member = mesh.namespace_labels(spec.mesh.mode, spec.mesh.revision)
        return own, [self._register(namespaces.manifest(own, {**labels, **member}), aliases=self._namespace_aliases or None)]

    def _secret(self, home: Any, labels: dict[str, str], secrets: Mapping[str, Any], first: list[Any]) -> tuple[Any, Any]:
        """The Secret and the checksum of its values, or twice None where there are no secrets."""
        if not secrets:
            return None, None
        values: pulumi.Output[dict[str, str]] = pulumi.Output.secret(dict(secrets))
        name = configuration.secret_name(self._service_name)
        secret = self._register(configuration.secret(name, home, labels, values.apply(configuration.secret_data)), first)
        # The key is the Secret's uid: random, stable, and hidden from all who may not read the Secret itself.
        key = secret.metadata.apply(lambda metadata: metadata.get("uid") or "")
        checksum = key.apply(lambda uid: values.apply(lambda known: configuration.checksum(uid, known)))
        return secret, pulumi.Output.unsecret(checksum)

    def _pull_secret(self, home: Any, labels: dict[str, str], logins: Mapping[str, Any], first: list[Any]) -> Any:
        """The Secret for the image's registry, or None where that wants no password."""
        if not logins:
            return None
        known: Any = pulumi.Output.all(**{server: pulumi.Output.all(**login) for server, login in logins.items()})
        values: pulumi.Output[dict[str, dict[str, str]]] = pulumi.Output.secret(known)
        name = pull_secrets.pull_secret_name(self._service_name)
        data = values.apply(pull_secrets.pull_secret_data)
        return self._register(pull_secrets.pull_secret(name, home, labels, data), first, known_as=name)

    def _shaped(self, home: Any, labels: dict[str, str], spec: PlacedService, shaped: Shaped, first: list[Any]) -> Shaped:
        """What its traffic policies come to; its waypoint, where they need one, and what guards its pods are among what comes first."""
        if shaped.left_out:
            pulumi.log.info(traffic.left_out(self._service_name, shaped), self)
        for manifest in [*traffic.waypoint_objects(self._service_name, home, labels, spec, shaped), *traffic.guards(shaped)]:
            first.append(self._register(manifest, list(first), known_as=self._known_as(manifest), judged=True))
        return shaped

    def _routes(self, home: Any, labels: dict[str, str], spec: PlacedService, after: list[Any], ways: Sequence[traffic.Way]) -> list[str]:
        """Its addresses from outside, led to by routes; where those stand in another namespace, some entries need a bridge."""
        if not spec.routes or not (spec.hosts or spec.tcp):
            return []
        where, elsewhere = spec.route_namespace or home, spec.route_namespace is not None and spec.route_namespace != home
        shares = version_specs.shares(self._service_name, spec)
        if elsewhere and any(ENTRIES[each.entry].bridged for each in spec.routes):
            for service in (self._service_name, *(each.service for each in shares)):
                bridge = network.bridge(service, where, labels, home)
                after = [*after, self._register(bridge, known_as=f"{service}-bridge", patched=False)]
        for way in ways:
            led = () if traffic.entry_passes_waypoint(way.route, way.shaped) else shares
            exposure = network.exposure(self._service_name, where, labels, spec, led, home if elsewhere else None)
            exposure = replace(at_entry(exposure) if spec.progressive else exposure, parts=way.shaped.entry)
            made = routes(way.route, exposure)
            first_signed = way.route.leaving_wildcard is not None  # another certificate serves the hosts until then
            if first_signed or (spec.leaving_route and way is ways[0]):  # names are about to be led there
                made = [until_signed(each) if each["kind"] == "Certificate" else each for each in made]
            whole = [by_force(each, spec) for each in patched(made, way.shaped.entry, way.subject)]
            listening = [each for each in whole if each["kind"] in LISTENING]
            leading = [(each["kind"], self._route(each, after)) for each in whole if each not in listening]
            for manifest in listening:
                self._route(manifest, [*after, *(made for kind, made in leading if first_signed or kind != "Certificate")])
        return network.public_urls(ways[0].route, spec.hosts)

    def _route(self, manifest: Manifest, after: list[Any]) -> Any:
        made = self._register(manifest, after, known_as=self._known_as(manifest), judged=True)
        self._led.append((manifest, made))
        return made

    def _known_as(self, manifest: Manifest) -> str:
        """What an object of its routes is called in Pulumi: as in the cluster, unless that is known only later (a shared namespace is
        part of the name of Istio's Certificate). In the namespace of an entry it is called after that, too: another entry may have one."""
        name, home = manifest["metadata"]["name"], manifest["metadata"]["namespace"]
        known = name if isinstance(name, str) else self._service_name
        entry = next((entry for namespace, entry in self._entries if namespace is home or namespace == home), None)
        return f"{known}-{entry}" if entry else known

    def _register(
        self,
        manifest: Manifest,
        after: list[Any] | None = None,
        *,
        known_as: str | None = None,
        patched: bool = True,
        judged: bool = False,
        **more: Any,
    ) -> Any:
        """Register one object.

        known_as: its name in Pulumi, where there are two of a kind; patched: whether `patches` are for it; judged: whether the entry's
        webhook looks at it.
        """
        manifest = repaired(manifest, self._own_namespace)
        patch = self._patches.get(manifest["kind"]) if patched else None
        changed = self._transform(merge(manifest, patch) if patch else manifest)
        if self._waypoint_may_go and manifest["kind"] == "Service":
            more["ignore_changes"] = [*(more.get("ignore_changes") or ()), *kept_labels(changed)]
        # The entry refuses a second route to a host and path, so in another namespace or by another name the old one goes first.
        opts = pulumi.ResourceOptions(parent=self, depends_on=after or None, delete_before_replace=judged or None, **more)
        return register(known_as or self._service_name, changed, patient(opts) if judged else opts)


def _checked(name: str, args: ServiceArgs) -> PlacedService:
    """The arguments, completed and checked. Of secret values only their presence is looked at: a model could be printed."""
    given: dict[str, Any] = dict(args)
    given["secrets"] = dict.fromkeys(given.get("secrets") or {}, "given")
    given["registries"] = {
        server: {key: "given" for key, value in login.items() if value is not None} if isinstance(login, Mapping) else login
        for server, login in (given.get("registries") or {}).items()
    }
    return checked(PlacedService, given, f"service {name}")
