"""Every pinned chart and image version, in one place. Newer ones are taken up here, and the tests of values are run again."""

from quayside.charts import Chart
from quayside.manifests import Published

ISTIO_VERSION = "1.30.3"


def _istio(name: str, values: str) -> Chart:
    """One of Istio's charts: all of them have one version."""
    return Chart(name, version=ISTIO_VERSION, repository="https://istio-release.storage.googleapis.com/charts", values=values)


CHARTS = {
    "argo-rollouts": Chart(
        "argo-rollouts",
        version="2.43.0",
        repository="https://argoproj.github.io/argo-helm",
        values="quayside.addons.argo_rollouts_values:values",
    ),
    "cert-manager": Chart(
        "cert-manager", version="v1.21.1", repository="https://charts.jetstack.io", values="quayside.planes.cert_manager:values"
    ),
    "ingress-nginx": Chart(
        "ingress-nginx",
        version="4.15.1",
        repository="https://kubernetes.github.io/ingress-nginx",
        values="quayside.edge.ingress_nginx_values:values",
    ),
    "jaeger": Chart(
        "jaeger", version="4.11.1", repository="https://jaegertracing.github.io/helm-charts", values="quayside.addons.tracing_values:jaeger"
    ),
    "kiali-server": Chart(
        "kiali-server", version="2.29.0", repository="https://kiali.org/helm-charts", values="quayside.addons.kiali_values:values"
    ),
    "kube-prometheus-stack": Chart(
        "kube-prometheus-stack",
        version="88.5.3",
        repository="https://prometheus-community.github.io/helm-charts",
        values="quayside.addons.prometheus_values:values",
    ),
    "opentelemetry-collector": Chart(
        "opentelemetry-collector",
        version="0.170.0",
        repository="https://open-telemetry.github.io/opentelemetry-helm-charts",
        values="quayside.addons.tracing_values:collector",
    ),
    "tempo": Chart(
        "tempo",
        version="2.2.4",
        repository="https://grafana-community.github.io/helm-charts",
        values="quayside.addons.tracing_values:tempo",
    ),
    "istio-base": _istio("base", "quayside.planes.istio_values:base"),
    "istio-cni": _istio("cni", "quayside.planes.istio_values:cni"),
    "istio-gateway": _istio("gateway", "quayside.edge.istio_values:values"),
    "istiod": _istio("istiod", "quayside.planes.istio_values:istiod"),
    # Kong's open source ends with 3.9 (Kong/docker-kong#738), which this chart installs; later images want a licence
    "kong": Chart("kong", version="3.4.1", repository="https://charts.konghq.com", values="quayside.edge.kong_values:values"),
    "metrics-server": Chart(
        "metrics-server",
        version="3.13.1",
        repository="https://kubernetes-sigs.github.io/metrics-server/",
        values="quayside.addons.metrics_server:values",
    ),
    "ztunnel": _istio("ztunnel", "quayside.planes.istio_values:ztunnel"),
}
"""The charts that this library installs, by what they are called here: as their projects call them, with the project's name before one
that says too little (base, cni, gateway)."""

MANIFESTS = {
    "gateway-api": Published(
        "gateway-api",
        version="v1.6.1",
        file="standard-install.yaml",
        place="https://github.com/kubernetes-sigs/gateway-api/releases/download/{version}",
    ),
}
"""The manifests that this library installs, by their project."""

# with Gateway API 1.4.0 in its go.mod, whose HTTPRoute and GRPCRoute have the same fields as those of 1.6.1 (apis/v1/httproute_types.go,
# grpcroute_types.go): what it writes back is whole
GATEWAY_API_PLUGIN = {
    "name": "argoproj-labs/gatewayAPI",
    "location": "https://github.com/argoproj-labs/rollouts-plugin-trafficrouter-gatewayapi/releases/download/v0.17.0/gatewayapi-plugin-linux-amd64",
    "sha256": "1904ca787d33107c140521899d61fff030ee75d99908bd175fca5a4647759061",
}
"""The program by which Argo Rollouts moves requests in the Gateway API's routes: its controller fetches it, and runs no other."""

IMAGES = {
    # its project tags by commit and names no versions; Envoy Gateway v1.7.3 ships this one (charts/gateway-helm, global.images.ratelimit)
    "rate-limit": "docker.io/envoyproxy/ratelimit:05c08d03",
}
"""The images of pods that this library makes itself, not by a chart."""
