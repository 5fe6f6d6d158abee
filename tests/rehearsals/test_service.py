"""A service on a real API server: quiet when nothing changes, and its number of pods passed on without losing one."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path
from typing import Any

import pytest

from quayside_sandbox.kube import Api
from quayside_sandbox.rehearsal import Rehearsal

PROGRAM = Path(__file__).parent / "programs" / "service"
DEPLOYMENT = "update kubernetes:apps/v1:Deployment::shop"
AUTOSCALER = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler::shop"


class Shop:
    """A stack with one service; `edit` changes its arguments, None removes one."""

    def __init__(self, stack: Rehearsal, api: Api, **args: Any) -> None:
        self.stack, self.api, self.args = stack, api, args
        self._write()

    def edit(self, **args: Any) -> list[str]:
        """Returns what `up` changes, after checking that the preview foresaw it and that nobody warns.

        What one edit left undone would be among the changes of the next.
        """
        self.args.update(args)
        self._write()
        foreseen = self.stack.preview().check().changed
        up = self.stack.up().check()
        assert up.changed == foreseen
        assert up.warnings == []
        changed: list[str] = up.changed
        return changed

    def get(self, kind: str, version: str = "v1", name: str = "shop") -> dict[str, Any]:
        found: dict[str, Any] = self.api.get(version, kind, name, "shop")
        return found

    @property
    def replicas(self) -> int:
        return int(self.get("Deployment", "apps/v1")["spec"]["replicas"])

    def wait_for(self, replicas: int) -> None:
        """The autoscaler looks every fifteen seconds."""
        until = time.monotonic() + 60
        while self.replicas != replicas:
            assert time.monotonic() < until, f"{self.replicas} pods, not {replicas}"
            time.sleep(0.5)

    def _write(self) -> None:
        self.args = {key: value for key, value in self.args.items() if value is not None}
        (self.stack.project / "service.json").write_text(json.dumps(self.args))


@pytest.fixture
def shop(sandbox: Any, tmp_path: Path) -> Shop:
    program = tmp_path / "service"
    shutil.copytree(PROGRAM, program, ignore=shutil.ignore_patterns("__pycache__"))
    nodes = [{"name": "one", "cpu": "8", "memory": "16Gi", "pods": "110"}]
    (program / "kubeconfig").write_text(sandbox.local_cluster("service", nodes=nodes))
    stack = Rehearsal(sandbox, program, "service")
    return Shop(
        stack,
        stack.api("service"),
        image="ghcr.io/acme/shop:1",
        replicas=3,
        access="namespace",
        hosts={"shop.example.com": {}},
        route={"entry": "ingress-nginx"},
        config={"A": "1"},
        secrets={"B": "2"},
        registries={"ghcr.io": {"username": "octocat", "password": "not-a-real-password"}},
        probes={"readiness": {"path": "/ready"}, "liveness": {"path": "/live"}, "startup": {"path": "/live"}},
    )


def test_the_number_of_pods_is_passed_on(shop: Shop) -> None:
    assert len(shop.edit()) == 10 + 2  # objects, the component and the provider
    assert shop.replicas == 3
    assert shop.get("Secret", name="shop-pull")["type"] == "kubernetes.io/dockerconfigjson"
    (rule,) = shop.get("NetworkPolicy", "networking.k8s.io/v1")["spec"]["ingress"]
    assert rule["from"][0] == {"podSelector": {}}

    # to an autoscaler: it takes over as many as there are
    assert shop.edit(scale={"min": 2, "max": 6}, replicas=None) == [f"create {AUTOSCALER}", DEPLOYMENT]
    assert shop.replicas == 3
    # another range is the autoscaler's affair alone, and what it then does is nobody else's
    assert shop.edit(scale={"min": 4, "max": 6}) == [f"update {AUTOSCALER}"]
    shop.wait_for(4)
    assert shop.stack.preview("--refresh").check().changed == []
    assert shop.edit(image="ghcr.io/acme/shop:2") == [DEPLOYMENT]
    assert shop.replicas == 4

    # and back to a fixed number, which another owner of the field does not keep from being applied
    assert shop.edit(scale={"min": 4, "max": 4}) == [f"update {AUTOSCALER}"]
    assert shop.edit(scale=None, replicas=4) == [f"delete {AUTOSCALER}", DEPLOYMENT]
    assert shop.edit(replicas=2) == [DEPLOYMENT]
    assert shop.replicas == 2
    assert shop.stack.preview().check().changed == []
