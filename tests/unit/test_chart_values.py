"""Every value that we set on a chart exists in that chart: most charts ignore unknown keys without a word.

The charts' defaults are test data beside the checkout (its README has the rule); QUAYSIDE_SHARED_DATA says where else they are.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from quayside.addons.kiali_values import KialiSpec
from quayside.addons.metrics_server import MetricsServerSpec
from quayside.addons.prometheus_values import PrometheusSpec
from quayside.addons.tracing_values import TracingSpec
from quayside.arguments import checked
from quayside.edge.ingress_nginx_values import IngressNginxSpec
from quayside.edge.istio_values import IstioIngressSpec
from quayside.edge.kong_values import KongSpec
from quayside.planes.istio_values import IstioSpec
from quayside.settings.certificates import CertificateSettings
from quayside.versions import CHARTS

DATA = Path(os.environ.get("QUAYSIDE_SHARED_DATA") or Path(__file__).parents[3] / "shared" / "data") / "charts"

MESHES = [
    checked(IstioSpec, {"mode": mode, "replicas": 2, "revision": "1-30", "access_logs": True}, "a sample")
    for mode in ("sidecar", "ambient")
]
"""Settings of Istio with which every key of its charts is set once."""

SAMPLES: dict[str, list[dict[str, Any]]] = {
    "ingress-nginx": [
        {"spec": checked(IngressNginxSpec, given, "a sample"), "labels": {"quayside/owner": "quayside.dev"}, "network": "10.0.0.0/16"}
        for given in ({"replicas": 2, "wildcard": "example.com"}, {"behind_cloudflare": True})
    ],
    "cert-manager": [{"settings": CertificateSettings(), "labels": {"quayside/owner": "quayside.dev"}, "gateways": True}],
    "istio-base": [{"spec": spec} for spec in MESHES],
    "istio-cni": [{"spec": spec, "labels": {"quayside/owner": "quayside.dev"}} for spec in MESHES],
    "istio-gateway": [
        {"spec": checked(IstioIngressSpec, given, "a sample"), "labels": {"quayside/owner": "quayside.dev"}}
        for given in ({"replicas": 2, "revision": "1-30"}, {"behind_cloudflare": True})
    ],
    "istiod": [{"spec": spec, "labels": {"quayside/owner": "quayside.dev"}, "revision": "1-30"} for spec in MESHES],
    "ztunnel": [{"spec": spec, "labels": {"quayside/owner": "quayside.dev"}} for spec in MESHES],
    "kong": [
        {"spec": checked(KongSpec, given, "a sample"), "labels": {"quayside/owner": "quayside.dev"}, "network": "10.0.0.0/16"}
        for given in ({"replicas": 2}, {"behind_cloudflare": True})
    ],
    "jaeger": [{"spec": TracingSpec(), "labels": {"quayside/owner": "quayside.dev"}}],
    "kiali-server": [{"spec": checked(KialiSpec, {"traces": "jaeger"}, "a sample"), "labels": {"quayside/owner": "quayside.dev"}}],
    "kube-prometheus-stack": [
        {
            "spec": checked(
                PrometheusSpec, {"password": "given", "alertmanager": True, "istio": True, "traces": "http://tempo"}, "a sample"
            ),
            "labels": {"quayside/owner": "quayside.dev"},
            "version": "1.30.3",
        }
    ],
    "opentelemetry-collector": [{"spec": TracingSpec(), "labels": {"quayside/owner": "quayside.dev"}}],
    "tempo": [{"spec": checked(TracingSpec, {"backend": "tempo"}, "a sample"), "labels": {"quayside/owner": "quayside.dev"}}],
    "metrics-server": [{"spec": MetricsServerSpec(), "labels": {"quayside/owner": "quayside.dev"}}],
}
"""Chart → arguments of its values function, enough of them that every key is set once."""


ELSEWHERE = {"argo-rollouts"}
"""Charts that are not among the test data: a test of their own lists their keys."""


@pytest.fixture(autouse=True)
def data() -> None:
    if not DATA.is_dir():
        message = "no chart defaults: set QUAYSIDE_SHARED_DATA to the folder that holds charts/"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)


@pytest.mark.parametrize("name", sorted(CHARTS.keys() - ELSEWHERE))
def test_every_key_exists(name: str) -> None:
    known, chart = Known(name), CHARTS[name]
    unknown = {path for sample in SAMPLES[name] for path in leaves(chart.values_function()(**sample)) if not known.has(path)}
    assert not unknown


@pytest.mark.parametrize("name", sorted(CHARTS.keys() - ELSEWHERE))
def test_the_data_is_of_the_pinned_version(name: str) -> None:
    facts = Known(name).facts
    assert (facts["name"], facts["version"]) == (CHARTS[name].name, CHARTS[name].version)


def test_an_unknown_key_is_noticed() -> None:
    known = Known("cert-manager")
    assert not known.has(("webhook", "replicas"))
    assert not known.has(("startupapichek", "timeout"))
    assert known.has(("webhook", "replicaCount"))
    assert known.has(("image", "registry"))
    assert known.has(("config", "anything"))


def leaves(values: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The paths of all values that are no maps."""
    if isinstance(values, dict) and values:
        for key, value in values.items():
            yield from leaves(value, (*path, key))
    else:
        yield path


