"""The objects of one version of a service: its configuration, who may call it, its address, its pods, and how they scale and are drained.

The order in which a run makes, changes and deletes them is what keeps requests from pods that are not there:

- address → pods → route. A route leads to a version only once its pods answer; the plugin waits for a Deployment.
- Deletions come last in a run, after all changes, and in the opposite order. So what leads away from a version is done before its pods go; and
  a Service goes after its pods, which take seconds to end: proxies have forgotten the version by then, and none asks for a Service that is gone.
- A promoted canary: new main pods → route. Until they answer, requests are shared out as before.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pulumi

from quayside.settings.monitoring import MonitoringSettings
from quayside.settings.service import ServiceSettings
from quayside.workloads import configuration, deployment, monitoring, network, pull_secrets, scaling, version_specs
from quayside.workloads.metadata import Manifest, selector
from quayside.workloads.network_policy import network_policy
from quayside.workloads.version_specs import Pods


class Config(NamedTuple):
    """A ConfigMap: its name in the cluster, and the resource. Twice None where there is nothing to configure."""

    name: Any = None
    resource: Any = None


@dataclass(frozen=True)
class Common:
    """What the pods of all versions of a service have in common."""

    service: str
    """Its name, also that of its ServiceAccount."""
    register: Callable[..., Any]
    """Registers a manifest: register(manifest, after, known_as=…)."""
    home: Any
    """Its namespace."""
    labels: Mapping[str, str]
    """Labels of all its objects."""
    first: Sequence[Any]
    """What has to be there before anything in the namespace can be."""
    account: Any
    """Its ServiceAccount."""
    secret: Any = None
    """Its Secret."""
    checksum: Any = None
    """Of the Secret's values."""
    logins: Mapping[str, Any] = field(default_factory=dict)
    """Registries for which there are logins."""
    pull_secret: Any = None
    """The Secret with those that any version needs."""
    entries: Sequence[str] = ()
    """Namespaces of the pods of its entries."""
    patch: Mapping[str, Any] | None = None
    """Fields for the container."""
    mode: str = "off"
    """How it is part of the mesh."""
    monitoring: MonitoringSettings | None = None
    """The Prometheus that looks at it."""
    annotations: Mapping[str, str] = field(default_factory=dict)
    """Of its pods."""
    service_labels: Mapping[str, str] = field(default_factory=dict)
    """Of its Services, beside the others: what says which way requests to them go."""
    service_annotations: Mapping[str, str] = field(default_factory=dict)
    """Of its Services: what its traffic policies tell the entry."""


class Ground(NamedTuple):
    """What the pods of a version stand on, and what they will be."""

    address: Any
    config: Config
    deployment: Manifest
    before: list[Any]
    """What has to be there before them."""


class Made(NamedTuple):
    """What became of a version."""

    address: Any
    pods: Any
    config: Config


def make_all(common: Common, spec: ServiceSettings, versions: Sequence[Pods]) -> list[Any]:
    """Register the objects of all versions, the main one first. Returns what a route that leads to them comes after."""
    main, others = versions[0], versions[1:]
    first = make(common, main)
    made = {main.name: first, **{each.name: make(common, each, first.config) for each in others}}
    if spec.blue_green:
        live = version_specs.live(common.service, spec)
        # whichever is live: the other one may be broken
        labels = {**common.labels, **common.service_labels}
        address = network.service(common.service, common.home, labels, spec, live, common.service_annotations)
        return [common.register(address, [made[live].pods])]
    answering = [made[each.name].pods for each in versions if each.awaited]
    return [*(each.address for each in made.values()), *answering]


def make(common: Common, version: Pods, main: Config | None = None) -> Made:
    """Register the objects of one version. main: the main version's ConfigMap, for a version without its own."""
    ground = make_ground(common, version, main)
    return Made(ground.address, make_pods(common, version, ground.deployment, ground.before), ground.config)


def make_ground(common: Common, version: Pods, main: Config | None = None) -> Ground:
    """Register what the pods of a version stand on."""
    name, spec, labels = version.name, version.spec, _labels(common, version)

    def register(manifest: Manifest, after: Sequence[Any], **more: Any) -> Any:
        return common.register(manifest, [each for each in after if each is not None], known_as=manifest_name(version, manifest), **more)

    config = _config(common, version, labels, register) if main is None or version.own_config else main
    callers = monitoring.let_in(common.monitoring, spec, common.mode)
    policy = register(network_policy(name, common.home, labels, spec, common.entries, common.mode, callers), common.first)
    service = network.service(version.address, common.home, {**labels, **common.service_labels}, spec, name, common.service_annotations)
    address = register(service, common.first)
    pull_secret = common.pull_secret if pull_secrets.chosen(spec.image, common.logins) else None
    if scaling.several(spec):
        register(scaling.disruption_budget(name, common.home, labels), common.first)
    pods = deployment.deployment(
        name,
        common.home,
        labels,
        spec,
        account=common.service,
        config=config.name,
        secret_name=None if common.secret is None else configuration.secret_name(common.service),
        secret_checksum=common.checksum,
        pull_secret=None if pull_secret is None else pull_secrets.pull_secret_name(common.service),
        patch=common.patch,
        annotations=common.annotations,
        awaited=version.awaited,
    )
    before = [common.account, config.resource, common.secret, pull_secret, policy, address]
    return Ground(address, config, pods, [each for each in before if each is not None])


def make_pods(common: Common, version: Pods, manifest: Manifest, before: list[Any]) -> Any:
    """Register the pods of a version, and what scales them. manifest: a Deployment, or what stands in its place."""
    name, spec = version.name, version.spec
    pods = common.register(manifest, before, known_as=name, ignore_changes=scaling.IGNORED if spec.scale else None)
    if spec.scale:
        scaler = scaling.autoscaler(name, common.home, _labels(common, version), spec, manifest)
        common.register(scaler, [pods], known_as=name)
    return pods


def _labels(common: Common, version: Pods) -> dict[str, str]:
    return {**common.labels, **selector(version.name), **version.labels}


def manifest_name(version: Pods, manifest: Manifest) -> str:
    """An object's name in Pulumi: the version's, but for the Service, which may be called otherwise."""
    return version.address if manifest["kind"] == "Service" else version.name


def _config(common: Common, version: Pods, labels: Mapping[str, str], register: Callable[..., Any]) -> Config:
    if not version.spec.config:
        return Config()
    values: dict[str, Any] = {**version.spec.config}
    if any(isinstance(value, pulumi.Output) for value in values.values()):
        name: Any = pulumi.Output.all(**values).apply(lambda known: configuration.config_name(version.name, known))
    else:
        name = configuration.config_name(version.name, values)
    owner = {"name": common.service, "uid": common.account.metadata.apply(lambda metadata: metadata.get("uid"))}
    # Retained: the pods of a rollback want it. The garbage collector takes it with the ServiceAccount.
    manifest = configuration.config_map(name, common.home, labels, values, owner)
    return Config(name, register(manifest, [common.account], retain_on_delete=True))
