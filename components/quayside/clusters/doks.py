"""DigitalOcean Kubernetes (DOKS): VPC, cluster, node pools and the provider that enters it."""

from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_digitalocean as digitalocean
import pulumi_kubernetes as kubernetes

from quayside.arguments import checked
from quayside.clusters import kubeconfig
from quayside.clusters.pools import pool_arguments, system_pool_arguments
from quayside.clusters.roots import roots
from quayside.labels import owner_tags
from quayside.settings.cluster import ClusterSettings
from quayside.settings.stack import Settings


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


class DoksClusterArgs(TypedDict):
    """The Kubernetes cluster."""

    token: pulumi.Input[str]
    """API token of DigitalOcean with full access to Kubernetes, VPCs and tags. Secret."""
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
    system_pool: SystemPoolArgs
    """The pool that belongs to the cluster itself."""
    pools: NotRequired[dict[str, PoolArgs]]
    """Further node pools: name → pool."""


class DoksCluster(pulumi.ComponentResource):
    """A DigitalOcean Kubernetes cluster that a small edit cannot lose.

    Made of a VPC, the cluster with one small fixed pool, every further pool as a resource of its own, and a Kubernetes provider whose
    credentials do not run out. Costs: the nodes, the control plane where `ha` is on, no more.

    Decided here:
    - The cluster resource is protected unless `disposable`; the engine then refuses to replace or delete it, in the preview already.
      `pulumi destroy --skip-preview` is refused only half-way: pools and owned objects go on running, but are out of the state.
    - `destroyAllAssociatedResources` only where `disposable`: it deletes volumes and load balancers which nobody in this stack knows of.
      Without it they stay, and the VPC's deletion fails with 409 until somebody has looked at them (terraform-provider-digitalocean#488).
    - VPC and cluster have fixed names, so a replacement deletes first.
    - A container registry is connected by pull secrets, not by `registryIntegration`: that needs an existing registry and is the account's.
    """

    name: pulumi.Output[str]
    """Name of the cluster at the cloud."""
    cluster_id: pulumi.Output[str]
    """Id of the cluster at the cloud."""
    region: pulumi.Output[str]
    """Region of the cluster."""
    kubeconfig: pulumi.Output[str]
    """How to enter the cluster: a kubeconfig, secret, which does not run out."""
    provider: kubernetes.Provider
    """Provider for everything in the cluster."""

    def __init__(self, name: str, args: DoksClusterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """name: prefix of the resources' names in Pulumi. Raises InvalidSettings."""
        super().__init__("quayside:index:DoksCluster", name, None, opts)
        settings = {key: value for key, value in args.items() if key not in ("token", "disposable")}
        spec = checked(ClusterSettings, settings, f"cluster {name}")
        disposable = bool(args.get("disposable"))
        token = pulumi.Output.secret(args["token"])
        cloud_name = spec.name or f"{pulumi.get_project()}-{pulumi.get_stack()}"
        tags = owner_tags()

        cloud = digitalocean.Provider(name, token=token, opts=pulumi.ResourceOptions(parent=self))
        ours = pulumi.ResourceOptions(parent=self, provider=cloud)
        vpc = digitalocean.Vpc(
            name,
            name=cloud_name,
            region=spec.region,
            ip_range=spec.network,
            description=f"Made by quayside: {tags[-1]}",  # VPCs have no tags
            opts=pulumi.ResourceOptions.merge(ours, pulumi.ResourceOptions(delete_before_replace=True)),
        )
        cluster = digitalocean.KubernetesCluster(
            name,
            name=cloud_name,
            region=spec.region,
            version=_newest_patch(spec.version, pulumi.InvokeOutputOptions(parent=self, provider=cloud)),
            vpc_uuid=vpc.id,
            ha=spec.ha,  # unset, not false, when nobody asked: false is refused where it is on
            auto_upgrade=spec.auto_upgrade,
            surge_upgrade=True,
            maintenance_policy={"day": spec.maintenance.day, "start_time": spec.maintenance.start},
            registry_integration=False,
            destroy_all_associated_resources=True if disposable else None,
            node_pool=system_pool_arguments(spec.system_pool, tags),
            tags=tags,
            opts=pulumi.ResourceOptions.merge(
                ours,
                pulumi.ResourceOptions(
                    protect=not disposable,
                    delete_before_replace=True,
                    # The cloud is ahead after its own upgrade, and an older version means a new cluster (pulumi-digitalocean#74, #437).
                    ignore_changes=["version"] if spec.auto_upgrade else None,
                ),
            ),
        )
        with_cluster = pulumi.ResourceOptions.merge(ours, pulumi.ResourceOptions(deleted_with=cluster))
        pools = [
            digitalocean.KubernetesNodePool(
                f"{name}-{pool}", cluster_id=cluster.id, **pool_arguments(pool, settings, tags), opts=with_cluster
            )
            for pool, settings in sorted(spec.pools.items())
        ]
        self.name, self.cluster_id, self.region = cluster.name, cluster.id, cluster.region
        self.kubeconfig = _kubeconfig(cluster, token, spec.credentials)
        self.provider = kubernetes.Provider(
            name,
            kubeconfig=self.kubeconfig,
            # Objects belong to this cluster, however it is entered: no change of credentials or address ever replaces them.
            cluster_identifier=cluster.id,
            # Takes up again what a killed run made, and previews a changed Service port rightly; a stranger's object is a conflict.
            upsert_existing_objects=True,
            # A changed Secret is updated in place; its name is stable, and its pods carry a checksum.
            enable_secret_mutable=True,
            opts=pulumi.ResourceOptions(parent=self, depends_on=pools),
        )
        self.owned, self.billed = roots(name, self, self.provider, cluster)
        self.register_outputs(
            {
                "name": self.name,
                "clusterId": self.cluster_id,
                "region": self.region,
                "kubeconfig": self.kubeconfig,
                "provider": self.provider,
            }
        )

    def load_balancer_annotations(self, name: str) -> dict[str, str]:
        """See contract.Cluster."""
        return load_balancer_annotations(name)


def load_balancer_annotations(name: str) -> dict[str, str]:
    """What a Service of type LoadBalancer says to DigitalOcean's controller."""
    return {"service.beta.kubernetes.io/do-loadbalancer-name": name}


def from_settings(name: str, settings: Settings) -> DoksCluster:
    """The cluster of a stack (see clusters.index)."""
    spec: Any = settings.cluster.model_dump(exclude={"kind"}, exclude_none=True)
    args: Any = {**spec, "token": settings.secret("digitaloceanToken"), "disposable": settings.disposable}
    return DoksCluster(name, args)


def _newest_patch(minor: pulumi.Input[str], opts: pulumi.InvokeOutputOptions) -> pulumi.Output[str]:
    """The newest patch that the cloud offers of a minor version. Never its word "latest": that drifts (pulumi-digitalocean#74, #89)."""
    offered = digitalocean.get_kubernetes_versions_output(version_prefix=pulumi.Output.concat(minor, "."), opts=opts)
    return pulumi.Output.all(minor, offered.latest_version).apply(lambda both: _offered(*both))


def _offered(minor: str, newest: str) -> str:
    if not newest.startswith(f"{minor}."):
        raise pulumi.RunError(f"DigitalOcean offers no Kubernetes {minor}; write one that `doctl kubernetes options versions` lists")
    return newest


def _kubeconfig(cluster: digitalocean.KubernetesCluster, token: pulumi.Output[str], credentials: str) -> pulumi.Output[str]:
    """The kubeconfig, as a secret: a preview would show the token otherwise."""
    certificate = cluster.kube_configs[0].cluster_ca_certificate
    known = {"name": cluster.name, "server": cluster.endpoint, "certificate": certificate}
    user = cluster.id.apply(kubeconfig.by_doctl) if credentials == "doctl" else token.apply(kubeconfig.by_token)
    return pulumi.Output.secret(pulumi.Output.all(**known, user=user).apply(lambda parts: kubeconfig.kubeconfig(**parts)))
