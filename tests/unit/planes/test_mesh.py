"""How a service becomes part of the mesh."""

from typing import Any

import pytest

from quayside.planes.mesh import namespace_labels, pod_annotations
from quayside.workloads.network_policy import network_policy
from unit.workloads.specs import shop, spec


@pytest.mark.parametrize(
    ("mode", "revision", "labels"),
    [
        ("off", "default", {}),
        ("sidecar", "default", {"istio-injection": "enabled"}),
        ("sidecar", "1-30", {"istio.io/rev": "1-30"}),
        ("ambient", "1-30", {"istio.io/dataplane-mode": "ambient"}),
    ],
)
def test_a_namespace_joins_by_label(mode: str, revision: str, labels: dict[str, str]) -> None:
    assert namespace_labels(mode, revision) == labels
    made = shop(mesh={"mode": mode, "revision": revision}).one("Namespace").inputs["metadata"]["labels"]
    kept = {key: value for key, value in made.items() if key.startswith(("istio", "istio.io"))}
    assert kept == labels


def test_only_sidecars_need_new_pods() -> None:
    """Those that join, that leave and that move to another control plane."""
    templates = [pod_annotations(mode, revision) for mode, revision in [("off", "a"), ("ambient", "a"), ("sidecar", "a"), ("sidecar", "b")]]
    assert templates[0] == templates[1] == {}
    assert len({str(each) for each in templates[1:]}) == 3
    made = shop(mesh={"mode": "sidecar"}, secrets={"A": "b"}).one("Deployment").inputs["spec"]["template"]["metadata"]["annotations"]
    assert set(made) == {"quayside/mesh", "quayside/secrets-checksum"}


def ingress(mode: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = network_policy("shop", "home", {}, spec(port=3000), (), mode)["spec"]["ingress"]
    return found


def test_the_meshs_own_connections_get_in_from_where_others_do() -> None:
    (outside,) = ingress("off")
    for mode in ("sidecar", "ambient"):
        inside = ingress(mode)[0]
        assert inside["from"] == outside["from"]
        assert inside["ports"] == [*outside["ports"], {"protocol": "TCP", "port": 15008}]


def test_probes_get_in_where_they_come_from_elsewhere() -> None:
    assert ingress("ambient")[1:] == [{"from": [{"ipBlock": {"cidr": "169.254.7.127/32"}}]}]
    assert ingress("sidecar")[1:] == []


def test_a_service_tells_its_policy() -> None:
    rules = shop(mesh={"mode": "ambient"}).one("NetworkPolicy").inputs["spec"]["ingress"]
    assert len(rules) == 2