class Known:
    """The keys of one chart."""

    def __init__(self, chart: str, folder: Path | None = None) -> None:
        folder = folder or DATA / chart
        self.facts: dict[str, Any] = (
            yaml.safe_load((folder / "chart.yaml").read_text(encoding="utf-8")) if (folder / "chart.yaml").exists() else {}
        )
        values = folder / "values.yaml"
        self.defaults = yaml.safe_load(values.read_text(encoding="utf-8")) if values.exists() else {}
        for step in split(self.facts.get("values_root") or ""):
            self.defaults = self.defaults[step]
        schema = folder / "values.schema.json"
        self.schema = yaml.safe_load(schema.read_text(encoding="utf-8")) if schema.exists() else {}
        self.free = [split(each) for each in self.facts.get("free_form") or []]
        self.extra = [split(each) for each in self.facts.get("extra_values_keys") or []]
        self.dependencies = {
            each.get("alias") or each["name"]: Known(chart, folder / each["values"])
            for each in self.facts.get("dependencies") or []
            if each.get("values")
        }

    def has(self, path: tuple[str, ...]) -> bool:
        """Whether the chart knows a key, by the rule in the data's README."""
        prefix = split((self.facts.get("prefix_alias") or "").rstrip("."))
        return (
            in_defaults(self.defaults, path)
            or in_schema(self.schema, self.schema, path)
            or any(path[: len(each)] == each for each in self.free)
            or any(each[: len(path)] == path or path[: len(each)] == each for each in self.extra)
            or bool(prefix and path[: len(prefix)] == prefix and self.has(path[len(prefix) :]))
            or (path[0] in self.dependencies and len(path) > 1 and self.dependencies[path[0]].has(path[1:]))
        )


def split(path: str) -> tuple[str, ...]:
    """A path of the facts as steps; a dot inside of a key is written with a backslash."""
    return tuple(step.replace("\0", ".") for step in path.replace("\\.", "\0").split(".")) if path else ()


def in_defaults(defaults: Any, path: tuple[str, ...]) -> bool:
    """Whether a path exists in the default values, or ends in a map that is free because its default is empty."""
    for index, step in enumerate(path):
        if index and (defaults is None or defaults == {}):
            return True
        if not isinstance(defaults, dict) or step not in defaults:
            return False
        defaults = defaults[step]
    return True


def in_schema(schema: Any, root: Any, path: tuple[str, ...]) -> bool:
    """Whether a JSON schema has a property at a path."""
    while isinstance(schema, dict) and "$ref" in schema:
        target = root
        for step in schema["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        schema = target
    if not path:
        return True
    return isinstance(schema, dict) and path[0] in schema.get("properties", {}) and in_schema(schema["properties"][path[0]], root, path[1:])
