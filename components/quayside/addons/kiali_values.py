"""What chart kiali-server is told: a pure function. `kiali.py` installs it."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from quayside.addons.prometheus_values import PROMETHEUS
from quayside.settings.base import Model, empty
from quayside.settings.footprint import KIALI
from quayside.settings.merge import merge

NAME = "kiali"
"""Of the release, its Service and its ServiceAccount."""

PORT = 20001
"""Of its pages."""

TRACES: dict[str, dict[str, Any]] = {
    "jaeger": {"provider": "jaeger", "internal_url": "http://jaeger.tracing.svc.cluster.local:16685", "use_grpc": True},
    "tempo": {"provider": "tempo", "internal_url": "http://tempo.tracing.svc.cluster.local:3200", "use_grpc": False},
}
"""What keeps traces → how Kiali asks it (kiali.io, 'Configuration', Tracing)."""

RESTRICTED = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "privileged": False,
    "readOnlyRootFilesystem": True,
    "runAsNonRoot": True,
    "seccompProfile": {"type": "RuntimeDefault"},
}
"""Of its container: the chart's own, with the seccomp profile that it leaves open."""


class KialiSpec(Model):
    """Kiali: the mesh as a graph."""

    known: ClassVar[frozenset[str]] = frozenset({"traces", "values"})

    traces: Literal["jaeger", "tempo"] | None = None
    """What keeps traces in namespace tracing: jaeger or tempo. Default: none, and it shows none."""
    values: dict[str, Any] = empty()
    """Values for chart kiali-server, merged over ours: for every field that has no key here."""


def values(spec: KialiSpec, labels: Mapping[str, str]) -> dict[str, Any]:
    """The chart's values. labels: for all its objects.

    Whoever looks shows a token of the cluster, and sees what that may see. Grafana is not asked: it would want a login of its own.
    """
    ours = {
        "auth": {"strategy": "token"},
        "deployment": {
            "extra_labels": dict(labels),
            "resources": {"requests": KIALI.requests},
            "security_context": RESTRICTED,
            "image_pull_policy": "IfNotPresent",
        },
        "external_services": {
            "istio": {"root_namespace": "istio-system"},
            "prometheus": {"url": PROMETHEUS},
            "grafana": {"enabled": False},
            "tracing": {"enabled": spec.traces is not None, **TRACES.get(spec.traces or "", {})},
        },
    }
    return merge(ours, spec.values)
