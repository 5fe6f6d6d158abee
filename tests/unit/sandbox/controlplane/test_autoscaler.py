"""Whether a pod would find room on a fresh node of a pool."""

from __future__ import annotations

from typing import Any

import pytest

from quayside_sandbox.controlplane.autoscaler import requested, tolerated, would_fit
from quayside_sandbox.controlplane.quantity import gibibytes, number

POOL: dict[str, Any] = {"name": "burst", "size": "s-2vcpu-4gb", "labels": {"tier": "batch"}, "taints": []}


def pod(memory: str = "1Gi", **spec: Any) -> dict[str, Any]:
    return {"spec": {"containers": [{"resources": {"requests": {"memory": memory}}}], **spec}}


def test_the_vendors_pods_count() -> None:
    assert would_fit(pod("1990Mi"), POOL)  # 2560 MiB for pods, less 410 + 75 + 80
    assert not would_fit(pod("2000Mi"), POOL)


@pytest.mark.parametrize(
    ("selector", "fits"),
    [({"tier": "batch"}, True), ({"tier": "web"}, False), ({"doks.digitalocean.com/node-pool": "burst"}, True), ({"gpu": "yes"}, False)],
)
def test_selectors_count(selector: dict[str, str], fits: bool) -> None:
    assert would_fit(pod(nodeSelector=selector), POOL) is fits


@pytest.mark.parametrize(
    ("toleration", "fits"),
    [
        ({"key": "k", "value": "v", "effect": "NoSchedule"}, True),
        ({"operator": "Exists"}, True),
        ({"key": "k", "operator": "Exists", "effect": "NoExecute"}, False),
        ({"key": "k", "value": "w"}, False),
    ],
)
def test_taints_count(toleration: dict[str, str], fits: bool) -> None:
    taint = {"key": "k", "value": "v", "effect": "NoSchedule"}
    assert tolerated(taint, [toleration]) is fits
    assert would_fit(pod(tolerations=[toleration]), {**POOL, "taints": [taint]}) is fits


def test_init_containers_count_by_the_greatest() -> None:
    spec = {"containers": [{"resources": {"requests": {"cpu": "100m"}}}, {}], "initContainers": [{"resources": {"requests": {"cpu": "1"}}}]}
    assert requested(spec, "cpu") == 1.0


@pytest.mark.parametrize(
    ("text", "value"), [("100m", 0.1), ("1.5Gi", 1.5 * 2**30), ("2", 2.0), (3, 3.0), ("150M", 150e6), (None, 0.0), ("1E", 1e18)]
)
def test_quantities(text: str | int | None, value: float) -> None:
    assert number(text) == pytest.approx(value)


def test_no_quantity() -> None:
    with pytest.raises(ValueError, match="is no Kubernetes quantity"):
        number("5 GB")
    assert gibibytes("1500Mi") == 2
