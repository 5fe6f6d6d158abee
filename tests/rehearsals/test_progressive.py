"""New versions of a service take over step by step: switched on, one that does well, one that does not, one that nobody asks, switched off.

A witness writes down every change between; nobody may ever have been led to pods that were not there. The tests tell one life, in this order.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from quayside.checks import rollouts
from quayside.checks.held import Held
from quayside_sandbox.rehearsal import Rehearsal
from quayside_sandbox.sandbox import Sandbox

from .cluster_checks import eventually
from .conftest import Project
from .stack_life import Life, quiet
from .witness import Witness, led, ready

ARGO, GATEWAY_API = "argoproj.io/v1alpha1", "gateway.networking.k8s.io/v1"
SETTINGS = {
    "names.dns": "none",
    "certificates.enabled": False,
    "entry.kind": "gateway-api",
    "cluster.systemPool.size": "s-4vcpu-8gb",
    "observability.metrics.enabled": True,
    "services.hello.image": "acme/hello:1",
}


KEPT = "These resources were kept due to the resource policy"
"""What Helm tells of the definitions, which stay when Argo Rollouts goes."""


class Hello:
    """A stack with one service, who watches it, and what the cluster holds of it."""

    def __init__(self, life: Life, witness: Witness) -> None:
        self.life, self.witness = life, witness

    @property
    def rollout(self) -> dict[str, Any]:
        return self.life.api.get(ARGO, "Rollout", "hello", "hello")

    @property
    def held(self) -> dict[tuple[str, str], Any]:
        found = {}
        for version, kind in self.witness.kinds:
            found |= {(kind, each["metadata"]["name"]): each for each in self.life.api.list(version, kind, "hello")}
        return found

    @property
    def shares(self) -> dict[str, str]:
        """Service → its share, of those that requests are led to."""
        return {name: share for name, share in led(self.held).items() if share}

    @property
    def found(self) -> list[str]:
        """What `quayside check` tells of the Rollout."""
        return [each.problem for each in rollouts.check(Held(self.life.api.list(ARGO, "Rollout", "hello")), {})]

    def images(self, service: str) -> set[str]:
        return set(ready(self.held, service))

    def weights(self, since: int) -> list[int]:
        """The shares that the new version has had, one after the other."""
        routes = [each for _, (kind, _), each in self.witness.seen[since:] if kind == "HTTPRoute" and each]
        found = [
            backend["weight"]
            for each in routes
            for rule in each["spec"]["rules"]
            for backend in rule["backendRefs"]
            if backend["name"] == "hello-next"
        ]
        return [weight for number, weight in enumerate(found) if not number or found[number - 1] != weight]

    def release(self, image: str, success: float | None) -> int:
        """Writes another image, of whose requests that many succeed; returns where the witness was then."""
        self.life.rehearsal.measured("success-rate", *([] if success is None else [success]))
        self.life.rehearsal.measured("latency", *([] if success is None else [120.0]))
        since = len(self.witness.seen)
        assert self.edit("image", image) == ["update kubernetes:argoproj.io/v1alpha1:Rollout::hello"]
        return since

    def edit(self, key: str, value: Any) -> list[str]:
        """Edits the service; returns what `up` changes."""
        self.life.project.edit("dev", f"services.hello.{key}", value)
        up = self.life.rehearsal.up().check()
        assert [each for each in up.warnings if KEPT not in each] == []
        return up.changed


@pytest.fixture(scope="module")
def hello(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hello]:
    project = Project(tmp_path_factory.mktemp("project"))
    for key, value in SETTINGS.items():
        project.edit("dev", key, value)
    life = Life(project, Rehearsal(sandbox, project.folder, "dev")).up()
    with Witness(life.api, "hello", (GATEWAY_API, "HTTPRoute")) as witness:
        yield Hello(life, witness)


def test_switched_on_a_rollout_takes_the_place_of_the_deployment(hello: Hello) -> None:
    changed = hello.edit("progressive", {"interval": "1m"})
    assert {each.split()[0] for each in changed if "::hello" in each and "Deployment" in each} == {"delete"}
    assert "create kubernetes:argoproj.io/v1alpha1:Rollout::hello" in changed
    assert hello.shares == {"hello-stable": "100 %"}
    assert hello.images("hello-stable") == {"acme/hello:1"}
    assert hello.witness.gaps("hello") == []


def test_what_the_controller_writes_is_no_change(hello: Hello) -> None:
    eventually(
        lambda: "rollouts-pod-template-hash" in hello.held["Service", "hello-stable"]["spec"]["selector"], "the controller's selector"
    )
    assert quiet(hello.life.rehearsal.run("preview", "--refresh")).changed == []


def test_a_version_that_does_well_gets_more_and_more_and_then_all(hello: Hello) -> None:
    since = hello.release("acme/hello:2", 99.9)
    eventually(
        lambda: hello.images("hello-stable") == {"acme/hello:2"} and hello.shares == {"hello-stable": "100 %"}, "the new version", 90
    )
    climbed = hello.weights(since)
    assert [each for each in climbed if each][:5] == [10, 20, 30, 40, 50]
    assert (climbed[-1], hello.found) == (0, [])
    assert hello.witness.gaps("hello") == []


def test_a_version_that_fails_is_taken_back(hello: Hello) -> None:
    since = hello.release("acme/hello:3", 80.0)
    eventually(lambda: hello.rollout["status"].get("abort"), "the new version to be taken back", 60)
    eventually(lambda: hello.shares == {"hello-stable": "100 %"}, "all requests to go back")
    assert hello.images("hello-stable") == {"acme/hello:2"}
    assert max(hello.weights(since)) == 10
    (told,) = hello.found
    assert told.startswith("took its new version back")


def test_a_version_that_nobody_asks_is_waited_with(hello: Hello) -> None:
    since = hello.release("acme/hello:4", None)
    eventually(lambda: hello.rollout["status"].get("pauseConditions"), "the new version to be held", 60)
    (pause,) = hello.rollout["status"]["pauseConditions"]
    assert pause["reason"] == "InconclusiveAnalysisRun"
    assert (hello.weights(since)[-1], hello.images("hello-stable")) == (10, {"acme/hello:2"})
    (told,) = hello.found
    assert told.startswith("waits with its new version: its checks had no answer")


def test_switched_off_the_deployment_is_there_again(hello: Hello) -> None:
    changed = hello.edit("progressive", None)
    assert "create kubernetes:apps/v1:Deployment::hello" in changed
    assert "delete kubernetes:argoproj.io/v1alpha1:Rollout::hello" in changed
    assert hello.shares == {"hello": "the rest"}
    eventually(lambda: hello.images("hello") == {"acme/hello:4"}, "pods of the Deployment alone")
    assert not [name for kind, name in hello.held if kind == "Service" and name != "hello"]
    assert hello.witness.gaps("hello") == []
    assert quiet(hello.life.rehearsal.preview()).changed == []
