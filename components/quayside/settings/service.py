"""Settings of one service."""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field

from quayside.settings import progressive_rules, protocol_rules, versions_rules
from quayside.settings.base import Model, Rule, empty
from quayside.settings.hosts import HostKey, HostPath
from quayside.settings.monitoring import AlertSettings, ScrapeSettings
from quayside.settings.probes import ProbesSettings
from quayside.settings.progressive import ProgressiveSettings
from quayside.settings.service_rules import (
    patches_keep_names,
    range_in_order,
    replicas_within_scale,
    requests_within_limits,
    start_within_timeout,
    targets_within_limits,
    variables_once,
)
from quayside.settings.text import Text, listed
from quayside.settings.traffic import combinations
from quayside.settings.traffic.index import TrafficSettings
from quayside.settings.traffic.rules import policies_fit_together
from quayside.settings.types import Cpu, Duration, Image, LabelKey, LabelValue, Memory, Name, PortName, SecretName, Value, Variable
from quayside.settings.versions import BlueGreenSettings, CanarySettings, VariantName, VariantSettings

_KINDS = (
    "Container",
    "Deployment",
    "HorizontalPodAutoscaler",
    "Ingress",
    "Namespace",
    "NetworkPolicy",
    "PodDisruptionBudget",
    "Rollout",
    "Service",
    "ServiceAccount",
)


class ObjectKind(Text):
    """A kind of object that a service is made of, or Container for the one in its pods. ConfigMap and Secret have keys of their own."""

    pattern = "|".join(_KINDS)
    wrong = "is not a kind of object that can be patched"
    write = f"write one of {', '.join(_KINDS)}"
    examples = ("Deployment",)


Words = Annotated[list[Value], BeforeValidator(listed)]
"""A command line, word by word. No shell reads it."""


class RequestSettings(Model):
    """What a pod asks for: the scheduler reserves it."""

    cpu: Cpu = Cpu("250m")
    """CPU in cores or thousandths. Default: 250m."""
    memory: Memory = Memory("128Mi")
    """Memory in bytes with a unit. Default: 128Mi."""


class LimitSettings(Model):
    """What a pod may have at most: beyond it the CPU is throttled, and memory ends the container."""

    cpu: Cpu = Cpu("1000m")
    """CPU in cores or thousandths. Default: 1000m."""
    memory: Memory = Memory("500Mi")
    """Memory in bytes with a unit. Default: 500Mi."""


class ResourceSettings(Model):
    """CPU and memory of one pod."""

    rules: ClassVar[tuple[Rule, ...]] = (requests_within_limits,)

    requests: RequestSettings = RequestSettings()
    """What a pod asks for."""
    limits: LimitSettings = LimitSettings()
    """What a pod may have at most."""


class PathSettings(Model):
    """A path of a host that leads to a service."""

    known: ClassVar[frozenset[str]] = frozenset({"type"})

    type: Literal["Prefix", "Exact"] = "Prefix"
    """Prefix (it and all below) or Exact. Default: Prefix."""


class HostSettings(Model):
    """A host name under which a service is reached from outside."""

    known: ClassVar[frozenset[str]] = frozenset({"paths", "proxied", "tls"})

    paths: dict[Annotated[str, HostPath], PathSettings] = empty()
    """Paths that lead to the service: path → how it is matched. Default: all (/)."""
    proxied: bool | None = None
    """Whether Cloudflare stands before it. Default: as names.proxied says."""
    tls: Literal["terminate", "passthrough"] = "terminate"
    """Who ends TLS: the entry, with a certificate of its own (terminate), or the service (passthrough). Default: terminate."""


class ScaleSettings(Model):
    """A range of pods for the autoscaler. It reads metrics-server, which a stack has as soon as one of its services has a range."""

    rules: ClassVar[tuple[Rule, ...]] = (range_in_order,)

    min: Annotated[int, Field(ge=1, le=1000)]
    """Least number of pods."""
    max: Annotated[int, Field(ge=1, le=1000)]
    """Greatest number of pods."""
    cpu: Annotated[int, Field(ge=1, le=1000)] = 70
    """Share of the requested CPU, in percent, that the pods are kept at. Default: 70."""
    memory: Annotated[int, Field(ge=1, le=1000)] | None = None
    """Share of the requested memory, in percent, that the pods are kept at. Default: memory is not looked at."""


