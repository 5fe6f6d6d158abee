"""An API server that goes away: waits ride it out, what cannot go on says why and what to do, and the next run completes."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from quayside_sandbox import fault_commands
from quayside_sandbox.controlplane import api_faults, faults
from quayside_sandbox.engine import ensure_stack
from quayside_sandbox.folder import FOLDER_VARIABLE
from quayside_sandbox.rehearsal import Outcome, Rehearsal
from quayside_sandbox.sandbox import Sandbox

from .cluster_checks import NODES, eventually, pods

PROGRAM = Path(__file__).parent / "programs" / "outage"


class Outage:
    """A cluster whose API server is switched off and on, and a stack in it."""

    def __init__(self, sandbox: Sandbox, stack: Rehearsal) -> None:
        self.sandbox, self.stack, self.api = sandbox, stack, stack.api("outage")

    def set(self, colour: str) -> None:
        (self.stack.project / "Pulumi.test.yaml").write_text(f"config: {{outage:colour: {colour}}}\n")

    def stop(self) -> None:
        self._fault("api", "stop", "outage")
        assert "api stopped  outage\n" in self._fault("list")

    def start(self) -> None:
        self._fault("api", "start", "outage")

    def _fault(self, *words: str) -> str:
        """`quayside-sandbox fault …`."""
        answer = CliRunner().invoke(fault_commands.app, list(words), env={FOLDER_VARIABLE: str(self.sandbox.folder.root)})
        assert answer.exit_code == 0, answer.output
        return answer.output

    def quayside_preview(self) -> subprocess.CompletedProcess[str]:
        """`quayside preview test`, as typed in the project's folder."""
        environment = self.sandbox.environment(**self.stack.variables)
        ensure_stack(self.sandbox.folder, self.stack.project, "test", environment)
        words = [sys.executable, "-m", "quayside.operations.command", "preview", "test"]
        return subprocess.run(words, env=environment, cwd=self.stack.project, capture_output=True, text=True, timeout=120)


@pytest.fixture
def outage(rehearsal: Callable[..., Rehearsal], sandbox: Sandbox, tmp_path: Path) -> Iterator[Outage]:
    kubeconfig = sandbox.local_cluster("outage", NODES)
    stack = rehearsal(shutil.copytree(PROGRAM, tmp_path / "outage"), "test", variables={"QUAYSIDE_OUTAGE_CLUSTER": kubeconfig})
    yield Outage(sandbox, stack)
    api_faults.clear(sandbox.store)
    faults.clear(sandbox.folder)


def test_an_outage_in_each_phase(outage: Outage) -> None:
    # In the middle of an `up` that waits for a Deployment.
    faults.set(outage.sandbox.folder, "never-ready", "image=*acme/web:*")
    done: list[Outcome] = []
    running = threading.Thread(target=lambda: done.append(outage.stack.up()))
    running.start()
    eventually(lambda: pods(outage.api, "web"), "the Deployment's pod")
    uid = outage.api.get("v1", "Namespace", "default")["metadata"]["uid"]
    outage.stop()
    outage.start()
    assert outage.api.get("v1", "Namespace", "default")["metadata"]["uid"] == uid  # the same cluster, with what it held
    faults.clear(outage.sandbox.folder)
    running.join()
    done[0].check()

    # Before an `up` and a `destroy`.
    outage.stop()
    outage.set("green")
    assert outage.stack.preview().check().changed  # Pulumi's own preview is silent
    unseen = outage.quayside_preview()
    assert unseen.returncode == 1
    assert "the cluster of stack test does not answer: " in unseen.stderr
    assert "See whether the cluster runs" in unseen.stderr
    failed = outage.stack.up()
    assert failed.code != 0
    refusal = "configured Kubernetes cluster is unreachable: unable to load schema information from the API server: Get"
    assert refusal in failed.errors
    assert "connect: connection refused" in failed.errors
    [remedy] = [one["message"] for one in failed.diagnostics if one["message"].startswith("What to do: ")]
    assert "The cluster's API server does not answer. Nothing is lost" in remedy
    stuck = outage.stack.destroy()
    assert stuck.code != 0
    assert refusal in "".join(stuck.warnings)
    assert "configured Kubernetes cluster is unreachable" in stuck.errors

    # Back again: the state was not hurt.
    outage.start()
    seen = outage.quayside_preview()
    assert seen.returncode == 0, seen.stderr
    assert "settings" in seen.stdout
    assert [step.name for step in outage.stack.up().check().changes] == ["settings"]
    assert outage.api.get("v1", "ConfigMap", "settings", "default")["data"] == {"colour": "green"}
    outage.stack.destroy().check()
    assert outage.api.find("apps/v1", "Deployment", "web", "default") is None
