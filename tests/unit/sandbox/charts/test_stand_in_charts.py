"""A stand-in chart has the real chart's objects, whatever the release is called, and takes and refuses the same values."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path

import pytest
import yaml

from .rendering import CHARTS, ROOT, Object, by_name, render

DATA = Path(os.environ.get("QUAYSIDE_SHARED_DATA") or ROOT.parent / "shared" / "data") / "charts"
NAMES = sorted(path.parent.name for path in CHARTS.glob("*/Chart.yaml"))
FOLDERS = {"base": "istio-base", "cni": "istio-cni", "gateway": "istio-gateway"}
"""Where the facts lie in a folder that is not called as the chart is."""
OTHER_KINDS = {"ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"}
LEFT_OUT = {"kube-prometheus-stack": {"ConfigMap", "Pod", "PrometheusRule"}}
"""Kinds of which a stand-in has not all: the many rules and dashboards, and a test's pod."""
GATEWAY = {"istio-ingress": "rel", "ingress": "rel"}
"""What Istio's gateway puts into its selector, which has no label for the release."""


OWN = Path(__file__).parent / "facts"
"""Facts about charts that the test data has not."""


def folder(chart: str) -> Path:
    return OWN / chart if (OWN / chart).is_dir() else DATA / FOLDERS.get(chart, chart)


def facts(chart: str) -> Object:
    """What the real chart renders; on a user's machine it is not there, in CI it must be."""
    path = folder(chart) / "chart.yaml"
    if not path.is_file():
        message = f"no facts about {chart}: set QUAYSIDE_SHARED_DATA to the folder that holds charts/"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    found: Object = yaml.safe_load(path.read_text())
    return found


def described(entry: Object, namespace: str) -> Object:
    """An object as chart.yaml describes one that was rendered for the namespace."""
    kind, spec = entry["kind"], entry.get("spec") or {}
    found: Object = {"kind": kind, "name": entry["metadata"]["name"]}
    hook = (entry["metadata"].get("annotations") or {}).get("helm.sh/hook")
    if hook:
        found["hook"] = hook
    if entry["metadata"].get("namespace", namespace) != namespace:
        found["namespace"] = entry["metadata"]["namespace"]
    if kind == "Service":
        found |= {"headless": True} if spec.get("clusterIP") == "None" else {}
        found |= {"type": spec["type"], "ports": [f"{port['name']}:{port['port']}" for port in spec["ports"]]}
    if kind == "IngressClass":
        found["controller"] = spec["controller"]
    if kind in ("Deployment", "StatefulSet", "DaemonSet"):
        found["selector"] = spec["selector"]["matchLabels"]
    if kind.endswith("WebhookConfiguration"):
        found["webhooks"] = [webhook["name"] for webhook in entry["webhooks"]]
        found["failurePolicy"] = sorted({webhook["failurePolicy"] for webhook in entry["webhooks"]})
    return found


def ordered(objects: list[Object]) -> list[str]:
    return sorted(json.dumps(entry, sort_keys=True) for entry in objects)


@pytest.mark.parametrize("chart", NAMES)
@pytest.mark.parametrize("release", ["the chart's", "rel"])
def test_it_renders_the_real_charts_objects(chart: str, release: str) -> None:
    known = facts(chart)
    real = known["render"]
    name = real["release"] if release == "the chart's" else "rel"
    wanted = []
    for entry in real["objects"]:
        other = entry.pop("with_release_rel", entry["name"])
        entry["name"] = other if name == "rel" else entry["name"]
        if "selector" in entry:
            entry["selector"] = {key: named(chart, key, value, real["release"], name) for key, value in entry["selector"].items()}
        wanted.append(entry)
    counts = {kind: count for kind, count in (real.get("other_kinds") or {}).items() if kind not in {entry["kind"] for entry in wanted}}
    needed = known.get("values_needed_to_render")
    rendered = render(chart, name, "--namespace", real["namespace"], "--include-crds", values=needed)
    definitions = {entry["metadata"]["name"] for entry in rendered if entry["kind"] == "CustomResourceDefinition"}
    assert definitions == set(real.get("crds") or [])
    counted = OTHER_KINDS | set(counts)
    compared = counted - LEFT_OUT.get(chart, set())
    found = [described(entry, real["namespace"]) for entry in rendered if entry["kind"] not in counted | {"CustomResourceDefinition"}]
    assert ordered(found) == ordered(wanted)
    assert Counter(entry["kind"] for entry in rendered if entry["kind"] in compared) == {
        kind: counts[kind] for kind in counts.keys() & compared
    }


def named(chart: str, key: str, value: str, release: str, name: str) -> str:
    """The value of a selector's label when the release has the other name."""
    if chart == "gateway" and name == "rel":
        return GATEWAY[value]
    return name if key.rpartition("/")[2] in ("instance", "release") and value == release else value


@pytest.mark.parametrize("chart", NAMES)
def test_it_is_of_the_version_whose_facts_are_known(chart: str) -> None:
    assert yaml.safe_load((CHARTS / chart / "Chart.yaml").read_text())["version"] == facts(chart)["version"]


