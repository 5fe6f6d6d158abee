"""A service's way in from outside, as it is registered."""

from typing import Any

import pulumi
import pytest

from quayside.edge import gateway_api_manifests, ingress_nginx_values, istio_values, kong_values
from quayside.edge.contract import PLACES, Route
from quayside.edge.gateway_api_manifests import CLASS, NAME
from quayside.edge.gateway_api_routes import GATEWAY
from quayside.edge.index import ENTRIES
from quayside.settings.entry import EntrySettings
from quayside.settings.problems import InvalidSettings
from quayside.workloads.placement import RouteSettings
from quayside.workloads.service import Service
from unit.recorder import Recorded, Registration, record, value_of
from unit.workloads.specs import Late, shop

HOSTS = {"shop.example.com": {"paths": {"/": {}, "/api": {"type": "Exact"}}}}
NGINX = {"entry": "ingress-nginx"}


def exposed(**args: Any) -> Recorded:
    return shop(**{"hosts": HOSTS, "route": NGINX, **args})


def ingress(recorded: Recorded) -> Registration:
    return recorded.one("Ingress")


def services(recorded: Recorded) -> dict[str, Registration]:
    return {each.name: each for each in recorded if each.type == "kubernetes:core/v1:Service"}


def test_a_route_leads_to_its_service() -> None:
    route = ingress(exposed())
    assert route.parent == "shop"
    assert route.inputs["metadata"]["namespace"] == "shop"
    assert route.inputs["spec"]["ingressClassName"] == "nginx"
    (rule,) = route.inputs["spec"]["rules"]
    assert rule["host"] == "shop.example.com"
    paths = {path["path"]: (path["pathType"], path["backend"]["service"]) for path in rule["http"]["paths"]}
    backend = {"name": "shop", "port": {"number": 80}}
    assert paths == {"/": ("Prefix", backend), "/api": ("Exact", backend)}


def test_a_route_without_words_leads_to_a_stacks_entry_of_few_words() -> None:
    """What a service of another stack says fits that stack's entry, where neither chose one."""
    (route,) = exposed(route={}).of("HTTPRoute")
    (parent,) = route.inputs["spec"]["parentRefs"]
    assert (parent["name"], parent["namespace"]) == (GATEWAY, NAME)
    assert Route() == Route(EntrySettings().kind, CLASS, NAME)


@pytest.mark.parametrize("values", [gateway_api_manifests, ingress_nginx_values, istio_values, kong_values])
def test_the_kind_alone_means_the_entry_as_it_is_made(values: Any) -> None:
    kind = next(each for each in PLACES if ENTRIES[each].component == values.__name__.removesuffix("_values").removesuffix("_manifests"))
    route = RouteSettings.model_validate({"entry": kind}, by_name=True)
    assert (route.namespace, route.ingress_class) == (values.NAME, getattr(values, "CLASS", kind))
    assert RouteSettings.model_validate({"entry": kind, "namespace": "gate"}, by_name=True).namespace == "gate"


def test_a_host_answers_only_once_the_pods_do() -> None:
    after = ingress(exposed()).request.dependencies
    assert {kind for kind in ("Deployment", "Service") if any(f":{kind}::shop" in urn for urn in after)} == {"Deployment", "Service"}


def test_a_route_is_patient_with_the_entrys_webhook(monkeypatch: pytest.MonkeyPatch) -> None:
    def marked(opts: pulumi.ResourceOptions) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(retain_on_delete=True))

    monkeypatch.setattr("quayside.workloads.service.patient", marked)
    assert [each.type for each in exposed() if each.request.retainOnDelete] == ["kubernetes:networking.k8s.io/v1:Ingress"]


def test_without_hosts_there_is_no_route() -> None:
    recorded = exposed(hosts={})
    assert recorded.of("Ingress") == []


def test_the_entry_gets_in() -> None:
    policy = exposed(access="namespace", route={"namespace": "gate"}).one("NetworkPolicy")
    (rule,) = policy.inputs["spec"]["ingress"]
    assert rule["from"] == [{"podSelector": {}}, {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "gate"}}}]


def test_routes_elsewhere_lead_over_a_bridge() -> None:
    recorded = exposed(route_namespace="gate", namespace="apps", patches={"Service": {"spec": {"type": "NodePort"}}})
    assert ingress(recorded).inputs["metadata"]["namespace"] == "gate"
    found = services(recorded)
    assert set(found) == {"shop", "shop-bridge"}
    assert found["shop-bridge"].inputs["metadata"]["name"] == "shop"
    assert found["shop-bridge"].inputs["metadata"]["namespace"] == "gate"
    assert found["shop-bridge"].inputs["spec"] == {"type": "ExternalName", "externalName": "shop.apps.svc.cluster.local"}
    assert found["shop"].inputs["spec"]["type"] == "NodePort"  # a patch is for the service, not for the bridge
    assert "shop-bridge" in ingress(recorded).after


def test_no_bridge_to_where_it_is() -> None:
    assert set(services(exposed(route_namespace="apps", namespace="apps"))) == {"shop"}


def urls(**args: Any) -> Any:
    made: list[Service] = []
    given: Any = {"image": "acme/shop:1", **args}
    record(lambda: made.append(Service("shop", given)))
    return value_of(made[0].urls)


def test_its_public_addresses() -> None:
    assert urls(hosts=HOSTS, route={"issuer": "letsencrypt-prod"}) == ["https://shop.example.com", "https://shop.example.com/api"]
    assert urls() == []


def test_hosts_need_a_route_and_whole_names() -> None:
    with pytest.raises(InvalidSettings) as error:
        exposed(hosts={"shop": {}, "@": {}}, route=None)
    assert error.value.lines == [
        "hosts.shop is not a whole host name; write all of it, such as shop.example.com (only a stack's settings complete short ones, by "
        "their domain)",
        "hosts.@ is not a whole host name; write all of it, such as shop.example.com (only a stack's settings complete short ones, by "
        "their domain)",
        "hosts need a route, which says how the cluster's entry leads there; write route (empty for the defaults), or remove hosts",
    ]


def test_a_route_is_checked() -> None:
    with pytest.raises(InvalidSettings) as error:
        exposed(route={"entry": "nginx", "ingress_class": "My Class", "isuer": "x"})
    assert [line.partition(";")[0] for line in error.value.lines] == [
        "route.ingress_class is not a name for an object in a cluster",
        "route.isuer is not a known key",
        "route.entry is none of its choices",
    ]


def test_a_namespace_that_is_known_late() -> None:
    recorded = exposed(namespace=Late("apps"))
    assert ingress(recorded).inputs["metadata"]["namespace"] == "apps"
