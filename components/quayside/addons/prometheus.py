"""Prometheus, with what it asks and what shows it: chart kube-prometheus-stack."""

from typing import Any, NotRequired, TypedDict

import pulumi

from quayside.addons.prometheus_values import NAME, NAMESPACE, PROMETHEUS, PrometheusSpec, encoded, login, monitors, values
from quayside.arguments import checked
from quayside.labels import OWNER, owner_labels
from quayside.namespaces import privileged
from quayside.objects import register
from quayside.releases import release
from quayside.settings.charts import ChartSettings
from quayside.versions import CHARTS, ISTIO_VERSION


class PrometheusArgs(TypedDict):
    """Prometheus with its operator, what it asks of nodes and objects, its alerts, and Grafana."""

    retention: NotRequired[str]
    """How long metrics are kept, if the volume has room for them. Default: 7d."""
    storage: NotRequired[str]
    """Size of the volume for them. Default: 10Gi."""
    alertmanager: NotRequired[bool]
    """Whether there is an Alertmanager to send alerts on. Whom it tells is said in values, or by objects AlertmanagerConfig.
    Default: false, alerts are seen in Prometheus and Grafana."""
    password: NotRequired[pulumi.Input[str]]
    """Password of Grafana's user admin. Secret. Default: none, and no Grafana."""
    istio: NotRequired[bool]
    """Whether Istio is in the cluster: its proxies are asked, and Grafana has its dashboards. Default: false."""
    traces: NotRequired[str]
    """Address of Tempo, whose traces Grafana shows. Default: none."""
    values: NotRequired[dict[str, Any]]
    """Values for chart kube-prometheus-stack, merged over ours: for every field that has no key here."""
    mirror: NotRequired[str]
    """A directory, HTTP repository or OCI registry that holds every chart, for clusters without access to the internet.
    Default: the chart's own repository."""


class Prometheus(pulumi.ComponentResource):
    """Prometheus by its operator, with the exporters of nodes and objects, the operator's own alerts, and Grafana where there is a password.

    It asks for 140m CPU and 672Mi memory, Grafana for 70m and 384Mi, and for 10m and 32Mi on each node. Its volume is made by the cluster's
    default storage class, costs as the cloud's volumes do, and goes with it.

    Monitors, rules and dashboards (ConfigMaps with the label grafana_dashboard) count in every namespace. Dashboards of Istio are fetched
    by Grafana's pod from GitHub, in the version of Istio that quayside installs; with a mirror, which is for clusters that do not reach it,
    they are left out.

    A new password of Grafana's counts once its pod is a new one.
    """

    namespace: pulumi.Output[str]
    """The namespace it runs in. What takes it from here is made after Prometheus' operator runs."""
    url: pulumi.Output[str]
    """Its address inside the cluster."""

    def __init__(self, name: str, args: PrometheusArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """name: in Pulumi. Raises InvalidSettings."""
        super().__init__("quayside:index:Prometheus", name, None, opts)
        given: dict[str, Any] = dict(args)
        password = given.get("password")
        given |= {} if password is None else {"password": "given"}  # a model could be printed
        charts = checked(ChartSettings, {"mirror": given.pop("mirror", None)}, f"prometheus {name}")
        spec = checked(PrometheusSpec, given, f"prometheus {name}")
        labels = owner_labels()

        home = register(NAMESPACE, privileged(NAMESPACE, labels), pulumi.ResourceOptions(parent=self))
        after = [home]
        if password is not None:
            secret = login(labels, pulumi.Output.secret(password).apply(encoded))
            after.append(register("grafana-admin", secret, pulumi.ResourceOptions(parent=self, depends_on=[home])))
        made = release(
            NAME,
            CHARTS[NAME],
            values(spec, {OWNER: labels[OWNER]}, ISTIO_VERSION if spec.istio and not charts.mirror else None),
            namespace=NAMESPACE,
            mirror=charts.mirror,
            opts=pulumi.ResourceOptions(parent=self, depends_on=after),
        )
        for manifest in monitors(labels, istio=spec.istio):
            register(f"{manifest['metadata']['name']}-metrics", manifest, pulumi.ResourceOptions(parent=self, depends_on=[made]))

        self.namespace = made.status.apply(lambda _: NAMESPACE)
        self.url = pulumi.Output.from_input(PROMETHEUS)
        self.register_outputs({"namespace": self.namespace, "url": self.url})
