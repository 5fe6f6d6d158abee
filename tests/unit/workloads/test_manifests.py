"""A service's objects as plain manifests."""

from typing import Any

from quayside.settings.service import ServiceSettings
from quayside.workloads import manifests


def deployment(**given: Any) -> dict[str, Any]:
    spec = ServiceSettings.model_validate({"image": "acme/shop:1", **given})
    return manifests.deployment(
        "shop", "shop", {"team": "a"}, spec, config="shop-config-1", secret_name="shop-secrets", secret_checksum="abc"
    )


def container(**given: Any) -> dict[str, Any]:
    found: dict[str, Any] = deployment(**given)["spec"]["template"]["spec"]["containers"][0]
    return found


def test_default_requests_and_limits() -> None:
    assert container()["resources"] == {"requests": {"cpu": "250m", "memory": "128Mi"}, "limits": {"cpu": "1000m", "memory": "500Mi"}}


def test_the_selector_holds_nothing_that_may_change() -> None:
    selector = {"app.kubernetes.io/name": "shop", "app.kubernetes.io/instance": "shop"}
    spec = deployment()["spec"]
    assert spec["selector"]["matchLabels"] == selector
    assert spec["template"]["metadata"]["labels"] == {"team": "a", **selector}
    assert manifests.service("shop", "shop", {"team": "a"})["spec"]["selector"] == selector


def test_a_rollout_takes_nothing_away_before_its_successor_answers() -> None:
    spec = deployment()["spec"]
    assert spec["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
    assert spec["template"]["spec"]["containers"][0]["readinessProbe"]
    pause = container()["lifecycle"]["preStop"]["sleep"]["seconds"]
    assert spec["template"]["spec"]["terminationGracePeriodSeconds"] == pause + 30


def test_a_rollout_has_a_time_limit() -> None:
    found = deployment(timeout="90s")
    assert found["spec"]["progressDeadlineSeconds"] == 90
    assert found["metadata"]["annotations"] == {"pulumi.com/timeoutSeconds": "90"}


def test_pods_meet_the_restricted_profile() -> None:
    pod = deployment()["spec"]["template"]["spec"]
    assert pod["securityContext"] == {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
    assert container()["securityContext"] == {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
    assert pod["automountServiceAccountToken"] is False


def test_pods_are_spread_where_possible() -> None:
    (spread,) = deployment()["spec"]["template"]["spec"]["topologySpreadConstraints"]
    assert (spread["topologyKey"], spread["whenUnsatisfiable"]) == ("kubernetes.io/hostname", "ScheduleAnyway")


def test_variables_come_in_the_order_of_their_names() -> None:
    assert container(env={"B": "2", "A": "1"})["env"] == [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]


def test_variables_from_config_and_secrets() -> None:
    assert container()["envFrom"] == [{"configMapRef": {"name": "shop-config-1"}}, {"secretRef": {"name": "shop-secrets"}}]


def test_empty_lists_are_left_out() -> None:
    """The API server drops them, and the next preview would see a difference."""
    assert "env" not in container()


def test_a_clusterip_service_is_not_waited_for() -> None:
    service = manifests.service("shop", "shop", {})
    assert service["metadata"]["annotations"] == {"pulumi.com/skipAwait": "true"}
    assert service["spec"]["ports"] == [{"name": "http", "port": 80, "targetPort": "http", "protocol": "TCP"}]


def test_another_config_has_another_name() -> None:
    names = {manifests.config_name("shop", config) for config in ({"A": "1"}, {"A": "2"}, {"B": "1"})}
    assert len(names) == 3
    assert all(name.startswith("shop-config-") for name in names)


def test_the_order_of_a_config_means_nothing() -> None:
    assert manifests.config_name("shop", {"A": "1", "B": "2"}) == manifests.config_name("shop", {"B": "2", "A": "1"})


def test_a_config_map_goes_with_the_service_account() -> None:
    found = manifests.config_map("c", "shop", {}, {"A": "1"}, {"name": "shop", "uid": "u"})
    assert found["metadata"]["ownerReferences"] == [{"apiVersion": "v1", "kind": "ServiceAccount", "name": "shop", "uid": "u"}]
    assert found["immutable"] is True


def test_secret_values_in_base64() -> None:
    assert manifests.secret_data({"A": "ä"}) == {"A": "w6Q="}


def test_the_checksum_depends_on_values_and_key() -> None:
    sums = {manifests.checksum(key, {"A": value}) for key in ("k", "l") for value in ("1", "2")}
    assert len(sums) == 4
    assert manifests.checksum("k", {"A": "1", "B": "2"}) == manifests.checksum("k", {"B": "2", "A": "1"})
