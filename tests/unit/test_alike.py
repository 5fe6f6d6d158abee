"""Settings, the arguments of components and the package's schema say the same: same fields, same defaults, same words."""

import ast
import inspect
import json
import textwrap
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from pydantic import BaseModel

from quayside.__main__ import COMPONENTS
from quayside.addons import kiali, kiali_values, metrics_server, prometheus, prometheus_values, tracing, tracing_values
from quayside.clusters import doks_arguments as doks
from quayside.edge import (
    direct,
    direct_values,
    gateway_api,
    gateway_api_manifests,
    ingress_nginx,
    ingress_nginx_values,
    kong,
    kong_values,
    load_balancer_arguments,
    wildcard,
    zone,
)
from quayside.edge import (
    istio as istio_entry,
)
from quayside.edge import (
    istio_values as istio_entry_values,
)
from quayside.host import Host
from quayside.planes import cert_manager, istio, istio_values
from quayside.settings import certificates, charts, cluster, entry, mesh, monitoring, names, observability, probes, service, stack, versions
from quayside.settings.descriptions import descriptions
from quayside.settings.traffic.index import TrafficSettings
from quayside.traffic.index import POLICIES
from quayside.workloads import arguments as workload
from quayside.workloads import placement, policy_arguments, traffic_arguments, version_arguments

PAIRS: list[tuple[type[BaseModel], Any, set[str], set[str]]] = [
    # settings, arguments, fields that only settings have, fields that only arguments have
    (cluster.ClusterSettings, doks.DoksClusterArgs, {"kind"}, {"token", "disposable"}),
    (cluster.SystemPoolSettings, doks.SystemPoolArgs, set(), set()),
    (cluster.PoolSettings, doks.PoolArgs, set(), set()),
    (cluster.TaintSettings, doks.TaintArgs, set(), set()),
    (cluster.MaintenanceSettings, doks.MaintenanceArgs, set(), set()),
    (cluster.ProjectSettings, doks.ProjectArgs, set(), set()),
    (placement.PlacedService, workload.ServiceArgs, set(), set()),
    (placement.RouteSettings, workload.RouteArgs, set(), set()),
    (placement.LoginSettings, workload.RegistryArgs, set(), set()),
    (service.ResourceSettings, workload.ResourceArgs, set(), set()),
    (service.RequestSettings, workload.RequestArgs, set(), set()),
    (service.LimitSettings, workload.LimitArgs, set(), set()),
    (service.HostSettings, workload.HostArgs, set(), set()),
    (service.PathSettings, workload.PathArgs, set(), set()),
    (service.ScaleSettings, workload.ScaleArgs, set(), set()),
    (probes.ProbesSettings, workload.ProbesArgs, set(), set()),
    (versions.CanarySettings, version_arguments.CanaryArgs, set(), set()),
    (versions.BlueGreenSettings, version_arguments.BlueGreenArgs, set(), set()),
    (versions.VariantSettings, version_arguments.VariantArgs, set(), set()),
    (versions.MatchSettings, version_arguments.MatchArgs, set(), set()),
    (probes.ProbeSettings, workload.ProbeArgs, set(), set()),
    (names.NameSettings, zone.ZoneArgs, {"dns", "zone", "proxied", "wildcard", "apex", "www"}, {"token", "zone", "disposable"}),
    (names.RecordSettings, zone.RecordArgs, set(), set()),
    (names.ZoneSettings, zone.ZoneSettingsArgs, set(), set()),
    (ingress_nginx_values.IngressNginxSpec, ingress_nginx.IngressNginxArgs, {"kind", "service", "install_crds"}, {"mirror"}),
    (entry.LoadBalancerSettings, load_balancer_arguments.EntryLoadBalancerArgs, set(), set()),
    (load_balancer_arguments.LoadBalancerSpec, load_balancer_arguments.LoadBalancerArgs, set(), set()),
    (load_balancer_arguments.LoadBalancerPort, load_balancer_arguments.LoadBalancerPortArgs, set(), set()),
    (
        certificates.CertificateSettings,
        cert_manager.CertManagerArgs,
        {"enabled", "issuer", "wildcard", "leaving_wildcard"},
        {"mirror", "ingress_class", "gateway", "further"},
    ),
    (
        gateway_api_manifests.GatewayEntrySpec,
        gateway_api.GatewayEntryArgs,
        {"kind", "service", "max_body", "install_crds"},
        set(),
    ),
    (
        istio_entry_values.IstioIngressSpec,
        istio_entry.IstioIngressArgs,
        {"kind", "service", "max_body", "install_crds"},
        {"mirror"},
    ),
    (kong_values.KongSpec, kong.KongArgs, {"kind", "service", "install_crds"}, {"mirror"}),
    (direct_values.DirectEntrySpec, direct.DirectEntryArgs, set(), set()),
    (istio_values.IstioSpec, istio.IstioArgs, {"namespaces"}, {"mirror"}),
    (mesh.ControlPlaneSettings, istio.ControlPlaneArgs, set(), set()),
    (mesh.MeshValues, istio.MeshValuesArgs, set(), set()),
    (placement.MembershipSettings, workload.MeshArgs, set(), set()),
    (wildcard.WildcardSettings, wildcard.WildcardCertificateArgs, set(), set()),
    (prometheus_values.PrometheusSpec, prometheus.PrometheusArgs, set(), {"mirror"}),
    (kiali_values.KialiSpec, kiali.KialiArgs, set(), {"mirror"}),
    (tracing_values.TracingSpec, tracing.TracingArgs, set(), {"mirror"}),
    (observability.TracingValues, tracing.TracingValuesArgs, set(), set()),
    (monitoring.ScrapeSettings, workload.MetricsArgs, set(), set()),
    (monitoring.AlertSettings, workload.AlertArgs, set(), set()),
    (monitoring.MonitoringSettings, workload.MonitoringArgs, set(), set()),
    (metrics_server.MetricsServerSpec, metrics_server.MetricsServerArgs, set(), {"mirror"}),
]


