"""Kong, as it is registered, and what its chart is told."""

from typing import Any

import pulumi
import pytest

from quayside.arguments import checked
from quayside.clusters.doks import DoksCluster
from quayside.edge.contract import Route
from quayside.edge.kong import Kong, from_settings
from quayside.edge.kong_values import KongSpec, beside_ours, headers_plugin, values
from quayside.settings.problems import InvalidSettings
from unit.crd_schemas import problems
from unit.examples import TOKEN, public, settings
from unit.recorder import Recorded, record, value_of

FRONT = {"host_name": "kong.example.com"}


def entry(made: list[Kong] | None = None, **args: Any) -> Recorded:
    given: Any = args

    def program() -> None:
        spec: Any = {"token": TOKEN, "region": "sgp1", "version": "1.36", "system_pool": {"size": "s-2vcpu-4gb"}}
        cluster = DoksCluster("cluster", spec)
        one = Kong("entry", given, pulumi.ResourceOptions(parent=cluster.owned), cluster=cluster)
        if made is not None:
            made.append(one)

    return record(program)


def told(network: str | None = "10.0.0.0/16", **args: Any) -> dict[str, Any]:
    return values(checked(KongSpec, args, "a test"), {"quayside/owner": "quayside.dev"}, network)


def test_the_release_and_the_load_balancer_before_its_pods() -> None:
    recorded = entry()
    release, service = recorded.one("Release"), recorded.one("Service").inputs
    assert (release.inputs["name"], release.inputs["namespace"], release.inputs["version"]) == ("kong", "kong", "3.4.1")
    assert "kong-load-balancer" in release.after  # whose address the controller publishes
    assert service["metadata"]["name"] == "kong-load-balancer"
    assert service["spec"]["selector"] == {
        "app.kubernetes.io/name": "kong",
        "app.kubernetes.io/component": "app",
        "app.kubernetes.io/instance": "kong",
    }
    assert [(each["port"], each["targetPort"]) for each in service["spec"]["ports"]] == [(80, "proxy"), (443, "proxy-tls")]


def test_nothing_of_it_is_open_but_the_proxy_and_that_not_to_the_world() -> None:
    given = told()
    assert [given[key]["enabled"] for key in ("admin", "manager", "portal", "portalapi")] == [False] * 4
    assert given["proxy"]["type"] == "ClusterIP"
    assert given["env"]["database"] == "off"
    assert given["env"]["headers"] == "off"
    assert "postgresql" not in given


def test_how_clients_are_known() -> None:
    by_protocol = told(load_balancer=FRONT)
    assert by_protocol["proxy"]["http"]["parameters"] == ["proxy_protocol"]
    assert by_protocol["proxy"]["tls"]["parameters"] == ["http2", "proxy_protocol"]
    assert by_protocol["env"].items() >= {"real_ip_header": "proxy_protocol", "trusted_ips": "10.0.0.0/16"}.items()
    behind = told(behind_cloudflare=True, load_balancer=FRONT)
    assert behind["proxy"]["http"]["parameters"] == []
    assert behind["env"]["real_ip_header"] == "CF-Connecting-IP"
    assert "real_ip_header" not in told()["env"]


@pytest.mark.parametrize(("size", "bytes_"), [(None, "20971520"), ("1Gi", "1073741824")])
def test_bodies_have_a_limit(size: str | None, bytes_: str) -> None:
    assert told(max_body=size)["env"]["nginx_http_client_max_body_size"] == bytes_


def test_all_answers_have_the_headers_of_every_entry() -> None:
    plugin = entry(issuer="letsencrypt-prod").one("KongClusterPlugin")
    assert plugin.inputs["plugin"] == "response-transformer"
    assert plugin.inputs["metadata"]["labels"]["global"] == "true"
    assert "Strict-Transport-Security:max-age=31536000" in plugin.inputs["config"]["add"]["headers"]
    assert {"kong"} <= plugin.after


@pytest.mark.parametrize("args", [{}, {"issuer": "letsencrypt-prod"}])
def test_an_api_server_takes_the_plugin(args: dict[str, Any]) -> None:
    plugin = headers_plugin(checked(KongSpec, args, "a test"), {"a": "b"})
    assert problems(plugin) == []
    assert ("Strict-Transport-Security" in str(plugin)) is bool(args)


def test_a_services_own_edits_keep_the_headers_of_all_answers() -> None:
    own = {"add": {"headers": ["X-Frame-Options:DENY", "x-content-type-options:off"]}, "append": {"headers": ["a:b"]}}
    assert beside_ours(own) == {
        "add": {"headers": ["Strict-Transport-Security:max-age=31536000", "X-Frame-Options:DENY", "x-content-type-options:off"]},
        "append": {"headers": ["a:b"]},
        "remove": {"headers": ["X-Powered-By"]},
    }


def test_the_wildcard_is_taken_up_by_an_ingress() -> None:
    assert not entry().of("Ingress")
    assert entry(wildcard="example.com").one("Ingress").inputs["metadata"]["namespace"] == "kong"


def test_several_pods_are_spread_and_go_one_at_a_time() -> None:
    assert told()["podDisruptionBudget"]["enabled"] is False
    two = told(replicas=2)
    assert two["podDisruptionBudget"]["maxUnavailable"] == 1
    assert two["topologySpreadConstraints"]
    assert two["deployment"]["minReadySeconds"] == 15


def test_what_it_offers() -> None:
    made: list[Kong] = []
    entry(made, issuer="self-signed", load_balancer=FRONT)
    assert value_of(made[0].address) == "203.0.113.10"
    assert made[0].route == Route("kong", "kong", "kong", "self-signed")


def test_the_charts_own_load_balancer_is_refused() -> None:
    with pytest.raises(InvalidSettings) as error:
        entry(values={"proxy": {"type": "LoadBalancer"}})
    assert error.value.lines == [
        "values.proxy.type would make a load balancer beside the entry's own; write what you need under loadBalancer"
    ]


def test_all_that_a_stack_says_of_its_entry_arrives() -> None:
    stack = public()
    stack["entry"] = {"kind": "kong", "maxBody": "1Gi", "replicas": 2, "loadBalancer": {"name": "front"}}

    def program() -> None:
        spec: Any = {"token": TOKEN, "region": "sgp1", "version": "1.36", "system_pool": {"size": "s-2vcpu-4gb"}}
        cluster = DoksCluster("cluster", spec)
        from_settings("entry", settings(stack), cluster, pulumi.ResourceOptions(parent=cluster.owned))

    recorded = record(program)
    assert recorded.one("Release").inputs["values"]["env"]["nginx_http_client_max_body_size"] == "1073741824"
    annotations = recorded.one("Service").inputs["metadata"]["annotations"]
    assert annotations["service.beta.kubernetes.io/do-loadbalancer-hostname"] == "kong.dev.example.com"
    assert annotations["service.beta.kubernetes.io/do-loadbalancer-name"] == "front"
