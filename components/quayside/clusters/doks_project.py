"""The project at DigitalOcean that lists a cluster."""

import pulumi
import pulumi_digitalocean as digitalocean

from quayside.settings.cluster import ProjectSettings

ENVIRONMENTS = {"dev": "Development", "test": "Development", "staging": "Staging", "prod": "Production"}
"""What DigitalOcean calls our environments; it knows no further ones (Projects in its API reference)."""


def put_into_project(name: str, project: ProjectSettings, cluster: digitalocean.KubernetesCluster, opts: pulumi.ResourceOptions) -> None:
    """List a cluster in a project, which is looked up by its name or made.

    The cluster is assigned to it, not written into the project's own list of resources: that list would want to own also what others put
    there, such as the cluster's load balancers and volumes.
    """
    made = (
        digitalocean.Project(
            name,
            name=project.name,
            description=f"Made by quayside: {pulumi.get_project()}, stack {pulumi.get_stack()}",
            environment=ENVIRONMENTS[project.environment or "dev"],
            opts=opts,
        )
        if project.create
        else None
    )
    digitalocean.ProjectResources(
        name,
        project=made.id if made else _id_of(project.name, opts),
        resources=[cluster.cluster_urn],
        # Its deletion assigns the cluster to the account's default project: after the assignment to another one, that would undo it.
        opts=pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(delete_before_replace=True)),
    )


def _id_of(name: str, opts: pulumi.ResourceOptions) -> pulumi.Output[str]:
    found = digitalocean.get_project_output(name=name, opts=pulumi.InvokeOutputOptions(parent=opts.parent, provider=opts.provider))
    return found.id
