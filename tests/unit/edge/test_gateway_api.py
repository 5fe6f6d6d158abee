"""The Gateway API entry, as it is registered, alone and for a stack."""

import json
from typing import Any

import pulumi
import pytest

from quayside import namespaces
from quayside.clusters.doks import DoksCluster
from quayside.edge import index
from quayside.edge.cloudflare_addresses import CLOUDFLARE_ADDRESSES
from quayside.edge.contract import Route
from quayside.edge.gateway_api import GatewayEntry
from quayside.objects import register
from quayside.settings.problems import InvalidSettings
from unit.crd_schemas import problems
from unit.edge.stacks import stack
from unit.examples import TOKEN
from unit.recorder import Recorded, record, value_of

FRONT = {"host_name": "gateway-api.example.com"}
PROXY_PROTOCOL = "service.beta.kubernetes.io/do-loadbalancer-enable-proxy-protocol"


def entry(made: list[GatewayEntry] | None = None, **args: Any) -> Recorded:
    """An entry in a cluster."""
    given: Any = args

    def program() -> None:
        spec: Any = {"token": TOKEN, "region": "sgp1", "version": "1.36", "system_pool": {"size": "s-2vcpu-4gb"}}
        cluster = DoksCluster("cluster", spec)
        one = GatewayEntry("entry", given, pulumi.ResourceOptions(parent=cluster.owned), cluster=cluster)
        if made is not None:
            made.append(one)

    recorded = record(program)
    customs = [each.inputs for each in recorded if each.inputs.get("apiVersion", "").startswith("gateway.networking.k8s.io")]
    assert customs and [each for one in customs for each in problems(one)] == []
    return recorded


def of_stack(**more: Any) -> Recorded:
    """What is registered for a stack with this entry."""
    settings = stack(entry={"kind": "gateway-api"}, **more)

    def program() -> None:
        spec: Any = {"token": TOKEN, "region": "sgp1", "version": "1.36", "system_pool": {"size": "s-2vcpu-4gb"}}
        cluster = DoksCluster("cluster", spec)
        index.build("entry", settings, cluster, pulumi.ResourceOptions(parent=cluster.owned))

    return record(program)


def proxies(recorded: Recorded) -> Any:
    return json.loads(recorded.one("Gateway").inputs["spec"]["infrastructure"]["annotations"]["proxy.istio.io/config"])


def added(recorded: Recorded) -> dict[str, Any]:
    return {key: json.loads(value) for key, value in recorded.one("ConfigMap").inputs["data"].items()}


def test_istio_runs_the_pods_and_the_load_balancer_is_ours() -> None:
    recorded = entry()
    gateway = recorded.one("Gateway").inputs
    assert (gateway["metadata"]["name"], gateway["metadata"]["namespace"], gateway["spec"]["gatewayClassName"]) == (
        "gateway",
        "gateway-api",
        "istio",
    )
    assert gateway["metadata"]["annotations"]["networking.istio.io/service-type"] == "ClusterIP"
    assert gateway["metadata"]["annotations"]["pulumi.com/waitFor"] == "condition=Programmed"
    service = recorded.one("Service").inputs
    assert (service["metadata"]["name"], service["metadata"]["namespace"]) == ("gateway-load-balancer", "gateway-api")
    assert service["spec"]["selector"] == {"gateway.networking.k8s.io/gateway-name": gateway["metadata"]["name"]}
    assert [(port["port"], port["targetPort"]) for port in service["spec"]["ports"]] == [(80, 80), (443, 443)]
    assert recorded.one("Namespace").inputs["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"


def test_the_load_balancer_goes_before_the_cluster_and_the_rest_with_it() -> None:
    recorded = entry()
    assert recorded.one("LoadBalancer").parent == "cluster-billed"
    assert recorded.one("GatewayEntry").parent == "cluster-owned"
    assert recorded.one("Gateway").parent == recorded.one("Namespace").parent == "entry"


def test_the_gateway_comes_after_its_options() -> None:
    recorded = entry()
    assert recorded.one("ConfigMap").name in recorded.one("Gateway").after
    reference = recorded.one("Gateway").inputs["spec"]["infrastructure"]["parametersRef"]
    assert (reference["kind"], reference["name"]) == ("ConfigMap", recorded.one("ConfigMap").inputs["metadata"]["name"])


def test_what_comes_first_comes_before_the_gateway() -> None:
    def program() -> None:
        plane = pulumi.ComponentResource("test:index:Plane", "plane")
        register("control-plane", namespaces.manifest("istio-system", {}), pulumi.ResourceOptions(parent=plane))
        GatewayEntry("entry", {}, pulumi.ResourceOptions(depends_on=[plane]))

    assert "control-plane" in record(program).one("Gateway").after


def test_pods_meet_the_restricted_profile() -> None:
    pod = added(entry())["deployment"]["spec"]["template"]["spec"]
    assert pod["securityContext"] == {"seccompProfile": {"type": "RuntimeDefault"}}
    (container,) = pod["containers"]
    assert (container["name"], container["resources"]) == ("istio-proxy", {"requests": {"cpu": "50m", "memory": "64Mi"}})


def test_several_pods_are_spread_and_drained_one_at_a_time() -> None:
    one, two = added(entry()), added(entry(replicas=2))
    assert "podDisruptionBudget" not in one
    assert two["podDisruptionBudget"]["spec"]["maxUnavailable"] == 1
    assert two["deployment"]["spec"]["replicas"] == 2
    assert two["deployment"]["spec"]["template"]["spec"]["topologySpreadConstraints"]


def test_what_has_no_key_is_reached_by_values() -> None:
    scaled = added(
        entry(values={"deployment": {"spec": {"revisionHistoryLimit": 2}}, "horizontalPodAutoscaler": {"spec": {"maxReplicas": 3}}})
    )
    assert scaled["deployment"]["spec"]["revisionHistoryLimit"] == 2
    assert scaled["deployment"]["spec"]["replicas"] == 1
    assert scaled["horizontalPodAutoscaler"] == {"spec": {"maxReplicas": 3}}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"values": {"controller": {}}}, "is no object that Istio makes for a Gateway"),
        ({"values": {"service": {"spec": {"type": "LoadBalancer"}}}}, "would make a load balancer beside the entry's own"),
        ({"max_body": "20Mi"}, "has no meaning for entry.kind: gateway-api"),
    ],
)
def test_what_it_cannot_do_is_refused(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidSettings, match=said):
        entry(**wrong)


