"""DigitalOcean Kubernetes (DOKS): VPC, cluster, node pools and the provider that enters it."""

from typing import Any

import pulumi
import pulumi_digitalocean as digitalocean
import pulumi_kubernetes as kubernetes

from quayside.arguments import checked
from quayside.clusters import doks_load_balancer, kubeconfig
from quayside.clusters.doks_arguments import DoksClusterArgs
from quayside.clusters.doks_project import put_into_project
from quayside.clusters.pools import pool_arguments, system_pool_arguments, tags_of
from quayside.clusters.roots import roots
from quayside.hooks import helped
from quayside.labels import default_name, owner_tags
from quayside.settings.base import LATER
from quayside.settings.cluster import ClusterSettings
from quayside.settings.entry import LoadBalancerSettings
from quayside.settings.problems import InvalidSettings
from quayside.settings.stack import Settings

__all__ = ["DoksCluster", "DoksClusterArgs"]


class DoksCluster(pulumi.ComponentResource):
    """A DigitalOcean Kubernetes cluster that a small edit cannot lose.

    Made of a VPC, the cluster with one small fixed pool, every further pool as a resource of its own, and a Kubernetes provider whose
    credentials do not run out. Costs: the nodes, the control plane where `ha` is on, no more.

    Decided here:
    - The cluster resource is protected unless `disposable`; the engine then refuses to replace or delete it, in the preview already.
      Pools are not: to remove one, or to give it another size, is a daily edit. Protection of single resources cannot refuse
      `pulumi destroy --skip-preview` in time anyway, because the engine comes to each one only after what depends on it: see `lock`.
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
        _refuse_wrong(args, f"cluster {name}")
        settings = {key: value for key, value in args.items() if key not in ("token", "disposable")}
        spec = checked(ClusterSettings, settings, f"cluster {name}")
        disposable = bool(args.get("disposable"))
        token = pulumi.Output.secret(args["token"])
        cloud_name = spec.name or default_name(pulumi.get_project(), pulumi.get_stack())
        mark = owner_tags()
        tags = [*mark, *tags_of(spec.tags)]

        cloud = digitalocean.Provider(name, token=token, opts=pulumi.ResourceOptions(parent=self))
        ours = helped(pulumi.ResourceOptions(parent=self, provider=cloud))
        vpc = digitalocean.Vpc(
            name,
            name=cloud_name,
            region=spec.region,
            ip_range=spec.network,
            description=f"Made by quayside: {mark[-1]}",  # VPCs have no tags
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
        if spec.project:
            put_into_project(name, spec.project, cluster, ours)
        with_cluster = pulumi.ResourceOptions.merge(ours, pulumi.ResourceOptions(deleted_with=cluster))
        pools = [
            digitalocean.KubernetesNodePool(
                f"{name}-{pool}", cluster_id=cluster.id, **pool_arguments(pool, settings, tags), opts=with_cluster
            )
            for pool, settings in sorted(spec.pools.items())
        ]
        self.name, self.cluster_id, self.region = cluster.name, cluster.id, cluster.region
        # Load balancers connect over the private network (DigitalOcean's docs); pods are in the cluster subnet, which may not overlap it.
        self._cloud, self.load_balancer_network = cloud, vpc.ip_range
        self.kubeconfig = _kubeconfig(cluster, token, spec.credentials)
        self.provider = kubernetes.Provider(
            name,
            kubeconfig=self.kubeconfig,
            # Objects belong to this cluster, however it is entered: no change of credentials or address ever replaces them.
            cluster_identifier=cluster.id,
            # Takes up again what a killed run made, and previews a changed Service port rightly; a stranger's object is a
            # conflict, but in a service's own namespace (workloads/metadata.py).
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

    def load_balancer_annotations(self, settings: LoadBalancerSettings) -> dict[str, str]:
        """See contract.Cluster."""
        return doks_load_balancer.annotations(settings)

    def load_balancer_address(self, name: str, service: kubernetes.core.v1.Service) -> pulumi.Output[str]:
        """See contract.Cluster.

        Asked by the id that the controller notes on the Service: in the preview of another name there is none of that name yet.
        """
        noted = service.metadata.apply(lambda metadata: (metadata.get("annotations") or {}).get(doks_load_balancer.ID))
        found = digitalocean.get_load_balancer_output(
            id=noted,
            name=noted.apply(lambda identity: None if identity else name),
            opts=pulumi.InvokeOutputOptions(parent=self, provider=self._cloud, depends_on=[service]),
        )
        return found.ip


def from_settings(name: str, settings: Settings) -> DoksCluster:
    """The cluster of a stack (see clusters.index)."""
    spec: Any = settings.cluster.model_dump(exclude={"kind"}, exclude_none=True)
    if "project" in spec:
        spec["project"].setdefault("environment", settings.environment)
    args: Any = {**spec, "token": settings.secret("digitaloceanToken"), "disposable": settings.disposable}
    return DoksCluster(name, args)


def _refuse_wrong(args: DoksClusterArgs, subject: str) -> None:
    """The checks of what the settings do not have. Raises InvalidSettings."""
    lines = ["token is missing; write it"] if args.get("token") is None else []
    if isinstance(args.get("disposable"), pulumi.Output):
        lines.append(f"disposable {LATER}")  # it would count as true
    if lines:
        raise InvalidSettings(f"the arguments of {subject}", lines)


def _newest_patch(minor: pulumi.Input[str], opts: pulumi.InvokeOutputOptions) -> pulumi.Output[str]:
    """The newest patch that the cloud offers of a minor version. Never its word "latest": that drifts (pulumi-digitalocean#74, #89)."""
    offered = digitalocean.get_kubernetes_versions_output(version_prefix=pulumi.Output.concat(minor, "."), opts=opts)
    return pulumi.Output.all(minor, offered.latest_version).apply(lambda both: _offered(*both))


def _offered(minor: str, newest: str | None) -> str:
    if newest is None or not newest.startswith(f"{minor}."):
        raise pulumi.RunError(f"DigitalOcean offers no Kubernetes {minor}; write one that `doctl kubernetes options versions` lists")
    return newest


def _kubeconfig(cluster: digitalocean.KubernetesCluster, token: pulumi.Output[str], credentials: str) -> pulumi.Output[str]:
    """The kubeconfig, as a secret: a preview would show the token otherwise."""
    certificate = cluster.kube_configs[0].cluster_ca_certificate
    known = {"name": cluster.name, "server": cluster.endpoint, "certificate": certificate}
    user = cluster.id.apply(kubeconfig.by_doctl) if credentials == "doctl" else token.apply(kubeconfig.by_token)
    return pulumi.Output.secret(pulumi.Output.all(**known, user=user).apply(lambda parts: kubeconfig.kubeconfig(**parts)))
