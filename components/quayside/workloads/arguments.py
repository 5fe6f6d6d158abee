"""The arguments of a service, as the component and the package's schema have them: fields and words are those of its settings."""

from typing import Any, NotRequired, TypedDict

import pulumi


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
    """Kind of the entry: ingress-nginx. Default: ingress-nginx."""
    ingress_class: str
    """Class that the entry serves. Default: nginx."""
    namespace: str
    """Where the entry's pods are: network policies let them in. Default: ingress-nginx."""
    issuer: str
    """ClusterIssuer that signs a certificate for the service's hosts. Default: none, and no certificates but the wildcard's."""
    wildcard: str
    """Domain whose certificate the entry has already, with all names right below it. Default: none."""


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
    route_namespace: NotRequired[str]
    """An existing namespace in which its routes stand, with a bridge to the service: where certificates or the right to make routes are
    kept apart from the services. Default: its own."""
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
    patches: NotRequired[dict[str, dict[str, Any]]]
    """For every field that has no key here: kind of object (Container for the one in its pods) → fields, merged into its manifest. Maps
    merge, null removes, all else replaces. No place for secrets."""
