"""Kiali: the mesh as a graph."""

from typing import Any, NotRequired, TypedDict

import pulumi

from quayside.addons.kiali_values import NAME, PORT, KialiSpec, values
from quayside.addons.prometheus_values import NAMESPACE
from quayside.arguments import checked
from quayside.labels import OWNER, owner_labels
from quayside.releases import release
from quayside.settings.charts import ChartSettings
from quayside.versions import CHARTS


class KialiArgs(TypedDict):
    """Kiali: the mesh as a graph."""

    traces: NotRequired[str]
    """What keeps traces in namespace tracing: jaeger or tempo. Default: none, and it shows none."""
    values: NotRequired[dict[str, Any]]
    """Values for chart kiali-server, merged over ours: for every field that has no key here."""
    mirror: NotRequired[str]
    """A directory, HTTP repository or OCI registry that holds every chart, for clusters without access to the internet.
    Default: the chart's own repository."""


class Kiali(pulumi.ComponentResource):
    """Kiali, beside the Prometheus that it asks (see Prometheus) and in its namespace. It asks for 10m CPU and 64Mi memory.

    It wants a token of the cluster: `kubectl create token kiali -n monitoring`, or one of a ServiceAccount that may see less.
    """

    url: pulumi.Output[str]
    """Its address inside the cluster."""

    def __init__(self, name: str, args: KialiArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """name: in Pulumi. Raises InvalidSettings."""
        super().__init__("quayside:index:Kiali", name, None, opts)
        given: dict[str, Any] = dict(args)
        charts = checked(ChartSettings, {"mirror": given.pop("mirror", None)}, f"kiali {name}")
        spec = checked(KialiSpec, given, f"kiali {name}")
        release(
            NAME,
            CHARTS["kiali-server"],
            values(spec, {OWNER: owner_labels()[OWNER]}),
            namespace=NAMESPACE,
            mirror=charts.mirror,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.url = pulumi.Output.from_input(f"http://{NAME}.{NAMESPACE}.svc.cluster.local:{PORT}")
        self.register_outputs({"url": self.url})
