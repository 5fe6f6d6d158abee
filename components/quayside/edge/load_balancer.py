"""The cloud's load balancer, as a Service of our own: every entry stands behind one."""

from collections.abc import Mapping
from typing import Any

import pulumi

from quayside.arguments import checked, checked_name
from quayside.clusters import index
from quayside.clusters.contract import Cluster
from quayside.edge.load_balancer_arguments import LoadBalancerArgs, LoadBalancerSpec
from quayside.labels import default_name, owner_labels
from quayside.objects import register
from quayside.settings.problems import InvalidSettings
from quayside.settings.types import Name

TIMEOUT = 600
"""Seconds for the cloud to make it. DigitalOcean's takes a minute or two; its controller asks after 5 s, 10 s, 20 s … (k8s.io/cloud-provider,
minRetryDelay), and so has asked seven times by then."""


class LoadBalancer(pulumi.ComponentResource):
    """A load balancer of the cloud that leads to pods.

    Its parent must not be deleted with the cluster (`Cluster.billed` is not): only while the cluster lives does its controller take the
    load balancer away, and it would be paid for further.

    Costs: `size_unit` nodes; at DigitalOcean $12 a month each.
    """

    address: pulumi.Output[str]
    """Its IP address, also where it has a host name."""
    name: pulumi.Output[str]
    """Its name at the cloud."""

    def __init__(
        self,
        name: str,
        args: LoadBalancerArgs,
        opts: pulumi.ResourceOptions | None = None,
        *,
        cluster: Cluster | None = None,
    ) -> None:
        """name: in Pulumi, and of the Service in the cluster.

        cluster: who is asked for the cloud's annotations and for the address. Without one, `cloud` says whose annotations are written,
            and the address is read from the Service.
        Raises InvalidSettings.
        """
        super().__init__("quayside:index:LoadBalancer", name, None, opts)
        subject = f"load balancer {name}"
        checked_name(Name, name, subject)
        spec = checked(LoadBalancerSpec, args, subject)
        if spec.host_name is not None and cluster is None:
            raise InvalidSettings(
                f"the arguments of {subject}", ["host_name needs the cluster, which only programs in Python can hand over; remove it"]
            )
        cloud_name = spec.name or Name(default_name(pulumi.get_project(), pulumi.get_stack()))
        asked = spec.model_copy(update={"name": cloud_name})
        said = cluster.load_balancer_annotations(asked) if cluster else index.load_balancer_annotations(spec.cloud, asked)
        awaited = "{.status.loadBalancer.ingress[0]}" if cluster else "{.status.loadBalancer.ingress[0].ip}"
        made = register(name, service(name, spec, {**said, **waits(awaited)}, owner_labels()), pulumi.ResourceOptions(parent=self))
        self.address = cluster.load_balancer_address(cloud_name, made) if cluster else made.status.load_balancer.ingress[0].ip
        self.name = pulumi.Output.from_input(str(cloud_name))
        self.register_outputs({"address": self.address, "name": self.name})


def waits(path: str) -> dict[str, str]:
    """Annotations by which Pulumi waits until something stands at a path of the object. Its own rule would want ready pods as well."""
    return {"pulumi.com/waitFor": f"jsonpath={path}", "pulumi.com/timeoutSeconds": str(TIMEOUT)}


def service(name: str, spec: LoadBalancerSpec, annotations: Mapping[str, str], labels: Mapping[str, str]) -> dict[str, Any]:
    """The Service that the cloud's controller makes a load balancer for.

    `Local`: only nodes with a pod get requests, and they say so in the health check, so that a node that is drained gets none (the cloud's
    health check follows it). The client's address comes by proxy protocol all the same: DigitalOcean's load balancers end the connection.
    """
    ports = [
        {"name": key, "port": port.port, "targetPort": _target(port.target_port or key), "protocol": "TCP"}
        for key, port in sorted(spec.ports.items())
    ]
    only = {"loadBalancerSourceRanges": list(spec.allow_from)} if spec.allow_from else {}
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "namespace": spec.namespace, "labels": dict(labels), "annotations": dict(annotations)},
        "spec": {"type": "LoadBalancer", "externalTrafficPolicy": "Local", "selector": dict(spec.selector), "ports": ports, **only},
    }


def _target(port: Any) -> Any:
    """A number as a number: Kubernetes takes text for a name."""
    if isinstance(port, pulumi.Output):
        return port.apply(_target)
    return int(port) if str(port).isdigit() else str(port)
