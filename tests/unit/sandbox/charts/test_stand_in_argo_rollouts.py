"""The stand-in of argo-rollouts: what it makes of the values, and definitions that server-side apply and autoscalers can work with."""

from __future__ import annotations

import pytest
import yaml

from .rendering import by_name, helm_template, render

PLUGINS = [{"name": "argoproj-labs/gatewayAPI", "location": "https://example.com/plugin"}]


def test_plugins_come_into_the_configuration_and_restart_the_controller() -> None:
    plain, objects = (render("argo-rollouts", "rel", values={"controller": {"trafficRouterPlugins": each}}) for each in ([], PLUGINS))
    told = by_name(objects, "ConfigMap")["argo-rollouts-config"]["data"]
    assert yaml.safe_load(told["trafficRouterPlugins"]) == PLUGINS
    before, after = (by_name(each, "Deployment")["rel-argo-rollouts"]["spec"]["template"]["metadata"] for each in (plain, objects))
    assert before["annotations"] != after["annotations"]


def test_what_is_asked_for_beside_the_controller() -> None:
    assert not {"Service", "ServiceMonitor", "PodDisruptionBudget"} & {each["kind"] for each in render("argo-rollouts", "rel")}
    metrics = {"enabled": True, "serviceMonitor": {"enabled": True, "additionalLabels": {"release": "seen"}}}
    objects = render(
        "argo-rollouts", "argo-rollouts", values={"controller": {"metrics": metrics, "pdb": {"enabled": True, "maxUnavailable": 1}}}
    )
    monitor = by_name(objects, "ServiceMonitor")["argo-rollouts"]
    service = by_name(objects, "Service")["argo-rollouts-metrics"]
    assert monitor["metadata"]["labels"]["release"] == "seen"
    assert monitor["spec"]["selector"]["matchLabels"].items() <= service["metadata"]["labels"].items()
    assert monitor["spec"]["endpoints"][0]["port"] == service["spec"]["ports"][0]["name"]
    assert by_name(objects, "PodDisruptionBudget")["argo-rollouts"]["spec"]["maxUnavailable"] == 1


def test_a_rollout_can_be_scaled_and_its_lists_have_keys() -> None:
    definition = by_name(render("argo-rollouts", "rel"), "CustomResourceDefinition")["rollouts.argoproj.io"]
    assert definition["metadata"]["annotations"]["helm.sh/resource-policy"] == "keep"
    [version] = definition["spec"]["versions"]
    assert version["subresources"]["scale"]["statusReplicasPath"] == ".status.HPAReplicas"
    assert [each["name"] for each in version["additionalPrinterColumns"]] == ["Desired", "Current", "Up-to-date", "Available", "Age"]
    pod = version["schema"]["openAPIV3Schema"]["properties"]["spec"]["properties"]["template"]["properties"]["spec"]["properties"]
    assert pod["containers"]["x-kubernetes-list-map-keys"] == ["name"]
    assert not by_name(render("argo-rollouts", "rel", values={"installCRDs": False}), "CustomResourceDefinition")


@pytest.mark.parametrize(
    "values", [{"clusterInstall": False}, {"dashboard": {"enabled": True}}, {"notifications": {"secret": {"create": True}}}]
)
def test_what_it_has_not_is_refused(values: dict[str, object]) -> None:
    _, problem = helm_template("argo-rollouts", "rel", values=values)
    assert "stand-in of argo-rollouts knows no" in problem
