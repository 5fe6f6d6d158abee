"""Settings of the cluster and its node pools."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from quayside.settings.base import Model, Rule, empty
from quayside.settings.rules import network_is_free, pool_labels_apart, pool_names_fit, pools_apart, size_of_pool, tags_apart
from quayside.settings.types import (
    ClockTime,
    Environment,
    KubernetesVersion,
    LabelKey,
    LabelValue,
    Name,
    Network,
    ProjectName,
    Region,
    Size,
    TagKey,
    TagValue,
)

# No pool may be empty, and none may scale to nothing (DigitalOcean's Terraform reference, kubernetes_cluster). What an account may have at
# most is between it and DigitalOcean.
Count = Annotated[int, Field(ge=1)]


class TaintSettings(Model):
    """A taint on the nodes of a pool."""

    value: LabelValue = LabelValue("")
    """Value of the taint. Default: empty."""
    effect: Literal["NoSchedule", "PreferNoSchedule", "NoExecute"] = "NoSchedule"
    """What happens to pods that do not tolerate it: NoSchedule, PreferNoSchedule or NoExecute. Default: NoSchedule."""


class SystemPoolSettings(Model):
    """The pool that belongs to the cluster itself. It stays small and fixed, because another size of machine means another cluster."""

    size: Size
    """Machine size. A change replaces the whole cluster, which only a disposable stack allows."""
    count: Count = 1
    """Number of nodes. Default: 1."""


class PoolSettings(Model):
    """A further node pool, with a fixed count of nodes or a range for the autoscaler. Each node costs what its size costs."""

    rules: ClassVar[tuple[Rule, ...]] = (size_of_pool, pool_labels_apart)

    size: Size
    """Machine size. On a change a new pool is made before the old one goes."""
    count: Count | None = None
    """Number of nodes of a pool of fixed size."""
    min: Count | None = None
    """Least number of nodes of a pool that scales itself."""
    max: Count | None = None
    """Greatest number of nodes of a pool that scales itself: the bill's upper bound."""
    labels: dict[Annotated[str, LabelKey], LabelValue] = empty()
    """Labels of the pool's nodes: key → value."""
    taints: dict[Annotated[str, LabelKey], TaintSettings] = empty()
    """Taints of the pool's nodes: key → taint."""


class MaintenanceSettings(Model):
    """When the cloud may upgrade the cluster."""

    day: Literal["any", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] = "any"
    """Day of the week, or any. Default: any."""
    start: ClockTime = ClockTime("04:00")
    """Start of the window of four hours, in UTC. Default: 04:00."""


class ProjectSettings(Model):
    """The project at DigitalOcean that lists the cluster: a way to keep an account tidy, and no border of rights."""

    name: ProjectName
    """Name of the project."""
    create: bool = False
    """Whether the project is made, and goes with the stack. Otherwise one of that name must be there. Default: false."""
    environment: Environment | None = None
    """What a project that is made is for: dev, test, staging or prod. Default: the stack's environment."""


class ClusterSettings(Model):
    """The Kubernetes cluster."""

    rules: ClassVar[tuple[Rule, ...]] = (pools_apart, pool_names_fit, network_is_free, tags_apart)

    kind: Literal["doks"] = "doks"
    """Where it runs: doks (DigitalOcean). Default: doks."""
    name: Name | None = None
    """Name at the cloud, also of its VPC; both are unique in an account. Default: project and stack. A change replaces the cluster."""
    region: Region
    """Region. A change replaces the cluster."""
    version: KubernetesVersion
    """Minor version; its newest patch is looked up. With autoUpgrade, a running cluster's version is the cloud's affair."""
    network: Network | None = None
    """Address range of the VPC. Default: the cloud picks one. A change replaces the cluster."""
    ha: bool | None = None
    """Three control plane nodes, for $40 a month; cannot be switched off later. Default: the cloud's, which from 1.36 on is true."""
    auto_upgrade: bool = True
    """Whether the cloud installs patch releases by itself. For the next minor version switch it off for one `pulumi up`. Default: true."""
    maintenance: MaintenanceSettings = MaintenanceSettings()
    """When upgrades may happen."""
    credentials: Literal["token", "doctl"] = "token"
    """How the cluster is entered: token (the API token as bearer) or doctl (through the vendor's program, which then must be installed
    and logged in wherever Pulumi runs). Neither runs out after seven days as the cluster's own does. Default: token."""
    project: ProjectSettings | None = None
    """The project that lists the cluster. Default: the account's default project."""
    tags: dict[Annotated[str, TagKey], TagValue] = empty()
    """Tags of the cluster and its nodes at the cloud, besides our own: key → value, written there as key:value, or as the key alone where
    the value is empty."""
    system_pool: SystemPoolSettings
    """The pool that belongs to the cluster itself."""
    pools: dict[Annotated[str, Name], PoolSettings] = empty()
    """Further node pools: name → pool."""
