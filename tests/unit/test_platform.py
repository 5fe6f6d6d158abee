"""The whole platform, as a stack registers it."""

from typing import Any

from quayside.outputs import node_pools
from quayside.platform import Platform, shared_namespaces
from quayside.settings.stack import Settings
from unit.examples import public, settings, topics
from unit.recorder import Recorded, Registration, is_secret, record, value_of


def platform(changed: dict[str, Any] | None = None, preview: bool = False) -> Recorded:
    spec: Settings = settings(changed)
    return record(lambda: Platform(spec).export(), preview=preview)


def components(recorded: Recorded) -> dict[str, Registration]:
    return {each.name: each for each in recorded if each.type.startswith("quayside:") and not each.type.endswith(":Root")}


def with_wildcard() -> dict[str, Any]:
    stack = public()
    stack["certificates"] |= {"challenge": "dns-01", "wildcard": True}
    return stack


def test_the_parts() -> None:
    assert {name: each.type.rpartition(":")[2] for name, each in components(platform(with_wildcard())).items()} == {
        "cluster": "DoksCluster",
        "gateway-api": "GatewayApi",
        "cert-manager": "CertManager",
        "istio": "Istio",
        "entry": "GatewayEntry",
        "gateway-load-balancer": "LoadBalancer",
        "wildcard-gateway-api": "WildcardCertificate",
        "names": "Zone",
        "hello": "Service",
    }


def test_a_stack_without_a_domain_has_no_names() -> None:
    assert "names" not in components(platform())


def test_an_entry_can_be_left_out() -> None:
    stack = {**topics(), "entry": {"kind": "none"}}
    assert {"gateway-api", "istio", "entry", "gateway-load-balancer"}.isdisjoint(components(platform(stack)))
    assert "entryAddress" not in platform(stack).exports


def test_metrics_server_comes_with_the_first_service_that_scales() -> None:
    stack = topics()
    assert "metrics-server" not in components(platform(stack))
    stack["services"]["hello"] = {"image": "acme/shop:1", "scale": {"min": 1, "max": 2}}
    assert components(platform(stack))["metrics-server"].parent == "cluster-owned"


def with_mesh(**said: Any) -> dict[str, Any]:
    stack = {**topics(), "mesh": {"mode": "sidecar", **said}}
    stack["services"]["shop"] = {"image": "acme/shop:1", "namespace": "shared", "resources": {"requests": {"cpu": "10m"}}}
    return stack


def test_istio_comes_with_a_mesh_and_before_what_needs_it() -> None:
    other = {"entry": {"kind": "ingress-nginx"}}
    assert "istio" not in components(platform({**topics(), **other}))
    found = components(platform({**with_mesh(), **other}))
    assert found["istio"].parent == "cluster-owned"
    assert all("istiod" in found[name].after for name in ("entry", "hello", "shop"))


def test_two_istiods_in_prod() -> None:
    values = [platform({**with_mesh(), "environment": each}).one("Release", "istiod").inputs["values"] for each in ("dev", "prod")]
    assert [each["replicaCount"] for each in values] == [1, 2]


def test_namespaces_of_services_join_the_mesh_and_no_others() -> None:
    spaces = {
        each.name: set(each.inputs["metadata"]["labels"].items())
        for each in platform(with_mesh(controlPlanes={"default": {}, "1-31": {}}, namespaces={"shared": "1-31"})).of("Namespace")
    }
    joined = {name: {key for key in labels if key[0].startswith("istio")} for name, labels in spaces.items()}
    assert joined.pop("hello") == {("istio-injection", "enabled")}
    assert joined.pop("shared") == {("istio.io/rev", "1-31")}
    assert joined == {"cert-manager": set(), "gateway-api": set(), "istio-system": set()}


def test_objects_in_the_cluster_go_through_its_provider() -> None:
    objects = [each for each in platform(with_wildcard()) if each.type.startswith("kubernetes:")]
    assert len(objects) > 15
    assert all("pulumi:providers:kubernetes::cluster" in each.request.provider for each in objects)


def test_what_costs_nothing_goes_with_the_cluster_and_what_is_paid_for_before_it() -> None:
    parents = {name: each.parent for name, each in components(platform(with_wildcard())).items()}
    assert parents.pop("gateway-load-balancer") == "cluster-billed"
    assert parents.pop("cluster") == parents.pop("names") == "quayside-dev"
    assert set(parents.values()) == {"cluster-owned"}


