"""The checker of custom resources finds what an API server would, and nothing else."""

from typing import Any

import pulumi
import pytest

from unit.crd_schemas import problems


def route(**spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "HTTPRoute",
        "metadata": {"name": "shop", "namespace": "shop"},
        "spec": {"parentRefs": [{"name": "gateway"}], "hostnames": ["shop.example.com"], **spec},
    }


def test_a_right_object_passes() -> None:
    backend = {"name": "shop", "port": 80, "weight": 90}
    match = {"path": {"type": "PathPrefix", "value": "/"}}
    assert problems(route(rules=[{"matches": [match], "backendRefs": [backend], "timeouts": {"request": "10s"}}])) == []


def test_outputs_pass() -> None:
    name = pulumi.Output.from_input("gateway")
    assert problems({**route(parentRefs=[{"name": name}]), "metadata": {"name": "shop", "namespace": name}}) == []


def test_built_in_kinds_are_not_looked_at() -> None:
    assert problems({"apiVersion": "apps/v1", "kind": "Deployment"}) == []
    assert problems({"apiVersion": "networking.k8s.io/v1", "kind": "Ingress"}) == []


@pytest.mark.parametrize(
    ("spec", "wrong"),
    [
        ({"hostname": "shop.example.com"}, "spec.hostname: there is no such field"),
        ({"rules": [{"filters": [{"type": "CORS", "wieght": 1}]}]}, "spec.rules[0].filters[0].wieght: there is no such field"),
        ({"rules": [{"backendRefs": [{"port": 80}]}]}, "spec.rules[0].backendRefs[0]: lacks name"),
        ({"rules": [{"backendRefs": [{"name": "shop", "port": "80"}]}]}, "spec.rules[0].backendRefs[0].port: '80' is not of type integer"),
        ({"rules": [{"backendRefs": [{"name": "shop", "port": 0}]}]}, "spec.rules[0].backendRefs[0].port: 0 is less than 1"),
        ({"hostnames": ["shop"] * 17}, "spec.hostnames: has more than 16 items"),
        ({"hostnames": ["-shop"]}, "spec.hostnames[0]: '-shop' does not match"),
        ({"rules": [{"timeouts": {"request": "soon"}}]}, "spec.rules[0].timeouts.request: 'soon' does not match"),
        ({"rules": [{"matches": [{"path": {"type": "Prefix"}}]}]}, "spec.rules[0].matches[0].path.type: 'Prefix' is none of"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_found_where_it_stands(spec: dict[str, Any], wrong: str) -> None:
    found = problems(route(**spec))
    assert len(found) == 1
    assert found[0].startswith(wrong)


def test_one_of_several_fields() -> None:
    def rule(**policy: Any) -> dict[str, Any]:
        return {
            "apiVersion": "networking.istio.io/v1",
            "kind": "DestinationRule",
            "metadata": {"name": "shop", "namespace": "shop"},
            "spec": {"host": "shop", "trafficPolicy": {"loadBalancer": policy}},
        }

    assert problems(rule(simple="LEAST_REQUEST")) == []
    assert problems(rule(simple="LEAST_REQUEST", consistentHash={"useSourceIp": True}))
    assert problems(rule(simple="LEAST_CONNECTION"))


def test_names_and_places() -> None:
    assert problems({**route(), "metadata": {"name": "Shop", "namespace": "shop"}}) == ["metadata.name: 'Shop' is not a name"]
    assert problems({**route(), "metadata": {"name": "shop"}}) == ["metadata.namespace: is None, and the kind is Namespaced"]
    assert problems({**route(), "kind": "HTTPRout"}) == ["kind: no definition of HTTPRout in group gateway.networking.k8s.io"]
    assert problems({**route(), "apiVersion": "gateway.networking.k8s.io/v1alpha2"})[0].startswith("apiVersion: v1alpha2")
