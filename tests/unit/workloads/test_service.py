"""A service, as it is registered."""

import base64
from typing import Any

import pytest

from quayside.settings.problems import InvalidSettings
from quayside.workloads.service import Service
from unit.examples import PASSWORD
from unit.recorder import Recorded, record, value_of
from unit.workloads.specs import Late, shop


def kinds(recorded: Recorded) -> list[str]:
    return sorted(each.type.rpartition(":")[2] for each in recorded if each.type.startswith("kubernetes:"))


def annotations(recorded: Recorded) -> dict[str, str]:
    found: dict[str, str] = recorded.one("Deployment").inputs["spec"]["template"]["metadata"].get("annotations", {})
    return found


def test_the_least_service() -> None:
    assert kinds(shop()) == ["Deployment", "Namespace", "NetworkPolicy", "Service", "ServiceAccount"]


def test_everything_is_below_the_component() -> None:
    assert {each.parent for each in shop() if each.type.startswith("kubernetes:")} == {"shop"}


def test_names_are_the_services_own() -> None:
    named = [each.inputs["metadata"]["name"] for each in shop() if each.type.startswith("kubernetes:")]
    assert named == ["shop"] * 5


def test_every_object_has_the_owner_mark_and_labels() -> None:
    everything: dict[str, Any] = {
        "config": {"A": "1"},
        "secrets": {"B": "2"},
        "scale": {"min": 2, "max": 4},
        "hosts": {"shop.example.com": {}},
        "route": {"entry": "ingress-nginx"},
        "route_namespace": "gate",
        "image": "ghcr.io/acme/shop:1",
        "registries": {"ghcr.io": {"username": "octocat", "password": PASSWORD}},
    }
    recorded = shop(labels={"team": "a"}, **everything)
    assert len(set(kinds(recorded))) == 10
    for each in recorded:
        if each.type.startswith("kubernetes:"):
            labels = each.inputs["metadata"]["labels"]
            assert labels["quayside/owner"] == "quayside.dev"
            assert (labels["app.kubernetes.io/managed-by"], labels["app.kubernetes.io/name"], labels["team"]) == ("quayside", "shop", "a")


def test_its_own_namespace_comes_first_and_is_restricted() -> None:
    recorded = shop()
    labels = recorded.one("Namespace").inputs["metadata"]["labels"]
    assert {labels[f"pod-security.kubernetes.io/{mode}"] for mode in ("enforce", "warn")} == {"restricted"}
    namespace = recorded.one("Namespace")
    first = [recorded.one(kind) for kind in ("ServiceAccount", "NetworkPolicy")]
    first += [each for each in recorded if each.type == "kubernetes:core/v1:Service"]
    assert all(any("Namespace::shop" in urn for urn in each.request.dependencies) for each in first)
    assert namespace.after == set()


def test_a_shared_namespace_is_not_made() -> None:
    recorded = shop(namespace="apps")
    assert "Namespace" not in kinds(recorded)
    assert {each.inputs["metadata"]["namespace"] for each in recorded if each.type.startswith("kubernetes:")} == {"apps"}


def test_its_own_namespace_may_end_with_more() -> None:
    recorded = shop(namespace_suffix="dev")
    assert recorded.one("Namespace").inputs["metadata"]["name"] == "shop-dev"
    assert recorded.one("Deployment").inputs["metadata"]["namespace"] == "shop-dev"
    assert "Namespace" not in kinds(shop(namespace="apps", namespace_suffix="dev"))
    with pytest.raises(InvalidSettings, match="with its namespaceSuffix"):
        shop(namespace_suffix="x" * 60)


def test_it_takes_up_no_namespace_that_the_program_has_beside_it() -> None:
    assert list(shop().one("Namespace").request.aliases) == []


def test_where_it_answers() -> None:
    made: list[Service] = []
    record(lambda: made.append(Service("shop", {"image": "acme/shop:1", "namespace": "apps"})))
    assert value_of(made[0].url) == "http://shop.apps.svc.cluster.local"
    assert value_of(made[0].namespace) == "apps"


@pytest.mark.parametrize("late", [False, True], ids=["known", "output"])
def test_config_is_named_after_its_content(late: bool) -> None:
    recorded = shop(config={"A": Late("1") if late else "1"})
    name = recorded.one("ConfigMap").inputs["metadata"]["name"]
    assert name == shop(config={"A": "1"}).one("ConfigMap").inputs["metadata"]["name"]
    assert recorded.one("Deployment").inputs["spec"]["template"]["spec"]["containers"][0]["envFrom"] == [{"configMapRef": {"name": name}}]


