"""The simulated istiod: classes, the pods of Gateways, and what it says of gateways and listener sets."""

from __future__ import annotations

import json
from typing import Any

import pytest

from quayside_sandbox.clouds.store import Store
from quayside_sandbox.controlplane.controllers.istio import Istiod
from quayside_sandbox.kube.client import Object

from .fake_cluster import AVAILABLE, FakeCluster, service
from .gateway_objects import API, SELECTED, condition, gateway, istiod, listener, listener_set, mesh, route, secret

NAME, MANAGED = "gateway-istio", "gateway.istio.io/managed"


def reconcile(cluster: FakeCluster) -> None:
    """Once, and again for what became of its own writes; a third time changes nothing."""
    simulator = Istiod(cluster.around)
    simulator.reconcile()
    simulator.reconcile()
    before = cluster.writes
    assert simulator.reconcile() is None
    assert cluster.writes == before, "what is as it shall be is left alone"


def status(cluster: FakeCluster, kind: str = "Gateway", name: str = "gateway", namespace: str = "edge") -> Object:
    found: Object = cluster.get(API, kind, name, namespace)["status"]
    return found


def listeners(cluster: FakeCluster, kind: str = "Gateway", name: str = "gateway", namespace: str = "edge") -> dict[str, Object]:
    return {each["name"]: each for each in status(cluster, kind, name, namespace)["listeners"]}


def run(cluster: FakeCluster) -> None:
    """The pods of the Gateway."""
    cluster.get("apps/v1", "Deployment", NAME, "edge")["status"] = AVAILABLE


def test_nothing_happens_without_istiod(cluster: FakeCluster) -> None:
    cluster.put(**gateway())
    Istiod(cluster.around).reconcile()
    assert cluster.writes == 0


def test_without_definitions_it_waits_for_them(store: Store) -> None:
    cluster = FakeCluster(store, "Gateway")
    cluster.put(**istiod())
    assert Istiod(cluster.around).reconcile() is not None


def test_an_object_that_no_definition_would_take_ends_nothing(cluster: FakeCluster) -> None:
    mesh(cluster)
    cluster.put("HTTPRoute", "web", "shop", API, spec={"parentRefs": [{}]})
    assert Istiod(cluster.around).reconcile() is not None


def test_classes_are_made_and_accepted(cluster: FakeCluster) -> None:
    cluster.put(**istiod())
    reconcile(cluster)
    found = {each["metadata"]["name"]: each for each in cluster.list(API, "GatewayClass")}
    assert {name: each["spec"]["controllerName"] for name, each in found.items()} == {
        "istio": "istio.io/gateway-controller",
        "istio-waypoint": "istio.io/mesh-controller",
        "istio-remote": "istio.io/unmanaged-gateway",
    }
    assert all(condition(each, "Accepted")[0] == "True" for each in found.values())


def test_a_gateway_gets_its_pods(cluster: FakeCluster) -> None:
    mesh(cluster)
    infrastructure = {"labels": {"owner": "us"}, "annotations": {"note": "x"}}
    given = gateway("gateway", listener("http"), listener("https", 443, "HTTPS", "a.example.com"), infrastructure=infrastructure)
    cluster.put(**given, metadata={"annotations": {"networking.istio.io/service-type": "ClusterIP"}})
    reconcile(cluster)
    made = cluster.get("apps/v1", "Deployment", NAME, "edge")
    account = cluster.get("v1", "ServiceAccount", NAME, "edge")
    found = cluster.get("v1", "Service", NAME, "edge")
    for each in (made, account, found):
        assert each["metadata"]["ownerReferences"][0]["uid"] == cluster.get(API, "Gateway", "gateway", "edge")["metadata"]["uid"]
        assert each["metadata"]["labels"].items() >= {"owner": "us", MANAGED: "istio.io-gateway-controller"}.items()
        assert each["metadata"]["annotations"] == {"note": "x"}, "the Gateway's own are not copied where others are given"
    assert found["spec"]["type"] == "ClusterIP"
    assert [port["port"] for port in found["spec"]["ports"]] == [15021, 80, 443]
    selector = {"gateway.networking.k8s.io/gateway-name": "gateway"}
    assert found["spec"]["selector"] == made["spec"]["selector"]["matchLabels"] == selector
    assert made["spec"]["template"]["metadata"]["labels"].items() >= selector.items()
    assert not cluster.list("autoscaling/v2", "HorizontalPodAutoscaler"), "only where parameters ask for one"


