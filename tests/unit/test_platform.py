"""The whole platform, as a stack registers it."""

from typing import Any

from quayside.platform import Platform, node_pools, shared_namespaces
from quayside.settings.stack import Settings
from unit.examples import settings, topics
from unit.recorder import Recorded, is_secret, record, value_of


def platform(changed: dict[str, Any] | None = None, preview: bool = False) -> Recorded:
    spec: Settings = settings(changed)
    return record(lambda: Platform(spec).export(), preview=preview)


def test_the_parts() -> None:
    components = [(each.type.rpartition(":")[2], each.name) for each in platform() if each.type.startswith("quayside:")]
    assert sorted(components) == [
        ("CertManager", "cert-manager"),
        ("DoksCluster", "cluster"),
        ("Root", "cluster-billed"),
        ("Root", "cluster-owned"),
        ("Service", "hello"),
    ]


def test_objects_in_the_cluster_go_through_its_provider() -> None:
    objects = [each for each in platform() if each.type.startswith("kubernetes:")]
    assert len(objects) == 6
    assert all("pulumi:providers:kubernetes::cluster" in each.request.provider for each in objects)


def test_what_costs_nothing_goes_with_the_cluster() -> None:
    parents = {each.name: each.parent for each in platform() if each.type in ("quayside:index:Service", "quayside:index:CertManager")}
    assert parents == {"hello": "cluster-owned", "cert-manager": "cluster-owned"}


def test_certificates_can_be_switched_off() -> None:
    assert platform({**topics(), "certificates": {"enabled": False}}).of("Release") == []


def test_the_mirror_reaches_the_charts() -> None:
    release = platform({**topics(), "charts": {"mirror": "./charts"}}).one("Release")
    assert release.inputs["chart"] == "./charts/cert-manager"


def test_a_shared_namespace_is_made_once() -> None:
    stack = topics()
    stack["services"] = {name: {"image": "acme/shop:1", "namespace": "apps"} for name in ("a", "b")}
    assert shared_namespaces(settings(stack)) == ["apps"]
    assert sorted(each.name for each in platform(stack).of("Namespace")) == ["apps", "cert-manager"]


def test_outputs() -> None:
    exports = platform().exports
    assert set(exports) == {"kubeconfig", "clusterName", "nodePools", "services"}
    assert value_of(exports["clusterName"]) == "quayside-dev"
    assert value_of(exports["services"]) == {
        "hello": {
            "namespace": "hello",
            "image": "nginxinc/nginx-unprivileged:1.29-alpine",
            "url": "http://hello.hello.svc.cluster.local",
        }
    }


def test_only_the_kubeconfig_is_a_secret_output() -> None:
    exports = platform().exports
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
