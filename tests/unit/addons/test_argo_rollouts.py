"""Argo Rollouts, as a stack whose services ask for it installs it."""

from typing import Any

import pytest

from quayside.addons.argo_rollouts_values import values
from quayside.addons.index import ADDONS
from quayside.settings.footprint import ARGO_ROLLOUTS
from quayside.versions import CHARTS
from unit.examples import public, settings

KNOWN = {
    "installCRDs",
    "keepCRDs",
    "dashboard.enabled",
    "controller.replicas",
    "controller.resources.requests.cpu",
    "controller.resources.requests.memory",
    "controller.pdb.enabled",
    "controller.pdb.maxUnavailable",
    "controller.metrics.enabled",
    "controller.metrics.serviceMonitor.enabled",
    "controller.trafficRouterPlugins",
    "providerRBAC.enabled",
    "providerRBAC.additionalRules",
    *(
        f"providerRBAC.providers.{each}"
        for each in (
            "ambassador",
            "apisix",
            "awsAppMesh",
            "awsLoadBalancerController",
            "contour",
            "gatewayAPI",
            "glooPlatform",
            "istio",
            "smi",
            "traefik",
        )
    ),
}
"""Of the chart's values.yaml: its defaults are not among the test data (see test_chart_values)."""


def stack(entry: str = "gateway-api", **more: Any) -> Any:
    given = {**public(), "entry": {"kind": entry}, "observability": {"metrics": {"enabled": True}}, **more}
    given["services"]["hello"]["progressive"] = {}
    return settings(given)


def leaves(tree: dict[str, Any], path: tuple[str, ...] = ()) -> set[str]:
    found = set()
    for key, value in tree.items():
        found |= leaves(value, (*path, key)) if isinstance(value, dict) else {".".join((*path, key))}
    return found


@pytest.mark.parametrize("entry", ["gateway-api", "istio", "ingress-nginx"])
def test_every_key_exists(entry: str) -> None:
    assert leaves(values(stack(entry))) == KNOWN


def test_it_is_there_where_a_service_asks_for_it() -> None:
    (addon,) = [each for each in ADDONS if each.name == "argo-rollouts"]
    assert addon.wanted(stack())
    assert not addon.wanted(settings(public()))
    assert addon.needs == ("prometheus",)  # its definitions: the chart makes a ServiceMonitor
    assert CHARTS["argo-rollouts"].values_function() is values


def test_the_plugin_is_fetched_for_the_gateway_api_alone() -> None:
    found = values(stack())
    (plugin,) = found["controller"]["trafficRouterPlugins"]
    assert plugin["name"] == "argoproj-labs/gatewayAPI"
    assert plugin["location"].endswith("/v0.17.0/gatewayapi-plugin-linux-amd64")
    assert len(plugin["sha256"]) == 64
    assert [each for each, on in found["providerRBAC"]["providers"].items() if on] == ["gatewayAPI"]
    routes = next(rule for rule in found["providerRBAC"]["additionalRules"] if "httproutes" in rule["resources"])
    assert {"get", "update"} <= set(routes["verbs"])
    other = values(stack("istio"))
    assert (other["controller"]["trafficRouterPlugins"], other["providerRBAC"]["additionalRules"]) == ([], [])
    assert [each for each, on in other["providerRBAC"]["providers"].items() if on] == ["istio"]
    assert not any(values(stack("ingress-nginx"))["providerRBAC"]["providers"].values())


def test_the_definitions_stay() -> None:
    """Without them Rollouts would go, and their pods with them."""
    assert (values(stack())["installCRDs"], values(stack())["keepCRDs"]) == (True, True)


def test_in_prod_a_second_one_takes_over() -> None:
    for environment, number in (("dev", 1), ("prod", 2)):
        told = values(stack(environment=environment))["controller"]
        assert (told["replicas"], told["pdb"]["enabled"]) == (number, number > 1)
        assert told["resources"] == {"requests": ARGO_ROLLOUTS.requests}
