"""Helm releases as this library makes them: named, pinned, with a time limit, from a mirror where there is one."""

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes

from quayside.charts import Chart, source
from quayside.hooks import helped

TIMEOUT = 600
"""Seconds for a release to become ready: images of all its pods are fetched by new nodes in that time."""


def release(
    name: str,
    chart: Chart,
    values: Mapping[str, Any],
    *,
    namespace: str,
    mirror: str | None,
    opts: pulumi.ResourceOptions,
    timeout: int = TIMEOUT,
) -> kubernetes.helm.v3.Release:
    """Install a chart.

    A `helm.v3.Release`, not a `v4.Chart`: its hooks run, and a chart with CRDs is one resource in the state instead of a hundred.
    name: of the release, in the cluster and in Pulumi; stable, because other things refer to what it makes.
    mirror: see charts.source.
    timeout: seconds until it counts as failed; what a failed run made is then removed, so that the next can start.
    """
    return kubernetes.helm.v3.Release(
        name,
        name=name,
        namespace=namespace,
        values=values,
        timeout=timeout,
        cleanup_on_fail=True,
        atomic=False,  # a rollback would take away what shows why it failed
        opts=helped(opts),
        **source(chart, mirror),
    )
