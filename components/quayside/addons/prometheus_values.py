"""What chart kube-prometheus-stack is told, and what Prometheus asks besides: pure functions. `prometheus.py` installs it."""

import base64
from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import Field

from quayside.settings.base import Model, empty
from quayside.settings.footprint import ALERTMANAGER, GRAFANA, METRICS, NODE_EXPORTER, Pods
from quayside.settings.merge import merge
from quayside.settings.observability import PROM_DEFAULTS, Retention, VolumeSize
from quayside.settings.secrets import SecretText
from quayside.settings.types import Value

NAMESPACE = "monitoring"
"""Where Prometheus and what shows its metrics are. Its pods may look at the nodes themselves, as node-exporter does."""

NAME = "kube-prometheus-stack"
"""Of the release: Services are called after it."""

PROMETHEUS = f"http://{NAME}-prometheus.{NAMESPACE}.svc.cluster.local:9090"
"""Where Prometheus answers."""

GRAFANA_SERVICE = f"{NAME}-grafana"
"""The Service of Grafana's pages, on port 80."""

ADMIN = "grafana-admin"
"""Secret with Grafana's login."""

FULL = 0.8
"""Share of the volume at which the oldest metrics go: Prometheus' docs ('Storage') advise 80 to 85 %, for what is written besides."""

UNMANAGED = ("kubeControllerManager", "kubeEtcd", "kubeProxy", "kubeScheduler")
"""Parts of the control plane that a managed cluster shows to nobody: alerts on their absence would never end."""

ISTIO_DASHBOARDS = (
    "istio-mesh-dashboard.gen.json",
    "istio-performance-dashboard.json",
    "istio-service-dashboard.json",
    "istio-workload-dashboard.json",
    "pilot-dashboard.gen.json",
    "ztunnel-dashboard.gen.json",
)
"""Istio's own dashboards (istio/istio, manifests/addons/dashboards), as Grafana fetches them when it starts."""

DASHBOARDS_AT = "https://raw.githubusercontent.com/istio/istio/{version}/manifests/addons/dashboards/{file}"
"""Where they are, of one version of Istio. At grafana.com they have a revision for each version, which only a look there tells."""


class PrometheusSpec(Model):
    """Prometheus with its operator, what it asks of nodes and objects, its alerts, and Grafana."""

    known: ClassVar[frozenset[str]] = frozenset({"alertmanager", "values", "storage", "istio", "traces", "retention"})

    retention: Retention = Retention(PROM_DEFAULTS[""][0])
    """How long metrics are kept, if the volume has room for them. Default: 7d."""
    storage: VolumeSize = VolumeSize(PROM_DEFAULTS[""][1])
    """Size of the volume for them. Default: 10Gi."""
    alertmanager: bool = False
    """Whether there is an Alertmanager to send alerts on. Whom it tells is said in values, or by objects AlertmanagerConfig.
    Default: false, alerts are seen in Prometheus and Grafana."""
    password: SecretText | None = Field(default=None, repr=False)
    """Password of Grafana's user admin. Secret. Default: none, and no Grafana."""
    istio: bool = False
    """Whether Istio is in the cluster: its proxies are asked, and Grafana has its dashboards. Default: false."""
    traces: Value | None = None
    """Address of Tempo, whose traces Grafana shows. Default: none."""
    values: dict[str, Any] = empty()
    """Values for chart kube-prometheus-stack, merged over ours: for every field that has no key here."""


def values(spec: PrometheusSpec, labels: Mapping[str, str], version: str | None = None) -> dict[str, Any]:
    """The chart's values.

    labels: for all its objects. version: of Istio, whose dashboards Grafana fetches; None for none of them.
    Monitors and rules are taken from every namespace, whoever made them: the chart's own default is those of its own release.
    """
    anybodys = {f"{kind}SelectorNilUsesHelmValues": False for kind in ("serviceMonitor", "podMonitor", "rule", "probe", "scrapeConfig")}
    prometheus, reloader, operator, state = METRICS
    ours = {
        "commonLabels": dict(labels),
        "prometheus": {
            "prometheusSpec": {
                **anybodys,
                "retention": spec.retention,
                "retentionSize": _most(spec.storage),
                "resources": {"requests": prometheus.requests},
                "storageSpec": {"volumeClaimTemplate": {"spec": _volume(spec.storage)}},
                # what is switched off is not paid for further
                "persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Delete", "whenScaled": "Retain"},
            }
        },
        "prometheusOperator": {
            "resources": {"requests": operator.requests},
            "prometheusConfigReloader": {"resources": {"requests": reloader.requests}},
        },
        "kube-state-metrics": {"resources": {"requests": state.requests}},
        "prometheus-node-exporter": {"resources": {"requests": NODE_EXPORTER.requests}},
        "alertmanager": {"enabled": spec.alertmanager, "alertmanagerSpec": {"resources": {"requests": ALERTMANAGER[0].requests}}},
        "grafana": _grafana(spec, *GRAFANA, version) if spec.password is not None else {"enabled": False},
        **{part: {"enabled": False} for part in UNMANAGED},
    }
    return merge(ours, spec.values)


