"""A service: one image, some pods, one port."""

from collections.abc import Callable
from typing import Any, NotRequired, TypedDict

import pulumi

from quayside import namespaces
from quayside.arguments import checked, checked_name
from quayside.labels import owner_labels
from quayside.objects import register
from quayside.settings.service import ServiceSettings
from quayside.settings.types import Name
from quayside.workloads import manifests


class RequestArgs(TypedDict, total=False):
    """What a pod asks for: the scheduler reserves it."""

    cpu: pulumi.Input[str]
    """CPU in cores or thousandths. Default: 250m."""
    memory: pulumi.Input[str]
    """Memory in bytes with a unit. Default: 128Mi."""


class LimitArgs(TypedDict, total=False):
    """What a pod may have at most: beyond it the CPU is throttled, and memory ends the container."""

    cpu: pulumi.Input[str]
    """CPU in cores or thousandths. Default: 1000m."""
    memory: pulumi.Input[str]
    """Memory in bytes with a unit. Default: 500Mi."""


class ResourceArgs(TypedDict, total=False):
    """CPU and memory of one pod."""

    requests: RequestArgs
    """What a pod asks for."""
    limits: LimitArgs
    """What a pod may have at most."""


class ServiceArgs(TypedDict):
    """A service: one image that runs in a number of pods and answers on one port."""

    image: pulumi.Input[str]
    """Container image with a fixed tag or digest."""
    port: NotRequired[pulumi.Input[int]]
    """Port on which the container listens; inside the cluster the service answers on port 80. Default: 8080."""
    replicas: NotRequired[pulumi.Input[int]]
    """Number of pods. Default: 1."""
    namespace: NotRequired[pulumi.Input[str]]
    """An existing namespace to share with other services. Default: one of its own, named like the service."""
    resources: NotRequired[ResourceArgs]
    """CPU and memory of one pod."""
    env: NotRequired[dict[str, pulumi.Input[str]]]
    """Environment variables that stand in the pod itself: name → value. A change rolls the pods."""
    config: NotRequired[dict[str, pulumi.Input[str]]]
    """Environment variables from a ConfigMap that is named after its content: name → value. A change rolls the pods, a rollback finds
    the old one."""
    secrets: NotRequired[dict[str, pulumi.Input[str]]]
    """Environment variables from a Secret: name → value. A change rolls the pods."""
    labels: NotRequired[dict[str, pulumi.Input[str]]]
    """Further labels of all its objects: key → value."""
    timeout: NotRequired[str]
    """How long a rollout may take before it counts as failed. Default: 5m."""


class Service(pulumi.ComponentResource):
    """A service in a cluster: Deployment, Service and ServiceAccount in a namespace, with its configuration and secrets.

    Its name is the name of all its objects. Inside the cluster it answers at `url`.
    """

    namespace: pulumi.Output[str]
    """The namespace it runs in."""
    url: pulumi.Output[str]
    """Its address inside the cluster."""
    image: pulumi.Output[str]
    """The image it runs."""

    def __init__(
        self,
        name: str,
        args: ServiceArgs,
        opts: pulumi.ResourceOptions | None = None,
        *,
        transform: Callable[[manifests.Manifest], manifests.Manifest] | None = None,
    ) -> None:
        """name: in Pulumi and in the cluster.

        transform: called with the manifest of each object before it is registered; what it returns is registered. For every field that the
            arguments do not have.
        Raises InvalidSettings.
        """
        super().__init__("quayside:index:Service", name, None, opts)
        self._service_name = checked_name(Name, name, f"service {name}")
        self._transform = transform or (lambda manifest: manifest)
        given: dict[str, Any] = dict(args)
        secrets = given.pop("secrets", None) or {}
        # the settings' model wants names of secrets; here it only sees which variables there are
        spec = checked(ServiceSettings, {**given, "secrets": dict.fromkeys(secrets, "given")}, f"service {name}")
        labels: dict[str, str] = {**spec.labels, **manifests.selector(name), **owner_labels()}
        home: Any = name if spec.namespace is None else spec.namespace

        first = [] if spec.namespace is not None else [self._register(namespaces.manifest(name, labels))]
        account = self._register(manifests.service_account(name, home, labels), first)
        config_name, config_map = self._config(home, labels, spec, account)
        secret, checksum = self._secret(home, labels, secrets, first)
        secret_name = None if secret is None else manifests.secret_name(name)
        pods = manifests.deployment(name, home, labels, spec, config=config_name, secret_name=secret_name, secret_checksum=checksum)
        self._register(pods, [each for each in (account, config_map, secret) if each is not None])
        self._register(manifests.service(name, home, labels), first)

        self.namespace = pulumi.Output.from_input(home)
        self.url = pulumi.Output.concat("http://", name, ".", home, ".svc.cluster.local")
        self.image = pulumi.Output.from_input(spec.image)
        self.register_outputs({"namespace": self.namespace, "url": self.url, "image": self.image})

    def _config(self, home: Any, labels: dict[str, str], spec: ServiceSettings, account: Any) -> tuple[Any, Any]:
        """The ConfigMap's name in the cluster and the ConfigMap, or twice None where there is nothing to configure."""
        if not spec.config:
            return None, None
        values: dict[str, Any] = {**spec.config}
        if any(isinstance(value, pulumi.Output) for value in values.values()):
            name: Any = pulumi.Output.all(**values).apply(lambda known: manifests.config_name(self._service_name, known))
        else:
            name = manifests.config_name(self._service_name, values)
        owner = {"name": self._service_name, "uid": account.metadata.apply(lambda metadata: metadata.get("uid"))}
        # Retained: the pods of a rollback want it. The garbage collector takes it with the ServiceAccount.
        return name, self._register(manifests.config_map(name, home, labels, values, owner), [account], retain_on_delete=True)

    def _secret(self, home: Any, labels: dict[str, str], secrets: dict[str, Any], first: list[Any]) -> tuple[Any, Any]:
        """The Secret and the checksum of its values, or twice None where there are no secrets."""
        if not secrets:
            return None, None
        known: Any = pulumi.Output.all(**secrets)
        values: pulumi.Output[dict[str, str]] = pulumi.Output.secret(known)
        name = manifests.secret_name(self._service_name)
        secret = self._register(manifests.secret(name, home, labels, values.apply(manifests.secret_data)), first)
        # The key is the Secret's uid: random, stable, and hidden from all who may not read the Secret itself.
        key = secret.metadata.apply(lambda metadata: metadata.get("uid") or "")
        checksum = pulumi.Output.all(key, values).apply(lambda both: manifests.checksum(*both))
        return secret, pulumi.Output.unsecret(checksum)

    def _register(self, manifest: manifests.Manifest, after: list[Any] | None = None, retain_on_delete: bool = False) -> Any:
        opts = pulumi.ResourceOptions(parent=self, depends_on=after or None, retain_on_delete=retain_on_delete or None)
        return register(self._service_name, self._transform(manifest), opts)