def of_policies() -> Iterator[tuple[type[BaseModel], Any, set[str], set[str]]]:
    """Each model of a traffic policy, and the arguments that have its name."""
    yield TrafficSettings, traffic_arguments.TrafficArgs, set(), set()
    for policy in POLICIES:
        module = import_module(f"quayside.settings.traffic.{policy}")
        for model in vars(module).values():
            if isinstance(model, type) and issubclass(model, BaseModel) and model.__module__ == module.__name__:
                name = f"{model.__name__.removesuffix('Settings')}Args"
                yield model, getattr(policy_arguments, name, None) or getattr(traffic_arguments, name), set(), set()


PAIRS += of_policies()

OTHER_WORDS = {
    "ProjectArgs.environment": "a stack has an environment of its own, a component has none",
    "CertManagerArgs.dns_token": "settings name a secret, the component gets its value",
    "ServiceArgs.secrets": "settings name a secret, the component gets its value",
    "ZoneArgs.zone": "a stack's zone is its domain where nothing is said, a component has no domain",
    "EntryLoadBalancerArgs.proxy_protocol": "it follows the host name, which a stack always has with its domain",
    "EntryLoadBalancerArgs.host_name": "a stack's default is made of its domain, a component has none",
    "IstioArgs.replicas": "a stack's default is made of its environment, a component has none",
    "ServiceArgs.namespace": "the platform makes a shared namespace, the component finds it",
}

IDS = [pair[1].__name__ for pair in PAIRS]


def words(text: str | None) -> str:
    return " ".join((text or "").split())


def docs(kind: type) -> dict[str, str]:
    """The string below each attribute of a class."""
    (body,) = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
    assert isinstance(body, ast.ClassDef)
    found = {}
    for field, after in zip(body.body, body.body[1:], strict=False):
        if (
            isinstance(field, ast.AnnAssign)
            and isinstance(field.target, ast.Name)
            and isinstance(after, ast.Expr)
            and isinstance(after.value, ast.Constant)
        ):
            found[field.target.id] = words(str(after.value.value))
    return found


