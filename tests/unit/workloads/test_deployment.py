"""A service's pods, as a manifest."""

from typing import Any

import pytest

from quayside.workloads.deployment import deployment, probes, service_account
from unit.workloads.specs import spec


def pods(patch: dict[str, Any] | None = None, **given: Any) -> dict[str, Any]:
    return deployment(
        "shop",
        "home",
        {"team": "a"},
        spec(**given),
        config="shop-config-1",
        secret_name="shop-secrets",
        secret_checksum="abc",
        pull_secret="shop-pull",
        patch=patch,
    )


def template(**given: Any) -> dict[str, Any]:
    found: dict[str, Any] = pods(**given)["spec"]["template"]["spec"]
    return found


def container(patch: dict[str, Any] | None = None, **given: Any) -> dict[str, Any]:
    (found,) = pods(patch, **given)["spec"]["template"]["spec"]["containers"]
    assert isinstance(found, dict)
    return found


def test_default_requests_and_limits() -> None:
    assert container()["resources"] == {"requests": {"cpu": "250m", "memory": "128Mi"}, "limits": {"cpu": "1000m", "memory": "500Mi"}}


def test_the_selector_holds_nothing_that_may_change() -> None:
    selector = {"app.kubernetes.io/name": "shop", "app.kubernetes.io/instance": "shop"}
    found = pods()["spec"]
    assert found["selector"]["matchLabels"] == selector
    assert found["template"]["metadata"]["labels"] == {"team": "a", **selector}


def test_a_rollout_loses_no_request() -> None:
    found = pods()["spec"]
    assert found["strategy"] == {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}}
    assert container()["lifecycle"] == {"preStop": {"sleep": {"seconds": 5}}}
    assert template()["terminationGracePeriodSeconds"] == 35


def test_grace_comes_on_top_of_the_pause() -> None:
    assert template(grace="2m")["terminationGracePeriodSeconds"] == 125
    assert template(grace="0s")["terminationGracePeriodSeconds"] == 5


def test_a_rollout_has_a_time_limit() -> None:
    found = pods(timeout="90s")
    assert found["spec"]["progressDeadlineSeconds"] == 90
    assert found["metadata"]["annotations"]["pulumi.com/timeoutSeconds"] == "90"


def test_pods_meet_the_restricted_profile() -> None:
    assert template()["securityContext"] == {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
    assert container()["securityContext"] == {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
    assert template()["automountServiceAccountToken"] is False
    assert service_account("shop", "home", {})["automountServiceAccountToken"] is False


def test_pods_are_spread_where_possible() -> None:
    (spread,) = template()["topologySpreadConstraints"]
    assert (spread["topologyKey"], spread["whenUnsatisfiable"]) == ("kubernetes.io/hostname", "ScheduleAnyway")
    assert spread["labelSelector"] == {"matchLabels": pods()["spec"]["selector"]["matchLabels"]}
    assert spread["matchLabelKeys"] == ["pod-template-hash"]


def test_variables_come_in_the_order_of_their_names() -> None:
    assert container(env={"B": "2", "A": "1"})["env"] == [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]


def test_variables_from_config_and_secrets() -> None:
    assert container()["envFrom"] == [{"configMapRef": {"name": "shop-config-1"}}, {"secretRef": {"name": "shop-secrets"}}]
    assert pods()["spec"]["template"]["metadata"]["annotations"] == {"quayside/secrets-checksum": "abc"}


def test_the_pull_secret() -> None:
    assert template()["imagePullSecrets"] == [{"name": "shop-pull"}]
    assert "imagePullSecrets" not in deployment("shop", "home", {}, spec())["spec"]["template"]["spec"]


def test_its_port_has_a_name() -> None:
    assert container(port=3000)["ports"] == [{"name": "http", "containerPort": 3000, "protocol": "TCP"}]


def test_its_command_line() -> None:
    found = container(command=["bin/serve"], args=["--workers", 4])
    assert (found["command"], found["args"]) == (["bin/serve"], ["--workers", "4"])


def test_empty_lists_are_left_out() -> None:
    """The API server drops them, and the next preview would see a difference."""
    assert not {"env", "command", "args"} & set(container())


def test_fixed_replicas_are_forced() -> None:
    found = pods(replicas=3)
    assert found["spec"]["replicas"] == 3
    assert found["metadata"]["annotations"]["pulumi.com/patchForce"] == "true"


def test_what_the_autoscaler_owns_is_not_forced() -> None:
    found = pods(scale={"min": 2, "max": 4})
    assert found["spec"]["replicas"] == 2
    assert "pulumi.com/patchForce" not in found["metadata"]["annotations"]


TCP = {"tcpSocket": {"port": "http"}, "periodSeconds": 5, "timeoutSeconds": 3}


def test_readiness_is_asked_by_tcp_and_liveness_by_nobody() -> None:
    assert probes(spec()) == {"readinessProbe": {**TCP, "failureThreshold": 3}}


def test_probes_as_asked_for() -> None:
    asked = {"readiness": {"path": "/ready", "period": "10s", "timeout": "2s", "failures": 2}, "liveness": {"port": 9000}, "startup": {}}
    assert probes(spec(probes=asked, timeout="2m")) == {
        "readinessProbe": {"httpGet": {"path": "/ready", "port": "http"}, "periodSeconds": 10, "timeoutSeconds": 2, "failureThreshold": 2},
        "livenessProbe": {**TCP, "tcpSocket": {"port": 9000}, "failureThreshold": 6},
        "startupProbe": {**TCP, "failureThreshold": 24},  # as many as fit in two minutes
    }


@pytest.mark.parametrize(("timeout", "most"), [("5m", 60), ("3s", 1)])
def test_a_start_may_take_as_long_as_a_rollout(timeout: str, most: int) -> None:
    assert probes(spec(probes={"startup": {}}, timeout=timeout))["startupProbe"]["failureThreshold"] == most


def test_the_container_can_be_patched() -> None:
    found = container({"readinessProbe": None, "resources": {"limits": {"cpu": None}}, "tty": True})
    assert "readinessProbe" not in found
    assert found["resources"] == {"requests": {"cpu": "250m", "memory": "128Mi"}, "limits": {"memory": "500Mi"}}
    assert (found["tty"], found["image"]) == (True, "acme/shop:1")
