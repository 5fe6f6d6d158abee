"""Every pinned chart and image version, in one place. Newer ones are taken up here, and the tests of values are run again."""

from quayside.charts import Chart

CHARTS = {
    chart.name: chart
    for chart in (
        Chart("cert-manager", version="v1.21.1", repository="https://charts.jetstack.io", values="quayside.planes.cert_manager:values"),
    )
}
"""The charts that this library installs, by name."""
