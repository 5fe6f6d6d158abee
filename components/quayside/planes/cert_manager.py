"""cert-manager: certificates for everything that is routed."""

from collections.abc import Mapping
from typing import Any, NotRequired, TypedDict

import pulumi

from quayside.arguments import checked
from quayside.labels import OWNER, owner_labels
from quayside.namespaces import manifest
from quayside.objects import register
from quayside.releases import release
from quayside.settings.certificates import CertificateSettings
from quayside.settings.charts import ChartSettings
from quayside.versions import CHARTS

NAME = "cert-manager"
"""Of the release and its namespace: one for each cluster, because its CRDs and webhooks are the cluster's."""


class CertManagerArgs(TypedDict):
    """Certificates by cert-manager."""

    keep_crds: NotRequired[pulumi.Input[bool]]
    """Whether its custom resource definitions, and with them all certificates and issuers, outlive its removal. Default: true."""
    mirror: NotRequired[str]
    """A directory, HTTP repository or OCI registry that holds every chart, for clusters without access to the internet.
    Default: the chart's own repository."""


class CertManager(pulumi.ComponentResource):
    """cert-manager with its CRDs, in a namespace of its own.

    Ready when its webhook answers: waiting for the pods is not enough for that (cert-manager#2908), so the chart's check of its own API runs
    as a hook, and the release waits for it. It asks for 30m CPU and 192Mi memory in all.
    """

    namespace: pulumi.Output[str]
    """The namespace it runs in."""

    def __init__(self, name: str, args: CertManagerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """name: in Pulumi. Raises InvalidSettings."""
        super().__init__("quayside:index:CertManager", name, None, opts)
        given: dict[str, Any] = dict(args)
        charts = checked(ChartSettings, {"mirror": given.pop("mirror", None)}, f"cert-manager {name}")
        spec = checked(CertificateSettings, given, f"cert-manager {name}")
        labels = owner_labels()
        home = register(NAME, manifest(NAME, labels), pulumi.ResourceOptions(parent=self))
        self.release = release(
            NAME,
            CHARTS["cert-manager"],
            values(spec, {OWNER: labels[OWNER]}),
            namespace=NAME,
            mirror=charts.mirror,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[home]),
        )
        self.namespace = pulumi.Output.from_input(NAME)
        self.register_outputs({"namespace": self.namespace})


def values(settings: CertificateSettings, labels: Mapping[str, str]) -> dict[str, Any]:
    """The chart's values.

    labels: for all its objects. Helm's own, such as app.kubernetes.io/managed-by, must not be among them: it knows its objects by those.

    Requests are small, for clusters with some dozens of certificates; without any the pods would be the first to be evicted. There is no
    limit of CPU, which would only slow the webhook down.
    """

    def modest(memory: str) -> dict[str, Any]:
        return {"requests": {"cpu": "10m", "memory": memory}, "limits": {"memory": "256Mi"}}

    return {
        "global": {"commonLabels": dict(labels)},
        "crds": {"enabled": True, "keep": settings.keep_crds},
        "resources": modest("64Mi"),
        "webhook": {"resources": modest("64Mi")},
        "cainjector": {"resources": modest("64Mi")},
        # new nodes fetch all images first; the default is one minute
        "startupapicheck": {"timeout": "5m", "resources": modest("32Mi")},
    }
