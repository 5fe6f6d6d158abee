"""The arguments of a DOKS cluster, as the component and the package's schema have them: fields and words are those of its settings."""

from typing import NotRequired, TypedDict

import pulumi


class TaintArgs(TypedDict, total=False):
    """A taint on the nodes of a pool."""

    value: pulumi.Input[str]
    """Value of the taint. Default: empty."""
    effect: pulumi.Input[str]
    """What happens to pods that do not tolerate it: NoSchedule, PreferNoSchedule or NoExecute. Default: NoSchedule."""


class SystemPoolArgs(TypedDict):
    """The pool that belongs to the cluster itself. It stays small and fixed, because another size of machine means another cluster."""

    size: pulumi.Input[str]
    """Machine size. A change replaces the whole cluster, which only a disposable stack allows."""
    count: NotRequired[pulumi.Input[int]]
    """Number of nodes. Default: 1."""


class PoolArgs(TypedDict):
    """A further node pool, with a fixed count of nodes or a range for the autoscaler. Each node costs what its size costs."""

    size: pulumi.Input[str]
    """Machine size. On a change a new pool is made before the old one goes."""
    count: NotRequired[pulumi.Input[int]]
    """Number of nodes of a pool of fixed size."""
    min: NotRequired[pulumi.Input[int]]
    """Least number of nodes of a pool that scales itself."""
    max: NotRequired[pulumi.Input[int]]
    """Greatest number of nodes of a pool that scales itself: the bill's upper bound."""
    labels: NotRequired[dict[str, pulumi.Input[str]]]
    """Labels of the pool's nodes: key → value."""
    taints: NotRequired[dict[str, TaintArgs]]
    """Taints of the pool's nodes: key → taint."""


class MaintenanceArgs(TypedDict, total=False):
    """When the cloud may upgrade the cluster."""

    day: pulumi.Input[str]
    """Day of the week, or any. Default: any."""
    start: pulumi.Input[str]
    """Start of the window of four hours, in UTC. Default: 04:00."""


class ProjectArgs(TypedDict):
    """The project at DigitalOcean that lists the cluster: a way to keep an account tidy, and no border of rights."""

    name: str
    """Name of the project."""
    create: NotRequired[bool]
    """Whether the project is made, and goes with the stack. Otherwise one of that name must be there. Default: false."""
    environment: NotRequired[str]
    """What a project that is made is for: dev, test, staging or prod. Default: dev."""


class DoksClusterArgs(TypedDict):
    """The Kubernetes cluster."""

    token: pulumi.Input[str]
    """API token of DigitalOcean with full access to Kubernetes, VPCs and tags, and to projects where project is set, that may read
    load balancers. Secret."""
    name: NotRequired[str]
    """Name at the cloud, also of its VPC; both are unique in an account. Default: project and stack. A change replaces the cluster."""
    disposable: NotRequired[bool]
    """Whether the cluster may be lost: it is not protected, and goes with all its volumes and load balancers. Default: false."""
    region: pulumi.Input[str]
    """Region. A change replaces the cluster."""
    version: pulumi.Input[str]
    """Minor version; its newest patch is looked up. With autoUpgrade, a running cluster's version is the cloud's affair."""
    network: NotRequired[pulumi.Input[str]]
    """Address range of the VPC. Default: the cloud picks one. A change replaces the cluster."""
    ha: NotRequired[pulumi.Input[bool]]
    """Three control plane nodes, for $40 a month; cannot be switched off later. Default: the cloud's, which from 1.36 on is true."""
    auto_upgrade: NotRequired[bool]
    """Whether the cloud installs patch releases by itself. For the next minor version switch it off for one `pulumi up`. Default: true."""
    maintenance: NotRequired[MaintenanceArgs]
    """When upgrades may happen."""
    credentials: NotRequired[str]
    """How the cluster is entered: token (the API token as bearer) or doctl (through the vendor's program, which then must be installed
    and logged in wherever Pulumi runs). Neither runs out after seven days as the cluster's own does. Default: token."""
    project: NotRequired[ProjectArgs]
    """The project that lists the cluster. Default: the account's default project."""
    tags: NotRequired[dict[str, str]]
    """Tags of the cluster and its nodes at the cloud, besides our own: key → value, written there as key:value, or as the key alone where
    the value is empty."""
    system_pool: SystemPoolArgs
    """The pool that belongs to the cluster itself."""
    pools: NotRequired[dict[str, PoolArgs]]
    """Further node pools: name → pool."""
