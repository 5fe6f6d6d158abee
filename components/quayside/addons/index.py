"""The index of the add-ons that come with quayside: a further one is a file beside this one and an entry here.

Their code is loaded where one is built.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from quayside.addons.contract import Addon, Ground, chart_addon
from quayside.settings.mesh import istio_runs
from quayside.settings.observability import metrics_kept, traces_kept

if TYPE_CHECKING:
    from quayside.settings.stack import Settings


def _metrics_server(ground: Ground) -> Any:
    from quayside.addons.metrics_server import MetricsServer

    args: Any = ground.mirror
    return MetricsServer("metrics-server", args, ground.options())


def _prometheus(ground: Ground) -> Any:
    from quayside.addons.prometheus import Prometheus

    settings, seen = ground.settings, ground.settings.observability
    retention, storage = metrics_kept(settings.environment, seen.metrics)
    args: Any = {
        "retention": retention,
        "storage": storage,
        "alertmanager": seen.metrics.alertmanager,
        "values": seen.metrics.values,
        "istio": istio_runs(_spec(settings)),
        **ground.mirror,
    }
    if seen.dashboards.enabled:
        args["password"] = settings.secret(seen.dashboards.password)
    if seen.tracing.enabled and seen.tracing.backend == "tempo":
        args["traces"] = TEMPO
    return Prometheus("prometheus", args, ground.options(billed=True))


def _kiali(ground: Ground) -> Any:
    from quayside.addons.kiali import Kiali

    seen = ground.settings.observability
    args: Any = {"values": seen.mesh.values, **ground.mirror}
    if seen.tracing.enabled:
        args["traces"] = seen.tracing.backend
    return Kiali("kiali", args, ground.options())


def _tracing(ground: Ground) -> Any:
    from quayside.addons.tracing import Tracing

    settings, asked = ground.settings, ground.settings.observability.tracing
    args: Any = {"backend": asked.backend, "sampling": asked.sampling, "istio": istio_runs(_spec(settings)), **ground.mirror}
    args["values"] = asked.values.model_dump()
    if asked.backend == "tempo":
        args["retention"], args["storage"] = traces_kept(asked)
    return Tracing("tracing", args, ground.options(billed=asked.backend == "tempo"))


def _argo_rollouts(ground: Ground) -> Any:
    from quayside.addons.argo_rollouts_values import NAME, values
    from quayside.versions import CHARTS

    return chart_addon(NAME, CHARTS[NAME], values).build(ground)


def _spec(settings: Settings) -> dict[str, Any]:
    return settings.model_dump(by_alias=True, include={"mesh", "entry", "entry_migrating_from"})


TEMPO = "http://tempo.tracing.svc.cluster.local:3200"
"""Where tempo answers (see tracing_values)."""

ADDONS = (
    Addon("metrics-server", _metrics_server, lambda settings: any(each.scale for each in settings.services.values())),
    Addon("prometheus", _prometheus, lambda settings: settings.observability.metrics.enabled),
    Addon("tracing", _tracing, lambda settings: settings.observability.tracing.enabled),
    Addon(
        "argo-rollouts",
        _argo_rollouts,
        lambda settings: any(each.progressive for each in settings.services.values()),
        needs=("prometheus",),
    ),
    Addon("kiali", _kiali, lambda settings: settings.observability.mesh.enabled, needs=("prometheus",)),
)
"""Those that come with quayside."""
