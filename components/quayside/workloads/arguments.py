"""The arguments of a service, as the component and the package's schema have them: fields and words are those of its settings."""

from typing import Any, NotRequired, TypedDict

import pulumi

from quayside.workloads.traffic_arguments import TrafficArgs
from quayside.workloads.version_arguments import BlueGreenArgs, CanaryArgs, ProgressiveArgs, VariantArgs


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


class PathArgs(TypedDict, total=False):
    """A path of a host that leads to a service."""

    type: str
    """Prefix (it and all below) or Exact. Default: Prefix."""


class HostArgs(TypedDict, total=False):
    """A host name under which a service is reached from outside."""

    paths: dict[str, PathArgs]
    """Paths that lead to the service: path → how it is matched. Default: all (/)."""
    proxied: bool
    """Whether Cloudflare stands before it. Default: as names.proxied says."""
    tls: str
    """Who ends TLS: the entry, with a certificate of its own (terminate), or the service (passthrough). Default: terminate."""


class ScaleArgs(TypedDict):
    """A range of pods for the autoscaler. It reads metrics-server, which a stack has as soon as one of its services has a range."""

    min: pulumi.Input[int]
    """Least number of pods."""
    max: pulumi.Input[int]
    """Greatest number of pods."""
    cpu: NotRequired[pulumi.Input[int]]
    """Share of the requested CPU, in percent, that the pods are kept at. Default: 70."""
    memory: NotRequired[pulumi.Input[int]]
    """Share of the requested memory, in percent, that the pods are kept at. Default: memory is not looked at."""


class ProbeArgs(TypedDict, total=False):
    """A question to a pod, asked again and again."""

    path: str
    """Path that answers an HTTP request with a status below 400. Default: none, a TCP connection is enough."""
    port: int
    """Port that is asked. Default: the service's."""
    period: str
    """Time from one question to the next. Default: 5s."""
    timeout: str
    """How long an answer may take. Default: 3s."""
    failures: int
    """How many failures in a row count. Default: 3 for readiness, 6 for liveness, for startup as many as the service's timeout has
    room for."""


class ProbesArgs(TypedDict, total=False):
    """How Kubernetes finds out whether a pod can answer."""

    readiness: ProbeArgs
    """Whether the pod gets requests. It is out until it answers, and whenever it fails. Default: a TCP connection to its port."""
    liveness: ProbeArgs
    """Whether the container is restarted. It helps against a hang and nothing else: under load, or while a database is away, restarts
    make matters worse. Ask a path that looks at nothing but the process itself. Default: none."""
    startup: ProbeArgs
    """Whether the container has started: the others wait for it. For what takes longer to start than its liveness probe is patient.
    Default: none."""


class RouteArgs(TypedDict, total=False):
    """How routes are made in a cluster."""

    entry: str
    """Kind of the entry: gateway-api, istio, ingress-nginx, kong or direct. Default: gateway-api."""
    ingress_class: str
    """Class that the entry serves. Each kind of entry has its own. Default: istio."""
    namespace: str
    """Where the entry's pods are: network policies let them in. Each kind of entry has its own. Default: gateway-api."""
    issuer: str
    """ClusterIssuer that signs a certificate for the service's hosts. Default: none, and no certificates but the wildcard's."""
    wildcard: str
    """Domain whose certificate the entry has already, with all names right below it. Default: none."""
    leaving_wildcard: str
    """Domain of whose certificate that holds until hosts have their own: those are signed before anything listens with them.
    Default: none."""


class MeshArgs(TypedDict, total=False):
    """How a service is part of the mesh."""

    mode: str
    """What carries the requests between services: sidecar, ambient or off. Default: off."""
    revision: str
    """Name of the control plane that its namespace follows. Default: default, the one without a name."""


class MetricsArgs(TypedDict, total=False):
    """Where a service tells its own metrics, in Prometheus' format."""

    path: str
    """Path that answers with them. Default: /metrics."""
    port: int
    """Port of the container. Default: the service's."""
    interval: str
    """Time from one question to the next. Default: 30s."""


class AlertArgs(TypedDict, total=False):
    """When somebody should look."""

    enabled: bool
    """Whether it has alerts at all. Default: true."""
    availability: float
    """Share of the requests, in percent, that shall be answered without an error of the service's. It alerts where errors would use up
    what this allows for a month in two days (14.4 times too many, for an hour and still now). Default: 99.9."""
    latency: str
    """Time in which 99 of 100 requests shall be answered. It alerts after ten minutes beyond that. Default: 1s."""


class MonitoringArgs(TypedDict, total=False):
    """The Prometheus that looks at a service."""

    namespace: str
    """Where its pods are: network policies let them in. Default: monitoring."""
    dashboards: bool
    """Whether there is a Grafana to show a dashboard. Default: false."""
    address: str
    """Where it answers, for a service with progressive, such as http://prometheus.monitoring.svc.cluster.local:9090. Default: not told."""


class RegistryArgs(TypedDict):
    """A login to a container registry."""

    username: pulumi.Input[str]
    """Who pulls."""
    password: pulumi.Input[str]
    """Password or token that may read from it. Secret."""


