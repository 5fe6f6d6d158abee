"""Who writes what into webhook configurations, once it runs."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from quayside_sandbox.controlplane.authority_injection import REGISTRATION, AuthorityInjection
from quayside_sandbox.kube.client import Object

from .fake_cluster import FakeCluster
from .gateway_objects import istiod


class Recorded:
    """Stands for kube.Api: remembers patches."""

    def __init__(self) -> None:
        self.patches: list[tuple[str, Any, str]] = []
        self.http = SimpleNamespace(get=lambda *_, **__: SimpleNamespace(json=dict))

    def kind(self, *_: str) -> Any:
        return SimpleNamespace(path=lambda: "")

    def patch(self, version: str, kind: str, name: str, body: Any, *, how: str, field_manager: str) -> None:
        self.patches.append((name, body, field_manager))


def webhook(name: str, policy: str) -> Object:
    return {"name": name, "failurePolicy": policy, "clientConfig": {"service": {"name": "istiod"}}}


@pytest.mark.parametrize(("kind", "closes"), [("ValidatingWebhookConfiguration", True), ("MutatingWebhookConfiguration", False)])
def test_istiod_closes_its_validating_webhooks(cluster: FakeCluster, kind: str, closes: bool) -> None:
    cluster.put(**istiod())
    metadata = {"resourceVersion": "7"}
    cluster.put(kind, "istio-validator", api_version=REGISTRATION, webhooks=[webhook("one", "Ignore")], metadata=metadata)
    api = Recorded()
    watch = cluster.around.watch
    AuthorityInjection(cast(Any, api), b"pem", [watch("apps/v1", "Deployment")], [watch(REGISTRATION, kind)]).reconcile()
    [(name, steps, manager)] = api.patches
    assert (name, manager, steps[0]["value"]) == ("istio-validator", "pilot-discovery", "7")
    wanted = {"/webhooks/0/clientConfig/caBundle": "cGVt", **({"/webhooks/0/failurePolicy": "Fail"} if closes else {})}
    assert {step["path"]: step["value"] for step in steps[1:]} == wanted
