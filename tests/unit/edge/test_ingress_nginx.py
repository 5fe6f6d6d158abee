"""ingress-nginx, as it is registered, alone and for a stack."""

from typing import Any

import pulumi
import pytest

from quayside.clusters.doks import DoksCluster
from quayside.edge import index, wildcard
from quayside.edge.cloudflare_addresses import CLOUDFLARE_ADDRESSES
from quayside.edge.contract import WILDCARD_SECRET, Route
from quayside.edge.ingress_nginx import IngressNginx, arguments
from quayside.edge.load_balancer_arguments import AddressRange
from quayside.settings.problems import InvalidSettings
from unit.examples import TOKEN, settings, topics
from unit.recorder import Recorded, record, value_of

FRONT = {"host_name": "entry.example.com"}
CLOUDFLARE_TOKEN = "not-a-real-cloudflare-token-" + "5a" * 6
DOMAIN = {"domain": "example.com", "names": {}, "certificates": {"email": "ops@example.com", "challenge": "dns-01"}}


def entry(made: list[IngressNginx] | None = None, **args: Any) -> Recorded:
    """An entry in a cluster."""
    given: Any = args

    def program() -> None:
        spec: Any = {"token": TOKEN, "region": "sgp1", "version": "1.36", "system_pool": {"size": "s-2vcpu-4gb"}}
        cluster = DoksCluster("cluster", spec)
        one = IngressNginx("entry", given, pulumi.ResourceOptions(parent=cluster.owned), cluster=cluster)
        if made is not None:
            made.append(one)

    return record(program)


def stack(**changed: Any) -> Any:
    """The arguments for a stack of these topics."""
    topic = {**topics(), **DOMAIN, **changed, "entry": {"kind": "ingress-nginx", **changed.get("entry", {})}}
    topic["secrets"] = {**topic["secrets"], "cloudflareToken": CLOUDFLARE_TOKEN}
    return arguments(settings(topic))


