"""The stand-in of ingress-nginx does with values what the real chart does with them."""

from __future__ import annotations

from typing import Any

import pytest

from .rendering import Object, by_name, helm_template, render

NAME = "ingress-nginx-controller"


def rendered(**controller: Any) -> list[Object]:
    return render("ingress-nginx", "ingress-nginx", values={"controller": controller})


def pod(objects: list[Object]) -> Object:
    template: Object = by_name(objects, "Deployment")[NAME]["spec"]["template"]
    return template


def arguments(objects: list[Object]) -> list[str]:
    listed: list[str] = pod(objects)["spec"]["containers"][0]["args"]
    return listed


def test_the_pods_are_as_the_values_say() -> None:
    spread = [{"maxSkew": 1, "topologyKey": "kubernetes.io/hostname", "whenUnsatisfiable": "DoNotSchedule"}]
    affinity: Object = {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": []}}}
    sized = {"requests": {"cpu": "50m", "memory": "128Mi"}, "limits": {"memory": "256Mi"}}
    template = pod(
        rendered(
            resources=sized,
            affinity=affinity,
            topologySpreadConstraints=spread,
            podLabels={"a": "pod"},
            labels={"b": "all"},
            terminationGracePeriodSeconds=60,
            containerPort={"http": 8080, "https": 8443},
            metrics={"enabled": True},
        )
    )
    spec, container = template["spec"], template["spec"]["containers"][0]
    assert container["resources"] == sized
    assert (spec["affinity"], spec["topologySpreadConstraints"], spec["terminationGracePeriodSeconds"]) == (affinity, spread, 60)
    assert template["metadata"]["labels"]["a"] == "pod"
    assert template["metadata"]["labels"]["b"] == "all"
    assert {port["name"]: port["containerPort"] for port in container["ports"]} == {
        "http": 8080,
        "https": 8443,
        "metrics": 10254,
        "webhook": 8443,
    }
    assert container["securityContext"]["capabilities"] == {"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]}
    assert spec["volumes"][0]["secret"]["secretName"] == "ingress-nginx-admission"


@pytest.mark.parametrize(
    ("given", "budget"),
    [
        ({}, None),
        ({"replicaCount": 2}, {"minAvailable": 1}),
        ({"replicaCount": 3, "minAvailable": 2}, {"minAvailable": 2}),
        ({"replicaCount": 3, "maxUnavailable": 1}, {"maxUnavailable": 1}),
        ({"autoscaling": {"enabled": True}}, None),
        ({"autoscaling": {"enabled": True, "minReplicas": 2}}, {"minAvailable": 1}),
    ],
)
def test_only_several_replicas_have_a_budget(given: Object, budget: Object | None) -> None:
    objects = rendered(**given)
    found = by_name(objects, "PodDisruptionBudget").get(NAME, {}).get("spec")
    assert budget == (found and {key: value for key, value in found.items() if key != "selector"})
    assert by_name(objects, "Deployment")[NAME]["spec"].get("replicas") == (
        None if "autoscaling" in given else given.get("replicaCount", 1)
    )


def test_arguments_are_the_real_ones_and_those_of_the_user() -> None:
    assert "--publish-service=$(POD_NAMESPACE)/ingress-nginx-controller" in arguments(rendered())
    elsewhere = rendered(publishService={"pathOverride": "edge/entry"})
    assert "--publish-service=edge/entry" in arguments(elsewhere)
    more = arguments(
        rendered(extraArgs={"default-ssl-certificate": "edge/wild", "enable-ssl-passthrough": "", "shutdown-grace-period": 10})
    )
    assert more[-3:] == ["--default-ssl-certificate=edge/wild", "--enable-ssl-passthrough", "--shutdown-grace-period=10"]


def test_without_a_service_of_its_own_the_chart_publishes_none() -> None:
    """As the real chart: pathOverride alone does nothing then (kubernetes/ingress-nginx#8723)."""
    objects = rendered(service={"enabled": False}, publishService={"pathOverride": "edge/entry"})
    assert set(by_name(objects, "Service")) == {f"{NAME}-admission"}
    assert not [one for one in arguments(objects) if one.startswith("--publish-service")]
    named = rendered(service={"enabled": False}, extraArgs={"publish-service": "edge/entry"})
    assert "--publish-service=edge/entry" in arguments(named)


def test_the_configuration_is_text_and_points_to_the_headers() -> None:
    objects = rendered(
        config={"use-proxy-protocol": True, "proxy-body-size": "20m"},
        addHeaders={"X-Frame-Options": "DENY"},
        proxySetHeaders={"X-Level": 1},
        allowSnippetAnnotations=True,
    )
    maps = by_name(objects, "ConfigMap")
    assert maps[NAME]["data"] == {
        "allow-snippet-annotations": "true",
        "use-proxy-protocol": "true",
        "proxy-body-size": "20m",
        "add-headers": "somewhere/ingress-nginx-custom-add-headers",
        "proxy-set-headers": "somewhere/ingress-nginx-custom-proxy-headers",
    }
    assert maps["ingress-nginx-custom-add-headers"]["data"] == {"X-Frame-Options": "DENY"}
    assert maps["ingress-nginx-custom-proxy-headers"]["data"] == {"X-Level": "1"}


def test_a_second_entry_has_a_class_of_its_own() -> None:
    values = {"ingressClass": "inner", "ingressClassResource": {"name": "inner", "controllerValue": "k8s.io/inner", "default": True}}
    objects = rendered(**values)
    [one] = by_name(objects, "IngressClass").values()
    assert (one["metadata"]["name"], one["spec"]["controller"]) == ("inner", "k8s.io/inner")
    assert one["metadata"]["annotations"] == {"ingressclass.kubernetes.io/is-default-class": "true"}
    assert {"--controller-class=k8s.io/inner", "--ingress-class=inner"} <= set(arguments(objects))


def test_metrics_and_the_load_balancer() -> None:
    service = {"type": "ClusterIP", "annotations": {"a": True}, "externalTrafficPolicy": "", "ports": {"http": 8000}}
    services = by_name(rendered(metrics={"enabled": True}, service=service), "Service")
    assert set(services) == {NAME, f"{NAME}-admission", f"{NAME}-metrics"}
    assert services[f"{NAME}-metrics"]["spec"]["ports"] == [{"name": "metrics", "port": 10254, "targetPort": "metrics", "protocol": "TCP"}]
    main = services[NAME]
    assert main["metadata"]["annotations"] == {"a": "true"}
    assert main["spec"]["type"] == "ClusterIP"
    assert "externalTrafficPolicy" not in main["spec"]
    assert [(port["port"], port["targetPort"]) for port in main["spec"]["ports"]] == [(8000, "http"), (443, "https")]


def test_the_admission_webhook_can_be_left_out() -> None:
    objects = rendered(admissionWebhooks={"enabled": False})
    assert not by_name(objects, "Job")
    assert not by_name(objects, "ValidatingWebhookConfiguration")
    assert "volumes" not in pod(objects)["spec"]
    assert not [one for one in arguments(objects) if "webhook" in one]


def test_every_role_is_bound_to_an_account_that_exists() -> None:
    objects = render("ingress-nginx", "rel")
    accounts = set(by_name(objects, "ServiceAccount"))
    for kind in ("ClusterRoleBinding", "RoleBinding"):
        for name, binding in by_name(objects, kind).items():
            assert binding["roleRef"]["name"] in by_name(objects, binding["roleRef"]["kind"]), name
            assert {subject["name"] for subject in binding["subjects"]} <= accounts, name


@pytest.mark.parametrize(
    "values",
    [
        {"controller": {"kind": "DaemonSet"}},
        {"controller": {"service": {"internal": {"enabled": True}}}},
        {"defaultBackend": {"enabled": True}},
    ],
)
def test_what_would_make_other_objects_is_refused(values: Object) -> None:
    _, problem = helm_template("ingress-nginx", "rel", values=values)
    assert "start the sandbox with --charts real" in problem