def test_certificates_can_be_switched_off() -> None:
    releases = platform({**topics(), "certificates": {"enabled": False}}).of("Release")
    assert [each.name for each in releases] == ["istio-base", "istiod"]


def test_the_token_of_dns_01_reaches_cert_manager_only_where_it_is_needed() -> None:
    assert platform(public()).of("Secret") == []
    assert platform(with_wildcard()).one("Secret").name == "cloudflare-dns-token"


def test_a_wildcard_certificate_lies_beside_the_entry_that_serves_it() -> None:
    recorded = platform({**with_wildcard(), "entry": {"kind": "ingress-nginx"}})
    assert recorded.one("Certificate").inputs["metadata"]["namespace"] == "ingress-nginx"
    arguments = recorded.one("Release", "ingress-nginx").inputs["values"]["controller"]["extraArgs"]
    assert arguments["default-ssl-certificate"] == "ingress-nginx/wildcard-tls"
    assert recorded.one("Ingress").inputs["spec"]["tls"] == [{"hosts": ["hello.dev.example.com"]}]


def test_the_mirror_reaches_the_charts() -> None:
    stack = {**topics(), "charts": {"mirror": "./charts"}}
    stack["services"]["hello"]["scale"] = {"min": 2, "max": 3}
    assert {each.inputs["chart"] for each in platform(stack).of("Release")} == {
        "./charts/cert-manager",
        "./charts/base",
        "./charts/istiod",
        "./charts/metrics-server",
    }


def test_a_host_is_completed_by_the_domain_and_led_to_by_the_entry() -> None:
    stack = public()
    stack["services"]["hello"]["hosts"] = {"hello": {"paths": {"/api": {}}}, "@": {}}
    routes = [each.inputs["spec"] for each in platform(stack).of("HTTPRoute") if each.name != "gateway-redirect"]
    paths = {
        host: [each["path"]["value"] for rule in one["rules"] for each in rule["matches"]] for one in routes for host in one["hostnames"]
    }
    assert paths == {"hello.dev.example.com": ["/api"], "dev.example.com": ["/"]}


def test_a_route_that_moves_goes_before_it_comes() -> None:
    assert platform(public()).one("HTTPRoute", "hello-hello.dev.example.com").request.deleteBeforeReplace is True


def test_records_lead_to_the_address_of_the_load_balancer() -> None:
    records = {each.inputs["name"]: each.inputs["content"] for each in platform(public()).of("DnsRecord")}
    assert set(records.values()) == {"203.0.113.10"}  # as the cloud answers for its name, and not what stands in the Service's status
    assert set(records) == {"*.dev.example.com", "gateway-api.dev.example.com"}


def test_without_cloudflare_the_records_are_an_output() -> None:
    stack = public()
    stack["names"]["dns"] = "none"
    recorded = platform(stack)
    assert recorded.of("DnsRecord") == []
    assert {each["name"]: each["content"] for each in value_of(recorded.exports["recordsToSet"])} == {
        "*.dev.example.com": "203.0.113.10",
        "gateway-api.dev.example.com": "203.0.113.10",
    }


def test_records_to_set_by_hand_need_no_entry() -> None:
    stack = public()
    del stack["services"]["hello"]["hosts"]
    stack["entry"] = {"kind": "none"}
    stack["names"] |= {"dns": "none", "records": {"docs": {"content": "acme.readthedocs.io"}}}
    exports = platform(stack).exports
    assert [(each["name"], each["content"]) for each in value_of(exports["recordsToSet"])] == [
        ("docs.dev.example.com", "acme.readthedocs.io")
    ]


def test_a_registry_gives_its_services_a_pull_secret() -> None:
    stack = topics()
    stack["registries"] = {"gitlab": {"kind": "gitlab", "username": "deploy", "password": "smtpPassword"}}
    stack["services"]["shop"] = {"image": "registry.gitlab.com/acme/shop:1"}
    recorded = platform(stack)
    assert [each.name for each in recorded.of("Secret")] == ["shop-pull"]
    assert "data" in recorded.one("Secret").sealed


