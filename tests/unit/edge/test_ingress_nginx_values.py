"""The values that ingress-nginx' chart is given."""

from typing import Any

import pytest

from quayside.arguments import checked
from quayside.edge.ingress_nginx_values import IngressNginxSpec, nginx_size, values
from quayside.settings.types import Memory

NETWORK = "10.20.0.0/20"
FRONT = {"host_name": "entry.example.com"}


def made(network: str | None = NETWORK, **given: Any) -> dict[str, Any]:
    return values(checked(IngressNginxSpec, given, "a test"), {"quayside/owner": "quayside.dev"}, network)


def controller(**given: Any) -> dict[str, Any]:
    result: dict[str, Any] = made(**given)["controller"]
    return result


@pytest.mark.parametrize(
    ("size", "written"),
    [
        ("20Mi", "20m"),
        ("1Gi", "1g"),
        ("1.5Gi", "1536m"),
        ("2Ti", "2048g"),
        ("512Ki", "512k"),
        ("0.5Ki", "512"),
        ("20M", "20000000"),
        ("1.024k", "1k"),
        ("0.0001k", "1"),
    ],
)
def test_sizes_are_exact_in_the_units_of_nginx(size: str, written: str) -> None:
    assert nginx_size(Memory(size)) == written


def test_the_largest_body_is_the_settings() -> None:
    assert controller()["config"]["proxy-body-size"] == "20m"
    assert controller(max_body="1Gi")["config"]["proxy-body-size"] == "1g"


def test_without_cloudflare_the_address_comes_by_proxy_protocol() -> None:
    config = controller(load_balancer=FRONT)["config"]
    assert (config["use-proxy-protocol"], config["proxy-real-ip-cidr"]) == ("true", NETWORK)
    assert not {"enable-real-ip", "forwarded-for-header", "use-forwarded-headers"} & set(config)


def test_behind_cloudflare_it_comes_in_its_header() -> None:
    config = controller(behind_cloudflare=True, load_balancer=FRONT)["config"]
    assert (config["enable-real-ip"], config["forwarded-for-header"]) == ("true", "CF-Connecting-IP")
    assert config["proxy-real-ip-cidr"] == NETWORK
    assert not {"use-proxy-protocol", "use-forwarded-headers"} & set(config)


@pytest.mark.parametrize("front", [{}, {"proxy_protocol": False}])
def test_without_either_nobody_is_believed(front: dict[str, Any]) -> None:
    """Without a host name pods come past the load balancer, and so without the protocol."""
    config = controller(load_balancer=front)["config"]
    assert not {"use-proxy-protocol", "enable-real-ip", "proxy-real-ip-cidr"} & set(config)


def test_proxy_protocol_is_had_without_a_host_name_where_it_is_asked_for() -> None:
    assert controller(load_balancer={"proxy_protocol": True})["config"]["use-proxy-protocol"] == "true"


def test_an_unknown_network_is_left_to_upstreams_default() -> None:
    assert "proxy-real-ip-cidr" not in controller(network=None, load_balancer=FRONT)["config"]


def test_one_pod_is_not_spread_and_two_are() -> None:
    one, two = controller(), controller(replicas=2)
    assert (one["replicaCount"], one["topologySpreadConstraints"], one["minReadySeconds"]) == (1, [], 0)
    (spread,) = two["topologySpreadConstraints"]
    assert (two["replicaCount"], spread["topologyKey"], spread["whenUnsatisfiable"]) == (2, "kubernetes.io/hostname", "ScheduleAnyway")
    assert spread["labelSelector"]["matchLabels"]["app.kubernetes.io/component"] == "controller"
    assert two["minReadySeconds"] == 15


def test_pods_go_one_at_a_time_and_drain() -> None:
    pods = controller(replicas=3)
    assert (pods["maxUnavailable"], pods["unhealthyPodEvictionPolicy"]) == (1, "AlwaysAllow")
    assert (pods["extraArgs"]["shutdown-grace-period"], pods["terminationGracePeriodSeconds"]) == ("15", 300)


def test_what_capacity_counts_is_what_the_pods_ask_for() -> None:
    assert controller()["resources"] == {"requests": {"cpu": "100m", "memory": "90Mi"}}


def test_the_load_balancer_is_ours_and_ingresses_show_its_address() -> None:
    assert controller()["service"] == {"enabled": False}
    assert controller()["extraArgs"]["publish-service"] == "ingress-nginx/ingress-nginx-controller"


def test_a_wildcards_certificate_is_the_default() -> None:
    assert controller(wildcard="example.com")["extraArgs"]["default-ssl-certificate"] == "ingress-nginx/wildcard-tls"
    assert "default-ssl-certificate" not in controller()["extraArgs"]


def test_headers_bind_nobody_else() -> None:
    assert controller()["addHeaders"] == {"X-Content-Type-Options": "nosniff"}
    config = controller()["config"]
    assert (config["hsts"], config["hsts-include-subdomains"], config["hsts-preload"]) == ("true", "false", "false")
    assert (config["server-tokens"], config["hide-headers"]) == ("false", "X-Powered-By")


def test_no_ingress_can_write_configuration_or_is_served_by_accident() -> None:
    assert controller()["allowSnippetAnnotations"] is False
    assert controller()["ingressClassResource"] == {"name": "nginx", "default": False}
    assert controller()["admissionWebhooks"]["enabled"] is True


def test_metrics_are_there() -> None:
    assert controller()["metrics"] == {"enabled": True}


def test_configuration_is_text() -> None:
    for given in ({}, {"behind_cloudflare": True}):
        assert all(isinstance(value, str) for value in controller(**given)["config"].values())


def test_all_objects_have_the_owner_mark() -> None:
    assert made()["commonLabels"] == {"quayside/owner": "quayside.dev"}


def test_the_users_values_win_and_keep_the_rest() -> None:
    own = controller(values={"controller": {"config": {"use-gzip": "true", "hsts": "false"}, "minReadySeconds": 3}})
    assert (own["config"]["use-gzip"], own["config"]["hsts"], own["minReadySeconds"]) == ("true", "false", 3)
    assert own["config"]["proxy-body-size"] == "20m"
