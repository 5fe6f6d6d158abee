"""Every pinned chart and image version, in one place. Newer ones are taken up here, and the tests of values are run again."""

from quayside.charts import Chart

CHARTS = {
    chart.name: chart
    for chart in (
        Chart("cert-manager", version="v1.21.1", repository="https://charts.jetstack.io", values="quayside.planes.cert_manager:values"),
        Chart(
            "ingress-nginx",
            version="4.15.1",
            repository="https://kubernetes.github.io/ingress-nginx",
            values="quayside.edge.ingress_nginx_values:values",
        ),
        Chart(
            "metrics-server",
            version="3.13.1",
            repository="https://kubernetes-sigs.github.io/metrics-server/",
            values="quayside.addons.metrics_server:values",
        ),
    )
}
"""The charts that this library installs, by name."""
