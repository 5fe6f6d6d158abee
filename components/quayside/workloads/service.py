"""A service: one image, some pods, one port."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pulumi

from quayside import namespaces
from quayside.arguments import checked, checked_name
from quayside.edge.contract import Route
from quayside.edge.index import routes
from quayside.labels import owner_labels
from quayside.objects import register
from quayside.settings.merge import merge
from quayside.settings.types import Name
from quayside.webhooks import patient
from quayside.workloads import configuration, deployment, network, pull_secrets, scaling
from quayside.workloads.arguments import ServiceArgs
from quayside.workloads.metadata import Manifest, repaired, selector
from quayside.workloads.network_policy import network_policy
from quayside.workloads.placement import PlacedService

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
    - Where more than one pod may run, nodes are drained one pod at a time.
    - What the arguments do not have is reached by `patches`, as data, or `transform`, as code.
    """

    namespace: pulumi.Output[str]
    """The namespace it runs in."""
    url: pulumi.Output[str]
    """Its address inside the cluster."""
    urls: pulumi.Output[list[str]]
    """Its addresses from outside, one for each path of each host."""
    image: pulumi.Output[str]
    """The image it runs."""

    def __init__(
        self,
        name: str,
        args: ServiceArgs,
        opts: pulumi.ResourceOptions | None = None,
        *,
        transform: Callable[[Manifest], Manifest] | None = None,
        namespace_aliases: Sequence[pulumi.Alias] = (),
    ) -> None:
        """name: in Pulumi and in the cluster.

        transform: called with the manifest of each object before it is registered; what it returns is registered. For every field that the
            arguments do not have.
        namespace_aliases: what its own namespace was in the state until now, where it did not belong to the service. Only the program knows:
            taken up unasked, a namespace that the program has beside the service would be replaced.
        Raises InvalidSettings.
        """
        super().__init__("quayside:index:Service", name, None, opts)
        self._service_name = checked_name(Name, name, f"service {name}")
        self._transform = transform or (lambda manifest: manifest)
        self._own_namespace: str | None = None
        self._namespace_aliases = list(namespace_aliases)
        self._patches: Mapping[str, Any] = args.get("patches") or {}
        secrets = args.get("secrets") or {}
        registries = args.get("registries") or {}
        spec = _checked(name, args)
        labels: dict[str, str] = {**spec.labels, **selector(name), **owner_labels()}

        home, first = self._home(spec, labels)
        account = self._register(deployment.service_account(name, home, labels), first)
        config_name, config_map = self._config(home, labels, spec, account)
        secret, checksum = self._secret(home, labels, secrets, first)
        pull_secret = self._pull_secret(home, labels, pull_secrets.chosen(spec.image, registries), first)
        entry = spec.route.namespace if spec.route else None
        policy = self._register(network_policy(name, home, labels, spec, entry), first)
        address = self._register(network.service(name, home, labels, spec), first)
        pods = self._register(
            deployment.deployment(
                name,
                home,
                labels,
                spec,
                config=config_name,
                secret_name=None if secret is None else configuration.secret_name(name),
                secret_checksum=checksum,
                pull_secret=None if pull_secret is None else pull_secrets.pull_secret_name(name),
                patch=self._patches.get("Container"),
            ),
            [each for each in (account, config_map, secret, pull_secret, policy) if each is not None],
            ignore_changes=scaling.IGNORED if spec.scale else None,
        )
        if spec.scale:
            self._register(scaling.autoscaler(name, home, labels, spec), [pods])
        if scaling.several(spec):
            self._register(scaling.disruption_budget(name, home, labels), first)
        urls = self._routes(home, labels, spec, [address, pods])

        self.namespace = pulumi.Output.from_input(home)
        self.url = network.url(name, home, spec)
        self.urls = pulumi.Output.from_input(urls)
        self.image = pulumi.Output.from_input(spec.image)
        self.register_outputs({"namespace": self.namespace, "url": self.url, "urls": self.urls, "image": self.image})

    def _home(self, spec: PlacedService, labels: dict[str, str]) -> tuple[Any, list[Any]]:
        """Its namespace, and what has to be there before anything in it can be."""
        if spec.namespace is not None:
            return spec.namespace, []
        suffix = f"-{spec.namespace_suffix}" if spec.namespace_suffix else ""
        own = checked_name(Name, f"{self._service_name}{suffix}", f"service {self._service_name}: with its namespaceSuffix")
        self._own_namespace = own
        return own, [self._register(namespaces.manifest(own, labels), aliases=self._namespace_aliases or None)]

    def _config(self, home: Any, labels: dict[str, str], spec: PlacedService, account: Any) -> tuple[Any, Any]:
        """The ConfigMap's name in the cluster and the ConfigMap, or twice None where there is nothing to configure."""
        if not spec.config:
            return None, None
        values: dict[str, Any] = {**spec.config}
        if any(isinstance(value, pulumi.Output) for value in values.values()):
            name: Any = pulumi.Output.all(**values).apply(lambda known: configuration.config_name(self._service_name, known))
        else:
            name = configuration.config_name(self._service_name, values)
        owner = {"name": self._service_name, "uid": account.metadata.apply(lambda metadata: metadata.get("uid"))}
        # Retained: the pods of a rollback want it. The garbage collector takes it with the ServiceAccount.
        return name, self._register(configuration.config_map(name, home, labels, values, owner), [account], retain_on_delete=True)

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

    def _routes(self, home: Any, labels: dict[str, str], spec: PlacedService, after: list[Any]) -> list[str]:
        """Its addresses from outside, led to by routes; where those stand in another namespace, through a bridge."""
        if spec.route is None or not spec.hosts:
            return []
        route, where = Route(**spec.route.model_dump()), spec.route_namespace or home
        if spec.route_namespace is not None and spec.route_namespace != home:
            bridge = network.bridge(self._service_name, spec.route_namespace, labels, home)
            after = [*after, self._register(bridge, known_as=f"{self._service_name}-bridge", patched=False)]
        for manifest in routes(route, network.exposure(self._service_name, where, labels, spec)):
            self._register(manifest, after, known_as=manifest["metadata"]["name"], judged=True)
        return network.public_urls(route, spec.hosts)

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