def test_values_and_parameters_shape_the_pods(cluster: FakeCluster) -> None:
    mesh(cluster)
    proxy = {"image": "proxyv2", "resources": {"requests": {"cpu": "10m", "memory": "40Mi"}, "limits": None}}
    values = {"global": {"hub": "hub", "tag": "1.30.3", "proxy": proxy}, "gateways": {"seccompProfile": {"type": "RuntimeDefault"}}}
    cluster.put("ConfigMap", "istio-sidecar-injector", "istio-system", data={"values": json.dumps(values)})
    patch = {"spec": {"replicas": 2, "template": {"spec": {"containers": [{"name": "istio-proxy", "env": [{"name": "A", "value": "b"}]}]}}}}
    overlays = {"deployment": json.dumps(patch), "podDisruptionBudget": "spec: {minAvailable: 1}", "horizontalPodAutoscaler": "{}"}
    cluster.put("ConfigMap", "parameters", "edge", data=overlays)
    reference = {"group": "", "kind": "ConfigMap", "name": "parameters"}
    cluster.put(**gateway(infrastructure={"parametersRef": reference}))
    reconcile(cluster)
    made = cluster.get("apps/v1", "Deployment", NAME, "edge")["spec"]
    pod = made["template"]["spec"]
    [container] = pod["containers"]
    assert made["replicas"] == 2
    assert (container["image"], container["env"]) == ("hub/proxyv2:1.30.3", [{"name": "A", "value": "b"}])
    assert container["resources"] == {"requests": {"cpu": "10m", "memory": "40Mi"}}
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert cluster.get("policy/v1", "PodDisruptionBudget", NAME, "edge")["spec"]["minAvailable"] == 1
    assert cluster.get("autoscaling/v2", "HorizontalPodAutoscaler", NAME, "edge")["spec"]["scaleTargetRef"]["name"] == NAME


@pytest.mark.parametrize("data", [{"deploymnt": "{}"}, {"deployment": "metadata: {name: other}"}, {"deployment": "a: ["}, None])
def test_parameters_that_are_wrong_make_nothing(cluster: FakeCluster, data: Any) -> None:
    mesh(cluster)
    if data is not None:
        cluster.put("ConfigMap", "parameters", "edge", data=data)
    cluster.put(**gateway(infrastructure={"parametersRef": {"group": "", "kind": "ConfigMap", "name": "parameters"}}))
    reconcile(cluster)
    assert not cluster.list("v1", "Service")
    assert condition({"status": status(cluster)}, "Programmed")[:2] == ("False", "AddressNotUsable")


def test_a_waypoint_is_called_like_its_gateway(cluster: FakeCluster) -> None:
    mesh(cluster)
    cluster.put(**gateway("waypoint", listener("mesh", 15008, "HBONE"), namespace="shop", gatewayClassName="istio-waypoint"))
    reconcile(cluster)
    pod = cluster.get("apps/v1", "Deployment", "waypoint", "shop")["spec"]["template"]
    assert pod["metadata"]["labels"]["istio.io/dataplane-mode"] == "none"
    assert cluster.get("v1", "Service", "waypoint", "shop")["spec"]["type"] == "ClusterIP"
    assert condition(listeners(cluster, name="waypoint", namespace="shop")["mesh"], "Accepted")[0] == "True"


def test_what_somebody_else_made_is_left_alone(cluster: FakeCluster) -> None:
    mesh(cluster)
    cluster.put(**service(NAME, "edge", {"mine": "yes"}, p80=80))
    cluster.put(**gateway())
    reconcile(cluster)
    assert cluster.get("v1", "Service", NAME, "edge")["spec"]["selector"] == {"mine": "yes"}


