"""metrics-server: what pods and nodes use of CPU and memory. Autoscalers of services go by it."""

from collections.abc import Mapping
from typing import Any, NotRequired, TypedDict

import pulumi

from quayside.arguments import checked
from quayside.labels import OWNER, owner_labels
from quayside.namespaces import manifest
from quayside.objects import register
from quayside.releases import release
from quayside.settings.base import Model, empty
from quayside.settings.charts import ChartSettings
from quayside.settings.footprint import METRICS_SERVER
from quayside.settings.merge import merge
from quayside.versions import CHARTS

NAME = "metrics-server"
"""Of the release and its namespace: one for each cluster, because the API that it serves is the cluster's."""


class MetricsServerSpec(Model):
    """The measures by which services are scaled."""

    values: dict[str, Any] = empty()
    """Values for metrics-server's chart, merged over ours: for every field that has no key here."""


class MetricsServerArgs(TypedDict):
    """The measures by which services are scaled."""

    values: NotRequired[dict[str, Any]]
    """Values for metrics-server's chart, merged over ours: for every field that has no key here."""
    mirror: NotRequired[str]
    """A directory, HTTP repository or OCI registry that holds every chart, for clusters without access to the internet.
    Default: the chart's own repository."""


class MetricsServer(pulumi.ComponentResource):
    """metrics-server, in a namespace of its own. Without it a HorizontalPodAutoscaler keeps the number of pods that it finds, and
    `kubectl top` has no answer.

    DigitalOcean's clusters come without it (its guide to autoscaling begins with installing it). A cluster that has one already refuses
    this one, because there can be only one v1beta1.metrics.k8s.io.

    It asks for 100m CPU and 200Mi memory. It is one pod: while that moves to another node, services keep the number of pods that they have.
    """

    namespace: pulumi.Output[str]
    """The namespace it runs in."""

    def __init__(self, name: str, args: MetricsServerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """name: in Pulumi. Raises InvalidSettings."""
        super().__init__("quayside:index:MetricsServer", name, None, opts)
        given: dict[str, Any] = dict(args)
        charts = checked(ChartSettings, {"mirror": given.pop("mirror", None)}, f"metrics-server {name}")
        spec = checked(MetricsServerSpec, given, f"metrics-server {name}")
        labels = owner_labels()
        home = register(NAME, manifest(NAME, labels), pulumi.ResourceOptions(parent=self))
        self.release = release(
            NAME,
            CHARTS["metrics-server"],
            values(spec, {OWNER: labels[OWNER]}),
            namespace=NAME,
            mirror=charts.mirror,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[home]),
        )

        self.namespace = pulumi.Output.from_input(NAME)
        self.register_outputs({"namespace": self.namespace})


def values(spec: MetricsServerSpec, labels: Mapping[str, str]) -> dict[str, Any]:
    """The chart's values.

    labels: for all its objects, without Helm's own (see planes.cert_manager.values).

    No arguments are needed at DigitalOcean: the chart's own ask nodes by their internal address, as they must there (digitalocean/DOKS#2),
    and kubelets have shown certificates that the cluster trusts since 2019 (digitalocean/DOKS#6), so none goes unchecked.
    Where they do not, `args: [--kubelet-insecure-tls]` in the values is the way.
    """
    return merge({"commonLabels": dict(labels), "resources": {"requests": METRICS_SERVER.requests}}, spec.values)