@pytest.mark.parametrize("chart", [name for name in NAMES if (CHARTS / name / "values.schema.json").is_file()])
def test_its_schema_takes_the_real_charts_defaults_and_no_other_key(chart: str) -> None:
    assert facts(chart)
    defaults = yaml.safe_load((folder(chart) / "values.yaml").read_text())
    needed = facts(chart).get("values_needed_to_render") or {}
    assert render(chart, "rel", values={**defaults, **needed})
    with pytest.raises(AssertionError, match="additional properties 'nonsense' not allowed"):
        render(chart, "rel", values={**needed, "nonsense": 1})


def test_the_ca_of_cert_managers_webhooks_comes_from_its_secret() -> None:
    objects = render("cert-manager", "cert-manager")
    for kind in ("ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"):
        hook = by_name(objects, kind)["cert-manager-webhook"]
        assert hook["metadata"]["annotations"]["cert-manager.io/inject-ca-from-secret"] == "somewhere/cert-manager-webhook-ca"
        assert hook["webhooks"][0]["clientConfig"]["service"] | {"path": ""} == {
            "name": "cert-manager-webhook",
            "namespace": "somewhere",
            "path": "",
        }


def test_every_role_is_bound_to_an_account_that_exists() -> None:
    objects = render("cert-manager", "rel")
    accounts = set(by_name(objects, "ServiceAccount"))
    for kind in ("ClusterRoleBinding", "RoleBinding"):
        for name, binding in by_name(objects, kind).items():
            assert binding["roleRef"]["name"] in by_name(objects, binding["roleRef"]["kind"]), name
            assert {subject["name"] for subject in binding["subjects"]} <= accounts, name


def test_cert_managers_definitions_come_when_asked_for() -> None:
    assert not by_name(render("cert-manager", "rel"), "CustomResourceDefinition")
    kept = by_name(render("cert-manager", "rel", values={"crds": {"enabled": True}}), "CustomResourceDefinition")
    assert set(kept) == {
        *(f"{plural}.cert-manager.io" for plural in ("certificates", "certificaterequests", "issuers", "clusterissuers")),
        *(f"{plural}.acme.cert-manager.io" for plural in ("orders", "challenges")),
    }
    assert kept["clusterissuers.cert-manager.io"]["spec"]["scope"] == "Cluster"
    assert {entry["metadata"]["annotations"]["helm.sh/resource-policy"] for entry in kept.values()} == {"keep"}
    let_go = by_name(render("cert-manager", "rel", values={"crds": {"enabled": True, "keep": False}}), "CustomResourceDefinition")
    assert all("helm.sh/resource-policy" not in entry["metadata"]["annotations"] for entry in let_go.values())


def test_cert_manager_takes_the_values_that_we_set() -> None:
    sized = {"requests": {"cpu": "20m", "memory": "64Mi"}, "limits": {"memory": "128Mi"}}
    part = {"resources": sized, "replicaCount": 3, "podDisruptionBudget": {"enabled": True, "minAvailable": 2}, "extraArgs": ["--x=y"]}
    values = {
        **part,
        "webhook": part,
        "cainjector": part,
        "startupapicheck": {"resources": sized, "timeout": "3m"},
        "imageRegistry": "mirror.local",
        "config": {"enableGatewayAPI": True},
        "prometheus": {"enabled": False},
        "global": {"priorityClassName": "system-cluster-critical", "commonLabels": {"quayside/owner": "dev"}},
    }
    objects = render("cert-manager", "cert-manager", values=values)
    deployments = by_name(objects, "Deployment")
    assert len(deployments) == 3
    for deployment in deployments.values():
        pod = deployment["spec"]["template"]["spec"]
        assert deployment["spec"]["replicas"] == 3
        assert deployment["metadata"]["labels"]["quayside/owner"] == "dev"
        assert pod["containers"][0]["resources"] == sized
        assert pod["containers"][0]["image"].startswith("mirror.local/jetstack/cert-manager-")
        assert pod["containers"][0]["args"][-1] == "--x=y"
        assert pod["priorityClassName"] == "system-cluster-critical"
    assert [budget["spec"]["minAvailable"] for budget in by_name(objects, "PodDisruptionBudget").values()] == [2, 2, 2]
    config = yaml.safe_load(by_name(objects, "ConfigMap")["cert-manager"]["data"]["config.yaml"])
    assert config == {
        "apiVersion": "controller.config.cert-manager.io/v1alpha1",
        "kind": "ControllerConfiguration",
        "enableGatewayAPI": True,
    }
    assert set(by_name(objects, "Service")) == {"cert-manager-webhook"}
    check = by_name(objects, "Job")["cert-manager-startupapicheck"]["spec"]["template"]["spec"]["containers"][0]
    assert check["resources"] == sized
    assert "--wait=3m" in check["args"]


def test_parts_of_cert_manager_can_be_left_out() -> None:
    objects = render("cert-manager", "rel", values={"cainjector": {"enabled": False}, "startupapicheck": {"enabled": False}})
    assert not [entry["metadata"]["name"] for entry in objects if "cainjector" in entry["metadata"]["name"] or entry["kind"] == "Job"]