@pytest.mark.parametrize(("model", "args", "only_settings", "only_args"), PAIRS, ids=IDS)
def test_same_fields(model: type[BaseModel], args: Any, only_settings: set[str], only_args: set[str]) -> None:
    assert set(model.model_fields) - only_settings == set(args.__annotations__) - only_args


@pytest.mark.parametrize(("model", "args", "only_settings", "only_args"), PAIRS, ids=IDS)
def test_same_fields_are_required(model: type[BaseModel], args: Any, only_settings: set[str], only_args: set[str]) -> None:
    required = {name for name, field in model.model_fields.items() if field.is_required()}
    assert required - only_settings == args.__required_keys__ - only_args


@pytest.mark.parametrize(("model", "args", "only_settings", "only_args"), PAIRS, ids=IDS)
def test_same_words(model: type[BaseModel], args: Any, only_settings: set[str], only_args: set[str]) -> None:
    assert words(model.__doc__) == words(args.__doc__)
    said = {name: words(text) for name, text in descriptions(model).items()}
    assert said.keys() == model.model_fields.keys()
    for name, text in docs(args).items():
        if name in said and f"{args.__name__}.{name}" not in OTHER_WORDS:
            assert text == said[name], name


@pytest.mark.parametrize(("model", "args", "only_settings", "only_args"), PAIRS, ids=IDS)
def test_every_argument_is_described(model: type[BaseModel], args: Any, only_settings: set[str], only_args: set[str]) -> None:
    assert set(docs(args)) == set(args.__annotations__)


@pytest.mark.parametrize(
    ("model", "field"),
    [
        (cluster.ClusterSettings, "auto_upgrade"),
        (service.ServiceSettings, "port"),
        (service.ServiceSettings, "access"),
        (service.ServiceSettings, "headless"),
        (service.ServiceSettings, "grace"),
        (service.ScaleSettings, "cpu"),
        (service.RequestSettings, "cpu"),
        (probes.ProbeSettings, "period"),
        (probes.ProbeSettings, "timeout"),
        (placement.RouteSettings, "entry"),
        (placement.RouteSettings, "ingress_class"),
        (placement.RouteSettings, "namespace"),
        (charts.ChartSettings, "mirror"),
    ],
)
def test_stated_defaults_are_the_real_ones(model: type[BaseModel], field: str) -> None:
    default = model.model_fields[field].default
    stated = words(descriptions(model)[field]).rpartition("Default: ")[2]
    assert default is None or stated == f"{str(default).lower() if isinstance(default, bool) else default}."


def package() -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(Host(list(COMPONENTS), "quayside", None, "1.2.3").schema or "")
    return schema


@pytest.mark.parametrize("component", COMPONENTS, ids=lambda each: each.__name__)
def test_the_package_offers_each_component_with_its_arguments(component: Any) -> None:
    offered = package()["resources"][f"quayside:index:{component.__name__}"]
    args = inspect.get_annotations(component.__init__)["args"]
    described = {key: words(each["description"]) for key, each in offered["inputProperties"].items()}
    assert described == {camel(name): text for name, text in docs(args).items()}
    assert set(offered.get("requiredInputs", [])) == {camel(name) for name in args.__required_keys__}


def test_the_packages_types_are_the_components_types() -> None:
    types = {key.rpartition(":")[2]: each for key, each in package()["types"].items()}
    for _, args, _, _ in PAIRS:
        if args.__name__ in types:
            assert set(types[args.__name__]["properties"]) == {camel(name) for name in args.__annotations__}
    assert {"PoolArgs", "TaintArgs", "ResourceArgs"} <= set(types)


def test_topics_are_described() -> None:
    assert descriptions(stack.Settings).keys() == stack.Settings.model_fields.keys()


def camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
