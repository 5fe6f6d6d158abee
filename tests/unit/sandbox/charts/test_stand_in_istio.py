"""What the values of Istio's charts change in the stand-ins; that their objects are the real ones' is test_stand_in_charts.py's."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from .rendering import Object, by_name, helm_template, render

SIZED = {"requests": {"cpu": "10m", "memory": "40Mi"}, "limits": {"memory": "128Mi"}}


def control_plane(values: Object | None = None, release: str = "istiod") -> list[Object]:
    return render("istiod", release, "--namespace", "istio-system", values=values)


def injected(objects: list[Object], name: str = "istio-sidecar-injector") -> Object:
    """The values that the injector reads."""
    found: Object = json.loads(by_name(objects, "ConfigMap")[name]["data"]["values"])
    return found


def test_the_control_plane_takes_its_size() -> None:
    values = {"resources": SIZED, "autoscaleEnabled": False, "replicaCount": 2, "env": {"PILOT_X": True}, "pdb": {"minAvailable": 1}}
    objects = control_plane(values)
    deployment = by_name(objects, "Deployment")["istiod"]
    container = deployment["spec"]["template"]["spec"]["containers"][0]
    assert (deployment["spec"]["replicas"], container["resources"]) == (2, SIZED)
    assert {"name": "PILOT_X", "value": "true"} in container["env"]
    assert by_name(objects, "PodDisruptionBudget")["istiod"]["spec"]["minAvailable"] == 1
    assert not by_name(objects, "HorizontalPodAutoscaler")
    one = control_plane({"autoscaleMin": 1, "autoscaleMax": 2})
    assert not by_name(one, "PodDisruptionBudget")
    assert by_name(one, "HorizontalPodAutoscaler")["istiod"]["spec"]["maxReplicas"] == 2
    assert "replicas" not in by_name(one, "Deployment")["istiod"]["spec"]


def test_pilot_is_the_same_as_no_prefix_and_wins() -> None:
    deployment = by_name(control_plane({"autoscaleEnabled": False, "replicaCount": 2, "pilot": {"replicaCount": 3}}), "Deployment")[
        "istiod"
    ]
    assert deployment["spec"]["replicas"] == 3


def test_a_key_that_the_chart_does_not_know_changes_nothing() -> None:
    assert without_record(control_plane({"nonsense": {"x": 1}, "resourcess": SIZED})) == without_record(control_plane())
    assert render("ztunnel", "z", values={"ztunnel": {"resources": SIZED}}) == render("ztunnel", "z")
    with pytest.raises(AssertionError, match="write foo instead of defaults"):
        control_plane({"defaults": {"resources": SIZED}})


def without_record(objects: list[Object]) -> list[Object]:
    """All but the ConfigMap that repeats the values."""
    return [entry for entry in objects if entry["metadata"]["name"] != "values"]


def test_the_mesh_configuration_is_merged() -> None:
    given = {
        "accessLogFile": "/dev/stdout",
        "defaultConfig": {"holdApplicationUntilProxyStarts": True},
        "outboundTrafficPolicy": {"mode": "X"},
    }
    mesh = yaml.safe_load(by_name(control_plane({"meshConfig": given}), "ConfigMap")["istio"]["data"]["mesh"])
    assert mesh == {
        "trustDomain": "cluster.local",
        "rootNamespace": "istio-system",
        "defaultProviders": {"metrics": ["prometheus"]},
        "enablePrometheusMerge": True,
        "accessLogFile": "/dev/stdout",
        "outboundTrafficPolicy": {"mode": "X"},
        "defaultConfig": {"discoveryAddress": "istiod.istio-system.svc:15012", "holdApplicationUntilProxyStarts": True},
    }


def test_the_injector_reads_the_proxys_size() -> None:
    objects = control_plane({"global": {"proxy": {"resources": SIZED}, "waypoint": {"resources": SIZED}}, "cni": {"enabled": True}})
    read = injected(objects)
    assert read["global"]["proxy"]["resources"]["requests"] == SIZED["requests"]
    assert read["global"]["proxy"]["resources"]["limits"] == {"memory": "128Mi", "cpu": "2000m"}, "what is not given stays"
    assert read["global"]["waypoint"]["resources"]["requests"] == SIZED["requests"]
    assert read["pilot"]["cni"]["enabled"] is True
    config = yaml.safe_load(by_name(objects, "ConfigMap")["istio-sidecar-injector"]["data"]["config"])
    assert (config["policy"], config["defaultTemplates"]) == ("enabled", ["sidecar"])


def selectors(configuration: Object) -> dict[str, Any]:
    return {
        webhook["name"].removesuffix("sidecar-injector.istio.io"): [
            (each["key"], each["operator"], each.get("values"))
            for part in ("namespaceSelector", "objectSelector")
            for each in webhook[part]["matchExpressions"]
        ]
        for webhook in configuration["webhooks"]
    }


def test_whom_the_injector_is_asked_about() -> None:
    not_refused = ("sidecar.istio.io/inject", "NotIn", ["false"])
    no_label, no_revision = ("istio-injection", "DoesNotExist", None), ("istio.io/rev", "DoesNotExist", None)
    default = ("istio.io/rev", "In", ["default"])
    [configuration] = by_name(control_plane(), "MutatingWebhookConfiguration").values()
    assert selectors(configuration) == {
        "rev.namespace.": [default, no_label, not_refused],
        "rev.object.": [no_revision, no_label, not_refused, default],
        "namespace.": [("istio-injection", "In", ["enabled"]), not_refused],
        "object.": [no_label, no_revision, ("sidecar.istio.io/inject", "In", ["true"]), no_revision],
    }
    service = {"name": "istiod", "namespace": "istio-system", "path": "/inject", "port": 443}
    assert [webhook["clientConfig"]["service"] for webhook in configuration["webhooks"]] == [service] * 4


def test_a_revision_is_in_every_name() -> None:
    plain = {(entry["kind"], entry["metadata"]["name"]) for entry in control_plane({"autoscaleMin": 2})}
    revised = control_plane({"autoscaleMin": 2, "revision": "1-30-3", "revisionTags": ["stable", "default"]})
    assert not plain & {(entry["kind"], entry["metadata"]["name"]) for entry in revised}
    assert by_name(revised, "Deployment")["istiod-1-30-3"]["spec"]["selector"]["matchLabels"] == {"app": "istiod", "istio.io/rev": "1-30-3"}
    assert {name: service["spec"]["selector"]["istio.io/rev"] for name, service in by_name(revised, "Service").items()} == {
        "istiod-1-30-3": "1-30-3",
        "istiod-revision-tag-stable": "1-30-3",
        "istiod-revision-tag-default": "1-30-3",
    }
    webhooks = by_name(revised, "MutatingWebhookConfiguration")
    assert set(webhooks) == {"istio-sidecar-injector-1-30-3", "istio-revision-tag-stable", "istio-revision-tag-default"}
    assert set(selectors(webhooks["istio-revision-tag-stable"])) == {"rev.namespace.", "rev.object."}
    assert set(selectors(webhooks["istio-revision-tag-default"])) == {"rev.namespace.", "rev.object.", "namespace.", "object."}
    assert selectors(webhooks["istio-revision-tag-stable"])["rev.namespace."][0] == ("istio.io/rev", "In", ["stable"])
    assert set(by_name(revised, "ValidatingWebhookConfiguration")) == {"istio-validator-1-30-3-istio-system"}
    assert injected(revised, "istio-sidecar-injector-1-30-3")["revision"] == "1-30-3"


@pytest.mark.parametrize(
    ("chart", "values"),
    [("istiod", {"base": {"validationFailurePolicy": "Fail"}}), ("base", {"base": {"validationFailurePolicy": "Fail"}})],
)
def test_the_validator_fails_open_until_istiod_answers_unless_told(chart: str, values: Object) -> None:
    for given, words, policy in (
        ({}, (), "Ignore"),
        ({}, ("--is-upgrade",), None),
        (values, (), "Fail"),
        (values, ("--is-upgrade",), "Fail"),
    ):
        [configuration] = by_name(render(chart, "r", *words, values=given), "ValidatingWebhookConfiguration").values()
        assert [webhook.get("failurePolicy") for webhook in configuration["webhooks"]] == [policy]


def test_the_ambient_profile() -> None:
    objects = control_plane({"profile": "ambient"})
    container = by_name(objects, "Deployment")["istiod"]["spec"]["template"]["spec"]["containers"][0]
    assert {"name": "PILOT_ENABLE_AMBIENT", "value": "true"} in container["env"]
    assert container["image"] == "registry.istio.io/release/pilot:1.30.3-distroless"
    nodes = render("cni", "c", values={"profile": "ambient"})
    assert by_name(nodes, "ConfigMap")["istio-cni-config"]["data"]["AMBIENT_ENABLED"] == "true"
    assert len(by_name(nodes, "ClusterRole")) == 3
    _, problem = helm_template("istiod", "r", values={"profile": "demo"})
    assert "knows no profile demo (it knows ambient, default): start the sandbox with --charts real" in problem


@pytest.mark.parametrize("chart", ["cni", "ztunnel"])
def test_what_runs_on_every_node(chart: str) -> None:
    [daemons] = by_name(render(chart, "r", values={"resources": SIZED, "podLabels": {"a": "b"}}), "DaemonSet").values()
    pod = daemons["spec"]["template"]
    assert pod["spec"]["containers"][0]["resources"]["limits"] == {"memory": "128Mi"}
    assert pod["spec"]["containers"][0]["resources"]["requests"] == SIZED["requests"]
    assert {"operator": "Exists", "effect": "NoExecute"} in pod["spec"]["tolerations"]
    assert pod["spec"]["priorityClassName"] == "system-node-critical"
    assert pod["metadata"]["labels"]["a"] == "b"


def test_cni_values_below_their_old_prefix() -> None:
    [daemons] = by_name(render("cni", "r", values={"cni": {"resources": SIZED}}), "DaemonSet").values()
    assert daemons["spec"]["template"]["spec"]["containers"][0]["resources"]["limits"] == {"memory": "128Mi"}


def test_ztunnel_looks_for_its_revision() -> None:
    [daemons] = by_name(render("ztunnel", "r", values={"revision": "1-30-3"}), "DaemonSet").values()
    env = {each["name"]: each.get("value") for each in daemons["spec"]["template"]["spec"]["containers"][0]["env"]}
    assert env["XDS_ADDRESS"] == env["CA_ADDRESS"] == "istiod-1-30-3.istio-system.svc:15012"


def test_a_gateway_is_to_be_injected() -> None:
    values = {
        "service": {"type": "None"},
        "resources": SIZED,
        "autoscaling": {"enabled": False},
        "replicaCount": 2,
        "podDisruptionBudget": {"minAvailable": 1},
        "revision": "stable",
        "labels": {"quayside/owner": "dev"},
    }
    objects = render("gateway", "istio-ingress", values=values)
    pod = by_name(objects, "Deployment")["istio-ingress"]["spec"]["template"]
    assert pod["metadata"]["annotations"]["inject.istio.io/templates"] == "gateway"
    assert (
        pod["metadata"]["labels"]
        | {
            "sidecar.istio.io/inject": "true",
            "istio.io/rev": "stable",
            "istio": "ingress",
            "istio.io/dataplane-mode": "none",
            "quayside/owner": "dev",
        }
        == pod["metadata"]["labels"]
    )
    [container] = pod["spec"]["containers"]
    assert (container["image"], container["resources"]["requests"]) == ("auto", SIZED["requests"])
    assert by_name(objects, "Deployment")["istio-ingress"]["spec"]["replicas"] == 2
    assert by_name(objects, "PodDisruptionBudget")["istio-ingress"]["spec"]["minAvailable"] == 1
    assert not by_name(objects, "Service")
    assert not by_name(objects, "HorizontalPodAutoscaler")
    assert not by_name(render("gateway", "g", values={"podDisruptionBudget": {"minAvailable": 1}}), "PodDisruptionBudget")


def test_definitions_are_kept_and_can_be_left_out() -> None:
    definitions = by_name(
        render("base", "b", values={"base": {"excludedCRDs": ["envoyfilters.networking.istio.io"]}}), "CustomResourceDefinition"
    )
    assert len(definitions) == 14
    assert {entry["metadata"]["annotations"]["helm.sh/resource-policy"] for entry in definitions.values()} == {"keep"}
    telemetry = definitions["telemetries.telemetry.istio.io"]["spec"]
    assert [(version["name"], version["storage"]) for version in telemetry["versions"]] == [("v1alpha1", True), ("v1", False)]
    assert not by_name(render("base", "b", values={"base": {"enableCRDTemplates": False}}), "CustomResourceDefinition")


@pytest.mark.parametrize(
    ("chart", "values", "what"),
    [
        ("base", {"global": {"resourceScope": "cluster"}}, "global.resourceScope other than all"),
        ("istiod", {"istiodRemote": {"enabled": True}}, "istiodRemote"),
        ("cni", {"provider": "multus"}, "provider other than default"),
        ("ztunnel", {"peerCaCrl": {"enabled": True}}, "peerCaCrl"),
        ("gateway", {"networkGateway": "net"}, "networkGateway"),
    ],
)
def test_values_that_would_make_other_objects_are_refused(chart: str, values: Object, what: str) -> None:
    _, problem = helm_template(chart, "r", values=values)
    assert f"knows no {what}: start the sandbox with --charts real" in problem