def test_an_old_config_is_left_for_rollbacks() -> None:
    recorded = shop(config={"A": "1"})
    assert [each.type for each in recorded if each.request.retainOnDelete] == ["kubernetes:core/v1:ConfigMap"]
    assert recorded.one("ConfigMap").inputs["metadata"]["ownerReferences"][0]["uid"] == "uid-of-shop"


def test_pods_come_after_what_they_read() -> None:
    after = shop(config={"A": "1"}, secrets={"B": "2"}).one("Deployment").request.dependencies
    kinds = {"ConfigMap", "Secret", "ServiceAccount", "NetworkPolicy"}
    assert {kind for kind in kinds if any(f"{kind}::shop" in urn for urn in after)} == kinds


@pytest.mark.parametrize("preview", [False, True])
def test_secrets_are_sealed(preview: bool) -> None:
    secret = shop(preview=preview, secrets={"PASSWORD": PASSWORD}).one("Secret")
    assert secret.inputs["data"] == {"PASSWORD": base64.b64encode(PASSWORD.encode()).decode()}
    assert "data" in secret.sealed


def test_another_secret_rolls_the_pods() -> None:
    before, after = (annotations(shop(secrets={"A": value})) for value in ("1", "2"))
    assert list(before) == ["quayside/secrets-checksum"]
    assert before != after


def test_without_secrets_nothing_is_annotated() -> None:
    assert annotations(shop()) == {}


def test_transform_sees_and_changes_every_object() -> None:
    seen: list[str] = []

    def transform(manifest: dict[str, Any]) -> dict[str, Any]:
        seen.append(manifest["kind"])
        if manifest["kind"] == "Deployment":
            manifest["spec"]["template"]["spec"]["priorityClassName"] = "high"
        return manifest

    recorded = shop(transform=transform)
    assert sorted(seen) == ["Deployment", "Namespace", "NetworkPolicy", "Service", "ServiceAccount"]
    assert recorded.one("Deployment").inputs["spec"]["template"]["spec"]["priorityClassName"] == "high"


def test_outputs_pass_where_values_may_be_known_late() -> None:
    recorded = shop(image=Late("acme/shop:2"), replicas=Late(3), env={"A": Late("b")})
    spec = recorded.one("Deployment").inputs["spec"]
    assert (spec["replicas"], spec["template"]["spec"]["containers"][0]["image"]) == (3, "acme/shop:2")


def test_patches_are_merged_before_the_transform() -> None:
    def transform(manifest: dict[str, Any]) -> dict[str, Any]:
        if manifest["kind"] == "Deployment":
            assert manifest["spec"]["minReadySeconds"] == 7
            manifest["spec"]["minReadySeconds"] = 8
        return manifest

    patches = {
        "Deployment": {"spec": {"minReadySeconds": 7, "strategy": {"rollingUpdate": {"maxSurge": 2}}}},
        "Container": {"readinessProbe": None, "tty": True},
        "Service": {"metadata": {"annotations": {"pulumi.com/skipAwait": None, "pulumi.com/patchForce": None, "a": "b"}}},
    }
    recorded = shop(patches=patches, transform=transform)
    found = recorded.one("Deployment").inputs["spec"]
    assert found["minReadySeconds"] == 8
    assert found["strategy"]["rollingUpdate"] == {"maxUnavailable": 0, "maxSurge": 2}
    (container,) = found["template"]["spec"]["containers"]
    assert (container["tty"], "readinessProbe" in container) == (True, False)
    (service,) = [each for each in recorded if each.type == "kubernetes:core/v1:Service"]
    assert service.inputs["metadata"]["annotations"] == {"a": "b"}


def test_arguments_are_checked_as_settings_are() -> None:
    with pytest.raises(InvalidSettings) as error:
        shop(image="acme/shop", resources={"limits": {"cpu": "100m"}})
    assert error.value.lines == [
        "image is not an image with a fixed tag or digest; write repository:tag (not latest) or repository@sha256:…, "
        "such as ghcr.io/acme/shop:1.4.2",
        "resources.requests ask for more cpu than limits allow (250m > 100m); write requests ≤ limits",
    ]


def test_its_name_is_checked() -> None:
    with pytest.raises(InvalidSettings, match="its name is not a name for an object"):
        record(lambda: Service("My_Shop", {"image": "acme/shop:1"}))


def test_names_of_variables_are_checked_also_where_values_are_secret() -> None:
    with pytest.raises(InvalidSettings) as error:
        shop(env={"A": "1"}, secrets={"A": Late("2", secret=True), "B-C": "3"})
    assert error.value.lines == [
        "secrets.B-C is not the name of an environment variable; write letters, digits and underscores, such as LOG_LEVEL",
        "secrets sets A, which env sets too; keep it in one of them",
    ]
