"""What the values of Kong's chart change in the stand-in; that its objects are the real one's is test_stand_in_charts.py's."""

from __future__ import annotations

import base64

import pytest

from .rendering import Object, by_name, helm_template, render

KNOWS_CLASSES = ("--api-versions", "networking.k8s.io/v1/IngressClass")


def pod(objects: list[Object]) -> Object:
    [deployment] = by_name(objects, "Deployment").values()
    found: Object = deployment["spec"]["template"]["spec"]
    return found


def variables(objects: list[Object], container: str) -> dict[str, str]:
    found = next(each for each in pod(objects)["containers"] if each["name"] == container)
    return {each["name"]: each.get("value", "") for each in found["env"]}


def test_sizes_and_replicas() -> None:
    proxy, controller = {"requests": {"cpu": "100m"}}, {"requests": {"cpu": "50m"}}
    values = {
        "fullnameOverride": "kong",
        "replicaCount": 2,
        "deployment": {"minReadySeconds": 15},
        "resources": proxy,
        "ingressController": {"resources": controller},
        "podDisruptionBudget": {"enabled": True, "maxUnavailable": 1, "unhealthyPodEvictionPolicy": "AlwaysAllow"},
        "extraLabels": {"quayside/owner": "dev"},
    }
    objects = render("kong", "kong", values=values)
    deployment = by_name(objects, "Deployment")["kong"]
    assert (deployment["spec"]["replicas"], deployment["spec"]["minReadySeconds"]) == (2, 15)
    sized = {each["name"]: each["resources"] for key in ("containers", "initContainers") for each in pod(objects)[key]}
    assert sized == {"ingress-controller": controller, "proxy": proxy, "clear-stale-pid": proxy}
    budget = by_name(objects, "PodDisruptionBudget")["kong"]["spec"]
    assert budget | {"maxUnavailable": 1, "unhealthyPodEvictionPolicy": "AlwaysAllow"} == budget
    assert all(entry["metadata"]["labels"]["quayside/owner"] == "dev" for entry in objects)
    assert "replicas" not in by_name(render("kong", "k", values={"autoscaling": {"enabled": True}}), "Deployment")["k-kong"]["spec"]


def test_settings_become_variables() -> None:
    values = {
        "env": {"real_ip_header": "proxy_protocol", "plugins": "bundled"},
        "ingressController": {"env": {"publish_service": "kong/lb"}, "ingressClass": "outer", "watchNamespaces": ["a", "b"]},
        "proxy": {"http": {"parameters": ["proxy_protocol"]}, "stream": [{"containerPort": 9000, "servicePort": 9000, "parameters": []}]},
    }
    objects = render("kong", "kong", values=values)
    proxy, controller = variables(objects, "proxy"), variables(objects, "ingress-controller")
    assert (proxy["KONG_REAL_IP_HEADER"], proxy["KONG_PLUGINS"], proxy["KONG_DATABASE"]) == ("proxy_protocol", "bundled", "off")
    assert proxy["KONG_PROXY_LISTEN"] == "0.0.0.0:8000 proxy_protocol, 0.0.0.0:8443 http2 ssl"
    assert proxy["KONG_ADMIN_LISTEN"] == "127.0.0.1:8444 http2 ssl"
    assert proxy["KONG_STREAM_LISTEN"] == "0.0.0.0:9000"
    assert (controller["CONTROLLER_PUBLISH_SERVICE"], controller["CONTROLLER_INGRESS_CLASS"]) == ("kong/lb", "outer")
    assert controller["CONTROLLER_WATCH_NAMESPACE"] == "a,b"
    assert variables(render("kong", "kong"), "ingress-controller")["CONTROLLER_PUBLISH_SERVICE"] == "somewhere/kong-kong-proxy"
    assert "stream-9000:9000" in [
        f"{port['name']}:{port['port']}" for port in by_name(objects, "Service")["kong-kong-proxy"]["spec"]["ports"]
    ]


def test_the_class_comes_where_the_apis_kinds_are_known() -> None:
    classes = by_name(render("kong", "kong", *KNOWS_CLASSES, values={"ingressController": {"ingressClass": "outer"}}), "IngressClass")
    assert {name: each["spec"]["controller"] for name, each in classes.items()} == {"outer": "ingress-controllers.konghq.com/outer"}
    assert not by_name(render("kong", "kong", *KNOWS_CLASSES, values={"ingressController": {"createIngressClass": False}}), "IngressClass")


def test_parts_can_be_left_out() -> None:
    closed = {"proxy": {"enabled": False}, "manager": {"enabled": False}, "ingressController": {"admissionWebhook": {"enabled": False}}}
    objects = render("kong", "kong", values=closed)
    assert set(by_name(objects, "Service")) == {"kong-kong-metrics"}
    assert not by_name(objects, "ValidatingWebhookConfiguration")
    assert not by_name(objects, "Secret")
    assert not [port for each in pod(objects)["containers"] for port in each["ports"] if port["name"].startswith(("proxy", "webhook"))]


def test_the_webhook_trusts_the_certificate_that_the_pods_mount() -> None:
    objects = render("kong", "kong")
    [configuration] = by_name(objects, "ValidatingWebhookConfiguration").values()
    authority = by_name(objects, "Secret")["kong-kong-validation-webhook-ca-keypair"]["data"]["tls.crt"]
    assert {webhook["clientConfig"]["caBundle"] for webhook in configuration["webhooks"]} == {authority}
    assert base64.b64decode(authority).startswith(b"-----BEGIN CERTIFICATE-----")
    assert "kong-kong-validation-webhook-keypair" in [
        volume["secret"]["secretName"] for volume in pod(objects)["volumes"] if "secret" in volume
    ]
    judged = {resource for webhook in configuration["webhooks"] for rule in webhook["rules"] for resource in rule["resources"]}
    assert judged >= {"ingresses", "kongplugins", "kongclusterplugins", "secrets", "services", "httproutes"}


@pytest.mark.parametrize(
    ("values", "what"),
    [({"env": {"database": "postgres"}}, "env.database other than off"), ({"deployment": {"daemonset": True}}, "deployment.daemonset")],
)
def test_values_that_would_make_other_objects_are_refused(values: Object, what: str) -> None:
    _, problem = helm_template("kong", "r", values=values)
    assert f"knows no {what}: start the sandbox with --charts real" in problem