def test_a_gateway_is_programmed_once_a_pod_is_ready(cluster: FakeCluster) -> None:
    mesh(cluster)
    cluster.put(**gateway(), metadata={"annotations": {"networking.istio.io/service-type": "ClusterIP"}})
    reconcile(cluster)
    assert condition({"status": status(cluster)}, "Programmed") == (
        "False",
        "AddressNotAssigned",
        'Failed to assign to any requested addresses: no instances found for hostname "gateway-istio.edge.svc.cluster.local"',
    )
    assert "addresses" not in status(cluster)
    run(cluster)
    reconcile(cluster)
    said = "Resource programmed, assigned to service(s) gateway-istio.edge.svc.cluster.local:80"
    assert condition({"status": status(cluster)}, "Programmed") == ("True", "Programmed", said)
    assert status(cluster)["addresses"] == [{"type": "Hostname", "value": "gateway-istio.edge.svc.cluster.local"}]


def test_listeners_tell_of_their_certificates(cluster: FakeCluster) -> None:
    mesh(cluster)
    secure = listener("https", 443, "HTTPS", "a.example.com", "web-tls")
    secure["tls"]["certificateRefs"][0]["namespace"] = "shop"
    cluster.put(**gateway("gateway", listener("http"), secure))
    reconcile(cluster)
    lost = "invalid certificate reference /Secret/web-tls.shop, secret shop/web-tls not found"
    assert condition(listeners(cluster)["https"], "ResolvedRefs") == ("False", "InvalidCertificateRef", lost)
    assert condition(listeners(cluster)["https"], "Programmed")[:2] == ("False", "Invalid")
    assert condition(listeners(cluster)["http"], "Programmed")[0] == "True"
    cluster.put(**secret("web-tls", "a.example.com"))
    reconcile(cluster)
    assert condition(listeners(cluster)["https"], "ResolvedRefs")[1] == "RefNotPermitted"
    asks = {"group": "gateway.networking.k8s.io", "kind": "Gateway", "namespace": "edge"}
    grant = {"from": [asks], "to": [{"group": "", "kind": "Secret", "name": "web-tls"}]}
    cluster.put("ReferenceGrant", "grant", "shop", "gateway.networking.k8s.io/v1beta1", spec=grant)
    reconcile(cluster)
    assert condition(listeners(cluster)["https"], "Programmed")[0] == "True"


@pytest.mark.parametrize(
    ("allowed", "attached"),
    [(None, 0), ({"namespaces": {"from": "Same"}}, 0), ({"namespaces": {"from": "All"}}, 1), (SELECTED, 1)],
)
def test_listener_sets_attach_only_where_the_gateway_says_so(cluster: FakeCluster, allowed: Any, attached: int) -> None:
    mesh(cluster, shop={"team": "shop"})
    inside = {"annotations": {"networking.istio.io/service-type": "ClusterIP"}}
    cluster.put(**gateway(**({"allowedListeners": allowed} if allowed else {})), metadata=inside)
    cluster.put(**listener_set("web", listener("web", 443, "HTTPS", "a.example.com", "web-tls")))
    cluster.put(**secret("web-tls", "a.example.com"))
    cluster.put(**service("web", "shop", {"app": "web"}, p80=80))
    cluster.put(**route("web", "a.example.com", parent={"kind": "ListenerSet", "name": "web"}))
    reconcile(cluster)
    run(cluster)
    reconcile(cluster)
    assert status(cluster)["attachedListenerSets"] == attached
    found = {"status": status(cluster, "ListenerSet", "web", "shop")}
    if attached:
        assert (condition(found, "Accepted")[0], condition(found, "Programmed")[0]) == ("True", "True")
        assert listeners(cluster, "ListenerSet", "web", "shop")["web"]["attachedRoutes"] == 1
        assert 443 in [port["port"] for port in cluster.get("v1", "Service", NAME, "edge")["spec"]["ports"]]
    else:
        assert condition(found, "Accepted")[:2] == ("False", "NotAllowed")
        assert not (cluster.get(API, "HTTPRoute", "web", "shop").get("status") or {}).get("parents"), "no listener, no word of the route"


