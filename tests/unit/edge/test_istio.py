"""Istio's own gateway, as it is registered, and what its chart is told."""

import json
from typing import Any

import pulumi
import pytest

from quayside.arguments import checked
from quayside.clusters.doks import DoksCluster
from quayside.edge.cloudflare_addresses import CLOUDFLARE_ADDRESSES
from quayside.edge.contract import Route
from quayside.edge.istio import IstioIngress, from_settings
from quayside.edge.istio_values import IstioIngressSpec, values
from quayside.namespaces import manifest
from quayside.objects import register
from quayside.settings.problems import InvalidSettings
from quayside.versions import ISTIO_VERSION
from unit.examples import TOKEN, public, settings
from unit.recorder import Recorded, record, value_of

FRONT = {"host_name": "istio.example.com"}


def entry(made: list[IstioIngress] | None = None, **args: Any) -> Recorded:
    given: Any = args

    def program() -> None:
        spec: Any = {"token": TOKEN, "region": "sgp1", "version": "1.36", "system_pool": {"size": "s-2vcpu-4gb"}}
        cluster = DoksCluster("cluster", spec)
        before = pulumi.ComponentResource("quayside:index:Istio", "istio")
        register("istiod", manifest("istio-system", {}), pulumi.ResourceOptions(parent=before))
        opts = pulumi.ResourceOptions(parent=cluster.owned, depends_on=[before])
        one = IstioIngress("entry", given, opts, cluster=cluster)
        if made is not None:
            made.append(one)

    return record(program)


def of_stack(made: list[Any] | None = None, **topics: Any) -> Recorded:
    """The entry of a stack; topics: further ones of its settings."""
    stack = {**public(), "entry": {"kind": "istio", "replicas": 2}, **topics}

    def program() -> None:
        spec: Any = {"token": TOKEN, "region": "sgp1", "version": "1.36", "system_pool": {"size": "s-2vcpu-4gb"}}
        cluster = DoksCluster("cluster", spec)
        one = from_settings("entry", settings(stack), cluster, pulumi.ResourceOptions(parent=cluster.owned))
        if made is not None:
            made.append(one)

    return record(program)


def told(**args: Any) -> dict[str, Any]:
    return values(checked(IstioIngressSpec, args, "a test"), {"quayside/owner": "quayside.dev"})


def proxy(**args: Any) -> dict[str, Any]:
    config: dict[str, Any] = json.loads(told(**args)["podAnnotations"]["proxy.istio.io/config"])
    return config


def test_the_release_is_named_after_the_label_that_gateways_look_for() -> None:
    recorded = entry()
    release = recorded.one("Release").inputs
    assert (release["name"], release["namespace"], release["chart"], release["version"]) == (
        "istio-ingress",
        "istio-ingress",
        "gateway",
        "1.30.3",
    )
    assert release["values"]["service"] == {"type": "None"}
    service = recorded.one("Service").inputs
    assert service["metadata"]["name"] == "istio-ingress-load-balancer"
    assert service["spec"]["selector"] == {"app": "istio-ingress", "istio": "ingress"}
    assert [(each["port"], each["targetPort"]) for each in service["spec"]["ports"]] == [(80, 80), (443, 443)]


def test_its_chart_is_held_where_its_control_plane_is() -> None:
    held = {"mode": "sidecar", "revision": "1-29", "controlPlanes": {"1-29": {"version": "1.29.9"}, "1-30": {}}}
    assert of_stack(mesh=held).one("Release", "istio-ingress").inputs["version"] == "1.29.9"
    assert of_stack(mesh={**held, "revision": "1-30"}).one("Release", "istio-ingress").inputs["version"] == ISTIO_VERSION


def test_its_pods_come_after_the_control_plane_that_fills_them() -> None:
    assert "istiod" in entry().one("Release").after


def test_its_pods_meet_the_restricted_profile() -> None:
    labels = entry().one("Namespace", "istio-ingress").inputs["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"
    context = told()["securityContext"]
    assert context["seccompProfile"] == {"type": "RuntimeDefault"}
    assert context["sysctls"] == [{"name": "net.ipv4.ip_unprivileged_port_start", "value": "0"}]  # or nothing listens on 80 and 443


def test_the_load_balancer_listens_on_tcp_ports_too() -> None:
    ports = entry(tcp={"shop-postgres": 5432}).one("Service").inputs["spec"]["ports"]
    assert ("tcp-5432", 5432, 5432) in [(each["name"], each["port"], each["targetPort"]) for each in ports]


def test_challenges_have_a_class_of_ingresses() -> None:
    made = entry().one("IngressClass").inputs
    assert (made["metadata"]["name"], made["spec"]) == ("istio", {"controller": "istio.io/ingress-controller"})


def test_the_wildcards_gateway_is_there_where_there_is_a_wildcard() -> None:
    assert not entry().of("Gateway")
    gateway = entry(wildcard="example.com").one("Gateway")
    assert gateway.inputs["metadata"]["namespace"] == "istio-ingress"
    assert gateway.inputs["spec"]["servers"][1]["tls"]["credentialName"] == "wildcard-tls"


def test_how_clients_are_known() -> None:
    assert proxy(load_balancer=FRONT)["gatewayTopology"] == {"proxyProtocol": {}}
    assert proxy(behind_cloudflare=True, load_balancer=FRONT)["gatewayTopology"] == {"numTrustedProxies": 1}
    assert "gatewayTopology" not in proxy()


def test_only_cloudflare_is_let_in_where_everything_is_behind_it() -> None:
    ranges = entry(behind_cloudflare=True).one("Service").inputs["spec"]["loadBalancerSourceRanges"]
    assert ranges == list(CLOUDFLARE_ADDRESSES)


def test_several_pods_are_spread_and_go_one_at_a_time() -> None:
    one, two = told(), told(replicas=2)
    assert "podDisruptionBudget" not in one
    assert two["podDisruptionBudget"]["maxUnavailable"] == 1
    assert two["topologySpreadConstraints"]
    assert two["minReadySeconds"] == 15
    assert two["replicaCount"] == 2


def test_a_pod_that_ends_has_time_for_requests_under_way() -> None:
    assert proxy()["terminationDrainDuration"] == "60s"
    assert told()["terminationGracePeriodSeconds"] > 60


def test_what_it_offers() -> None:
    made: list[IstioIngress] = []
    entry(made, issuer="letsencrypt-prod", wildcard="example.com", revision="1-30", load_balancer=FRONT)
    assert value_of(made[0].address) == "203.0.113.10"
    assert made[0].route == Route("istio", "istio", "istio-ingress", "letsencrypt-prod", "example.com")


def test_the_charts_own_load_balancer_is_refused() -> None:
    with pytest.raises(InvalidSettings) as error:
        entry(values={"service": {"type": "LoadBalancer"}})
    assert error.value.lines == ["values.service would make a load balancer beside the entry's own; write what you need under loadBalancer"]


def test_a_stack_says_what_it_says_and_the_rest_follows_from_its_names() -> None:
    made: list[Any] = []
    annotations = of_stack(made).one("Service").inputs["metadata"]["annotations"]
    assert annotations["service.beta.kubernetes.io/do-loadbalancer-hostname"] == "istio.dev.example.com"
    assert annotations["service.beta.kubernetes.io/do-loadbalancer-name"] == "quayside-dev-istio"
    assert made[0].route.issuer == "letsencrypt-prod"