def _grafana(spec: PrometheusSpec, pods: Pods, sidecar: Pods, version: str | None) -> dict[str, Any]:
    """Grafana keeps nothing of its own: dashboards are ConfigMaps, and a folder is what their annotation says."""
    fetched = {
        file.partition(".")[0]: {"url": DASHBOARDS_AT.format(version=version, file=file), "curlOptions": "-sL"} for file in ISTIO_DASHBOARDS
    }
    provider = {"name": "istio", "orgId": 1, "folder": "Istio", "type": "file", "disableDeletion": True, "options": {"path": _ISTIO_PATH}}
    tempo = {"name": "Tempo", "type": "tempo", "uid": "tempo", "access": "proxy", "url": spec.traces}
    return {
        "enabled": True,
        "admin": {"existingSecret": ADMIN, "userKey": "admin-user", "passwordKey": "admin-password"},
        "resources": {"requests": pods.requests},
        "testFramework": {"enabled": False},
        "sidecar": {
            "resources": {"requests": sidecar.requests},
            "dashboards": {
                "searchNamespace": "ALL",
                "folderAnnotation": "grafana_folder",
                "provider": {"foldersFromFilesStructure": True},
            },
        },
        **({"additionalDataSources": [tempo]} if spec.traces else {}),
        **(
            {
                "dashboardProviders": {"istio.yaml": {"apiVersion": 1, "providers": [provider]}},
                "dashboards": {"istio": fetched},
            }
            if version
            else {}
        ),
    }


_ISTIO_PATH = "/var/lib/grafana/dashboards/istio"
"""Where the chart puts what it fetches for a provider of that name."""


def _most(size: VolumeSize) -> str:
    """How much of a volume metrics may take."""
    return f"{int(float(size.amount) * FULL / 2**20)}MiB"


def _volume(size: VolumeSize) -> dict[str, Any]:
    return {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": size}}}


def encoded(text: str) -> str:
    """Text as a Secret has it."""
    return base64.b64encode(text.encode()).decode()


def login(labels: Mapping[str, str], password: Any) -> dict[str, Any]:
    """The Secret with Grafana's login. password: as `encoded` makes it."""
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": ADMIN, "namespace": NAMESPACE, "labels": dict(labels)},
        "data": {"admin-user": encoded("admin"), "admin-password": password},
    }


def monitors(labels: Mapping[str, str], *, istio: bool) -> list[dict[str, Any]]:
    """What Prometheus asks besides the chart's own: the parts of the platform that tell their metrics."""
    found = [
        # labels are those that the program tells, such as a certificate's namespace: honorLabels keeps them
        _pods("cert-manager", labels, {"app.kubernetes.io/name": "cert-manager"}, {"port": "http-metrics"}),
        _pods("ingress-nginx", labels, {"app.kubernetes.io/name": "ingress-nginx"}, {"port": "metrics"}),
    ]
    if istio:
        found += [_pods("istiod", labels, {"app": "istiod"}, {"port": "http-monitoring"}), _proxies(labels)]
    return found


def _pods(name: str, labels: Mapping[str, str], chosen: Mapping[str, str], port: dict[str, Any]) -> dict[str, Any]:
    spec = {
        "namespaceSelector": {"any": True},
        "selector": {"matchLabels": dict(chosen)},
        "podMetricsEndpoints": [{**port, "honorLabels": True, "interval": "30s"}],
    }
    return {"apiVersion": "monitoring.coreos.com/v1", "kind": "PodMonitor", "metadata": _about(name, labels), "spec": spec}


def _proxies(labels: Mapping[str, str]) -> dict[str, Any]:
    """Sidecars, gateways, waypoints and ztunnel: each is a container istio-proxy, and tells its metrics on the port that Istio keeps out of
    mTLS, which its pods name in an annotation (istio/istio, samples/addons/extras/prometheus-operator.yaml)."""
    asked = {
        "path": "/stats/prometheus",
        "interval": "30s",
        "relabelings": [
            {"action": "keep", "sourceLabels": ["__meta_kubernetes_pod_container_name"], "regex": "istio-proxy"},
            {
                "action": "replace",
                "sourceLabels": ["__meta_kubernetes_pod_ip"],
                "regex": "(.+)",
                "replacement": "$1:15020",
                "targetLabel": "__address__",
            },
        ],
    }
    spec = {
        "namespaceSelector": {"any": True},
        "selector": {"matchExpressions": [{"key": "istio-prometheus-ignore", "operator": "DoesNotExist"}]},
        "podMetricsEndpoints": [asked],
    }
    return {"apiVersion": "monitoring.coreos.com/v1", "kind": "PodMonitor", "metadata": _about("istio-proxies", labels), "spec": spec}


def _about(name: str, labels: Mapping[str, str]) -> dict[str, Any]:
    return {"name": name, "namespace": NAMESPACE, "labels": dict(labels)}