def test_of_two_sets_with_one_host_the_older_one_keeps_it(cluster: FakeCluster) -> None:
    mesh(cluster)
    cluster.put(**gateway(allowedListeners={"namespaces": {"from": "All"}}))
    one = listener("web", 443, "HTTPS", "a.example.com", "web-tls")
    cluster.put(**secret("web-tls", "a.example.com"))
    cluster.put(**listener_set("a-younger", one, born="2026-02-01T00:00:00Z"))
    cluster.put(**listener_set("older", one, born="2026-01-01T00:00:00Z"))
    reconcile(cluster)
    assert condition(listeners(cluster, "ListenerSet", "older", "shop")["web"], "Conflicted")[0] == "False"
    assert condition(listeners(cluster, "ListenerSet", "a-younger", "shop")["web"], "Conflicted")[:2] == ("True", "HostnameConflict")
    assert condition({"status": status(cluster, "ListenerSet", "a-younger", "shop")}, "Accepted")[1] == "ListenersNotValid"
    assert status(cluster)["attachedListenerSets"] == 1


@pytest.mark.parametrize(
    ("protocol", "host", "conflict"),
    [
        ("HTTPS", "b.example.com", "NoConflicts"),
        ("TLS", "b.example.com", "NoConflicts"),
        ("TLS", "a.example.com", "ProtocolConflict"),
        ("HTTPS", "a.example.com", "HostnameConflict"),
        ("HTTP", "b.example.com", "ProtocolConflict"),
    ],
)
def test_who_may_share_a_port(cluster: FakeCluster, protocol: str, host: str, conflict: str) -> None:
    mesh(cluster)
    cluster.put(**gateway("gateway", listener("own", 443, "HTTPS", "a.example.com"), allowedListeners={"namespaces": {"from": "All"}}))
    cluster.put(**listener_set("web", listener("web", 443, protocol, host)))
    reconcile(cluster)
    assert condition(listeners(cluster, "ListenerSet", "web", "shop")["web"], "Conflicted")[1] == conflict


def test_each_control_plane_has_its_own_gateways(cluster: FakeCluster) -> None:
    mesh(cluster, edge={"istio.io/rev": "canary"})
    cluster.put(**gateway())
    reconcile(cluster)
    assert "status" not in cluster.get(API, "Gateway", "gateway", "edge"), "its revision does not run"
    cluster.put(**istiod("1-30-3", "istiod-1-30-3"))
    tag = {"labels": {"istio.io/tag": "canary", "istio.io/rev": "1-30-3"}}
    cluster.put("MutatingWebhookConfiguration", "tag", api_version="admissionregistration.k8s.io/v1", metadata=tag)
    reconcile(cluster)
    made = cluster.get("apps/v1", "Deployment", NAME, "edge")["spec"]["template"]["metadata"]
    assert made["annotations"]["istio.io/rev"] == "1-30-3"


def test_a_control_plane_speaks_of_its_own_objects_and_the_tag_default_of_all_without_a_name(cluster: FakeCluster) -> None:
    mesh(cluster)
    cluster.delete("apps/v1", "Deployment", "istiod", "istio-system")
    cluster.put(**istiod("1-30", "istiod-1-30"))
    cluster.put(**gateway(), metadata={"labels": {"istio.io/rev": "1-30"}})
    cluster.put(**route("web", parent={"name": "gateway", "namespace": "edge"}, namespace="edge"))
    reconcile(cluster)
    assert listeners(cluster)["http"]["attachedRoutes"] == 1, "it is led"
    assert "status" not in cluster.get(API, "HTTPRoute", "web", "edge")
    metadata = {"labels": {"istio.io/tag": "default", "istio.io/rev": "1-30"}}
    cluster.put("MutatingWebhookConfiguration", "tag", api_version="admissionregistration.k8s.io/v1", metadata=metadata)
    reconcile(cluster)
    assert cluster.get(API, "HTTPRoute", "web", "edge")["status"]["parents"]


def test_what_names_another_control_plane_is_not_seen(cluster: FakeCluster) -> None:
    mesh(cluster)
    cluster.put(**gateway())
    cluster.put(**route("web", namespace="edge"), metadata={"labels": {"istio.io/rev": "1-30"}})
    reconcile(cluster)
    assert listeners(cluster)["http"]["attachedRoutes"] == 0
