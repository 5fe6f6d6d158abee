"""The stand-in of metrics-server does with values what the real chart does with them."""

from __future__ import annotations

from typing import Any

import pytest

from .rendering import Object, by_name, helm_template, render

NAME = "metrics-server"


def rendered(**values: Any) -> list[Object]:
    return render(NAME, NAME, values=values)


def pod(**values: Any) -> Object:
    spec: Object = by_name(rendered(**values), "Deployment")[NAME]["spec"]["template"]["spec"]
    return spec


def test_the_api_is_led_to_the_service() -> None:
    spec = by_name(rendered(), "APIService")["v1beta1.metrics.k8s.io"]["spec"]
    assert (spec["group"], spec["version"], spec["insecureSkipTLSVerify"]) == ("metrics.k8s.io", "v1beta1", True)
    assert spec["service"] == {"name": NAME, "namespace": "somewhere", "port": 443}
    assert not by_name(rendered(apiService={"create": False}), "APIService")


def test_the_pod_is_as_the_values_say() -> None:
    sized = {"requests": {"cpu": "10m", "memory": "50Mi"}}
    container = pod(resources=sized, args=["--kubelet-insecure-tls"])["containers"][0]
    assert container["resources"]["requests"] == sized["requests"]
    assert container["args"][0] == "--secure-port=10250"
    assert container["args"][-1] == "--kubelet-insecure-tls"
    assert {port["name"]: port["containerPort"] for port in container["ports"]} == {"https": 10250}
    assert pod(hostNetwork={"enabled": True})["hostNetwork"] is True


def test_the_restricted_profile_takes_the_pod() -> None:
    spec = pod()
    security = spec["containers"][0]["securityContext"]
    assert (security["allowPrivilegeEscalation"], security["runAsNonRoot"], security["capabilities"]) == (False, True, {"drop": ["ALL"]})
    assert security["seccompProfile"] == {"type": "RuntimeDefault"}
    assert spec["volumes"] == [{"name": "tmp", "emptyDir": {}}]
    assert "hostNetwork" not in spec


def test_all_objects_are_labelled() -> None:
    objects = rendered(commonLabels={"quayside/owner": "dev"}, podDisruptionBudget={"enabled": True, "maxUnavailable": 1})
    assert all(each["metadata"]["labels"]["quayside/owner"] == "dev" for each in objects)
    assert by_name(objects, "PodDisruptionBudget")[NAME]["spec"]["maxUnavailable"] == 1


def test_every_role_is_bound_to_its_account() -> None:
    objects = rendered()
    bindings = [each for each in objects if each["kind"].endswith("RoleBinding")]
    assert {each["roleRef"]["name"] for each in bindings} == {
        "system:metrics-server",
        "system:auth-delegator",
        "extension-apiserver-authentication-reader",
    }
    assert all(each["subjects"] == [{"kind": "ServiceAccount", "name": NAME, "namespace": "somewhere"}] for each in bindings)


@pytest.mark.parametrize("values", [{"tls": {"type": "helm"}}, {"addonResizer": {"enabled": True}}, {"serviceMonitor": {"enabled": True}}])
def test_what_would_make_other_objects_is_refused(values: Object) -> None:
    _, problem = helm_template(NAME, "rel", values=values)
    assert "start the sandbox with --charts real" in problem