def test_the_release_is_named_pinned_and_in_a_namespace_of_its_own() -> None:
    recorded = entry()
    release = recorded.one("Release").inputs
    assert (release["name"], release["namespace"], release["chart"], release["version"]) == (
        "ingress-nginx",
        "ingress-nginx",
        "ingress-nginx",
        "4.15.1",
    )
    labels = recorded.one("Namespace").inputs["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"


def test_the_load_balancer_finds_the_pods() -> None:
    service = entry().one("Service").inputs
    assert (service["metadata"]["name"], service["metadata"]["namespace"]) == ("ingress-nginx-controller", "ingress-nginx")
    assert service["spec"]["selector"] == {
        "app.kubernetes.io/name": "ingress-nginx",
        "app.kubernetes.io/instance": "ingress-nginx",
        "app.kubernetes.io/component": "controller",
    }
    assert [(port["port"], port["targetPort"]) for port in service["spec"]["ports"]] == [(80, "http"), (443, "https")]


def test_the_controller_comes_after_the_service_that_it_publishes() -> None:
    recorded = entry()
    assert {"ingress-nginx", "ingress-nginx-controller"} <= recorded.one("Release").after
    assert "ingress-nginx" in recorded.one("Service").after


def test_the_load_balancer_goes_before_the_cluster_and_the_rest_with_it() -> None:
    recorded = entry()
    assert recorded.one("LoadBalancer").parent == "cluster-billed"
    assert recorded.one("IngressNginx").parent == "cluster-owned"
    assert recorded.one("Release").parent == recorded.one("Namespace").parent == "entry"


@pytest.mark.parametrize(("behind", "let_in"), [(True, list(CLOUDFLARE_ADDRESSES)), (False, None)])
def test_only_cloudflare_is_let_in_where_everything_is_behind_it(behind: bool, let_in: list[str] | None) -> None:
    service = entry(behind_cloudflare=behind, load_balancer=FRONT).one("Service").inputs
    assert service["spec"].get("loadBalancerSourceRanges") == let_in
    protocol = service["metadata"]["annotations"]["service.beta.kubernetes.io/do-loadbalancer-enable-proxy-protocol"]
    assert protocol == ("false" if behind else "true")


def test_only_the_clusters_load_balancers_are_believed() -> None:
    assert entry(load_balancer=FRONT).one("Release").inputs["values"]["controller"]["config"]["proxy-real-ip-cidr"] == "10.20.0.0/20"
    own = entry(load_balancer=FRONT, load_balancer_network="10.9.0.0/16").one("Release").inputs["values"]["controller"]["config"]
    assert own["proxy-real-ip-cidr"] == "10.9.0.0/16"


def test_what_it_offers() -> None:
    made: list[IngressNginx] = []
    entry(made, issuer="letsencrypt-prod", wildcard="example.com", load_balancer={"host_name": "entry.example.com"})
    assert value_of(made[0].address) == "203.0.113.10"
    assert value_of(made[0].namespace) == "ingress-nginx"
    assert made[0].route == Route("ingress-nginx", "nginx", "ingress-nginx", "letsencrypt-prod", "example.com")


def test_services_are_told_what_there_is() -> None:
    assert Route(issuer="self-signed").told() == {
        "entry": "gateway-api",
        "ingress_class": "istio",
        "namespace": "gateway-api",
        "issuer": "self-signed",
    }


def test_the_wildcards_certificate_is_kept_where_it_is_looked_for() -> None:
    assert wildcard.SECRET == WILDCARD_SECRET


def test_it_works_without_a_cluster_at_hand() -> None:
    made: list[IngressNginx] = []
    recorded = record(lambda: made.append(IngressNginx("entry", {})))
    assert value_of(made[0].address) == "203.0.113.9"
    assert recorded.one("LoadBalancer").parent == "entry"
    annotations = recorded.one("Service").inputs["metadata"]["annotations"]
    assert annotations["service.beta.kubernetes.io/do-loadbalancer-enable-proxy-protocol"] == "false"
    assert not {"proxy-real-ip-cidr", "use-proxy-protocol"} & set(recorded.one("Release").inputs["values"]["controller"]["config"])


def test_a_mirror_replaces_the_repository() -> None:
    assert entry(mirror="./charts").one("Release").inputs["chart"] == "./charts/ingress-nginx"


def test_whoever_uses_it_is_told_once_that_it_is_retired(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", lambda message, *_: said.append(message))
    entry()
    (warning,) = said
    assert "retired" in warning
    assert "Gateway API" in warning


def test_proxy_protocol_would_hide_clients_behind_cloudflare() -> None:
    with pytest.raises(InvalidSettings) as error:
        entry(behind_cloudflare=True, load_balancer={"proxy_protocol": True})
    assert error.value.lines == ["loadBalancer.proxyProtocol would hide all clients behind Cloudflare, which proxies every name; remove it"]


@pytest.mark.parametrize("key", ["behind_cloudflare", "replicas", "max_body", "load_balancer", "values", "wildcard"])
def test_what_the_program_itself_decides_by_is_known(key: str) -> None:
    with pytest.raises(InvalidSettings) as error:
        entry(**{key: pulumi.Output.from_input(False)})
    assert error.value.lines == [f"{key} is known only later, as an Output; write a plain value"]


def test_cloudflares_addresses_are_ranges_each_once() -> None:
    assert [AddressRange.parse(each) for each in CLOUDFLARE_ADDRESSES] == list(CLOUDFLARE_ADDRESSES)
    assert len(set(CLOUDFLARE_ADDRESSES)) == 15


def test_a_stack_without_cloudflare_before_it() -> None:
    given = stack()
    assert given["load_balancer"]["proxy_protocol"] is True
    assert given["load_balancer"]["host_name"] == "entry.example.com"
    assert given["behind_cloudflare"] is False
    assert (given["issuer"], given["wildcard"]) == ("letsencrypt-prod", None)


def test_a_stack_behind_cloudflare() -> None:
    given = stack(names={"proxied": True})
    assert given["load_balancer"]["proxy_protocol"] is False
    assert given["load_balancer"].get("host_name") is None
    assert given["behind_cloudflare"] is True


def test_a_stack_with_one_name_beside_cloudflare() -> None:
    hello = {**topics()["services"]["hello"], "hosts": {"hello": {"proxied": False}}}
    given = stack(names={"proxied": True}, services={"hello": hello})
    assert (given["load_balancer"]["proxy_protocol"], given["behind_cloudflare"]) == (True, False)


def test_a_stack_with_a_wildcard_certificate_or_without_any() -> None:
    assert stack(certificates={**DOMAIN["certificates"], "wildcard": True})["wildcard"] == "example.com"  # type: ignore[dict-item]
    without = stack(certificates={"enabled": False})
    assert (without["issuer"], without["wildcard"]) == (None, None)


def test_all_that_a_stack_says_of_its_entry_arrives() -> None:
    front = {"name": "front", "sizeUnit": 3, "annotations": {"example.com/a": "b"}}
    said = {"replicas": 3, "maxBody": "1Gi", "loadBalancer": front, "values": {"controller": {"metrics": {"port": 1}}}}
    given = stack(entry=said, charts={"mirror": "./charts"})
    assert (given["replicas"], given["max_body"], given["mirror"]) == (3, "1Gi", "./charts")
    assert given["load_balancer"].items() >= {"name": "front", "size_unit": 3, "annotations": {"example.com/a": "b"}}.items()
    assert given["values"] == {"controller": {"metrics": {"port": 1}}}


def test_the_index_builds_what_a_stack_asks_for() -> None:
    made: list[Any] = []

    def program() -> None:
        topic = {**topics(), **DOMAIN, "entry": {"kind": "ingress-nginx"}}
        topic["secrets"] = {**topic["secrets"], "cloudflareToken": CLOUDFLARE_TOKEN}
        spec: Any = {"token": TOKEN, "region": "sgp1", "version": "1.36", "system_pool": {"size": "s-2vcpu-4gb"}}
        cluster = DoksCluster("cluster", spec)
        opts = pulumi.ResourceOptions(parent=cluster.owned)
        made.append(index.build("entry", settings(topic), cluster, opts))
        made.append(index.build("entry", settings({**topics(), "entry": {"kind": "none"}}), cluster, opts))

    annotations = record(program).one("Service").inputs["metadata"]["annotations"]
    assert annotations["service.beta.kubernetes.io/do-loadbalancer-hostname"] == "entry.example.com"
    assert isinstance(made[0], IngressNginx)
    assert made[1] is None