class ServiceSettings(Model):
    """A service: one image that runs in a number of pods and answers on one port."""

    rules: ClassVar[tuple[Rule, ...]] = (
        variables_once,
        replicas_within_scale,
        targets_within_limits,
        start_within_timeout,
        patches_keep_names,
        policies_fit_together,
        *combinations.RULES,
        *versions_rules.RULES,
        *progressive_rules.RULES,
        *protocol_rules.RULES,
    )
    known: ClassVar[frozenset[str]] = frozenset(
        {
            "command",
            "args",
            "scale",
            "hosts",
            "access",
            "headless",
            "protocol",
            "tcp",
            "probes",
            "resources",
            "env",
            "config",
            "secrets",
            "labels",
            "grace",
            "timeout",
            "patches",
            "traffic",
            "canary",
            "blue_green",
            "variants",
            "progressive",
            "metrics",
            "alerts",
        }
    )

    image: Image
    """Container image with a fixed tag or digest."""
    port: Annotated[int, Field(ge=1, le=65535)] = 8080
    """Port on which the container listens; inside the cluster the service answers on port 80. Default: 8080."""
    protocol: Literal["http", "http2", "grpc", "tcp"] = "http"
    """What it speaks on that port: http (also websockets), http2 (in clear, without an upgrade), grpc or tcp (anything else, also TLS that
    it ends itself). Default: http."""
    tcp: dict[Annotated[str, PortName], Annotated[int, Field(ge=1, le=65535)]] = empty()
    """Further TCP ports: name → number, the same one in the container, inside the cluster and from outside. Default: none."""
    command: Words = Field(default_factory=list)
    """Program and arguments that run instead of the image's entry point, word by word."""
    args: Words = Field(default_factory=list)
    """Arguments for the image's entry point, or for command, word by word."""
    replicas: Annotated[int, Field(ge=0, le=1000)] = 1
    """Number of pods; beside scale, the number to start with. Default: 1."""
    namespace: Name | None = None
    """A namespace to share with other services. Default: one of its own, named like the service."""
    scale: ScaleSettings | None = None
    """A range for the autoscaler, which then owns the number of pods. It does not wake a service that has none.
    Default: none, replicas are fixed."""
    hosts: dict[Annotated[str, HostKey], HostSettings] = empty()
    """Host names under which it is reached from outside: name → paths. A single label is completed by the stack's domain."""
    access: Literal["cluster", "namespace"] = "cluster"
    """Who inside the cluster may call it, on its port only: cluster (any pod) or namespace (pods of its own namespace and, where it has
    hosts, the entry's). Default: cluster."""
    headless: bool = False
    """Whether its name inside the cluster leads to each pod, on the container's port, rather than to one address. A change replaces its
    Service. Default: false."""
    probes: ProbesSettings = ProbesSettings()
    """How Kubernetes finds out whether a pod can answer."""
    resources: ResourceSettings = ResourceSettings()
    """CPU and memory of one pod."""
    env: dict[Annotated[str, Variable], Value] = empty()
    """Environment variables that stand in the pod itself: name → value. A change rolls the pods."""
    config: dict[Annotated[str, Variable], Value] = empty()
    """Environment variables from a ConfigMap that is named after its content: name → value. A change rolls the pods, a rollback finds
    the old one."""
    secrets: dict[Annotated[str, Variable], SecretName] = empty()
    """Environment variables from secrets: name → name of an entry of quayside:secrets. A change rolls the pods."""
    labels: dict[Annotated[str, LabelKey], LabelValue] = empty()
    """Further labels of all its objects: key → value."""
    grace: Duration = Duration("30s")
    """How long a pod that is going may finish what it is at, after the five seconds in which others stop sending it requests.
    Default: 30s."""
    timeout: Duration = Duration("5m")
    """How long a rollout may take before it counts as failed. Default: 5m."""
    traffic: TrafficSettings | None = None
    """How requests to it are spread, limited, retried and led. Default: as the data plane does of itself."""
    canary: CanarySettings | None = None
    """A second image on trial beside its own. Default: none."""
    blue_green: BlueGreenSettings | None = None
    """A second whole version, and the switch between the two. Default: none."""
    variants: dict[Annotated[str, VariantName], VariantSettings] = empty()
    """Variants that stand beside it, such as for an A/B test: name → variant."""
    progressive: ProgressiveSettings | None = None
    """How a new version takes over step by step, checked by its success rate and latency. Its pods are those of a Rollout then (Argo
    Rollouts). It needs observability.metrics. Default: none, new pods take over as soon as they answer."""
    metrics: ScrapeSettings | None = None
    """Where it tells its own metrics, for a stack with observability.metrics. Default: nowhere."""
    alerts: AlertSettings = AlertSettings()
    """When somebody should look, in a stack with observability.metrics."""
    patches: dict[Annotated[str, ObjectKind], dict[str, Any]] = empty()
    """For every field that has no key here: kind of object (Container for the one in its pods) → fields, merged into its manifest. Maps
    merge, null removes, all else replaces. No place for secrets."""
