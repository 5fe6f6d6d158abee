"""What a stack costs a month."""

from decimal import Decimal
from typing import Any

import pytest

from quayside.estimate import Estimate, estimate
from quayside.settings.merge import merge
from unit.examples import public, settings, topics


def stack(**changed: Any) -> dict[str, Any]:
    """One small node, changed."""
    return merge(merge(topics(), {"cluster": {"ha": False, "pools": {"main": None}}}), changed)


def of(**changed: Any) -> Estimate:
    return estimate(settings(stack(**changed)))


def test_the_small_start() -> None:
    assert of().as_output() == {
        "monthly": 36,
        "atMost": 36,
        "currency": "USD",
        "pricesOf": "2025-10-31",
        "complete": True,
        "lines": [
            {"what": "nodes of pool system: s-2vcpu-4gb", "quantity": 1, "unitPrice": 24, "monthly": 24},
            {"what": "load balancer's nodes", "quantity": 1, "unitPrice": 12, "monthly": 12},
            {"what": "Istio: istiod", "quantity": 1, "unitPrice": 0, "monthly": 0, "note": "50m CPU and 192Mi memory of the nodes"},
        ],
    }


def test_a_mesh_has_no_price_and_is_stated() -> None:
    """A sidecar in each pod: 2 of hello, 3 to 6 of shop, and its canary's."""
    scaled = {"image": "ghcr.io/acme/shop:1.4.2", "scale": {"min": 3, "max": 6}, "resources": {"requests": {"cpu": "10m"}}}
    shop = {**scaled, "canary": {"image": "ghcr.io/acme/shop:1.5.0"}}
    found = of(mesh={"mode": "sidecar"}, services={"shop": shop}, cluster={"systemPool": {"count": 2}})
    assert (found.monthly, found.complete) == (60, True)
    assert found.as_output()["lines"][2:] == [
        {"what": "Istio: istiod", "quantity": 1, "unitPrice": 0, "monthly": 0, "note": "50m CPU and 192Mi memory of the nodes"},
        {"what": "Istio: istio-cni", "quantity": 2, "unitPrice": 0, "monthly": 0, "note": "20m CPU and 80Mi memory of the nodes"},
        {"what": "Istio: istio-proxy", "quantity": 6, "unitPrice": 0, "monthly": 0, "note": "60m CPU and 240Mi memory of the nodes"},
    ]
    assert [line.most for line in found.lines[2:]] == [1, 2, 9]


def test_nodes_by_their_number() -> None:
    found = of(cluster={"systemPool": {"count": 2}, "pools": {"main": {"size": "g-2vcpu-8gb", "count": 3}}})
    assert [(line.quantity, line.monthly) for line in found.lines[:2]] == [(2, Decimal(48)), (3, Decimal(189))]
    assert found.monthly == found.at_most == 48 + 189 + 12


def test_an_autoscaled_pool_has_two_prices() -> None:
    found = of(cluster={"pools": {"main": {"size": "s-4vcpu-8gb", "min": 2, "max": 5}}})
    assert (found.monthly, found.at_most) == (24 + 2 * 48 + 12, 24 + 5 * 48 + 12)
    assert found.as_output()["lines"][1] == {
        "what": "nodes of pool main: s-4vcpu-8gb",
        "quantity": 2,
        "unitPrice": 48,
        "monthly": 96,
        "atMost": 240,
    }


@pytest.mark.parametrize(
    ("ha", "version", "monthly"),
    [(True, "1.35", 40), (True, "1.36", 40), (False, "1.36", 0), (None, "1.35", 0), (None, "1.36", 40), (None, "1.37", 40)],
)
def test_a_highly_available_control_plane(ha: bool | None, version: str, monthly: int) -> None:
    found = of(cluster={"ha": ha, "version": version})
    assert found.monthly == 36 + monthly
    notes = [line.note for line in found.lines if line.what == "highly available control plane"]
    assert notes == ([] if not monthly else [""] if ha else ["the cloud's default; cluster.ha: false does without"])


def test_load_balancer_by_its_size() -> None:
    assert of(entry={"loadBalancer": {"sizeUnit": 3}}).monthly == 24 + 3 * 12


def test_without_an_entry_there_is_no_load_balancer() -> None:
    assert [line.what for line in of(entry={"kind": "none"}).lines] == ["nodes of pool system: s-2vcpu-4gb"]


def test_what_has_no_price_is_shown_without_one() -> None:
    found = of(cluster={"pools": {"main": {"size": "s-3vcpu-5gb", "count": 2}}})
    output = found.as_output()
    assert (output["complete"], output["monthly"]) == (False, 36)
    assert output["lines"][1] == {
        "what": "nodes of pool main: s-3vcpu-5gb",
        "quantity": 2,
        "note": "not in the price table; `python -m quayside.catalog` brings it up to date",
    }


def test_the_date_is_that_of_the_oldest_price() -> None:
    found = of(cluster={"ha": True})
    assert found.prices_of == min(line.price.checked for line in found.lines if line.price)


def test_a_stack_without_prices_has_no_date() -> None:
    assert of(cluster={"systemPool": {"size": "s-3vcpu-5gb"}}, entry={"kind": "none"}).as_output()["pricesOf"] is None


def test_certificates_that_are_paid_for() -> None:
    free = settings(public())
    paid = settings(merge(public(), {"names": {"edgeCertificates": "advanced"}}))
    assert estimate(paid).monthly - estimate(free).monthly == 10