class ServiceArgs(TypedDict):
    """A service: one image that runs in a number of pods and answers on one port."""

    image: pulumi.Input[str]
    """Container image with a fixed tag or digest."""
    port: NotRequired[pulumi.Input[int]]
    """Port on which the container listens; inside the cluster the service answers on port 80. Default: 8080."""
    protocol: NotRequired[str]
    """What it speaks on that port: http (also websockets), http2 (in clear, without an upgrade), grpc or tcp (anything else, also TLS that
    it ends itself). Default: http."""
    tcp: NotRequired[dict[str, int]]
    """Further TCP ports: name → number, the same one in the container, inside the cluster and from outside. Default: none."""
    command: NotRequired[list[pulumi.Input[str]]]
    """Program and arguments that run instead of the image's entry point, word by word."""
    args: NotRequired[list[pulumi.Input[str]]]
    """Arguments for the image's entry point, or for command, word by word."""
    replicas: NotRequired[pulumi.Input[int]]
    """Number of pods; beside scale, the number to start with. Default: 1."""
    namespace: NotRequired[pulumi.Input[str]]
    """An existing namespace to share with other services. Default: one of its own, named like the service."""
    namespace_suffix: NotRequired[str]
    """What its own namespace ends with, after a hyphen: for clusters that log to one place, where namespaces are told apart by name.
    Default: nothing."""
    scale: NotRequired[ScaleArgs]
    """A range for the autoscaler, which then owns the number of pods. It does not wake a service that has none.
    Default: none, replicas are fixed."""
    hosts: NotRequired[dict[str, HostArgs]]
    """Host names under which it is reached from outside: whole name → paths. They need a route."""
    route: NotRequired[RouteArgs]
    """How the cluster's entry leads to its hosts. Default: none, it is not reached from outside."""
    leaving_route: NotRequired[RouteArgs]
    """How the entry that is being left leads there, while a stack moves to another one. The certificates of the new one are then waited for.
    Default: none."""
    route_namespace: NotRequired[str]
    """An existing namespace in which its routes stand, with a bridge to the service: where certificates or the right to make routes are
    kept apart from the services. Default: its own."""
    mesh: NotRequired[MeshArgs]
    """Whether and how Istio carries its requests. A namespace that it shares has to say the same by its labels. Default: not."""
    access: NotRequired[str]
    """Who inside the cluster may call it, on its port only: cluster (any pod) or namespace (pods of its own namespace and, where it has
    hosts, the entry's). Default: cluster."""
    headless: NotRequired[bool]
    """Whether its name inside the cluster leads to each pod, on the container's port, rather than to one address. A change replaces its
    Service. Default: false."""
    probes: NotRequired[ProbesArgs]
    """How Kubernetes finds out whether a pod can answer."""
    resources: NotRequired[ResourceArgs]
    """CPU and memory of one pod."""
    env: NotRequired[dict[str, pulumi.Input[str]]]
    """Environment variables that stand in the pod itself: name → value. A change rolls the pods."""
    config: NotRequired[dict[str, pulumi.Input[str]]]
    """Environment variables from a ConfigMap that is named after its content: name → value. A change rolls the pods, a rollback finds
    the old one."""
    secrets: NotRequired[dict[str, pulumi.Input[str]]]
    """Environment variables from a Secret: name → value. A change rolls the pods."""
    registries: NotRequired[dict[str, RegistryArgs]]
    """Container registries that want a password: server → login. It gets a pull secret for the one that its image is from."""
    labels: NotRequired[dict[str, pulumi.Input[str]]]
    """Further labels of all its objects: key → value."""
    grace: NotRequired[str]
    """How long a pod that is going may finish what it is at, after the five seconds in which others stop sending it requests.
    Default: 30s."""
    timeout: NotRequired[str]
    """How long a rollout may take before it counts as failed. Default: 5m."""
    traffic: NotRequired[TrafficArgs]
    """How requests to it are spread, limited, retried and led. Default: as the data plane does of itself."""
    canary: NotRequired[CanaryArgs]
    """A second image on trial beside its own. Default: none."""
    blue_green: NotRequired[BlueGreenArgs]
    """A second whole version, and the switch between the two. Default: none."""
    variants: NotRequired[dict[str, VariantArgs]]
    """Variants that stand beside it, such as for an A/B test: name → variant."""
    progressive: NotRequired[ProgressiveArgs]
    """How a new version takes over step by step, checked by its success rate and latency. Its pods are those of a Rollout then (Argo
    Rollouts). It needs observability.metrics. Default: none, new pods take over as soon as they answer."""
    metrics: NotRequired[MetricsArgs]
    """Where it tells its own metrics, for a stack with observability.metrics. Default: nowhere."""
    alerts: NotRequired[AlertArgs]
    """When somebody should look, in a stack with observability.metrics."""
    monitoring: NotRequired[MonitoringArgs]
    """The Prometheus that looks at it. It needs Prometheus' operator in the cluster. Default: none, and it has no alerts."""
    patches: NotRequired[dict[str, dict[str, Any]]]
    """For every field that has no key here: kind of object (Container for the one in its pods) → fields, merged into its manifest. Maps
    merge, null removes, all else replaces. No place for secrets."""