def test_null_takes_away_what_we_set() -> None:
    stack = topics()
    stack["entry"] = {
        "kind": "ingress-nginx",
        "values": {"controller": {"topologySpreadConstraints": None, "config": {"hide-headers": None, "ssl-protocols": "TLSv1.3"}}},
    }
    stack["services"]["hello"]["patches"] = {"Container": {"readinessProbe": None}}
    recorded = platform(stack)
    controller = recorded.one("Release", "ingress-nginx").inputs["values"]["controller"]
    assert "topologySpreadConstraints" not in controller
    assert "hide-headers" not in controller["config"]
    assert controller["config"]["ssl-protocols"] == "TLSv1.3"
    assert "readinessProbe" not in recorded.one("Deployment").inputs["spec"]["template"]["spec"]["containers"][0]


def test_a_stack_that_may_not_be_lost_is_locked() -> None:
    locks = {disposable: platform({**topics(), "disposable": disposable}).one("Stash").request for disposable in (True, False)}
    assert (locks[True].protect, locks[False].protect) == (False, True)
    waited_for = {urn.rpartition("::")[2] for urn in locks[False].dependencies}
    assert {"cluster-main", "gateway-load-balancer", "hello"} <= waited_for


def test_a_shared_namespace_is_made_once() -> None:
    stack = topics()
    stack["services"] = {name: {"image": "acme/shop:1", "namespace": "apps"} for name in ("a", "b")}
    assert shared_namespaces(settings(stack)) == ["apps"]
    assert sorted(each.name for each in platform(stack).of("Namespace")) == ["apps", "cert-manager", "gateway-api", "istio-system"]


def test_namespaces_end_with_a_suffix_where_clusters_log_to_one_place() -> None:
    stack = {**topics(), "namespaceSuffix": "eu"}
    stack["services"]["shop"] = {"image": "acme/shop:1", "namespace": "apps"}
    names = {each.inputs["metadata"]["name"] for each in platform(stack).of("Namespace")}
    assert names == {"cert-manager", "gateway-api", "istio-system", "hello-eu", "apps-eu"}


def test_outputs() -> None:
    exports = platform(public()).exports
    assert set(exports) == {"kubeconfig", "clusterName", "nodePools", "services", "estimate", "entryAddress", "hosts"}
    assert value_of(exports["clusterName"]) == "quayside-dev"
    assert value_of(exports["entryAddress"]) == "203.0.113.10"
    assert value_of(exports["hosts"]) == {"hello.dev.example.com": "203.0.113.10"}
    assert exports["estimate"]["monthly"] == 100  # two nodes, one load balancer, and the HA control plane that nobody declined
    assert value_of(exports["services"]) == {
        "hello": {
            "namespace": "hello",
            "image": "nginxinc/nginx-unprivileged:1.29-alpine",
            "url": "http://hello.hello.svc.cluster.local",
            "urls": ["https://hello.dev.example.com"],
        }
    }


def test_only_the_kubeconfig_is_a_secret_output() -> None:
    exports = platform(public()).exports
    assert [name for name, value in exports.items() if is_secret(value)] == ["kubeconfig"]


def test_node_pools_as_the_settings_say() -> None:
    stack = topics()
    stack["cluster"]["pools"]["burst"] = {"size": "s-4vcpu-8gb", "min": 1, "max": 4}
    assert node_pools(settings(stack)) == {
        "system": {"size": "s-2vcpu-4gb", "count": 1},
        "main": {"size": "s-2vcpu-4gb", "count": 1},
        "burst": {"size": "s-4vcpu-8gb", "min": 1, "max": 4},
    }


def test_nothing_is_registered_from_settings_that_are_wrong() -> None:
    stack = topics()
    stack["services"]["hello"]["image"] = "nginx"
    assert Settings.check(stack)[0] is None


def test_a_namespace_stays_when_a_service_shares_its_own_or_takes_it_back() -> None:
    stack = topics()
    own = platform(stack).one("Namespace", "hello")
    stack["services"]["hello"]["namespace"] = "hello"  # the same one, now open to others
    shared = platform(stack).one("Namespace", "hello")
    assert own.inputs["metadata"]["name"] == shared.inputs["metadata"]["name"]
    (formerly_own,) = (each.spec.parentUrn for each in shared.request.aliases)
    (formerly_shared,) = (each.spec.parentUrn for each in own.request.aliases)
    assert formerly_own.endswith("$quayside:index:Service::hello")
    assert formerly_shared == shared.request.parent