def test_clients_are_known_by_proxy_protocol_or_by_cloudflare() -> None:
    behind, direct = entry(behind_cloudflare=True, load_balancer=FRONT), entry(load_balancer=FRONT)
    assert proxies(behind)["gatewayTopology"] == {"numTrustedProxies": 1}
    assert proxies(direct)["gatewayTopology"] == {"proxyProtocol": {}}
    assert "gatewayTopology" not in proxies(entry())
    assert behind.one("Service").inputs["metadata"]["annotations"][PROXY_PROTOCOL] == "false"
    assert direct.one("Service").inputs["metadata"]["annotations"][PROXY_PROTOCOL] == "true"


def test_only_cloudflare_is_let_in_where_everything_is_behind_it() -> None:
    assert entry(behind_cloudflare=True).one("Service").inputs["spec"]["loadBalancerSourceRanges"] == list(CLOUDFLARE_ADDRESSES)
    assert "loadBalancerSourceRanges" not in entry().one("Service").inputs["spec"]


def test_only_namespaces_of_ours_are_let_in() -> None:
    spec = entry(wildcard="example.com").one("Gateway").inputs["spec"]
    ours = {"namespaces": {"from": "Selector", "selector": {"matchLabels": {"app.kubernetes.io/managed-by": "quayside"}}}}
    assert [each["allowedRoutes"] for each in spec["listeners"]] == [ours] * 3
    assert spec["allowedListeners"] == ours


def test_the_wildcard_serves_the_domain_and_the_names_right_below_it() -> None:
    listeners = {each["name"]: each for each in entry(wildcard="example.com").one("Gateway").inputs["spec"]["listeners"]}
    assert {name: each.get("hostname") for name, each in listeners.items()} == {
        "http": None,
        "wildcard": "*.example.com",
        "apex": "example.com",
    }
    assert listeners["wildcard"]["tls"] == listeners["apex"]["tls"] == {"mode": "Terminate", "certificateRefs": [{"name": "wildcard-tls"}]}


def test_https_is_where_all_are_sent_as_soon_as_there_are_certificates() -> None:
    assert not entry().of("HTTPRoute")
    redirect = entry(issuer="letsencrypt-prod").one("HTTPRoute").inputs["spec"]
    assert redirect["parentRefs"] == [{"name": "gateway", "sectionName": "http"}]
    assert "hostnames" not in redirect
    assert redirect["rules"][0]["filters"][0]["requestRedirect"] == {"scheme": "https", "statusCode": 308}


def test_the_load_balancer_listens_to_further_ports() -> None:
    ports = entry(tcp={"a-service-of-a-long-name-mqtt": 1883}).one("Service").inputs["spec"]["ports"]
    assert (1883, 1883) in [(port["port"], port["targetPort"]) for port in ports]


def test_what_it_offers() -> None:
    made: list[GatewayEntry] = []
    entry(made, issuer="letsencrypt-prod", wildcard="example.com", load_balancer=FRONT, revision="1-30")
    assert value_of(made[0].address) == "203.0.113.10"
    assert value_of(made[0].namespace) == "gateway-api"
    assert made[0].route == Route("gateway-api", "istio", "gateway-api", "letsencrypt-prod", "example.com")


def test_a_control_plane_with_a_name_is_named() -> None:
    assert "istio.io/rev" not in entry().one("Gateway").inputs["metadata"]["labels"]
    assert entry(revision="1-30").one("Gateway").inputs["metadata"]["labels"]["istio.io/rev"] == "1-30"


def test_a_stack_has_names_that_no_other_entry_has() -> None:
    recorded = of_stack()
    annotations = recorded.one("Service").inputs["metadata"]["annotations"]
    assert annotations["service.beta.kubernetes.io/do-loadbalancer-name"] == "quayside-dev-gateway-api"
    assert annotations["service.beta.kubernetes.io/do-loadbalancer-hostname"] == "gateway-api.example.com"


def test_a_stacks_services_say_which_ports_there_are() -> None:
    recorded = of_stack(services={"hello": {"tcp": {"mqtt": 1883}}})
    assert 1883 in [port["port"] for port in recorded.one("Service").inputs["spec"]["ports"]]
